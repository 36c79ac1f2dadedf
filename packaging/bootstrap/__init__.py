"""What ``dev.py`` stands on: the machine, the environment of the project, the steps of a run of all checks.

Standard library only, since nothing is installed when it begins. Every module here must still be parsed by a Python
that is too old, or nobody could say which one is needed.
"""

"""Coverage-guided fuzzing of what reads a stranger's bytes; run on demand by ``packaging/dev.py fuzz``."""

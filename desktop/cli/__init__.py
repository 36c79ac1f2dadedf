"""The command line: the operations of the window for batches, for tests and for anyone who checks the claims."""

from desktop.cli.program import main

__all__ = ["main"]

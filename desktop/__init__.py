"""An offline ledger for the union staff of the small three levels, and the merging desk they report to."""

__version__ = "0.1.0"

"""Receiving: what comes in is judged, taken in, told from what is known, and the ledger brought in line with it."""

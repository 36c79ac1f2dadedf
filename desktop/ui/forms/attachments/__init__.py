"""The files on a record: their list, adding by dropping them, and looking at them."""

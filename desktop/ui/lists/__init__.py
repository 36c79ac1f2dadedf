"""Generated lists: one for every record type, from its declaration."""

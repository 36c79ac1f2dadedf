"""Generated forms: one for every record type, from its declaration."""

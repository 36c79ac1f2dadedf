"""Papers about one record: forms, minutes, notices and rosters, each a template of data filled from the record."""

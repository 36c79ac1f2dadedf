"""Sheets of records that belong to one parent: pasted, typed, ticked, and saved together with it."""

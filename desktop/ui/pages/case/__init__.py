"""A supervision case: its timeline, the next lawful step and its letters."""

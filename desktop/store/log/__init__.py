"""The log that only grows and what follows from it for one record: versions, heads, lives, records that are one."""

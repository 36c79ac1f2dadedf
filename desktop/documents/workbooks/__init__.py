"""Workbooks in and out: reading what people bring within bounds, and writing lists, forms and returned rows."""

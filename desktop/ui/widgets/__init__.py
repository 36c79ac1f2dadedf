"""Widgets that know nothing of records: layouts, overlays, pick lists."""

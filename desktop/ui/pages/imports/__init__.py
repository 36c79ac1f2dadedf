"""Importing a workbook, and exporting to one."""

"""What people type, paste and import, read into the one form that is stored, or told why not."""

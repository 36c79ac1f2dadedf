"""What is recorded: declarations, checks and the resolution of versions; pure values, no Qt, no SQL, no files."""

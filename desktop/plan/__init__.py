"""What it adds up to: the action plan's indicators and the work lists."""

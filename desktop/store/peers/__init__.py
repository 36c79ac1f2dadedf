"""What is exchanged with other stations: links, what was sent and merged, whose items are held, in which order."""

"""Fields of a record on the screen: an editor for each kind, its row with label and message."""

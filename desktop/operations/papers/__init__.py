"""What a user puts on paper, and the templates it is printed from."""

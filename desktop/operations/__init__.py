"""What a user does: named operations over the floors below, each of which returns what changed."""

"""What a user puts on paper."""

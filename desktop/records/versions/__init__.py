"""Items, their wire form and stamps, and what several versions of a slot come to (rules 1 to 10)."""

"""What a user does with records: saving, checking, changing many, undoing, attaching, joining, deciding conflicts."""

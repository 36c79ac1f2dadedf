"""The law's arithmetic: quorums, majorities, committees, terms, working days, scores."""

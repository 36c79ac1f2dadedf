"""The first page: what is to be done and how far the plan is."""

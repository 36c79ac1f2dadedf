"""Questions to the tables, and what is computed for them: lists, search, sums, traffic, the tree, digests."""

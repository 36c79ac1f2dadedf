"""Questions to the tables and what is noted for them: lists, search, views, sums, the tree, digests."""

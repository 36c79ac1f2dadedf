"""Questions to the tables and what is noted for them: lists, search, views, sums, links, traffic, the tree, digests."""

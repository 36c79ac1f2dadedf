"""Bundles as files: what goes to whom, cut and written for a receiver, read part by part, segments kept as they are."""

"""Bundles as files: cut and written for a receiver, read part by part, their segments kept as they came."""

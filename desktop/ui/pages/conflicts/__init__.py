"""Disagreements: base and all values, and deciding."""

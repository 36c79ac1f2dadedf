"""The page of an assessment: its scores in a sheet, and what they add up to."""

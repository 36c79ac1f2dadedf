"""The page of records that may be registered twice."""

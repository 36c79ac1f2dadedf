"""Where it is kept: the only floor with SQL."""

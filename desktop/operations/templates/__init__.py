"""The wording of papers and letters: as it is shipped, changed by a district, sent down, and read from files."""

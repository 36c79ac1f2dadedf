"""Excel out: lists as they are shown, empty tables to be filled in, the federation's real-name forms."""

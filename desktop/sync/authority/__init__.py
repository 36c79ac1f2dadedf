"""Who may say what: chains of certificates, the words of levels above, and what of a segment counts by them."""

"""Tests of what is put on paper: every print is measured in the PDF itself, with the bundled fonts."""

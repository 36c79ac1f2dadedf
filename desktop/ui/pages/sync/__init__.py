"""Sending, merging, receipts, enrolment and comparing."""

"""How it travels: segments, bundles, trust, enrolment, links and receipts."""

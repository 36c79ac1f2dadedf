"""What a user does with other stations: enrolment, bundles, covers, signatures, and words about what counts."""

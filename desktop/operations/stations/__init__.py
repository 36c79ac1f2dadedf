"""What a user does with other stations: enrolment, bundles, conflicts, and words about what counts."""

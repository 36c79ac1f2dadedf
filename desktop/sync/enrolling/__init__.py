"""How a station comes, comes back and goes: enrolment, recovery, a copy's own place, a new root, the last word."""

"""Tests, their helpers and the benchmarks; each is named after the behaviour that it checks."""

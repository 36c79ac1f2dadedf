"""Excel in: reading cells, finding places, matching with what is held, planning one write and doing it."""

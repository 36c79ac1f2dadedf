"""The parts of an import: reading cells, finding places, matching with what is held, planning one write."""

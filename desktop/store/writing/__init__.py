"""One operation of this computer as items: what is to be changed, births, lines, and what forbids undoing."""

"""What other programs and people read of the contracts: ODCS, JSON Schema, the catalogue page."""

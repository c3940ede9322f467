"""Feature definitions, one theme a file."""

"""From a file to committed records: read, map, validate, commit."""

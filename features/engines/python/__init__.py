"""A plan in plain Python, for a few subjects: values, tables, and the records that they are made of."""

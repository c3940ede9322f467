"""The validation report: what a model reached on rows it never saw, and what it may not be used for."""

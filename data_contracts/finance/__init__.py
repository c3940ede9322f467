"""Contracts of financial institutions."""

"""Contracts of government bureaux."""

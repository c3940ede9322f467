"""Reasons: which parts of a score are told, against which reference, and in which words."""

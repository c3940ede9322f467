"""A model in forms that other systems run: SQL of three databases, JSON with a schema, one file of plain Python.

Every form holds the same points and gives the same margin, score, probability and contributions.
"""

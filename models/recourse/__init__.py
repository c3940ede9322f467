"""Recourse: the smallest feasible change of what a subject can change that reaches a score, or that there is none."""

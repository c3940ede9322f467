"""The loop closes: two simulated years of scoring, deciding, watching and retraining, with a shock in between."""

"""The acceptance of an institution's credit reporting: measured, judged, reported and recorded."""

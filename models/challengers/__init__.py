"""Models that the glass box is held against: one protocol, each stored as data."""

"""Point-in-time features: declared once, compiled with Ibis, the same offline and online."""

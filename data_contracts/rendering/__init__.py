"""How documents look: HTML and PDF from the same blocks."""

"""The online store: vectors that are served, a log of what was served, and the proof that both are true."""

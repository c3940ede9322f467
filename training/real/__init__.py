"""Real records with a known outcome, through the same feature definitions as everything else."""

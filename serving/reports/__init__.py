"""Rule-based credit reports: hints with rule ids, composed from records of the lake."""

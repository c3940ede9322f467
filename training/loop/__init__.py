"""The loop in a simulated city: decisions and outcomes come back as records, and the next training learns from them."""

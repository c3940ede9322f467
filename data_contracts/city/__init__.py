"""The simulated city: coherent records in every contract, with a known truth behind them."""

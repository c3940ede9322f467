"""What each supplier sends: contracts, rules, intake and the record lake."""

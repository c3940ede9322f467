"""Matching enterprises with lenders: eligibility by rules first, then a learned order with reasons."""

"""Watching a model after it went live: drift, supply, calibration, discrimination, decisions, alarms."""

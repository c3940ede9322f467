"""Published validation rules as data, and their binding to contracts."""

from data_contracts.rules.binding import (
    ALL_RULES,
    CrossCheck,
    clear_checks,
    cross_checks,
    helper_columns,
    record_checks,
    rule,
)
from data_contracts.rules.rule import Rule

__all__ = [
    "ALL_RULES",
    "CrossCheck",
    "Rule",
    "clear_checks",
    "cross_checks",
    "helper_columns",
    "record_checks",
    "rule",
]

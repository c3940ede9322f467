"""Standard codes: areas, industries, enterprise sizes, loan classes and the credit message's tables.

The tables are the CSV files of this folder; their ``source`` column says how sure a fact is:

``S4``, ``PUB``
    stated by the platform's own rules, or published.
``MEM``
    from memory of a published text: used as a default, configurable, never shown as law.
``DERIVED``
    a consequence that we drew ourselves.
"""

from data_contracts.codes.areas import Area, Era, area, areas, counties, known_until, places
from data_contracts.codes.industries import Industry, industries, industry, section_of
from data_contracts.codes.loan_classes import (
    CARD_FLOORS,
    GENERAL_FLOORS,
    Floor,
    floor_class,
    floor_class_sql,
    non_performing,
    status_digit,
    status_digit_sql,
)
from data_contracts.codes.sizes import (
    SIZE_LIMITS,
    SizeLimit,
    enterprise_size,
    size_group,
)
from data_contracts.codes.tables import ACCOUNT_STATUS, Code, account_status, code_table, rows

__all__ = [
    "ACCOUNT_STATUS",
    "CARD_FLOORS",
    "GENERAL_FLOORS",
    "SIZE_LIMITS",
    "Area",
    "Code",
    "Era",
    "Floor",
    "Industry",
    "SizeLimit",
    "account_status",
    "area",
    "areas",
    "code_table",
    "counties",
    "enterprise_size",
    "floor_class",
    "floor_class_sql",
    "industries",
    "industry",
    "known_until",
    "non_performing",
    "places",
    "rows",
    "section_of",
    "size_group",
    "status_digit",
    "status_digit_sql",
]

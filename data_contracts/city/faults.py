"""What is wrong with a record by its declaration and by the published rules, in plain Python.

The ledger must name every rule that a spoilt record breaks, and it must owe nothing to the SQL whose recall
it measures. So the bounds, codes, forms and identifiers are read here once more, value by value.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from data_contracts.city.patterns import fits
from data_contracts.city.published import published_faults
from data_contracts.contract import Column, Contract
from data_contracts.identifiers import check
from data_contracts.subject_id import SUBJECT_ID, is_sealed


def faults(contract: type[Contract], record: dict[str, Any]) -> set[str]:
    """Ids of all rules for one record that it breaks.

    Parameters
    ----------
    contract
        Its contract.
    record
        Values by item, as they are written to the file.

    Returns
    -------
    set of str
        Those of the declaration with the contract's name before them, and published ids.

    Examples
    --------
    >>> from data_contracts.finance.loan_outcome import LoanOutcome
    >>> "loan_outcome.status.codes" in faults(LoanOutcome, {"status": "lost"})
    True
    """
    name = contract.about.name
    found: set[str] = set()
    for column in _columns(contract):
        found |= {f"{name}.{column.name}.{kind}" for kind in _of(column, record.get(column.name))}
    for rule in contract.rules:
        if not rule.holds(record.get(rule.left), record.get(rule.right)):
            found.add(f"{name}.{rule.name}")
    return found | published_faults(name, record)


@lru_cache(maxsize=256)
def _columns(contract: type[Contract]) -> tuple[Column, ...]:
    return contract.columns()


def _of(column: Column, value: Any) -> set[str]:
    declared, found = column.item, set()
    if value is None:
        return set() if column.nullable else {"required"}
    if isinstance(value, float) and not math.isfinite(value):
        found.add("finite")
    if declared.ge is not None and value < declared.ge:
        found.add("ge")
    if declared.le is not None and value > declared.le:
        found.add("le")
    if declared.max_length is not None and len(value) > declared.max_length:
        found.add("max_length")
    if declared.pattern is not None and not fits(declared.pattern, value):
        found.add("pattern")
    if declared.pattern == SUBJECT_ID and not is_sealed(value):
        found.add("sealed")
    if declared.codes and value not in declared.codes:
        found.add("codes")
    if declared.identifier and not declared.seal and not check(declared.identifier, value).ok:
        found.add(declared.identifier)
    return found

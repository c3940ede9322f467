"""What a published rule is: id, kind, severity, both texts, examples and, for record rules, its SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from data_contracts.errors import ContractsError

Kind = Literal["record", "cross-record", "distribution", "procedure"]
"""``record``: judged on one record; ``cross-record``: on several; ``distribution``: on the shares or
rates of many; ``procedure``: what people and programs must do, judged by nobody here."""

RuleSeverity = Literal["ERROR", "REVIEW", "INFO"]
"""``INFO`` is no hit: a procedure or a statement of what is accepted."""

Source = Literal["S4", "PUB", "DERIVED", "MEM"]
"""``S4``: stated in the acceptance papers; ``PUB``: read in public code; ``DERIVED``: a consequence or
gap filler of ours; ``MEM``: from memory of the specification."""

Record = Mapping[str, object]
Example = Record | tuple[Record, ...] | str
"""One record; several records (cross-record: ``_new`` marks those of the batch); a described case."""

_NAMED = re.compile(r"(?<!:):([a-z_][a-z_0-9]*)")
PARAMETERS = ("load_date",)

HELPERS: dict[str, str] = {
    "last_status": "right(:status_24, 1)",
    "plain_status": "regexp_full_match(:status_24, '/*[*N]*[*NC]')",
    "since_opening": "date_diff('month', :opened_on, :bill_on)",
    "since_maturity": "date_diff('month', :due_on, :bill_on)",
    "paid_lately": "(:last_payment_on > CAST(:bill_on - INTERVAL 1 MONTH AS DATE))",
    "months_number": "try_cast(:months_total AS INTEGER)",
    "loan": "(:business = '1')",
    "loan_settled": "(:account_status = '3')",
    "loan_overdue": "(:account_status = '2')",
    "monthly": "(:frequency = '03')",
    "slowly": "(:frequency IN ('04', '05', '06'))",
    "once": "(:frequency = '07')",
    "irregular": "(:frequency = '08')",
    "otherwise": "(:frequency = '99')",
    "last_paid": "(right(:status_24, 1) = 'N')",
    "last_quiet": "(right(:status_24, 1) = '*')",
    "last_closed": "(right(:status_24, 1) = 'C')",
    "last_digit": "(right(:status_24, 1) BETWEEN '1' AND '7')",
}
"""Expressions that several rules share. DuckDB shares nothing inside AND, OR and CASE, so a caller in a
hurry computes them once in a projection below the conditions. A plain status has no letter but / before,
then * or N, C at most at the end: nothing that a rule about its inside could meet."""

SHORTCUTS = ("plain_status",)
"""Helpers that only spare work: a condition gives the same with FALSE in their place."""


@dataclass(frozen=True)
class Rule:
    """One rule of the published table.

    Parameters
    ----------
    id
        Published id, which hits carry bare.
    kind, severity, source
        See the types.
    reason
        Why the severity is what it is.
    text_zh, text_en
        What must hold.
    column
        The item that a hit points at.
    sql
        Condition that must hold, with ``:name`` for a standard item and ``:load_date``; null holds.
    clear_sql
        The same for items that are sealed before they are stored: it is judged on the clear values.
    anchors
        Items that a contract must have so that the rule speaks of it at all.
    optional
        Items that are null where a contract lacks them.
    business
        ``1`` loans, ``2`` cards.
    generations
        Generations of the message format.
    passing, failing
        An example each.
    same_as
        Rules that demand the same or part of it.
    hint
        What to do on a hit.
    """

    id: str
    kind: Kind
    severity: RuleSeverity
    source: Source
    text_zh: str
    text_en: str
    passing: Example
    failing: Example
    reason: str
    column: str = ""
    sql: str = ""
    clear_sql: str = ""
    anchors: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    business: tuple[str, ...] = ("1", "2")
    generations: tuple[int, ...] = (1, 2)
    same_as: tuple[str, ...] = ()
    hint: str = ""

    def __post_init__(self) -> None:
        """Refuse a record rule without a condition or a column to point at."""
        if self.kind == "record" and not (self.sql or self.clear_sql):
            raise ContractsError(f"the record rule {self.id} has no condition.")
        if (self.sql or self.clear_sql) and not self.column:
            raise ContractsError(f"the rule {self.id} points at no item.")
        if not (self.text_zh and self.text_en and self.reason and self.passing and self.failing):
            raise ContractsError(f"the rule {self.id} lacks a text, a reason or an example.")

    @property
    def helpers(self) -> tuple[str, ...]:
        """Shared expressions that the conditions name."""
        named = _NAMED.findall(self.sql) + _NAMED.findall(self.clear_sql)
        return tuple(dict.fromkeys(name for name in named if name in HELPERS))

    @property
    def needs(self) -> tuple[str, ...]:
        """Items that a contract must have, in order of their appearance.

        Examples
        --------
        >>> from data_contracts.rules import rule
        >>> rule("LR-10").needs
        ('max_overdue_periods', 'overdue_count', 'account_no', 'bill_on')
        """
        full = _NAMED.sub(_open_helper, f"{self.sql} {self.clear_sql}")
        apart = {*PARAMETERS, *self.optional}
        wanted = [name for name in _NAMED.findall(full) if name not in apart]
        return tuple(dict.fromkeys([*wanted, *self.anchors]))


def _open_helper(found: re.Match[str]) -> str:
    return HELPERS.get(found.group(1), found.group(0))


def bind(sql: str, values: Mapping[str, str]) -> str:
    """Put SQL expressions for the ``:name`` of a condition.

    Examples
    --------
    >>> bind(":business = 'x' OR :due_on::DATE > :bill_on",
    ...      {"business": "two", "due_on": "due_on", "bill_on": "bill_on"})
    "two = 'x' OR due_on::DATE > bill_on"
    """
    return _NAMED.sub(lambda found: values[found.group(1)], sql)

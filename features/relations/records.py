"""Which records make relations, accounts, defaults and notices, as SQL over the lake.

Parents of enterprises come from their shareholders: the registration itself names none.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_contracts.catalogue import contract as contract_of
from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.lake import Lake
from features.relations.history import visible
from features.relations.settings import RelationSettings

SUBJECTS: dict[str, tuple[str, ...]] = {
    "holdings": ("holder", "firm"),
    "positions": ("person", "firm"),
    "guarantees": ("guarantor", "debtor"),
    "accounts": ("subject",),
    "defaults": ("subject",),
    "notices": ("subject",),
}
"""Tables of a history, and their columns that name subjects: who acts first."""

CONTRACTS = (
    "shareholder", "key_person", "guarantee", "credit_month", "loan_outcome", "client_risk_notice",
)  # fmt: skip
MADE_OF: dict[str, tuple[str, ...]] = {
    "holdings": ("shareholder",),
    "positions": ("key_person",),
    "guarantees": ("guarantee",),
    "accounts": ("credit_month",),
    "defaults": ("credit_month", "loan_outcome"),
    "notices": ("client_risk_notice",),
}
"""Tables of a history, and the contracts whose records they are made of."""

_ACCOUNT = ("institution_code", "business", "account_no")
CLOSED = "((business = '1' AND account_status = '3') OR (business = '2' AND account_status = '4'))"
_LATE = "coalesce(overdue_91_180_cents, 0) + coalesce(overdue_over_180_cents, 0) > 0"


def record_columns(contract: str) -> tuple[str, ...]:
    """Columns that tell records apart which are read together: bills of one account follow each other."""
    return _ACCOUNT if contract == "credit_month" else contract_of(contract).about.key


def made_from(contract: str) -> str:
    """SQL of a number that tells such records apart; the same in all tables of a process."""
    return f"hash({', '.join([sql_text(contract), *map(sql_name, record_columns(contract))])})"


def tables(lake: Lake, settings: RelationSettings) -> dict[str, str]:
    """SQL of each table: its columns, `start` and `end` (DATE), and `record` (:func:`made_from`)."""
    holdings = visible(lake, "shareholder", end="until_on")
    positions = visible(lake, "key_person", end="until_on")
    guarantees = visible(lake, "guarantee", end="until_on")
    notices = visible(lake, "client_risk_notice", end="ended_on")
    return {
        "holdings": (
            "SELECT holder_id AS holder, subject_id AS firm, share, subscribed_cents::DOUBLE AS "
            f"subscribed, {_among('holder_kind', settings.controlling_holders)} AS controls, "
            f'start, stop AS "end", {made_from("shareholder")} AS record FROM {holdings}'
        ),
        "positions": (
            "SELECT person_id AS person, subject_id AS firm, position, "
            f"{_among('position', settings.controller_positions)} AS controls, "
            f"{_among('position', settings.common_positions)} AS common, "
            f'start, stop AS "end", {made_from("key_person")} AS record FROM {positions}'
        ),
        "guarantees": (
            "SELECT subject_id AS guarantor, guaranteed_id AS debtor, amount_cents AS amount, "
            "guarantee_no AS number, kind, "
            f"{_among('kind', settings.guarantee_kinds)} AS joins, "
            f"coalesce(currency, 'CNY') = {sql_text(settings.currency)} AS summed, "
            f'start, stop AS "end", {made_from("guarantee")} AS record '
            f"FROM {guarantees} WHERE state = 'live'"
        ),
        "accounts": _accounts(lake, settings),
        "defaults": _defaults(lake, settings),
        "notices": (
            "SELECT subject_id AS subject, notice_no AS number, group_no, kind, level, "
            f"{_among('kind', settings.flag_kinds)} AS flags, approved_by_head AS approved, "
            'notified_on AS notified, _known AS known, start, stop AS "end", '
            f"{made_from('client_risk_notice')} AS record FROM {notices}"
        ),
    }


def _among(column: str, codes: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(map(sql_text, codes))})" if codes else "FALSE"


def _bad(settings: RelationSettings) -> str:
    bad = _among("coalesce(five_class, '')", settings.bad_classes)
    return f"(({bad} OR {_LATE}) AND NOT {CLOSED})"


def _accounts(lake: Lake, settings: RelationSettings) -> str:
    """Each account in the newest bill that counts.

    A bill is the newest until a later one counts. Where a bill was withdrawn, the one before it is the
    newest again: such accounts, of which there are few, are asked day by day of their changes.
    """
    account = ", ".join(_ACCOUNT)
    seen = visible(lake, "credit_month")
    relation = lake.relation("credit_month") or lake.latest_sql("credit_month")
    undone = f"(SELECT DISTINCT {account} FROM {relation} WHERE _withdrawn)"
    values = (
        "subject_id AS subject, "
        f"CASE WHEN {CLOSED} THEN 0 ELSE greatest(balance_cents, 0) END AS balance, "
        f"CASE WHEN {CLOSED} THEN 0 ELSE coalesce(limit_cents, 0) END AS credit_limit, "
        f"overdue_cents > 0 AND NOT {CLOSED} AS overdue, {_bad(settings)} AS bad, "
        f"coalesce(currency, 'CNY') = {sql_text(settings.currency)} AS summed, "
        f"{made_from('credit_month')} AS record"
    )
    later = (
        f"min(start) OVER (PARTITION BY {account} ORDER BY bill_on "
        "RANGE BETWEEN INTERVAL 1 DAY FOLLOWING AND UNBOUNDED FOLLOWING)"
    )
    plain = (
        f'SELECT {values}, start, least(stop, coalesce(later, stop)) AS "end" FROM ('
        f"SELECT *, {later} AS later FROM {seen} ANTI JOIN {undone} USING ({account})) "
        "WHERE start < least(stop, coalesce(later, stop))"
    )
    versions = f"(SELECT * FROM {seen} SEMI JOIN {undone} USING ({account}))"
    turns = (
        f"(SELECT *, lead(turn) OVER (PARTITION BY {account} ORDER BY turn) AS next_turn FROM ("
        f"SELECT DISTINCT {account}, unnest([start, stop]) AS turn FROM {versions}))"
    )
    by_turn = (
        f'SELECT {values}, turn AS start, next_turn AS "end" FROM ('
        f"SELECT * FROM {versions} AS v JOIN {turns} AS t USING ({account}) "
        "WHERE v.start <= t.turn AND t.turn < v.stop AND t.next_turn IS NOT NULL "
        f"QUALIFY row_number() OVER (PARTITION BY {account}, t.turn ORDER BY v.bill_on DESC) = 1)"
    )
    return f"{plain} UNION ALL SELECT * FROM ({by_turn})"


def _defaults(lake: Lake, settings: RelationSettings) -> str:
    """Defaults, each for as many months as it counts; `until` of the window counts still."""
    window = f"CAST(_event + INTERVAL {settings.default_months} MONTH AS DATE) + 1"
    part = f'SELECT subject_id AS subject, start, least(stop, {window}) AS "end", '
    months, outcomes = visible(lake, "credit_month"), visible(lake, "loan_outcome")
    states = _among("status", settings.default_states)
    return (
        f"SELECT * FROM ({part} {made_from('credit_month')} AS record FROM {months} "
        f"WHERE {_bad(settings)} UNION ALL {part} {made_from('loan_outcome')} AS record "
        f'FROM {outcomes} WHERE {states}) WHERE start < "end"'
    )

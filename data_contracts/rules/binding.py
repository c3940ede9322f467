"""Which rules speak of which contract: by the standard names of its items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from data_contracts.item import Severity
from data_contracts.rules.base_information import BASE_INFORMATION
from data_contracts.rules.continuity import (
    CONTINUITY,
    after_end,
    after_settlement,
    shifted,
    twice_a_month,
)
from data_contracts.rules.derived import DERIVED
from data_contracts.rules.distribution import DISTRIBUTION
from data_contracts.rules.generation import GENERATION, borrower_again, guarantors_again
from data_contracts.rules.logic import LOGIC
from data_contracts.rules.public import PUBLIC
from data_contracts.rules.rule import HELPERS, PARAMETERS, SHORTCUTS, Rule, bind

if TYPE_CHECKING:
    from data_contracts.checks import Check
    from data_contracts.contract import Contract

ALL_RULES: tuple[Rule, ...] = (
    *LOGIC,
    *CONTINUITY,
    *BASE_INFORMATION,
    *DISTRIBUTION,
    *GENERATION,
    *PUBLIC,
    *DERIVED,
)
"""Every published rule, procedures included."""

CONSTANTS: dict[str, dict[str, str]] = {
    "card_repayment": {"business": "'2'", "frequency": "'03'", "format_generation": "1"},
}
"""What a contract means without saying it in an item, as SQL."""

LOADED = "coalesce(getvariable('load_date')::DATE, current_date)"
"""The day of loading: an intake sets it, so that it can be repeated on another day with the same verdict."""

ACCOUNT = ("institution_code", "business", "account_no")


@dataclass(frozen=True)
class Compared:
    """How a month of an account may not fit the one before.

    Parameters
    ----------
    shifted
        Its status, shifted by the months between them, is not that of the one before.
    last_letters
        The status of the one before ends with such a letter.
    settled, cards
        The one before was settled; ``cards``: all are cards, where no item tells.
    """

    shifted: bool = False
    last_letters: frozenset[str] = frozenset()
    settled: bool = False
    cards: bool = False

    @property
    def status(self) -> bool:
        """Whether the status is looked at."""
        return self.shifted or bool(self.last_letters)

    def __or__(self, other: Compared) -> Compared:
        return Compared(
            self.shifted or other.shifted,
            self.last_letters | other.last_letters,
            self.settled or other.settled,
            self.cards or other.cards,
        )


@dataclass(frozen=True)
class CrossCheck:
    """A rule between records, bound to a contract.

    ``beside`` says what of two neighbouring months of an account holds wherever the rule hits one of them; None
    for a rule that is not about months. Months that occur twice may be hit without it.
    """

    rule_id: str
    column: str
    severity: Severity
    text_zh: str
    text_en: str
    query: Callable[[str, str], str]
    beside: Compared | None = None

    def sql(self, new: str, previous: str) -> str:
        """SELECT of the ``_line`` of the hits in ``new``, given what ``previous`` already holds."""
        return self.query(new, previous)


def values(contract: type[Contract], rule: Rule) -> dict[str, str] | None:
    """SQL for each name in a rule's conditions, or None where the contract lacks one."""
    constants = CONSTANTS.get(contract.about.name, {})
    found = dict.fromkeys(PARAMETERS, LOADED)
    for name in (*rule.needs, *rule.optional):
        if name in contract.model_fields:
            found[name] = f'"{name}"'
        elif name in constants:
            found[name] = constants[name]
        elif name in rule.optional:
            found[name] = "NULL"
        else:
            return None
    return found


def _check(rule: Rule, sql: str, bound: dict[str, str]) -> Check:
    from data_contracts.checks import Check  # checks asks this room for its rules

    severity: Severity = "ERROR" if rule.severity == "ERROR" else "REVIEW"
    return Check(
        rule.id, rule.column, f"({bind(sql, bound)})", rule.text_zh, rule.text_en, severity
    )


@lru_cache(maxsize=256)
def record_checks(contract: type[Contract], *, prepared: bool = False) -> tuple[Check, ...]:
    """Published rules for one record that the contract has the items for.

    Parameters
    ----------
    contract
        A record type.
    prepared
        The relation has the columns of :func:`helper_columns` besides; the conditions use them and run
        about twice as fast.

    Returns
    -------
    tuple of Check
        Conditions over a relation with the contract's columns as they are stored.

    Examples
    --------
    >>> from data_contracts.finance.credit_account import CardRepayment
    >>> [check.rule_id for check in record_checks(CardRepayment)][:3]
    ['LR-03', 'LR-04', 'LR-08']
    """
    return tuple(
        _check(rule, rule.sql, _with_helpers(rule, found, prepared))
        for rule, found in _bound(contract)
    )


@lru_cache(maxsize=256)
def helper_columns(contract: type[Contract]) -> tuple[tuple[str, str], ...]:
    """Name and SQL of the expressions that the contract's record rules share.

    Examples
    --------
    >>> from data_contracts.finance.credit_account import CardRepayment
    >>> [name for name, _ in helper_columns(CardRepayment)]
    ['!last_status', '!plain_status']
    """
    found: dict[str, str] = {}
    for rule, names in _bound(contract):
        found |= {f"!{helper}": bind(HELPERS[helper], names) for helper in rule.helpers}
    return tuple(found.items())


def _bound(contract: type[Contract]) -> list[tuple[Rule, dict[str, str]]]:
    pairs = [(rule, values(contract, rule)) for rule in ALL_RULES if rule.sql]
    return [(rule, found) for rule, found in pairs if found is not None]


def _with_helpers(rule: Rule, names: dict[str, str], prepared: bool) -> dict[str, str]:
    def expression(helper: str) -> str:
        if prepared:
            return f'"!{helper}"'
        return "FALSE" if helper in SHORTCUTS else bind(HELPERS[helper], names)

    return names | {helper: expression(helper) for helper in rule.helpers}


@lru_cache(maxsize=256)
def clear_checks(contract: type[Contract]) -> tuple[Check, ...]:
    """Published rules that need the clear value of an item that is sealed before it is stored.

    Returns
    -------
    tuple of Check
        Conditions over the mapped records before they are sealed, under the names of the items.
    """
    bound = [(rule, values(contract, rule)) for rule in ALL_RULES if rule.clear_sql]
    return tuple(_check(rule, rule.clear_sql, found) for rule, found in bound if found is not None)


@lru_cache(maxsize=256)
def cross_checks(contract: type[Contract]) -> tuple[CrossCheck, ...]:
    """Published rules between the records of one account that the contract has the items for."""
    keys = tuple(name for name in ACCOUNT if name in contract.model_fields)
    business = CONSTANTS.get(contract.about.name, {}).get("business", "n.business")
    items = tuple(contract.model_fields)
    queries: dict[str, Callable[[str, str], str]] = {
        "XM-01": partial(shifted, keys),
        "XM-03": partial(twice_a_month, keys),
        "DR-03": partial(after_end, keys),
        "GL-04": partial(after_settlement, keys, business),
        "GL-03": partial(borrower_again, keys, _segments()),
        "GL-05": partial(guarantors_again, keys, tuple(i for i in items if i in _GUARANTEE)),
    }
    return tuple(
        CrossCheck(
            rule.id,
            rule.column,
            "REVIEW",
            rule.text_zh,
            rule.text_en,
            queries[rule.id],
            replace(beside, cards=business == "'2'") if (beside := _BESIDE.get(rule.id)) else None,
        )
        for rule in ALL_RULES
        if rule.kind == "cross-record" and values(contract, rule) is not None
    )


_BESIDE = {
    "XM-01": Compared(shifted=True),
    "XM-03": Compared(),
    "DR-03": Compared(last_letters=frozenset("CG")),
    "GL-04": Compared(settled=True),
}
_GUARANTEE = ("subject_id", "name_masked", "id_kind", "id_no_hmac", "amount_cents", "state")


def _segments() -> tuple[tuple[str, ...], ...]:
    from data_contracts.finance.borrower import SEGMENTS  # its package may import the rules

    return tuple(SEGMENTS.values())


def rule(id: str) -> Rule:
    """One rule by its published id.

    Raises
    ------
    ContractsError
        For an id that was never published.
    """
    from data_contracts.errors import ContractsError

    for found in ALL_RULES:
        if found.id == id:
            return found
    raise ContractsError(f"there is no rule {id!r}.", expected="an id such as LR-09 or PUB-201")

"""Real public data sets mapped to the contracts."""

from __future__ import annotations

from data_contracts.errors import ContractsError
from data_contracts.portfolios.cards import CARDS
from data_contracts.portfolios.portfolio import Portfolio
from data_contracts.portfolios.sba import SBA

__all__ = ["PORTFOLIOS", "Portfolio", "portfolio"]

PORTFOLIOS: dict[str, Portfolio] = {found.name: found for found in (SBA, CARDS)}


def portfolio(name: str) -> Portfolio:
    """One portfolio by name.

    Raises
    ------
    ContractsError
        For an unknown name; the message lists the known ones.

    Examples
    --------
    >>> portfolio("cards").subject_kind
    'individual'
    """
    found = PORTFOLIOS.get(name)
    if found is None:
        raise ContractsError(f"there is no portfolio {name!r}.", expected=", ".join(PORTFOLIOS))
    return found

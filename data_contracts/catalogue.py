"""The catalogue: every contract of the house, by the name of its lake table."""

from __future__ import annotations

from difflib import get_close_matches

from data_contracts import finance, government, platform
from data_contracts.contract import Contract
from data_contracts.errors import ContractsError

CONTRACTS: tuple[type[Contract], ...] = (
    *government.CONTRACTS,
    *finance.CONTRACTS,
    *platform.CONTRACTS,
)
_BY_NAME = {contract.about.name: contract for contract in CONTRACTS}


def all_contracts() -> dict[str, type[Contract]]:
    """Contracts by name, in catalogue order."""
    return dict(_BY_NAME)


def contract(name: str) -> type[Contract]:
    """One contract by name.

    Raises
    ------
    ContractsError
        For a name that is not in the catalogue; the message offers the names nearest to it.

    Examples
    --------
    >>> contract("loan_account").about.event
    'opened_on'
    """
    found = _BY_NAME.get(name)
    if found is None:
        near = get_close_matches(name, _BY_NAME, n=3, cutoff=0.5)
        raise ContractsError(
            f"there is no contract {name!r}.",
            expected=" or ".join(near) if near else "a name of the catalogue",
            hint="`xinqiao contracts list` shows all of them",
        )
    return found

"""The catalogue: every contract of the house, by the name of its lake table."""

from __future__ import annotations

from data_contracts.contract import Contract
from data_contracts.errors import ContractsError
from data_contracts.finance.credit_account import CardAccount, CardRepayment, LoanAccount
from data_contracts.finance.loan_application import LoanApplication
from data_contracts.finance.loan_outcome import LoanOutcome
from data_contracts.government.person import Person
from data_contracts.government.registration import Registration

CONTRACTS: tuple[type[Contract], ...] = (
    Registration,
    Person,
    LoanApplication,
    LoanAccount,
    LoanOutcome,
    CardAccount,
    CardRepayment,
)


def all_contracts() -> dict[str, type[Contract]]:
    """Contracts by name, in catalogue order."""
    return {contract.about.name: contract for contract in CONTRACTS}


def contract(name: str) -> type[Contract]:
    """One contract by name.

    Raises
    ------
    ContractsError
        For a name that is not in the catalogue; the message lists the names that are.

    Examples
    --------
    >>> contract("loan_account").about.event
    'opened_on'
    """
    found = all_contracts().get(name)
    if found is None:
        raise ContractsError(f"there is no contract {name!r}.", expected=", ".join(all_contracts()))
    return found

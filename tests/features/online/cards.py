"""Two cards of two people in a small lake, and what may happen to their records."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa

from data_contracts.intake.lake import Lake
from data_contracts.intake.manifest import Commit
from features.catalogue import view
from features.online.store import OnlineStore
from features.online.vectors import StoredVector
from tests.features.lakes import add, lake_of

CARDS = view("individual")
DAY = date(2005, 10, 1)
RECORDS = {
    "card_account": """
        account_no | subject_id | observed_on | credit_limit_cents
        1          | CARD-1     | 2005-09-20  | 1000
        2          | CARD-2     | 2005-09-20  | 5000
    """,
    "card_repayment": """
        account_no | subject_id | bill_on    | billed_cents | paid_cents | status_24
        1          | CARD-1     | 2005-08-31 | 400          | 0          | ######################N1
        1          | CARD-1     | 2005-09-30 | 1100         | 0          | #####################N12
        2          | CARD-2     | 2005-08-31 | 500          | 500        | #######################N
        2          | CARD-2     | 2005-09-30 | 250          | 500        | ######################NN
    """,
}


def cards(folder: Path) -> Lake:
    """The lake, in one commit."""
    return lake_of(folder, RECORDS)


def bill(account: str, subject: str, day: str, cents: int, known: str = "") -> dict[str, str]:
    """A bill that comes later, or a correction of one that is there."""
    head = "account_no | subject_id | bill_on | billed_cents | status_24 | known"
    status = "#" * 23 + "N"
    line = f"{account} | {subject} | {day} | {cents} | {status} | {known or day}"
    return {"card_repayment": f"{head}\n{line}"}


def arrives(lake: Lake, records: Mapping[str, str]) -> Commit:
    """Commit what arrives; gives the commit."""
    add(lake, records)
    return lake.commits()[-1]


def ends(lake: Lake, contract: str, **changes: pa.Table) -> Commit:
    """Commit withdrawals or changed keys of a contract."""
    batch = hashlib.sha256(f"end {lake.sequence()}".encode()).hexdigest()
    given = {name: {contract: table} for name, table in changes.items()}
    return lake.commit({}, batch, received_on=DAY, **given)  # type: ignore[arg-type]


def vector(store: OnlineStore, subject: str) -> StoredVector:
    """A vector that must be there."""
    found = store.get("individual", subject)
    assert found is not None
    return found

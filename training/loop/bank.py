"""The simulated bank: whom it may lend to, and how its loans stand on a day (simulated data).

The city knows every loan's fate; the lake learns of it only from what the bank reports month by month. Suppliers'
records go in at once: their known dates keep a past day's features from seeing later ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.catalogue import all_contracts
from data_contracts.city.build import records
from data_contracts.city.city import City
from data_contracts.city.clock import Settings
from data_contracts.city.credit import NEVER
from data_contracts.city.dirty import loose
from data_contracts.city.load import SOURCE
from data_contracts.city.population import ENTERPRISE
from data_contracts.city.repayment import LPR
from data_contracts.city.themes.lending import account_no
from data_contracts.city.write import file_of, write
from data_contracts.intake.engine import intake_file
from data_contracts.workspace import Workspace
from training.errors import TrainingError
from training.loop.plan import Plan, Progress

SUPPLIED = ("registration", "electricity_bill", "loan_application")
SUPPLIER = "SIMULATED-BANK"
OVERDUE_PERIODS = 3
"""61 to 90 days past due: from here on the bank reports a default."""


@dataclass(frozen=True)
class Bank:
    """The bank's books.

    Attributes
    ----------
    workspace, settings
        Where it reports to, and the city.
    institution_code
        A class letter and 13 digits.
    label_months
        How long a loan is followed.
    loans : DataFrame
        Loans that it may grant, in the order of the decisions: account_no, subject_id, decided_on, opened_on, late_on,
        paid_on (datetime64; NaT: not while the loan is followed), amount_cents, rate_bp, term_months.
    """

    workspace: Workspace
    settings: Settings
    institution_code: str
    label_months: int
    loans: pd.DataFrame

    @classmethod
    def found(
        cls, workspace: Workspace, plan: Plan, label_months: int, progress: Progress | None = None
    ) -> Bank:
        """Build the city, take the suppliers' records of its enterprises in, and keep the bank's books aside.

        Raises
        ------
        TrainingError
            When the workspace holds records already: the months can be played once.
        """
        if workspace.lake_dir.exists() and any(workspace.lake_dir.iterdir()):
            raise TrainingError(
                f"{workspace.root} holds records already.", "name a new folder with --out"
            )
        settings = plan.city()
        tell = progress or (lambda step, done, total: None)
        workspace.create()
        tell("city 城市", 0, 1)
        city = City.found(settings)
        tell("city 城市", 1, 1)
        for done, name in enumerate(SUPPLIED):
            tell(f"intake 接入 {name}", done, len(SUPPLIED))
            _supply(workspace, city, name)
        tell("intake 接入", len(SUPPLIED), len(SUPPLIED))
        return cls(
            workspace, settings, city.lenders.code[0], label_months, _books(city, label_months)
        )

    def decided(self, first: int, last: int | None = None) -> pd.DataFrame:
        """Loans that are decided on in some months of the city, the last one included."""
        start, end = (
            self.settings.day(first),
            self.settings.day((first if last is None else last) + 1),
        )
        day = self.loans["decided_on"]
        return self.loans[(day >= pd.Timestamp(start)) & (day < pd.Timestamp(end))]

    def standing(self, loans: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
        """Of some loans those with a last word by the end of a day, with their `status` and `outcome_on`.

        Late, repaid, or followed to the end of the label's months; the others are still open.
        """
        late, paid = loans["late_on"] <= day, loans["paid_on"] <= day
        followed = loans["opened_on"] + pd.DateOffset(months=self.label_months) <= day
        status = np.select([late, paid, followed], ["DEFAULTED", "PAID_IN_FULL", "PERFORMING"], "")
        on = loans["late_on"].where(late, loans["paid_on"].where(paid, day))
        told = loans.assign(status=status, outcome_on=on)
        return told[told["status"] != ""]

    def hand_in(self, contract: str, rows: list[dict[str, Any]], day: pd.Timestamp) -> None:
        """Report loans that never met the service, as a bank's file: those of the history."""
        if not rows:
            return
        folder = self.workspace.root / "handed-in" / f"{day:%Y-%m}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"simulated_{contract}.jsonl"
        lines = (json.dumps(row | {"institution_code": self.institution_code}) for row in rows)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        taken = intake_file(
            path, contract, self.workspace, supplier=SUPPLIER, received_on=day.date()
        )
        _all_accepted(contract, taken.quarantined)


def month_end(settings: Settings, month: int) -> pd.Timestamp:
    """Last day of a month of the city, counted from 0."""
    return pd.Timestamp(settings.day(month + 1)) - pd.Timedelta(days=1)


def account_records(loans: pd.DataFrame) -> list[dict[str, Any]]:
    """Loans in the form of the contract `loan_account`."""
    return [
        {
            "account_no": row["account_no"],
            "application_no": f"AP-{row['account_no']}",
            "subject_id": row["subject_id"],
            "amount_cents": int(row["amount_cents"]),
            "guaranteed_cents": 0,
            "opened_on": f"{row['opened_on']:%Y-%m-%d}",
            "currency": "CNY",
            "term_months": int(row["term_months"]),
            "rate_bp": int(row["rate_bp"]),
        }
        for row in loans.to_dict("records")
    ]


def outcome_records(loans: pd.DataFrame) -> list[dict[str, Any]]:
    """Loans of :meth:`Bank.standing` in the form of the contract `loan_outcome`."""
    return [
        {
            "account_no": row["account_no"],
            "subject_id": row["subject_id"],
            "status": row["status"],
            "outcome_on": f"{row['outcome_on']:%Y-%m-%d}",
        }
        for row in loans.to_dict("records")
    ]


def _supply(workspace: Workspace, city: City, name: str) -> None:
    contract = all_contracts()[name]
    schema = loose(contract.arrow_schema().append(pa.field("_known", pa.date32())))
    own = _enterprises(city)
    path = file_of(workspace.root / "files", name)

    def kept() -> Iterator[pa.Table]:
        for table in records(city, contract):
            yield table.filter(pc.is_in(table["subject_id"], own)).select(schema.names).cast(schema)

    write(path, kept(), schema)
    taken = intake_file(path, name, workspace, supplier=SOURCE, public_source=SOURCE)
    _all_accepted(name, taken.quarantined)


def _all_accepted(name: str, quarantined: int) -> None:
    if quarantined:
        raise TrainingError(
            f"{quarantined} simulated records of {name} were refused by the lake.",
            "xinqiao contracts batches shows the rules that they break",
        )


def _enterprises(city: City) -> pa.Array:
    """Ids of those that are no natural persons: no consent is needed for them."""
    return city.population.subject_id.take(pa.array(city.population.rows(ENTERPRISE)))


def _books(city: City, label_months: int) -> pd.DataFrame:
    loans, asked = city.loans, city.applications
    day = loans.opened.astype("M8[D]")
    day_of_month = (day - day.astype("M8[M]")).astype(int) + 1

    def due(after: np.ndarray) -> np.ndarray:
        """Due day of the month that comes so many months after the opening; never beyond those that are followed."""
        found = city.settings.days(loans.month + np.minimum(after, label_months), day_of_month)
        return np.where(after <= label_months, found.astype("M8[D]"), np.datetime64("NaT"))

    overdue = loans.histories.overdue[:, 1 : label_months + 1] >= OVERDUE_PERIODS
    first_late = np.where(overdue.any(axis=1), overdue.argmax(axis=1) + 1, NEVER)
    books = pd.DataFrame(
        {
            "account_no": account_no(loans.row).to_pandas(),
            "subject_id": city.population.subject_id.take(pa.array(loans.subject)).to_pandas(),
            "decided_on": asked.decided[loans.row].astype("M8[D]"),
            "opened_on": day,
            "late_on": due(first_late),
            "paid_on": due(loans.settled_after),
            "amount_cents": loans.amount,
            "rate_bp": (LPR + asked.spread[loans.row]).astype(np.int64),
            "term_months": loans.term,
        }
    )
    for name in ("decided_on", "opened_on", "late_on", "paid_on"):
        books[name] = pd.to_datetime(books[name]).astype("datetime64[us]")
    own = books[city.population.kind[loans.subject] == ENTERPRISE]
    return own.sort_values(["decided_on", "account_no"], ignore_index=True)

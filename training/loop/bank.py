"""The simulated bank: whom it may lend to, what it reports, and how its loans stand at the end of a month.

The city knows every loan's fate; the bank knows its own books (``books``, never loaded), and the lake learns of them
only from what the bank reports month by month: decisions, accounts, outcomes, as JSON Lines in the contracts' form.
Simulated data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.city.load import SOURCE, load_city
from data_contracts.city.write import file_of
from data_contracts.intake.engine import intake_file
from data_contracts.workspace import Workspace
from training.errors import TrainingError

Progress = Callable[[str, int, int], None]
SUPPLIED = ("registration", "tax_payment", "electricity_bill")
"""What suppliers hand in; their known dates keep a past day's features from seeing later records."""
BOOKS = ("credit_decision", "loan_account", "loan_outcome", "credit_month")
OVERDUE = "2"
"""Status digit of 31 to 60 days past due, from which the bank reports a default."""
SUPPLIER = "SIMULATED-BANK"


@dataclass(frozen=True)
class Bank:
    """The bank's books: one row for each loan that it may grant, in the order of the decisions.

    Attributes
    ----------
    workspace : Workspace
    settings : Settings
        Of the city.
    loans : DataFrame
        account_no, subject_id, decided_on, opened_on, late_on and paid_on (datetime64; NaT: never).
    decisions, accounts : mapping
        The city's records of them by account number, in the contracts' form.
    """

    workspace: Workspace
    settings: Settings
    loans: pd.DataFrame
    decisions: Mapping[str, dict[str, Any]]
    accounts: Mapping[str, dict[str, Any]]

    @classmethod
    def found(
        cls, workspace: Workspace, settings: Settings, progress: Progress | None = None
    ) -> Bank:
        """Build the city, take the suppliers' files in, and keep the bank's books beside the lake.

        Raises
        ------
        TrainingError
            When the workspace holds records already: the months can be played once.
        """
        if workspace.lake_dir.exists() and any(workspace.lake_dir.iterdir()):
            raise TrainingError(
                f"{workspace.root} holds records already.", "name a new folder with --workspace"
            )
        workspace.create()
        files, books = workspace.root / "files", workspace.root / "books"
        build_city(settings, files, progress=progress, only=SUPPLIED)
        build_city(settings, books, progress=progress, only=BOOKS)
        load_city(files, workspace, progress)
        return cls(workspace, settings, *_books(books))

    def month(self, number: int) -> str:
        """Name of a month of the city, counted from 0."""
        return f"{self.settings.day(number):%Y-%m}"

    def applications(self, month: str) -> pd.DataFrame:
        """Loans that are decided on in a month."""
        return self.loans[self.loans["decided_on"].dt.strftime("%Y-%m") == month]

    def report(
        self,
        name: str,
        decided: pd.DataFrame,
        granted: pd.DataFrame,
        day: pd.Timestamp,
        period: str | None = None,
    ) -> int:
        """Write and take in what the bank reports at the end of a day.

        Parameters
        ----------
        name
            Of the folder below ``reported``.
        decided
            Decisions since the last report: rows of `loans` with ``approved``, ``reason`` and ``model_version``.
        granted
            All loans that it has granted so far: their outcomes are reported as they stand.
        day
            Last day that the report knows.
        period
            A report of the same period takes the place of the one before.

        Returns
        -------
        int
            Records in quarantine: none, unless the records are at fault.
        """
        opened = decided[decided["approved"]]
        records = {
            "credit_decision": [self._decision(row) for row in decided.to_dict("records")],
            "loan_account": [self.accounts[account] for account in opened["account_no"]],
            "loan_outcome": [self._outcome(row, day) for row in granted.to_dict("records")],
        }
        folder = self.workspace.root / "reported" / name
        folder.mkdir(parents=True)
        quarantined = 0
        for contract, rows in records.items():
            if rows:
                path = folder / f"simulated_{contract}.jsonl"
                lines = (json.dumps(row, ensure_ascii=False, default=str) for row in rows)
                path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
                taken = intake_file(
                    path,
                    contract,
                    self.workspace,
                    supplier=SUPPLIER,
                    period=period,
                    public_source=SOURCE,  # nobody's data: no consent is needed
                    received_on=day.date(),
                )
                quarantined += taken.quarantined
        return quarantined

    def _decision(self, row: Mapping[str, Any]) -> dict[str, Any]:
        base = self.decisions[row["account_no"]]
        given = {"method": "automatic" if row["model_version"] else "human"}
        if row["model_version"]:
            given["model_version"] = row["model_version"]
        if row["approved"]:
            return {**base, **given}
        dropped = ("amount_cents", "term_months", "rate_bp", "valid_until")
        kept = {name: value for name, value in base.items() if name not in dropped}
        return {**kept, **given, "decision": "rejected", "reasons": row["reason"]}

    def _outcome(self, row: Mapping[str, Any], day: pd.Timestamp) -> dict[str, Any]:
        status, on = "PERFORMING", day
        if row["late_on"] <= day:
            status, on = "DEFAULTED", row["late_on"]
        elif row["paid_on"] <= day:
            status, on = "PAID_IN_FULL", row["paid_on"]
        account = self.accounts[row["account_no"]]
        same = ("account_no", "subject_id", "institution", "institution_code", "consent_no")
        return {
            **{name: account[name] for name in same if name in account},
            "status": status,
            "outcome_on": on.date(),
        }


def _books(
    folder: Path,
) -> tuple[pd.DataFrame, dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    decision, account, outcome, months = (pd.read_parquet(file_of(folder, one)) for one in BOOKS)
    account = account[account["subject_id"].str.startswith("USCC-")]
    own = months["status_24"].str[-1]
    late = months[(months["business"] == "1") & own.between(OVERDUE, "7")]
    first_late = late.groupby("account_no")["bill_on"].min()
    paid = outcome[outcome["status"] == "PAID_IN_FULL"].set_index("account_no")["outcome_on"]
    loans = account[["account_no", "application_no", "subject_id", "opened_on"]].merge(
        decision[["application_no", "decided_on"]], on="application_no"
    )
    loans["late_on"] = loans["account_no"].map(first_late)
    loans["paid_on"] = loans["account_no"].map(paid)
    for name in ("opened_on", "decided_on", "late_on", "paid_on"):
        loans[name] = pd.to_datetime(loans[name])
    loans = loans.sort_values(["decided_on", "account_no"], ignore_index=True)
    of_application = loans.set_index("application_no")["account_no"]
    decision = decision[decision["application_no"].isin(of_application.index)]
    return (
        loans,
        {of_application[row["application_no"]]: row for row in _records(decision)},
        {row["account_no"]: row for row in _records(account)},
    )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows in the contract's form: whole numbers whole, nothing where there is nothing."""
    return [
        {
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in row.items()
            if not name.startswith("_") and not (value is None or value is pd.NaT or value != value)
        }
        for row in table.to_dict("records")
    ]


def month_end(settings: Settings, number: int) -> pd.Timestamp:
    """Last day of a month of the city, counted from 0."""
    return pd.Timestamp(np.datetime64(settings.day(number), "M") + 1) - pd.Timedelta(days=1)

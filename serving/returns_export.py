"""A bank's decisions, accounts and outcomes of a month as records in the contracts' form, for the lake."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from data_contracts.intake.batch import IntakeResult, period_days
from data_contracts.intake.engine import intake_file
from data_contracts.workspace import Workspace
from serving.database import Database
from serving.tables import account_outcomes, bank_decisions, decisions

CONTRACTS = ("credit_decision", "loan_account", "loan_outcome")
Records = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Lender:
    """Whose reports they are, and what the contracts want to know of a lender.

    Attributes
    ----------
    client_id : str
        The bank as the service knows it; also the supplier of the batches.
    institution_code : str
        A class letter and 13 digits.
    currency : str
        ISO 4217 code of its amounts.
    """

    client_id: str
    institution_code: str
    currency: str = "CNY"


def records_of(database: Database, lender: Lender, month: str) -> Records:
    """Records by contract: decided, opened, observed in the month; of an account's outcomes the newest.

    No personal data beyond the subject's id, which the contracts hold.

    Parameters
    ----------
    month
        Such as ``2026-03``.
    """
    first, last = (day.isoformat() for day in period_days(month))
    b, d, o = bank_decisions.c, decisions.c, account_outcomes.c
    of_bank = (
        select(b.return_id, b.request, d.decision_id, d.subject_id, d.model_name, d.model_version)
        .join(decisions, b.score_id == d.decision_id)
        .where(b.client_id == lender.client_id)
        .order_by(b.return_id)
    )
    with database.read() as connection:
        told = connection.execute(of_bank).all()
        ended = connection.execute(
            select(o.return_id, o.request)
            .where(o.outcome_on >= first, o.outcome_on <= last)
            .order_by(o.outcome_on, o.created_at)
        ).all()
    newest = {row.return_id: json.loads(row.request) for row in ended}
    found: Records = {name: [] for name in CONTRACTS}
    for row in told:
        body = json.loads(row.request)
        same = {
            "subject_id": row.subject_id,
            "institution_code": lender.institution_code,
            "consent_no": body["consent_no"],
        }
        if first <= body["decided_on"] <= last:
            found["credit_decision"].append(_decision(row, body, lender) | same)
        if body["account_no"] is None:
            continue
        if first <= body["opened_on"] <= last:
            found["loan_account"].append(_account(row, body, lender) | same)
        if row.return_id in newest:
            outcome = {"account_no": body["account_no"], **newest[row.return_id]}
            found["loan_outcome"].append(outcome | same)
    return found


def _decision(row: Any, body: dict[str, Any], lender: Lender) -> dict[str, Any]:
    return {
        "decision_no": _number(row.return_id),
        "application_no": _number(row.decision_id),
        "decision": body["decision"],
        "amount_cents": body["amount_cents"],
        "currency": lender.currency,
        "term_months": body["term_months"],
        "rate_bp": body["rate_bp"],
        "reasons": ";".join(body["reasons"]) or None,
        "method": body["method"],
        "model_version": f"{row.model_name}/{row.model_version}",
        "decided_on": body["decided_on"],
    }


def _account(row: Any, body: dict[str, Any], lender: Lender) -> dict[str, Any]:
    return {
        "account_no": body["account_no"],
        "application_no": _number(row.decision_id),
        "amount_cents": body["amount_cents"],
        "guaranteed_cents": 0,  # no guarantee is reported
        "opened_on": body["opened_on"],
        "currency": lender.currency,
        "term_months": body["term_months"],
        "rate_bp": body["rate_bp"],
    }


def _number(record_id: str) -> str:
    """An id of ours as the contracts write numbers: letters, digits, hyphens."""
    return record_id.replace("_", "-")


def write_records(records: Records, folder: Path) -> dict[str, Path]:
    """Write JSON Lines, one file a contract that has records; contract -> file."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for contract, rows in records.items():
        if rows:
            written[contract] = folder / f"{contract}.jsonl"
            written[contract].write_text("".join(map(_line, rows)), encoding="utf-8")
    return written


def _line(row: dict[str, Any]) -> str:
    kept = {name: value for name, value in row.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False) + "\n"


def take_in(
    files: Iterable[tuple[str, Path]], workspace: Workspace, lender: Lender, month: str
) -> dict[str, IntakeResult]:
    """Take the files into the lake as the bank's batches of the month: exported again, they replace the first."""
    return {
        contract: intake_file(path, contract, workspace, supplier=lender.client_id, period=month)
        for contract, path in files
    }

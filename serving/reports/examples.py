"""Small made-up dossiers: the passing and failing examples of the report rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from serving.records import Dossier, Record

AS_OF = date(2005, 10, 1)
_MONTH_ENDS = (
    date(2005, 4, 30),
    date(2005, 5, 31),
    date(2005, 6, 30),
    date(2005, 7, 31),
    date(2005, 8, 31),
    date(2005, 9, 30),
)


def card(
    statuses: str = "NNNNNN",
    bills: tuple[int, ...] = (50, 50, 50, 50, 50, 50),
    payments: tuple[int, ...] = (9, 9, 9, 9, 9, 9),
) -> Dossier:
    """A card client with a limit of 100 and six months, oldest first; amounts in main units."""
    months = tuple(
        Record(
            "card_repayment",
            f"CARD-0 / {day}",
            day,
            {
                "account_no": "CARD-0",
                "subject_id": "CARD-0",
                "bill_on": day,
                "status_24": "#" * 23 + status,
                "billed_cents": bill * 100,
                "paid_cents": paid * 100,
            },
        )
        for day, status, bill, paid in zip(_MONTH_ENDS, statuses, bills, payments, strict=True)
    )
    limit = {"account_no": "CARD-0", "credit_limit_cents": 10_000, "observed_on": _MONTH_ENDS[-1]}
    account = Record("card_account", "CARD-0", _MONTH_ENDS[-1], limit)
    records = {"card_account": (account,), "card_repayment": months}
    return Dossier("individual", "CARD-0", AS_OF, records)


def firm(
    new_business: bool | None = False,
    industry_code: str | None = "722110",
    employees: int = 4,
    amount_cents: int = 20_000_000,
    guaranteed_cents: int = 10_000_000,
    outcome: str | None = None,
    applications: int = 1,
) -> Dossier:
    """An enterprise with its registration, its applications and perhaps an outcome."""
    entry: dict[str, Any] = {
        "industry_scheme": "NAICS",
        "industry_code": industry_code,
        "region": "US-CA",
        "postal_code": "94103",
        "employees": employees,
        "new_business": new_business,
        "franchise": False,
        "urban": "urban",
    }
    asked = {
        "institution": "EXAMPLE BANK",
        "institution_region": "US-CA",
        "programme": "standard",
        "amount_cents": amount_cents,
        "guaranteed_cents": guaranteed_cents,
        "jobs_created": 1,
        "jobs_retained": 2,
    }
    day = AS_OF - timedelta(days=1)
    records: dict[str, tuple[Record, ...]] = {
        "registration": (Record("registration", "SBA-0", day, entry),),
        "loan_application": tuple(
            Record("loan_application", f"APP-{n}", day - timedelta(days=30 * n), asked)
            for n in reversed(range(applications))
        ),
    }
    if outcome:
        ended = {"status": outcome, "outcome_on": day}
        records["loan_outcome"] = (Record("loan_outcome", "LOAN-0", day, ended),)
    return Dossier("enterprise", "SBA-0", AS_OF, records)

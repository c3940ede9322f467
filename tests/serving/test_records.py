"""Which records a report may see: before the day, known by the day, newest version, not expired."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from data_contracts.catalogue import contract
from data_contracts.intake.lake import Lake
from serving.peers import read_peers
from serving.records import read_dossier

DAY = date(2005, 6, 15)


def table(name: str, *rows: dict[str, object]) -> pa.Table:
    schema = contract(name).arrow_schema()
    for extra in (pa.field("_known", pa.date32()), pa.field("_line", pa.int64())):
        schema = schema.append(extra)
    return pa.Table.from_pylist(
        [{**row, "_line": n + 1} for n, row in enumerate(rows)], schema=schema
    )


def outcome(
    account: str, day: date, status: str = "CHARGED_OFF", **more: object
) -> dict[str, object]:
    return {
        "account_no": account,
        "subject_id": "SBA-1",
        "institution": "BANK",
        "status": status,
        "outcome_on": day,
        "_known": day,
        **more,
    }


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def accounts(lake: Lake, as_of: date) -> list[str]:
    dossier = read_dossier(lake, "enterprise", "enterprise", "SBA-1", as_of)
    return [record.key for record in dossier.of("loan_outcome")]


def test_only_events_before_the_day_that_were_known_by_the_day(lake: Lake) -> None:
    rows = [
        outcome("A", date(2005, 6, 14)),
        outcome("B", DAY),  # on the day: not before it
        outcome("C", date(2005, 6, 1), _known=date(2005, 6, 16)),  # known later
        outcome("D", date(2005, 6, 1), _known=DAY),  # known on the day
        outcome("E", date(2005, 6, 1), subject_id="SBA-2"),
    ]
    lake.commit({"loan_outcome": table("loan_outcome", *rows)}, "a" * 64)
    assert accounts(lake, DAY) == ["D", "A"]


def test_a_correction_counts_from_the_day_it_was_known(lake: Lake) -> None:
    first = table("loan_outcome", outcome("A", date(2005, 1, 1)))
    lake.commit({"loan_outcome": first}, "a" * 64, received_on=date(2005, 1, 2))
    second = table("loan_outcome", outcome("A", date(2005, 1, 1), status="PAID_IN_FULL"))
    lake.commit({"loan_outcome": second}, "b" * 64, received_on=date(2005, 6, 20))

    def status(as_of: date) -> str:
        dossier = read_dossier(lake, "enterprise", "enterprise", "SBA-1", as_of)
        return str(dossier.of("loan_outcome")[0].values["status"])

    assert status(DAY) == "CHARGED_OFF"
    assert status(date(2005, 6, 20)) == "PAID_IN_FULL"


def test_a_correction_can_take_a_record_away(lake: Lake) -> None:
    """To another subject, or to a later day: the old version is no longer visible."""
    first = table("loan_outcome", outcome("A", date(2005, 1, 1)), outcome("B", date(2005, 1, 1)))
    lake.commit({"loan_outcome": first}, "a" * 64, received_on=date(2005, 1, 2))
    second = table(
        "loan_outcome",
        outcome("A", date(2005, 1, 1), subject_id="SBA-2"),
        outcome("B", date(2005, 12, 1), _known=date(2005, 3, 1)),
    )
    lake.commit({"loan_outcome": second}, "b" * 64, received_on=date(2005, 3, 1))
    assert accounts(lake, date(2005, 2, 1)) == ["A", "B"]
    assert accounts(lake, DAY) == []
    other = read_dossier(lake, "enterprise", "enterprise", "SBA-2", DAY)
    assert [record.key for record in other.of("loan_outcome")] == ["A"]


def test_an_adverse_record_leaves_after_exactly_five_years(lake: Lake) -> None:
    rows = [outcome("A", date(2004, 2, 29)), outcome("B", date(2004, 3, 1))]
    lake.commit({"loan_outcome": table("loan_outcome", *rows)}, "a" * 64)
    assert accounts(lake, date(2009, 2, 27)) == ["A", "B"]
    assert accounts(lake, date(2009, 2, 28)) == ["B"]  # a leap day ends on the 28th
    assert accounts(lake, date(2009, 3, 1)) == []


def loan(account: str, opened: date, institution: str = "BANK") -> dict[str, object]:
    return {
        "account_no": account,
        "application_no": account,
        "subject_id": f"SBA-{account}",
        "institution": institution,
        "amount_cents": 100_00,
        "guaranteed_cents": 0,
        "opened_on": opened,
        "_known": opened,
    }


def firm(account: str, region: str, industry: str | None) -> dict[str, object]:
    return {
        "subject_id": f"SBA-{account}",
        "industry_scheme": "NAICS",
        "industry_code": industry,
        "region": region,
        "postal_code": None,
        "employees": 3,
        "new_business": None,
        "franchise": False,
        "urban": None,
        "registered_on": date(2000, 1, 1),
        "_known": date(2000, 1, 1),
    }


def test_peers_by_hand(lake: Lake) -> None:
    """Four loans before the day, one after; two charged off, one of them only later."""
    opened = date(2003, 5, 1)
    loans = [
        loan("1", opened),
        loan("2", opened),
        loan("3", date(2004, 5, 1), "OTHER"),
        loan("4", date(2004, 6, 1)),
        loan("5", date(2005, 7, 1)),  # after the day
    ]
    ends = [
        outcome("1", date(2005, 1, 1), subject_id="SBA-1"),
        outcome("4", date(2005, 8, 1), subject_id="SBA-4"),  # not known on the day
        outcome("3", date(2004, 9, 1), subject_id="SBA-3"),
    ]
    firms = [
        firm("1", "US-CA", "722110"),
        firm("2", "US-CA", "722110"),
        firm("3", "US-NY", "722211"),
        firm("4", "US-CA", "441000"),
        firm("5", "US-CA", "722110"),
    ]
    asked = {
        "application_no": "2",
        "subject_id": "SBA-2",
        "institution": "BANK",
        "institution_region": "US-CA",
        "programme": "standard",
        "amount_cents": 100_00,
        "guaranteed_cents": 0,
        "jobs_created": 0,
        "jobs_retained": 0,
        "applied_on": date(2005, 6, 1),
        "_known": date(2005, 6, 1),
    }
    lake.commit(
        {
            "registration": table("registration", *firms),
            "loan_application": table("loan_application", asked),
            "loan_account": table("loan_account", *loans),
            "loan_outcome": table("loan_outcome", *ends),
        },
        "a" * 64,
    )
    dossier = read_dossier(lake, "enterprise", "enterprise", "SBA-2", DAY)
    counted = {p.group.en: (p.name, p.loans, p.charged_off) for p in read_peers(lake, dossier)}
    assert counted == {
        "All loans": ("", 4, 2),
        "Same lender": ("BANK", 3, 1),
        "Same industry": ("72", 3, 2),
        "Same region": ("US-CA", 3, 1),
    }
    lender = next(p for p in read_peers(lake, dossier) if p.group.en == "Same lender")
    assert [(y.year, y.loans, y.charged_off) for y in lender.by_year] == [
        (2003, 2, 1),
        (2004, 1, 0),
    ]


def test_no_application_no_peers(lake: Lake) -> None:
    dossier = read_dossier(lake, "enterprise", "enterprise", "SBA-9", DAY)
    assert dossier.empty
    assert read_peers(lake, dossier) == ()

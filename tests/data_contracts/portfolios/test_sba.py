"""The mapping of sba, worked by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data_contracts.intake.lake import Lake
from data_contracts.intake.load import check_portfolio, load_portfolio
from data_contracts.portfolios import PORTFOLIOS, portfolio
from data_contracts.workspace import Workspace

Row = Callable[..., dict[str, Any]]
Write = Callable[..., Path]

LATE = {
    "Term", "DisbursementDate", "DisbursementGross", "BalanceGross", "ChgOffPrinGr",
}  # fmt: skip


@pytest.fixture
def mapped(
    tmp_path: Path, sba_row: Row, write_csv: Write
) -> Callable[..., dict[str, dict[str, Any]]]:
    """Records of one row, by contract, without the lake's columns."""

    def load(**changes: Any) -> dict[str, dict[str, Any]]:
        workspace = Workspace(tmp_path / str(len(list(tmp_path.iterdir()))))
        result = load_portfolio("sba", workspace, write_csv([sba_row(**changes)]))
        assert result.by_rule == {}
        lake = Lake(workspace.lake_dir)
        return {name: lake.read(name).to_pylist()[0] for name in portfolio("sba").contracts}

    return load


def plain(record: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in record.items() if v is not None and not k.startswith("_")}


def test_a_paid_loan_gives_four_records(mapped: Callable[..., Any]) -> None:
    records = mapped(Bank="  Beal  Bank, S.S.B. ", Zip="3801", GrAppv="60000.5", NewExist="1")
    eve, day, extract = date(1997, 2, 27), date(1997, 2, 28), date(2014, 12, 31)
    assert plain(records["registration"]) == {
        "subject_id": "SBA-1000014003", "industry_scheme": "NAICS", "industry_code": "451120",
        "region": "US-IN", "postal_code": "03801", "employees": 4, "new_business": False,
        "franchise": False, "registered_on": eve,
    }  # fmt: skip
    assert plain(records["loan_application"]) == {
        "application_no": "1000014003", "subject_id": "SBA-1000014003", "institution": "BEAL BANK SSB",
        "institution_region": "US-OH", "programme": "lowdoc", "amount_cents": 6_000_050,
        "guaranteed_cents": 4_800_000, "jobs_created": 0, "jobs_retained": 3, "applied_on": eve,
    }  # fmt: skip
    assert plain(records["loan_account"]) == {
        "account_no": "1000014003", "application_no": "1000014003", "subject_id": "SBA-1000014003",
        "institution": "BEAL BANK SSB", "amount_cents": 6_000_050, "guaranteed_cents": 4_800_000,
        "opened_on": day,
    }  # fmt: skip
    assert plain(records["loan_outcome"]) == {
        "account_no": "1000014003", "subject_id": "SBA-1000014003", "institution": "BEAL BANK SSB",
        "status": "PAID_IN_FULL", "outcome_on": extract,
    }  # fmt: skip
    times = {name: (r["_event"], r["_known"], r["_version"]) for name, r in records.items()}
    assert times == {
        "registration": (eve, eve, 1), "loan_application": (eve, eve, 1),
        "loan_account": (day, day, 1), "loan_outcome": (extract, extract, 1),
    }  # fmt: skip


def test_a_charge_off_is_known_on_its_day(mapped: Callable[..., Any]) -> None:
    record = mapped(MIS_Status="CHGOFF", ChgOffDate="1999-05-01")["loan_outcome"]
    assert record["status"] == "CHARGED_OFF"
    assert record["_event"] == record["_known"] == record["outcome_on"] == date(1999, 5, 1)


@pytest.mark.parametrize(
    ("low_doc", "revolving", "programme"),
    [
        ("Y", "Y", "lowdoc"), ("Y", "", "lowdoc"), ("N", "Y", "revolving"), ("", "Y", "revolving"),
        ("N", "N", "standard"), ("N", "0", "standard"), ("0", "0", "standard"), ("N", "T", "unknown"),
        ("N", "", "unknown"), ("C", "N", "unknown"), ("S", "T", "unknown"), ("N", "1", "unknown"),
    ],
)  # fmt: skip
def test_programmes(
    mapped: Callable[..., Any], low_doc: str, revolving: str, programme: str
) -> None:
    records = mapped(LowDoc=low_doc, RevLineCr=revolving)
    assert records["loan_application"]["programme"] == programme


def test_what_the_source_leaves_open_is_null(mapped: Callable[..., Any]) -> None:
    blank = dict.fromkeys(("State", "UrbanRural", "Bank", "BankState"), "")
    records = mapped(NAICS="0", Zip="0", NewExist="0", FranchiseCode="0", **blank)
    registration = records["registration"]
    names = ("industry_code", "region", "postal_code", "new_business", "urban")
    assert [registration[name] for name in names] == [None] * 5
    assert registration["franchise"] is False
    assert records["loan_application"]["institution"] is None
    assert records["loan_application"]["institution_region"] is None


def test_codes(mapped: Callable[..., Any]) -> None:
    registration = mapped(NewExist="2", UrbanRural="2", FranchiseCode="78760")["registration"]
    assert (registration["new_business"], registration["urban"], registration["franchise"]) == (
        True, "rural", True,
    )  # fmt: skip
    assert mapped(UrbanRural="1")["registration"]["urban"] == "urban"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"ApprovalDate": "1989-09-30"}, "sba.approval.window"),
        ({"ApprovalDate": "2008-10-01"}, "sba.approval.window"),
        ({"ApprovalDate": ""}, "loan_account.opened_on.required"),
        ({"MIS_Status": ""}, "loan_outcome.status.required"),
        ({"MIS_Status": "EXEMPT"}, "loan_outcome.status.codes"),
        ({"MIS_Status": "CHGOFF"}, "loan_outcome.outcome_on.required"),
        ({"ChgOffDate": "1999-05-01"}, "sba.paid.charge_off"),
        ({"MIS_Status": "CHGOFF", "ChgOffDate": "1997-02-27"}, "sba.charge_off.order"),
        ({"MIS_Status": "CHGOFF", "ChgOffDate": "2015-01-01"}, "sba.charge_off.extract"),
        ({"NewExist": "3"}, "sba.new_exist.codes"),
        ({"UrbanRural": "3"}, "registration.urban.codes"),
        ({"Zip": "ABCDE"}, "registration.postal_code.pattern"),
        ({"State": "Indiana"}, "registration.region.pattern"),
        ({"LoanNr_ChkDgt": ""}, "loan_account.account_no.required"),
        ({"GrAppv": "0", "SBA_Appv": "0"}, "loan_account.amount_cents.ge"),
        ({"FranchiseCode": ""}, "sba.franchise.required"),
    ],
)
def test_rows_that_break_a_rule(
    sba_row: Row, write_csv: Write, changes: dict[str, str], rule: str
) -> None:
    result = check_portfolio("sba", write_csv([sba_row(LoanNr_ChkDgt="1"), sba_row(**changes)]))
    assert result.accepted == 1
    assert result.by_rule[rule] == 1


@pytest.mark.parametrize("day", ["1989-10-01", "2008-09-30"])
def test_the_window_includes_its_ends(mapped: Callable[..., Any], day: str) -> None:
    assert mapped(ApprovalDate=day)["loan_account"]["opened_on"] == date.fromisoformat(day)


def test_what_is_known_only_afterwards_is_not_read() -> None:
    assert not LATE & set(PORTFOLIOS["sba"].column_by_name)


def test_the_shipped_sample() -> None:
    """Rows and broken rows of the file in the house; it fits two megabytes."""
    declared = portfolio("sba")
    assert declared.shipped.stat().st_size <= 2_000_000
    result = check_portfolio("sba")
    assert (result.rows, result.accepted, result.quarantined) == (145_900, 144_782, 1_118)
    assert result.by_rule == {
        "sba.paid.charge_off": 771,
        "loan_outcome.status.required": 337,
        "loan_outcome.outcome_on.required": 10,
    }

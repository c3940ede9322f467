"""The acceptance as a whole: report, record, query rights."""

from __future__ import annotations

import csv
import hashlib
import io
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from pypdf import PdfReader

from data_contracts.acceptance.accept import Accepted, accept, query_rights
from data_contracts.acceptance.judge import parse_confirmations
from data_contracts.acceptance.settings import Thresholds
from data_contracts.errors import ContractsError
from data_contracts.intake.lake import Lake
from data_contracts.platform.acceptance import Acceptance
from data_contracts.workspace import Workspace
from tests.data_contracts.acceptance.lakes import (
    INSTITUTION,
    ON,
    Record,
    accounts,
    fill,
    first_borrowers,
    month_of,
    own_counts,
    write_own,
)

DAY = timedelta(days=1)
Digest = Callable[[Path], dict[str, str]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A clean lake with the institution's own table."""
    root = tmp_path_factory.mktemp("accepted")
    records = accounts()
    fill(root, records)
    write_own(root / "own.csv", own_counts(records))
    return Workspace(root)


@pytest.fixture(scope="module")
def passed(place: Workspace) -> Accepted:
    return accept(place, INSTITUTION, own_table=place.root / "own.csv", by="赵六", on=ON)


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Accepted:
    """One account without its borrower, a hit, and no occupation of another borrower."""
    root = tmp_path_factory.mktemp("failed")
    records = accounts()
    for record in records:
        if record["account_no"] == "20000000080" and record["bill_on"].month == 3:
            record["five_class"] = "2"
    told = first_borrowers(records)[1:]
    fill(root, records, told)
    own = write_own(root / "own.csv", own_counts(records))
    procedures = parse_confirmations(["GL-02=孙七@2024-04-18"])
    return accept(
        Workspace(root), INSTITUTION, own_table=own, on=ON, confirmations=procedures, by="赵六"
    )


def plain(text: str) -> str:
    """Without blanks, which a line break may take."""
    return "".join(text.replace("\u200b", "").split())


def pdf_text(path: Path) -> str:
    return plain("".join(page.extract_text() for page in PdfReader(path).pages))


def by_suffix(found: Accepted, suffix: str) -> Path:
    return next(path for path in found.files if path.name.endswith(suffix))


def test_an_accepted_institution_has_a_record_and_reports(
    place: Workspace, passed: Accepted
) -> None:
    assert (passed.judgement.result, passed.recorded, passed.repeated) == ("ACCEPTED", True, False)
    (row,) = Lake(place.lake_dir).read("acceptance").to_pylist()
    record = {name: row[name] for name in Acceptance.model_fields}
    assert Acceptance.model_validate(record).result == "passed"
    assert (row["first_month"], row["last_month"], row["months"]) == (
        date(2024, 1, 1),
        date(2024, 3, 1),
        3,
    )
    assert (row["accepted_by"], row["accepted_on"], row["query_from"]) == ("赵六", ON, ON)
    pdf = by_suffix(passed, ".zh.pdf").read_bytes()
    assert row["report_digest"] == hashlib.sha256(pdf).hexdigest()
    assert sorted(path.name.removeprefix(row["acceptance_no"]) for path in passed.files) == [
        ".en.html", ".en.pdf", ".zh.html", ".zh.pdf",
    ]  # fmt: skip


def test_the_pdf_holds_the_figures(passed: Accepted) -> None:
    text = pdf_text(by_suffix(passed, ".en.pdf"))
    for figure in (
        "Accepted", INSTITUTION, "2024-01", "2024-02-10", "100.00%", "57.14%", "0.000 stable", "XM-02",
        "longest run of months: 3", "19 sampled of 19", "ours", "Glossary", passed.acceptance.digest,
    ):  # fmt: skip
        assert plain(figure) in text, figure  # 57.14%: 12 of 21 accounts are loans for housing
    chinese = pdf_text(by_suffix(passed, ".zh.pdf"))
    for figure in ("通过验收", "填报率", "我方设定", "待人工确认"):
        assert plain(figure) in chinese, figure


def test_the_page_is_whole_and_in_its_language(passed: Accepted) -> None:
    page = by_suffix(passed, ".zh.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert page.count("data:image/svg+xml;base64,") == 7  # one chart for each field of the table
    assert "<script" not in page


def test_run_again_nothing_changes(place: Workspace, passed: Accepted, tree_digest: Digest) -> None:
    lake = tree_digest(place.lake_dir)
    again = accept(place, INSTITUTION, own_table=place.root / "own.csv", by="钱", on=ON + 9 * DAY)
    assert (again.recorded, again.repeated) == (True, True)
    assert (again.acceptance.by, again.acceptance.on) == ("赵六", ON)
    assert again.report_digest == passed.report_digest
    assert tree_digest(place.lake_dir) == lake


def test_other_thresholds_are_another_acceptance(
    place: Workspace, passed: Accepted, tree_digest: Digest
) -> None:
    lake = tree_digest(place.lake_dir)
    other = accept(
        place, INSTITUTION, own_table=place.root / "own.csv", on=ON, dry_run=True,
        thresholds=Thresholds(points=0.2),
    )  # fmt: skip
    assert other.acceptance.number != passed.acceptance.number
    assert (other.files, other.recorded) == ((), False)
    assert tree_digest(place.lake_dir) == lake


def test_queries_open_with_the_acceptance_and_not_before(
    place: Workspace, passed: Accepted
) -> None:
    lake = Lake(place.lake_dir)
    assert passed.recorded
    assert not query_rights(lake, INSTITUTION, ON - DAY)
    assert query_rights(lake, INSTITUTION, ON)
    assert query_rights(lake, INSTITUTION, ON + DAY)
    assert not query_rights(lake, "C1099944000022", ON + DAY)


def recorded(root: Path, *, known: date = ON, serial: str = "1", **items: object) -> Lake:
    row = {
        "acceptance_no": "A-1", "subject_id": f"INST-{INSTITUTION}", "institution_code": INSTITUTION,
        "contract": "credit_month", "contract_version": "1.0", "first_month": date(2024, 1, 1),
        "last_month": date(2024, 3, 1), "months": 3, "result": "passed", "figures": "{}",
        "report_digest": "a" * 64, "accepted_by": None, "accepted_on": ON, "query_from": None, **items,
    }  # fmt: skip
    table = pa.Table.from_pylist([row], schema=Acceptance.arrow_schema())
    table = table.append_column("_known", pa.array([known])).append_column("_line", pa.array([1]))
    lake = Lake(root / "lake")
    lake.commit({"acceptance": table}, serial * 64, received_on=known)
    return lake


@pytest.mark.parametrize(
    ("items", "known", "opened"),
    [
        ({}, ON, True),
        ({"result": "failed"}, ON, False),
        ({"result": "conditional"}, ON, False),
        ({"months": 2, "first_month": date(2024, 2, 1)}, ON, False),
        ({"first_month": date(2023, 12, 1)}, ON, False),  # three of four months
        ({"first_month": date(2023, 12, 1), "months": 4}, ON, True),
        ({"query_from": ON + 5 * DAY}, ON, False),
        ({}, ON + 5 * DAY, False),  # not known yet
        ({"contract": "tax_payment"}, ON, False),
    ],
)
def test_what_opens_queries(
    tmp_path: Path, items: dict[str, object], known: date, opened: bool
) -> None:
    lake = recorded(tmp_path, known=known, **items)
    assert query_rights(lake, INSTITUTION, ON + 2 * DAY) is opened


def test_a_withdrawn_acceptance_closes_queries_from_that_day(tmp_path: Path) -> None:
    lake = recorded(tmp_path)
    key = pa.table({"acceptance_no": ["A-1"], "_line": pa.array([1], pa.int64())})
    lake.commit({}, "2" * 64, withdrawals={"acceptance": key}, received_on=ON + 3 * DAY)
    assert query_rights(lake, INSTITUTION, ON + 2 * DAY)
    assert not query_rights(lake, INSTITUTION, ON + 3 * DAY)
    assert not query_rights(Lake(tmp_path / "none"), INSTITUTION, ON)


def test_a_refusal_is_recorded_and_opens_nothing(failed: Accepted) -> None:
    lake = Lake(failed.files[0].parents[2] / "lake")
    assert (failed.judgement.result, failed.recorded) == ("NOT_ACCEPTED", True)
    (row,) = lake.read("acceptance").to_pylist()
    assert (row["result"], row["query_from"]) == ("failed", None)
    assert not query_rights(lake, INSTITUTION, ON + DAY)


def test_the_report_tells_all_reasons_and_procedures(failed: Accepted) -> None:
    text = pdf_text(by_suffix(failed, ".en.pdf"))
    for told in (
        "All reasons (2)",
        "DR-06",
        "GL-03",
        "Cause pending",
        "孙七, 2024-04-18",
        "stays closed",
    ):
        assert plain(told) in text, told


def test_no_value_of_a_person_is_in_a_report_or_record(failed: Accepted) -> None:
    root = failed.files[0].parents[2]
    lake = Lake(root / "lake")
    figures = lake.read("acceptance")["figures"].to_pylist()[0]
    personal: set[str] = set()
    for row in [*accounts(), *first_borrowers(accounts())]:
        personal |= {row["account_no"], row["subject_id"]}
    texts = [pdf_text(path) for path in failed.files if path.suffix == ".pdf"]
    texts += [p.read_text(encoding="utf-8") for p in failed.files if p.suffix == ".html"]
    for text in [*texts, figures]:
        assert not [value for value in personal if value in text]


def test_the_case_list_names_the_accounts_for_the_institution_alone(failed: Accepted) -> None:
    path = by_suffix(failed, ".cases.csv")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))[1:]
    assert [row[0] for row in rows] == ["DR-06", "GL-03"]
    assert rows[0][1:3] == ["credit_month", "2024-03"]
    assert "20000000080" in rows[0][3]


def test_a_pending_judgement_is_reported_and_not_recorded(
    place: Workspace, passed: Accepted, tree_digest: Digest, tmp_path: Path
) -> None:
    assert passed.recorded
    lake = tree_digest(place.lake_dir)
    found = accept(place, INSTITUTION, on=ON, out=tmp_path / "out", dry_run=True)
    assert (found.judgement.result, found.recorded) == ("PENDING", False)
    assert len(found.files) == 4
    assert "dryrun" in pdf_text(by_suffix(found, ".en.pdf"))
    assert tree_digest(place.lake_dir) == lake


def test_a_lake_of_two_months_stays_closed(tmp_path: Path) -> None:
    records: list[Record] = [r for r in accounts() if month_of(r["bill_on"]).month < 3]
    fill(tmp_path, records)
    own = write_own(tmp_path / "own.csv", own_counts(records, date(2024, 2, 1)))
    found = accept(
        Workspace(tmp_path), INSTITUTION, months="2024-01..2024-02", own_table=own, on=ON
    )
    assert [f.key for f in found.judgement.reasons] == ["XM-02"]
    assert not query_rights(Lake(tmp_path / "lake"), INSTITUTION, ON)


def test_a_folder_that_cannot_be_written(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ContractsError, match="cannot be written"):
        accept(place, INSTITUTION, on=ON, out=tmp_path / "file", dry_run=True)

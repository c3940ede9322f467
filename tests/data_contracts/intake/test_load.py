"""Intake of whole files: counts, quarantine, idempotence, an unchanged lake after an error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.lake import Lake
from data_contracts.intake.load import check_portfolio, load_portfolio
from data_contracts.workspace import Workspace

Row = Callable[..., dict[str, Any]]
Write = Callable[..., Path]
Digest = Callable[[Path], dict[str, str]]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


def quarantine(workspace: Workspace) -> list[dict[str, Any]]:
    files = Lake(workspace.lake_dir).quarantine_files()
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def test_every_row_is_accepted_or_quarantined(
    workspace: Workspace, sba_row: Row, write_csv: Write
) -> None:
    path = write_csv(
        [
            sba_row(),
            sba_row(LoanNr_ChkDgt="2", GrAppv="abc"),
            sba_row(LoanNr_ChkDgt="3", MIS_Status="CHGOFF", ChgOffDate="1999-05-01"),
            sba_row(LoanNr_ChkDgt="4", MIS_Status="CHGOFF"),
            sba_row(LoanNr_ChkDgt="5", ApprovalDate="1989-09-30"),
            sba_row(LoanNr_ChkDgt="6", SBA_Appv="60000.01", NoEmp="-1"),
        ]
    )
    result = load_portfolio("sba", workspace, path)
    assert (result.rows, result.accepted, result.quarantined) == (6, 2, 4)
    assert result.by_rule == {
        "sba.GrAppv.type": 1,
        "sba.approval.window": 1,
        "registration.employees.ge": 1,
        "loan_application.guarantee": 1,
        "loan_account.guarantee": 1,
        "loan_outcome.outcome_on.required": 1,
    }
    assert result.records == dict.fromkeys(
        ("registration", "loan_application", "loan_account", "loan_outcome"), 2
    )
    found = {(r["line"], r["rule_id"], r["column"], r["value"]) for r in quarantine(workspace)}
    assert {
        (3, "sba.GrAppv.type", "GrAppv", "abc"),
        (5, "loan_outcome.outcome_on.required", "ChgOffDate", None),
        (6, "sba.approval.window", "ApprovalDate", "1989-09-30"),
        (7, "registration.employees.ge", "NoEmp", "-1"),
        (7, "loan_account.guarantee", "SBA_Appv", "60000.01"),
    } <= found
    assert {r["batch"] for r in quarantine(workspace)} == {result.batch}
    accounts = Lake(workspace.lake_dir).read("loan_account").to_pylist()
    assert [(r["account_no"], r["_line"]) for r in accounts] == [("1000014003", 2), ("3", 4)]


def test_values_of_persons_are_hidden(
    workspace: Workspace, cards_row: Row, write_csv: Write
) -> None:
    path = write_csv([cards_row(), cards_row(ID=2, AGE=150), cards_row(ID=3, SEX=7, PAY_2=-3)])
    result = load_portfolio("cards", workspace, path)
    assert (result.accepted, result.quarantined) == (1, 2)
    found = {(r["line"], r["rule_id"], r["column"], r["value"]) for r in quarantine(workspace)}
    assert found == {
        (3, "person.age.le", "AGE", "***"),
        (4, "person.sex.codes", "SEX", "*"),
        (4, "card_repayment.status_24.required", "PAY_2", "-3"),
        (4, "card_repayment.status_24.required", "PAY_0", "2"),
    }


def test_a_second_intake_changes_no_byte(
    workspace: Workspace, sba_row: Row, write_csv: Write, tree_digest: Digest
) -> None:
    path = write_csv([sba_row(), sba_row(LoanNr_ChkDgt="2", GrAppv="abc")])
    first = load_portfolio("sba", workspace, path)
    before = tree_digest(workspace.root)
    second = load_portfolio("sba", workspace, path)
    assert tree_digest(workspace.root) == before
    assert not first.repeated
    assert second.repeated
    assert (second.rows, second.by_rule, second.records) == (
        first.rows,
        first.by_rule,
        first.records,
    )


def test_a_corrected_file_adds_a_version_known_from_its_day(
    workspace: Workspace, sba_row: Row, write_csv: Write
) -> None:
    rows = [sba_row(), sba_row(LoanNr_ChkDgt="2")]
    load_portfolio("sba", workspace, write_csv(rows, "a.csv"))
    rows[1]["MIS_Status"], rows[1]["ChgOffDate"] = "CHGOFF", "1999-05-01"
    day = date(2015, 3, 1)
    result = load_portfolio("sba", workspace, write_csv(rows, "b.csv"), received_on=day)
    assert result.records == {
        "registration": 0, "loan_application": 0, "loan_account": 0, "loan_outcome": 1,
    }  # fmt: skip
    assert result.unchanged["loan_outcome"] == 1
    lake = Lake(workspace.lake_dir)
    versions = lake.read("loan_outcome", subject="SBA-2").sort_by("_version").to_pylist()
    assert [(v["status"], v["_event"], v["_known"], v["_version"]) for v in versions] == [
        ("PAID_IN_FULL", date(2014, 12, 31), date(2014, 12, 31), 1),
        ("CHARGED_OFF", date(1999, 5, 1), day, 2),
    ]
    assert len(lake.files("loan_account")) == 1


def test_repeated_and_contradicting_rows(
    workspace: Workspace, sba_row: Row, write_csv: Write
) -> None:
    """The same row twice stands once; two rows that contradict each other both fall."""
    path = write_csv(
        [
            sba_row(),
            sba_row(),
            sba_row(LoanNr_ChkDgt="2", NoEmp="1"),
            sba_row(LoanNr_ChkDgt="2", NoEmp="2"),
        ]
    )
    result = load_portfolio("sba", workspace, path)
    assert (result.accepted, result.quarantined) == (1, 3)
    assert [r["line"] for r in quarantine(workspace)] == [3, 4, 5]
    assert result.by_rule == {"sba.key.unique": 3}


def test_numbers_and_texts_may_be_stored_either_way(
    tmp_path: Path, sba_row: Row, write_csv: Write
) -> None:
    """The same rows as text, as typed Parquet and with numbers for digits make the same records."""
    rows = [
        sba_row(),
        sba_row(
            LoanNr_ChkDgt="1000024006", Zip="3801", ChgOffDate="1999-05-01", MIS_Status="CHGOFF"
        ),
    ]
    numbers = [
        {
            k: (
                int(v)
                if k in ("LoanNr_ChkDgt", "Zip", "NAICS", "NoEmp", "FranchiseCode")
                else v or None
            )
            for k, v in r.items()
        }
        for r in rows
    ]
    typed = [
        {
            k: (
                float(v)
                if k in ("GrAppv", "SBA_Appv")
                else date.fromisoformat(v)
                if k.endswith("Date") and v
                else v or None
            )
            for k, v in r.items()
        }
        for r in rows
    ]
    stories = []
    for name, table in (("text", None), ("numbers", numbers), ("typed", typed)):
        path = write_csv(rows)
        if table is not None:
            path = tmp_path / f"{name}.parquet"
            pq.write_table(pa.Table.from_pylist(table), path)
        workspace = Workspace(tmp_path / name)
        assert load_portfolio("sba", workspace, path).accepted == 2
        lake = Lake(workspace.lake_dir)
        tables = ("registration", "loan_application", "loan_account", "loan_outcome")
        stories.append([lake.read(t).drop(["_batch", "_line"]).to_pylist() for t in tables])
    assert stories[0] == stories[1] == stories[2]  # fmt: skip


def bad_files(folder: Path, row: dict[str, Any], write: Write) -> dict[str, tuple[Path, str]]:
    """Every kind of file that cannot be used, with what its error must say."""
    table = pa.Table.from_pylist([{k: v or None for k, v in row.items()}] * 50)
    whole = folder / "whole.parquet"
    pq.write_table(table, whole)
    content = whole.read_bytes()

    def parquet(name: str, made: bytes | pa.Table) -> Path:
        path = folder / f"{name}.parquet"
        if isinstance(made, bytes):
            path.write_bytes(made)
        else:
            pq.write_table(made, path)
        return path

    def csv(name: str, text: str) -> Path:
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        return path

    good = write([row, row], "good.csv").read_text()
    place = table.column_names.index("GrAppv")
    return {
        "missing": (folder / "absent.parquet", "No such file"),
        "empty parquet": (parquet("empty", b""), "empty"),
        "empty csv": (csv("empty", ""), "empty"),
        "truncated parquet": (parquet("cut", content[: len(content) // 2]), "no whole Parquet"),
        "truncated csv": (csv("cut", good[: len(good) - 40]), "line 3: the row has"),
        "no rows": (parquet("norows", table.slice(0, 0)), "no rows"),
        "header only": (csv("header", good.splitlines()[0] + "\n"), "no rows"),
        "column missing": (parquet("column", table.drop(["Zip"])), "column Zip: 1 column"),
        "csv in parquet's clothes": (parquet("csv", good.encode()), "no whole Parquet"),
        "unusable type": (
            parquet("type", table.set_column(place, "GrAppv", pa.array([[1]] * 50))),
            "line 1, column GrAppv: the column cannot be used",
        ),
        "wrong values throughout": (
            write([{**row, "GrAppv": "abc"}, {**row, "GrAppv": "def"}], "abc.csv"),
            "line 2, column GrAppv: the column cannot be used: none of its values",
        ),
        "columns swapped": (
            parquet("swapped", table.rename_columns({"State": "NoEmp", "NoEmp": "State"})),
            "column NoEmp",
        ),
        "another kind": (csv("x", good).rename(folder / "x.xls"), "not read"),
    }  # fmt: skip


BAD = [
    "missing", "empty parquet", "empty csv", "truncated parquet", "truncated csv", "no rows", "header only",
    "column missing", "csv in parquet's clothes", "unusable type", "wrong values throughout",
    "columns swapped", "another kind",
]  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_leaves_the_lake_as_it_was(
    kind: str,
    workspace: Workspace,
    tmp_path: Path,
    sba_row: Row,
    write_csv: Write,
    tree_digest: Digest,
) -> None:
    load_portfolio("sba", workspace, write_csv([sba_row()]))
    before = tree_digest(workspace.root)
    files = bad_files(tmp_path, sba_row(LoanNr_ChkDgt="77"), write_csv)
    assert list(files) == BAD
    path, match = files[kind]
    with pytest.raises(ContractsError, match=match) as caught:
        load_portfolio("sba", workspace, path)
    assert caught.value.file == str(path)
    assert tree_digest(workspace.root) == before


def test_a_bad_first_file_makes_no_lake(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(ContractsError):
        load_portfolio("sba", workspace, tmp_path / "absent.csv")
    assert not workspace.root.exists()


def test_one_unreadable_value_is_a_broken_row_not_a_broken_file(
    workspace: Workspace, sba_row: Row, write_csv: Write
) -> None:
    """Charge-off dates are rare: that the only one cannot be read does not condemn the column."""
    rows = [sba_row(LoanNr_ChkDgt=str(n)) for n in range(1, 6)]
    rows[2].update(MIS_Status="CHGOFF", ChgOffDate="13-Nov-98")
    result = load_portfolio("sba", workspace, write_csv(rows))
    assert (result.accepted, result.quarantined) == (4, 1)
    assert result.by_rule["sba.ChgOffDate.type"] == 1


def test_checking_commits_nothing(workspace: Workspace, sba_row: Row, write_csv: Write) -> None:
    result = check_portfolio("sba", write_csv([sba_row(), sba_row(LoanNr_ChkDgt="2", State="?")]))
    assert (result.rows, result.accepted, result.by_rule) == (
        2,
        1,
        {"registration.region.pattern": 1},
    )
    assert not workspace.root.exists()


def test_progress_reaches_its_end(workspace: Workspace, sba_row: Row, write_csv: Write) -> None:
    told: list[tuple[str, int, int]] = []
    path = write_csv([sba_row()])
    load_portfolio(
        "sba", workspace, path, lambda step, done, total: told.append((step, done, total))
    )
    last = {step: (done, total) for step, done, total in told}
    assert last["check"][0] == last["check"][1]
    assert last["commit"] == (4, 4)
    assert last["read"] == (1, 1)


def test_a_file_of_another_portfolio_is_named(
    workspace: Workspace, cards_row: Row, write_csv: Write
) -> None:
    with pytest.raises(ContractsError, match="column"):
        load_portfolio("sba", workspace, write_csv([cards_row()]))
    with pytest.raises(ContractsError, match="no portfolio 'tax'"):
        load_portfolio("tax", workspace)

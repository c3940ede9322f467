"""The lake: append-only, versioned, whole commits, one writer at a time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.catalogue import contract
from data_contracts.contract import SYSTEM_COLUMNS
from data_contracts.errors import ContractsError
from data_contracts.intake.lake import BatchIdentity, Lake

A, B, C = "a" * 64, "b" * 64, "c" * 64
DAY = date(2010, 6, 1)
Digest = Callable[[Path], dict[str, str]]


def outcomes(*rows: tuple[str, str, date], lines: int = 1) -> pa.Table:
    """Outcomes as (account, status, day); known on that day."""
    schema = contract("loan_outcome").arrow_schema()
    records: list[dict[str, Any]] = [
        {"account_no": no, "subject_id": f"SBA-{no}", "institution": "BANK", "status": status, "outcome_on": day}
        for no, status, day in rows
    ]  # fmt: skip
    table = pa.Table.from_pylist(records, schema=schema)
    table = table.append_column("_known", table.column("outcome_on"))
    return table.append_column("_line", pa.array(range(lines, lines + len(rows)), pa.int64()))


def story(lake: Lake) -> list[tuple[Any, ...]]:
    names = ("account_no", "status", "_known", "_version", "_batch", "_line")
    return sorted(tuple(row[n] for n in names) for row in lake.read("loan_outcome").to_pylist())


D1, D2 = date(2009, 1, 1), date(2009, 2, 1)


def test_an_empty_lake_reads_as_empty(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    assert lake.files("loan_outcome") == []
    assert lake.commits() == []
    assert not lake.has(A)
    assert lake.read("loan_outcome").num_rows == 0
    assert not (tmp_path / "lake").exists()


def test_a_commit_stamps_its_records(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("1", "CHARGED_OFF", D1), lines=7)}, A, received_on=DAY)
    table = lake.read("loan_outcome")
    assert table.schema.equals(contract("loan_outcome").arrow_schema(system=True))
    (row,) = table.to_pylist()
    given = ("account_no", "subject_id", "institution", "status", "outcome_on")
    assert [{name: row[name] for name in (*given, *SYSTEM_COLUMNS.names)}] == [
        {
            "account_no": "1", "subject_id": "SBA-1", "institution": "BANK", "status": "CHARGED_OFF",
            "outcome_on": D1, "_event": D1, "_known": D1, "_version": 1, "_batch": A, "_line": 7,
            "_withdrawn": False,
        }
    ]  # fmt: skip
    assert lake.has(A)
    assert lake.read("loan_outcome", subject="SBA-2").num_rows == 0
    assert lake.read("loan_outcome", subject="SBA-1").num_rows == 1


def test_a_correction_is_a_later_version_known_when_it_came(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("1", "PAID_IN_FULL", D1), ("2", "PAID_IN_FULL", D1))}, A)
    second = outcomes(("1", "CHARGED_OFF", D1), ("2", "PAID_IN_FULL", D1), ("3", "CHARGED_OFF", D2))
    commit = lake.commit({"loan_outcome": second}, B, received_on=DAY)
    assert story(lake) == [
        ("1", "CHARGED_OFF", DAY, 2, B, 1),
        ("1", "PAID_IN_FULL", D1, 1, A, 1),
        ("2", "PAID_IN_FULL", D1, 1, A, 2),  # unchanged: not written again
        ("3", "CHARGED_OFF", D2, 1, B, 3),  # new: known as the supplier says
    ]
    assert (commit.records["loan_outcome"], commit.unchanged["loan_outcome"]) == (2, 1)


def test_a_correction_is_never_known_before_what_it_corrects(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    late = date(2020, 1, 1)
    lake.commit({"loan_outcome": outcomes(("1", "PAID_IN_FULL", late))}, A)
    lake.commit({"loan_outcome": outcomes(("1", "CHARGED_OFF", D1))}, B, received_on=DAY)
    lake.commit({"loan_outcome": outcomes(("1", "PAID_IN_FULL", D1))}, C, received_on=DAY)
    assert [(s[1], s[2], s[3]) for s in story(lake)] == [
        ("CHARGED_OFF", late, 2),
        ("PAID_IN_FULL", late, 1),
        ("PAID_IN_FULL", late, 3),
    ]


def test_null_and_value_differ(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    table = outcomes(("1", "PAID_IN_FULL", D1))
    blank = table.set_column(2, "institution", pa.nulls(1, pa.string()))
    lake.commit({"loan_outcome": blank}, A)
    lake.commit({"loan_outcome": table}, B)
    lake.commit({"loan_outcome": blank}, C)
    assert [row["institution"] for row in lake.read("loan_outcome").sort_by("_version").to_pylist()] == [
        None, "BANK", None,
    ]  # fmt: skip


def test_the_same_batch_twice_changes_no_byte(tmp_path: Path, tree_digest: Digest) -> None:
    lake = Lake(tmp_path)
    first = lake.commit({"loan_outcome": outcomes(("1", "PAID_IN_FULL", D1))}, A, note={"x": 1})
    before = tree_digest(tmp_path)
    again = lake.commit({"loan_outcome": outcomes(("9", "CHARGED_OFF", D1))}, A)
    assert again == first
    assert tree_digest(tmp_path) == before


def broken_tables() -> list[tuple[str, Any, str]]:
    good = outcomes(("1", "PAID_IN_FULL", D1), ("1", "CHARGED_OFF", D1))
    null_known = outcomes(("1", "PAID_IN_FULL", D1)).drop(["_known"])
    null_known = null_known.append_column("_known", pa.nulls(1, pa.date32()))
    text_day = outcomes(("1", "PAID_IN_FULL", D1)).set_column(4, "outcome_on", pa.array(["soon"]))
    null_key = outcomes(("1", "PAID_IN_FULL", D1)).set_column(
        0, "account_no", pa.nulls(1, pa.string())
    )
    return [
        ("a key twice", good, "occurs twice"),
        ("a column missing", outcomes(("1", "PAID_IN_FULL", D1)).drop(["status"]), "status"),
        ("no known day", null_known, "_known"),
        ("another type", text_day, "other types"),
        ("no key", null_key, "account_no"),
    ]


@pytest.mark.parametrize(
    ("table", "match"), [b[1:] for b in broken_tables()], ids=[b[0] for b in broken_tables()]
)
def test_a_bad_table_leaves_the_lake_as_it_was(
    tmp_path: Path, tree_digest: Digest, table: pa.Table, match: str
) -> None:
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("5", "PAID_IN_FULL", D1))}, A)
    before = tree_digest(tmp_path)
    with pytest.raises(ContractsError, match=match):
        lake.commit(
            [("loan_outcome", outcomes(("6", "CHARGED_OFF", D1))), ("loan_outcome", table)], B
        )
    assert tree_digest(tmp_path) == before
    assert list((tmp_path / "staging").iterdir()) == []


def test_unknown_contracts_and_batches_are_refused(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with pytest.raises(ContractsError, match="no contract 'tax'"):
        lake.commit({"tax": outcomes()}, A)
    with pytest.raises(ContractsError, match="no batch digest"):
        lake.commit({}, "../../etc/passwd")
    with pytest.raises(ContractsError, match="no contract"):
        lake.files("../x")


def test_leftovers_of_a_killed_writer_are_not_seen_and_are_swept(tmp_path: Path) -> None:
    """As a kill leaves them: files moved into place, manifest still in staging."""
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("1", "PAID_IN_FULL", D1))}, A)
    (committed,) = lake.files("loan_outcome")
    orphan = tmp_path / "tables" / "loan_outcome" / f"{B}.parquet"
    orphan.write_bytes(Path(committed).read_bytes())
    (tmp_path / "quarantine").mkdir(exist_ok=True)
    (tmp_path / "quarantine" / f"{B}.parquet").write_bytes(b"half")
    staged = tmp_path / "staging" / "current"
    staged.mkdir(parents=True)
    (staged / "manifest.json").write_text('{"format": 1, "batch"')
    assert lake.files("loan_outcome") == [committed]
    assert not lake.has(B)
    assert lake.quarantine_files() == []
    lake.commit({"loan_outcome": outcomes(("2", "CHARGED_OFF", D2))}, B)
    assert [s[0] for s in story(lake)] == ["1", "2"]
    assert not (tmp_path / "quarantine" / f"{B}.parquet").exists()
    assert list((tmp_path / "staging").iterdir()) == []


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("1", "PAID_IN_FULL", D1))}, A)
    (manifest,) = (tmp_path / "manifests").iterdir()
    manifest.write_text("{")
    with pytest.raises(ContractsError, match="manifest"):
        Lake(tmp_path).commits()


def test_writers_take_turns(tmp_path: Path) -> None:
    """Many writers on overlapping keys: each commit is whole and versions have no gap."""
    batches = [f"{n:064x}" for n in range(6)]
    start = threading.Barrier(len(batches) + 1)
    failures: list[BaseException] = []

    def write(batch: str, status: str) -> None:
        start.wait()
        rows = [("1", status, D1), (f"own-{batch[-1]}", "PERFORMING", D1)]
        try:
            Lake(tmp_path).commit({"loan_outcome": outcomes(*rows)}, batch)
        except BaseException as error:
            failures.append(error)

    statuses = [
        "CHARGED_OFF",
        "PAID_IN_FULL",
        "DEFAULTED",
        "PERFORMING",
        "CHARGED_OFF",
        "DEFAULTED",
    ]
    jobs = list(zip(batches, statuses, strict=True))
    # The first batch comes twice: one of the two finds it committed.
    threads = [threading.Thread(target=write, args=job) for job in [*jobs, jobs[0]]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lake = Lake(tmp_path)
    assert failures == []
    assert [commit.sequence for commit in lake.commits()] == [1, 2, 3, 4, 5, 6]
    records = lake.read("loan_outcome").to_pylist()
    versions = sorted(r["_version"] for r in records if r["account_no"] == "1")
    assert versions == list(range(1, len(versions) + 1))
    assert {r["account_no"] for r in records} == {"1", *(f"own-{n}" for n in range(6))}


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ContractsError, match="cannot be written"):
        Lake(tmp_path / "file").commit({"loan_outcome": outcomes(("1", "PERFORMING", D1))}, A)


def keys_of(*accounts: str) -> pa.Table:
    return pa.table(
        {"account_no": list(accounts), "_line": pa.array(range(1, len(accounts) + 1), pa.int64())}
    )


def standing(lake: Lake) -> dict[str, str]:
    with duckdb.connect() as connection:
        found = connection.sql(
            f"SELECT account_no, status FROM {lake.latest_sql('loan_outcome')}"
        ).fetchall()
    return dict(found)


MAY = BatchIdentity("bank-1", "loan_outcome", "2010-05", "001")


def test_a_resent_batch_supersedes_the_first(tmp_path: Path) -> None:
    """What it repeats stays, what it changes is corrected, what it leaves out is withdrawn."""
    lake = Lake(tmp_path)
    first = outcomes(("1", "PAID_IN_FULL", D1), ("2", "PAID_IN_FULL", D1), ("3", "DEFAULTED", D1))
    broken = pa.table(
        {"batch": [A], "line": [4], "rule_id": ["x.y"], "column": ["y"], "value": ["?"]}
    )
    looked_at = pa.table(
        {"contract": ["loan_outcome"], "line": [1], "rule_id": ["LR-09"], "column": ["status"]}
    )
    lake.commit({"loan_outcome": first}, A, identity=MAY, quarantine=broken, reviews=looked_at)
    assert (lake.quarantine().num_rows, lake.reviews().num_rows) == (1, 1)
    second = outcomes(("1", "PAID_IN_FULL", D1), ("2", "CHARGED_OFF", D1))
    commit = lake.commit({"loan_outcome": second}, B, identity=MAY, received_on=DAY)
    assert commit.supersedes == A
    assert [c.batch for c in lake.standing()] == [B]
    assert (lake.quarantine().num_rows, lake.reviews().num_rows) == (0, 0)
    assert standing(lake) == {"1": "PAID_IN_FULL", "2": "CHARGED_OFF"}
    assert (commit.records, commit.unchanged, commit.ended) == (
        {"loan_outcome": 1}, {"loan_outcome": 1}, {"loan_outcome": 1},
    )  # fmt: skip
    ended = [r for r in lake.read("loan_outcome").to_pylist() if r["_withdrawn"]]
    assert [(r["account_no"], r["_version"], r["_known"]) for r in ended] == [("3", 2, DAY)]


def test_a_third_sending_still_ends_what_the_first_had_brought(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("1", "DEFAULTED", D1))}, A, identity=MAY)
    lake.commit({"loan_outcome": outcomes(("1", "DEFAULTED", D1))}, B, identity=MAY)
    commit = lake.commit({"loan_outcome": outcomes(("2", "DEFAULTED", D1))}, C, identity=MAY)
    assert commit.supersedes == B
    assert standing(lake) == {"2": "DEFAULTED"}


def test_what_another_batch_repeats_outlives_the_superseded_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    june = BatchIdentity("bank-1", "loan_outcome", "2010-06", "001")
    lake.commit(
        {"loan_outcome": outcomes(("1", "DEFAULTED", D1), ("2", "DEFAULTED", D1))}, A, identity=MAY
    )
    lake.commit({"loan_outcome": outcomes(("1", "DEFAULTED", D1))}, B, identity=june)
    lake.commit({"loan_outcome": outcomes(("3", "DEFAULTED", D1))}, C, identity=MAY)
    assert standing(lake) == {"1": "DEFAULTED", "3": "DEFAULTED"}


def test_a_deleted_record_is_withdrawn_and_may_come_back(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("1", "DEFAULTED", D1), ("2", "DEFAULTED", D1))}, A)
    commit = lake.commit({}, B, withdrawals={"loan_outcome": keys_of("1", "9")}, received_on=DAY)
    assert commit.withdrawn == {"loan_outcome": 1}  # nobody knows 9
    assert standing(lake) == {"2": "DEFAULTED"}
    lake.commit({"loan_outcome": outcomes(("1", "DEFAULTED", D1))}, C, received_on=DAY)
    assert standing(lake) == {"1": "DEFAULTED", "2": "DEFAULTED"}
    versions = [r for r in lake.read("loan_outcome").to_pylist() if r["account_no"] == "1"]
    assert sorted((r["_version"], r["_withdrawn"], r["_known"]) for r in versions) == [
        (1, False, D1), (2, True, DAY), (3, False, DAY),
    ]  # fmt: skip


def test_a_changed_account_key_moves_the_record(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("1", "DEFAULTED", D1), ("2", "PAID_IN_FULL", D1))}, A)
    moves = pa.table(
        {
            "old_account_no": ["1", "2", "9"],
            "new_account_no": ["N1", "N2", "N9"],
            "_line": pa.array([1, 2, 3], pa.int64()),
        }
    )
    commit = lake.commit({}, B, rekeys={"loan_outcome": moves}, received_on=DAY)
    assert commit.rekeyed == {"loan_outcome": 2}
    assert standing(lake) == {"N1": "DEFAULTED", "N2": "PAID_IN_FULL"}
    old = next(r for r in lake.read("loan_outcome").to_pylist() if r["_withdrawn"])
    assert (old["_known"], old["_batch"]) == (DAY, B)


def test_what_stands_under_the_new_key_is_not_overwritten(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("1", "DEFAULTED", D1), ("2", "PAID_IN_FULL", D1))}, A)
    moves = pa.table(
        {"old_account_no": ["1"], "new_account_no": ["2"], "_line": pa.array([1], pa.int64())}
    )
    commit = lake.commit({}, B, rekeys={"loan_outcome": moves})
    assert commit.rekeyed == {"loan_outcome": 1}
    assert standing(lake) == {"2": "PAID_IN_FULL"}


def test_committed_files_are_read_only_and_an_altered_one_is_found(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("1", "DEFAULTED", D1))}, A)
    (file,) = (Path(f) for f in lake.files("loan_outcome"))
    assert file.stat().st_mode & 0o222 == 0
    assert lake.verify() == []
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b" ")
    assert lake.verify() == [f"tables/loan_outcome/{A}.parquet"]
    file.unlink()
    assert lake.verify() == [f"tables/loan_outcome/{A}.parquet"]


def test_a_lake_of_the_first_format_is_read(tmp_path: Path) -> None:
    """Manifests without identity and files without ``_withdrawn``, as they were written first."""
    lake = Lake(tmp_path)
    lake.commit({"loan_outcome": outcomes(("1", "DEFAULTED", D1))}, A)
    (file,) = (Path(f) for f in lake.files("loan_outcome"))
    old = pq.read_table(file).drop(["_withdrawn", "institution"])
    file.chmod(0o644)
    pq.write_table(old, file)
    (manifest,) = (tmp_path / "manifests").iterdir()
    told = json.loads(manifest.read_text())
    kept = (
        "batch",
        "sequence",
        "received_on",
        "files",
        "records",
        "unchanged",
        "quarantine",
        "note",
    )
    manifest.write_text(json.dumps({"format": 1, **{name: told[name] for name in kept}}))
    lake = Lake(tmp_path)
    lake.commit(
        {"loan_outcome": outcomes(("1", "DEFAULTED", D1), ("2", "DEFAULTED", D1))},
        B,
        received_on=DAY,
    )
    rows = lake.read("loan_outcome").to_pylist()
    assert [(r["account_no"], r["institution"], r["_withdrawn"]) for r in rows] == [
        ("1", None, False), ("2", "BANK", False), ("1", "BANK", False),
    ]  # fmt: skip
    manifest.write_text(json.dumps({"format": 3, **{name: told[name] for name in kept}}))
    with pytest.raises(ContractsError, match="format 3"):
        Lake(tmp_path).commits()

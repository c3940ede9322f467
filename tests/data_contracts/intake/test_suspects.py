"""Suspects and doubtful accounts: the same verdict, line by line, as the rules' own SQL over every row."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.engine import intake_file
from data_contracts.intake.judge import domains, judge, ledger, rows, screen
from data_contracts.intake.judge import suspects as suspecting
from data_contracts.intake.lake import Lake
from data_contracts.rules.history import legal_histories
from data_contracts.workspace import Workspace
from tests.data_contracts.government.examples import example

CONTRACT = contract_of("credit_month")
HISTORIES = legal_histories(24, 12, seed=5)
DAY = date(2026, 3, 1)
Row = dict[str, Any]

ODD: dict[str, tuple[Any, ...]] = {
    "status_24": (
        "N", "", "/" * 24, "N" * 25, "N" * 23 + "Ａ", "N" * 23 + "\n", "NN1234567DZCG#ABM/*NN//N",
        "/" * 20 + "N14N", "/" * 20 + "NN2*", "/" * 21 + "NCN", "*" * 23 + "7", "é" * 24, "N" * 22 + "*1",
        "/" * 23 + "G", "N/" * 12, None,
    ),
    "account_no": ("", "a b", "业务", "x" * 60, "x" * 61, "a.b/c_d-e", None),
    "subject_id": ("PID-", "pid-1", "PID-" + "0" * 41, "ABCDEFGHI-1", "A-1", "AB--", "PID-一", None),
    "consent_no": ("11010519491231002X", "C" * 61, "\u3000", None),
    "contract_no": ("11010519491231002X" * 3, "x" * 61),
    "institution_code": ("C10999440000111", "ＣC", "c1099944000011", None),
    "area_code": ("000000", "44200", "４４２０００"),
    "business": ("3", "１", None),
    "business_detail": ("1", "111", "aa"),
    "currency": ("yuan", "", "CN\n", None),
    "account_status": ("99", "31", "3", "4", "2", "8", "12345678901", None),
    "frequency": ("07", "08", "99", "04", "3", None),
    "months_total": ("O", "U", "X", "0", "999", "٣", "-12", None),
    "months_left": ("O", "U", "X", "000", "1e2", None),
    "five_class": ("1", "2", "9", "10", "A", None),
    "account_type": ("C1", "", None),
    "opened_on": (date(1850, 1, 1), date(1989, 12, 31), date(2099, 1, 1), date(9999, 12, 31), None),
    "due_on": (date(2023, 1, 31), date(1, 1, 1), None),
    "bill_on": (date(2023, 2, 28), date(2024, 2, 29), date(2026, 3, 2), date(1850, 1, 1), None),
    "last_payment_on": (date(2023, 3, 31), date(2023, 1, 1), None),
    "negative_notice_on": (date(2200, 1, 1), None),
    "balance_cents": (0, 1, -1, -(10**17), 10**16, None),
    "overdue_cents": (0, 1, 200, 10**15, None),
    "overdue_31_60_cents": (0, 10**12, None),
    "overdue_periods": (0, 1, 2, 7, 8, 79, 80, 99, 100, None),
    "overdue_count": (0, 1, 1000, None),
    "max_overdue_periods": (0, 1, 3, 6, 7, 100, None),
    "scheduled_cents": (0, 1, -1, None),
    "paid_cents": (0, 1, 10**14, None),
    "format_generation": (0, 1, 2, 3, None),
}  # fmt: skip
change = st.sampled_from(sorted(ODD)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(ODD[name]))
)


def dirtied(changes: list[tuple[int, tuple[str, Any]]]) -> list[Row]:
    rows: list[Row] = HISTORIES.to_pylist()
    for place, (name, value) in changes:
        rows[place % len(rows)] = {**rows[place % len(rows)], name: value}
    return rows


def written(rows: list[Row], path: Path, **options: Any) -> Path:
    schema = pa.schema([field.with_nullable(True) for field in CONTRACT.arrow_schema()])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, **options)
    return path


def verdict(path: Path, workspace: Workspace, worth: int, **more: Any) -> tuple[Any, ...]:
    """All that an intake tells: counts, quarantine, reviews."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "WORTH_ROWS", worth)
        result = intake_file(
            path, "credit_month", workspace, public_source="x", received_on=DAY, **more
        )
    lake = Lake(workspace.lake_dir)
    told = lake.quarantine().sort_by([(n, "ascending") for n in ("line", "rule_id", "column")])
    seen = lake.reviews().sort_by([(n, "ascending") for n in ("line", "rule_id", "column")])
    counts = (result.rows, result.accepted, result.quarantined, result.unchanged)
    names = ["line", "rule_id", "column", "value"]
    values = [(value or "").split(" #")[0] for value in told["value"].to_pylist()]  # keys differ
    told = told.set_column(
        told.schema.get_field_index("value"), "value", pa.array(values, pa.string())
    )
    return (
        counts, result.by_rule, result.reviewed, told.select(names).to_pylist(),
        seen.select(names[:3]).to_pylist(),
    )  # fmt: skip


def both(path: Path, folder: Path, **more: Any) -> tuple[Any, ...]:
    quick = verdict(path, Workspace(folder / "quick"), 1, **more)
    plain = verdict(path, Workspace(folder / "plain"), 10**9, **more)
    assert quick == plain
    return quick


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(st.tuples(st.integers(0, 10_000), change), max_size=60))
def test_dirt_is_judged_alike(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, tuple[str, Any]]]
) -> None:
    folder = tmp_path_factory.mktemp("screen")
    both(written(dirtied(changes), folder / "a.parquet", row_group_size=100), folder)


@pytest.mark.parametrize(
    "few",
    [
        (),
        ((rows, "_FEW", 0),),
        ((rows, "_FEW", 10**9), (domains, "MOST_TEXTS", 4)),
        ((domains, "LARGEST_TABLE", 300), (screen, "_OFTEN", 0.0)),
        ((rows, "BATCH_ROWS", 37), (ledger, "_SORTED", 20), (suspecting, "_HELD_ROWS", 9)),
    ],
    ids=["as it is", "all walked", "few have codes", "much is asked", "in small parts"],
)
def test_every_odd_value_is_judged_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: tuple[tuple[Any, str, float], ...]
) -> None:
    """Each odd value in three places, whatever is held to be few or much."""
    for module, name, value in few:
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(suspecting, "_screens", {})  # what was compiled otherwise
    random.seed(3)
    changes = [
        (random.randrange(10_000), (name, value))
        for name, values in ODD.items()
        for value in values
        for _ in range(3)
    ]
    rows = dirtied(changes)
    rows += rows[:5] + [{**row, "paid_cents": 77} for row in rows[40:45]]
    found = both(written(rows, tmp_path / "a.parquet"), tmp_path)
    assert len(found[1]) > 25
    assert len(found[2]) > 25
    assert found[1]["credit_month.key.unique"] == 15


def test_other_widths_and_texts_are_judged_alike(tmp_path: Path) -> None:
    """Wide texts, narrow numbers, dictionaries, missing items and a slice of a table."""
    rows = dirtied([(n, ("status_24", ODD["status_24"][n % 12])) for n in range(0, 200, 3)])
    schema = pa.schema([field.with_nullable(True) for field in CONTRACT.arrow_schema()])
    table = pa.Table.from_pylist(rows, schema=schema).slice(3, 150)
    table = pa.concat_tables([table.slice(0, 70), table.slice(70)])
    for name, kind in (
        ("status_24", pa.large_string()), ("account_no", pa.large_string()),
        ("overdue_periods", pa.int8()), ("overdue_count", pa.int32()),
    ):  # fmt: skip
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table[name].cast(kind))
    table = table.drop_columns(["five_class", "negative_notice_on", "contract_no"])
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, use_dictionary=["account_no"])
    assert both(path, tmp_path)[2] != {}


@pytest.mark.parametrize("in_files", [False, True])
@pytest.mark.parametrize("late_first", [False, True])
def test_months_are_judged_alike_across_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late_first: bool, in_files: bool
) -> None:
    """The lake holds the earlier months, or the later ones; the batch counts more than the lake.

    What does not fit memory is put into files.
    """
    if in_files:
        monkeypatch.setattr(suspecting, "_bytes", lambda size: 0)
        monkeypatch.setattr(ledger, "_SORTED", 20)
    rows: list[Row] = HISTORIES.to_pylist()
    days = sorted({row["bill_on"] for row in rows})
    middle = days[len(days) // 2]
    early = [row for row in rows if row["bill_on"] <= middle]
    late = [row for row in rows if row["bill_on"] > middle]
    late = [{**row, "status_24": "N" * 24} if n % 5 == 0 else row for n, row in enumerate(late)] + [
        {**row, "bill_on": row["bill_on"].replace(day=1)} for row in early[-9:]
    ]
    first, second = (late, early) if late_first else (early, late)
    told = []
    for name, worth in (("quick", 1), ("plain", 10**9)):
        workspace = Workspace(tmp_path / name)
        verdict(written(first, tmp_path / "first.parquet"), workspace, 10**9)
        told.append(verdict(written(second, tmp_path / "second.parquet"), workspace, worth))
    assert told[0] == told[1]
    assert {"XM-01", "XM-03"} <= set(told[0][2])


def test_an_intake_is_repeated_on_another_day_with_the_same_verdict(tmp_path: Path) -> None:
    """PUB-209 compares with the day of receipt, not with the day on which the program runs."""
    rows = [{**row, "bill_on": date(2026, 3, 2)} for row in HISTORIES.to_pylist()[:1]]
    path = written(rows, tmp_path / "a.parquet")
    for worth in (1, 10**9):
        found = verdict(path, Workspace(tmp_path / f"a{worth}"), worth)
        assert found[2]["PUB-209"] == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "WORTH_ROWS", 1)
        later = intake_file(
            path, "credit_month", Workspace(tmp_path / "b"), public_source="x",
            received_on=date(2026, 3, 2), dry_run=True,
        )  # fmt: skip
    assert "PUB-209" not in later.reviewed


def test_texts_are_judged_alike(tmp_path: Path) -> None:
    """A file of texts is stored in its typed form first, and then judged in the same way."""
    changes = [(n * 7, (name, values[0])) for n, (name, values) in enumerate(ODD.items())]
    path = tmp_path / "a.csv"
    schema = pa.schema([field.with_nullable(True) for field in CONTRACT.arrow_schema()])
    csv.write_csv(pa.Table.from_pylist(dirtied(changes), schema=schema), path)
    found = both(path, tmp_path)
    assert len(found[1]) > 8
    assert found[2] != {}


def test_few_rows_are_asked_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of this file compares nothing with itself."""
    path = written(dirtied([(0, ("currency", "yuan"))]), tmp_path / "a.parquet")
    monkeypatch.setattr(judge, "WORTH_ROWS", 1)
    seen: list[tuple[int, int, int]] = []
    look = suspecting.suspects

    def told(connection: Any, plan: Any, relation: str, rules: Any, **more: Any) -> Any:
        found = look(connection, plan, relation, rules, **more)
        counted = f"SELECT count(*) FROM {found.relation} AS r"
        seen.append((len(rules), len(found.rules), connection.execute(counted).fetchall()[0][0]))
        return found

    monkeypatch.setattr(suspecting, "suspects", told)
    intake_file(path, "credit_month", Workspace(tmp_path / "w"), public_source="x", dry_run=True)
    ((asked, left, picked),) = seen
    assert asked > 120
    assert left < 60
    assert picked == 1
    assert pq.read_metadata(path).num_rows > 100


def test_columns_of_every_type_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question about one column must not miss the others, yes/no columns among them."""
    monkeypatch.setattr(judge, "WORTH_ROWS", 1)
    row = example(contract_of("electricity_bill"))
    table = pa.Table.from_pylist([row], schema=contract_of("electricity_bill").arrow_schema())
    path = tmp_path / "bills.parquet"
    pq.write_table(table, path)
    workspace = Workspace(tmp_path / "ws")
    result = intake_file(path, "electricity_bill", workspace, public_source="test", dry_run=True)
    assert (result.rows, result.accepted) == (1, 1)


def test_another_file_of_the_same_form_is_judged_by_what_was_compiled(tmp_path: Path) -> None:
    """Other texts and another day; what was seen in the first file is forgotten."""
    first = written(dirtied([(3, ("currency", "yuan"))]), tmp_path / "a.parquet")
    other = [{**row, "institution_code": "C1099911000099"} for row in dirtied([])]
    second = written(other[:200] + dirtied([(0, ("frequency", "08"))]), tmp_path / "b.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suspecting, "_screens", {})
        both(first, tmp_path / "one")
        both(second, tmp_path / "two")
        (screened,) = suspecting._screens.values()
    assert all(len(d.values) == 2 for d in screened.compiler.domains.values() if d.open)

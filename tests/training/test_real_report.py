"""The report on real records, on invented tables of the same form."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from typer.testing import CliRunner

from data_contracts.intake.engine import intake_file
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from tests.training.invented import FIRMS, write_exits, write_invoices
from training.cli import app
from training.errors import TrainingError
from training.real import records
from training.real.invoices import write_months
from training.real.report import judge_real, write_report


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_invoices(folder)
    write_exits(folder)
    return folder


def test_invoices_are_judged_by_the_declared_features(data: Path) -> None:
    rows = judge_real(data, ["invoices"], repeats=1, kinds=("logistic", "lightgbm"))
    assert [row.kind for row in rows] == ["logistic", "lightgbm"]
    for row in rows:
        assert (row.subjects, row.positives) == (FIRMS, 20)
        assert set(row.features) <= set(records.INVOICES_FEW)
        assert "void_rate" in row.features
        assert row.low > 0.5
        assert "20" in row.remark_zh
        assert "20 defaults" in row.remark_en
    assert rows[0].lead is None
    assert rows[1].lead is not None


def test_exits_are_told_for_all_and_for_those_with_records(data: Path, tmp_path: Path) -> None:
    rows = judge_real(data, ["exits"], repeats=1, kinds=["logistic"])
    assert [(row.group, row.subjects) for row in rows] == [("all", FIRMS), ("with records", 40)]
    assert rows[0].auc > 0.9  # only those who left broke faith
    written = write_report(rows, tmp_path / "out")
    assert [row["group"] for row in json.loads(written[0].read_text())] == ["all", "with records"]
    pages = [path.read_text() for path in written[1:]]
    assert "有记录者" in pages[0]
    assert "With records" in pages[1]


def test_what_was_recorded_after_the_day_changes_nothing(data: Path, tmp_path: Path) -> None:
    write_exits(tmp_path, late=True)
    plain, late = (
        records.exits(folder, _workspace(tmp_path / name), 1, None)
        for name, folder in (("one", data), ("other", tmp_path))
    )
    pd.testing.assert_frame_equal(plain.frame, late.frame)


def test_the_outcome_is_no_input(data: Path, tmp_path: Path) -> None:
    lake = Lake(_workspace(tmp_path / "ws").lake_dir)
    found = records.invoices(data, Workspace(tmp_path / "ws"), 1, None)
    assert {"bad", "信誉评级", "是否违约"}.isdisjoint(found.frame.columns)
    with duckdb.connect() as connection:
        told = connection.sql(f"SELECT * FROM {lake.latest_sql('invoice')}").columns
    assert not {"信誉评级", "是否违约"} & set(told)


def test_months_are_the_sums_of_their_invoices(tmp_path: Path) -> None:
    def one(
        number: str, day: str, partner: str, cents: int, status: str = "valid"
    ) -> dict[str, Any]:
        return {
            "subject_id": "CUMCM-E1", "direction": "out", "invoice_no": number,
            "issued_on": date.fromisoformat(day), "counterparty_id": f"CUMCM-{partner}",
            "amount_cents": cents, "tax_cents": cents // 10, "status": status,
        }  # fmt: skip

    invoices = [
        one("1", "2020-01-03", "A", 30_000),
        one("2", "2020-01-03", "B", 10_000),
        one("3", "2020-01-31", "B", -4_000),
        one("4", "2020-01-31", "C", 99_000, "void"),
        one("5", "2020-02-01", "C", 50_000, "void"),
        one("6", "2020-03-01", "C", -500),
    ]
    pd.DataFrame(invoices).to_parquet(tmp_path / "invoices.parquet")
    workspace = _workspace(tmp_path / "ws")
    taken = intake_file(
        tmp_path / "invoices.parquet", "invoice", workspace, supplier="T",
        received_on=date(2020, 4, 1), public_source="invented",
    )  # fmt: skip
    assert taken.accepted == 6
    write_months(Lake(workspace.lake_dir), tmp_path / "months.parquet")
    january, february, march = pd.read_parquet(tmp_path / "months.parquet").to_dict("records")
    assert january["month_on"] == date(2020, 1, 1)
    told = ("invoice_count", "void_count", "red_count", "amount_cents", "tax_cents", "red_cents")
    assert [january[name] for name in told] == [4, 1, 1, 36_000, 3_600, 4_000]
    assert [january[name] for name in ("active_days", "partners")] == [2, 2]
    assert january["top_share"] == pytest.approx(0.75)
    assert [february[name] for name in told] == [1, 1, 0, 0, 0, 0]
    assert pd.isna(february["top_share"])
    assert [march[name] for name in told] == [1, 0, 1, -500, -50, 500]
    again = intake_file(
        tmp_path / "months.parquet", "invoice_month", workspace, supplier="T",
        received_on=date(2020, 4, 1), public_source="invented",
    )  # fmt: skip
    assert (again.accepted, again.quarantined) == (3, 0)


LABELS = {"id": ["a", "b"], "bad": ["是", "否"]}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"id": ["a", "b"]}, "has no column bad"),
        ({**LABELS, "id": ["a", "a"]}, "column id: a subject is named twice"),
        ({**LABELS, "id": ["a", None]}, "a row names none"),
        ({**LABELS, "bad": ["是", "maybe"]}, "column bad: 1 rows hold another value than 是, 否"),
        (None, "can not be read as Parquet"),
    ],
)
def test_a_bad_table_of_outcomes_is_refused_by_name(
    table: dict[str, list[str]] | None, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "labels.parquet"
    if table is None:
        file.write_text("no Parquet")
    else:
        pd.DataFrame(table).to_parquet(file)
    with pytest.raises(TrainingError, match=said) as caught:
        records.labels(file, "id", "bad", {"是": 1, "否": 0}, "T-")
    assert "labels.parquet" in str(caught.value)
    assert "maybe" not in str(caught.value)


@pytest.mark.parametrize(
    ("month", "said"),
    [
        (201508.0, "1 firms had left before 2015-09-01"),
        (None, "must stand for exits and for them alone"),
    ],
)
def test_an_exit_before_the_day_or_without_a_date_is_refused(
    month: float | None, said: str, tmp_path: Path
) -> None:
    file = write_exits(tmp_path) / "train.parquet"
    table = pd.read_parquet(file)
    table.loc[0, "ENDDATE"] = month
    table.to_parquet(file)
    with pytest.raises(TrainingError, match=said):
        records.exits(tmp_path, Workspace(tmp_path / "ws"), 1, None)


def test_features_that_are_the_same_for_everybody_are_refused(tmp_path: Path) -> None:
    folder = write_exits(tmp_path)
    for name in ("lawsuit", "breakfaith"):
        table = pd.read_parquet(folder / f"{name}.parquet")
        table.assign(EID="p99999").head(1).to_parquet(folder / f"{name}.parquet")
    with pytest.raises(TrainingError, match="exits are the same for every subject"):
        judge_real(tmp_path, ["exits"], kinds=["logistic"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--only", "exit"], "There is no set 'exit'"),
        (["--only", "exits"], "no folder was named"),
        (["--only", "invoices", "--data", "nowhere"], "nowhere is no folder"),
    ],
)
def test_the_command_names_what_is_wrong(
    given: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XINQIAO_DATA", raising=False)
    done = CliRunner().invoke(app, ["real", *given])
    assert done.exit_code == 1
    assert said in done.output
    assert "Hint:" in done.output
    assert not list(tmp_path.iterdir())


def _workspace(root: Path) -> Workspace:
    workspace = Workspace(root)
    workspace.create()
    return workspace

"""All engines give the same vectors: every feature of every view, on generated and on real records."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.city.dirty import Wishes
from data_contracts.city.load import load_city
from data_contracts.intake.lake import Lake
from data_contracts.intake.load import load_portfolio
from data_contracts.workspace import Workspace
from features.catalogue import view
from features.engines.duckdb import DuckDBEngine
from features.engines.engine import Engine, engine_of
from features.engines.python.few import PythonEngine
from features.errors import FeaturesError
from features.point_in_time import build
from features.view import FeatureView
from tests.features.engines import assert_same, spark  # noqa: F401
from tests.features.lakes import FileLake
from tests.property.test_point_in_time import FEW, chosen_view, lake, spines, tables
from tests.property.test_point_in_time import VIEWS as GENERATED

SHIPPED = Path(__file__).resolve().parents[2] / "data_contracts" / "portfolios"


def same_on_both(wanted: FeatureView, records: Lake, spine: pd.DataFrame, other: Engine) -> None:
    with DuckDBEngine(few=-1) as whole:
        expected = build(wanted, records, spine, engine=whole, supplied=True)
    assert expected[list(wanted.names)].notna().any(axis=None)  # there is something to compare
    for engine in (other, PythonEngine()):
        assert_same(build(wanted, records, spine, engine=engine, supplied=True), expected)


@pytest.mark.parametrize("name", GENERATED)
@settings(FEW, max_examples=2)
@given(data=st.data())
def test_generated_records(name: str, spark: Engine, data: st.DataObject) -> None:  # noqa: F811
    records, spine = data.draw(tables(name)), data.draw(spines(name))
    with lake(records) as made:
        expected = build(chosen_view(name), made, spine, supplied=True)
        found = build(chosen_view(name), made, spine, engine=spark, supplied=True)
    assert_same(found, expected)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A small city with late, dirty and corrected records."""
    folder = tmp_path_factory.mktemp("city")
    wishes = Wishes(dirty=0.02, late=0.05, corrected=0.05)
    built = build_city(Settings(300, 5, 24), folder / "files", wishes)
    workspace = Workspace(folder / "workspace")
    load_city(built.folder, workspace)
    return Lake(workspace.lake_dir)


@pytest.mark.parametrize("name", ["firm", "household"])
def test_a_small_city(name: str, city: Lake, spark: Engine) -> None:  # noqa: F811
    subjects = sorted(
        {
            subject
            for contract in view(name).contracts
            for subject in city.read(contract)["subject_id"].to_pylist()
        }
    )
    newest = max(commit_day(city, contract) for contract in view(name).contracts)
    days = [newest, (pd.Timestamp(newest) - pd.DateOffset(months=7)).date()]
    spine = pd.DataFrame(
        [(s, day) for day in days for s in subjects], columns=["subject_id", "as_of"]
    )
    same_on_both(view(name), city, spine, spark)


def commit_day(records: Lake, contract: str) -> date:
    """Day after the newest event of a contract."""
    events = records.read(contract)["_event"].to_pylist()
    return max(events, default=date(2000, 1, 1))


@pytest.mark.parametrize(
    ("name", "portfolio", "file", "rows", "sql"),
    [
        (
            "enterprise",
            "sba",
            "sba_sample.parquet",
            4_000,
            "SELECT subject_id, opened_on AS as_of FROM {loan_account} ORDER BY 1, 2 LIMIT 600",
        ),
        (
            "individual",
            "cards",
            "cards.parquet",
            1_000,
            "SELECT subject_id, max(bill_on) + 1 AS as_of FROM {card_repayment} GROUP BY 1 ORDER BY 1",
        ),
    ],
)
def test_a_part_of_the_shipped_records(
    name: str,
    portfolio: str,
    file: str,
    rows: int,
    sql: str,
    tmp_path: Path,
    spark: Engine,  # noqa: F811
) -> None:
    import duckdb

    part = tmp_path / file
    pq.write_table(pq.read_table(SHIPPED / file).slice(0, rows), part)
    workspace = Workspace(tmp_path / "workspace")
    load_portfolio(portfolio, workspace, part)
    records = Lake(workspace.lake_dir)
    contract = sql.split("{")[1].split("}")[0]
    spine = duckdb.sql(sql.format(**{contract: records.latest_sql(contract)})).df()
    same_on_both(view(name), records, spine, spark)


CARD = {"account_no": "1", "subject_id": "CARD-1", "bill_on": date(2005, 9, 30), "paid_cents": 7}
ASKED = pd.DataFrame({"subject_id": ["CARD-1", "CARD-2"], "as_of": "2005-10-15"})


def rewritten(records: FileLake, contract: str, change: Callable[[object], object]) -> None:
    """Write the contract's file as an earlier version of the house wrote it."""
    file = records.files(contract)[0]
    pq.write_table(change(pq.read_table(file)), file)


def test_columns_that_an_earlier_file_lacks_are_null(tmp_path: Path, spark: Engine) -> None:  # noqa: F811
    made = FileLake(tmp_path, {"card_repayment": [CARD]})
    rewritten(made, "card_repayment", lambda t: t.drop_columns(["_withdrawn", "billed_cents"]))
    expected = build(view("individual"), made, ASKED)
    assert_same(build(view("individual"), made, ASKED, engine=spark), expected)
    assert build(view("individual"), made, ASKED, engine=spark).notna().any(axis=None)


def test_records_that_nobody_sent(tmp_path: Path, spark: Engine) -> None:  # noqa: F811
    made = FileLake(tmp_path, {})
    found = build(view("individual"), made, ASKED, engine=spark)
    assert found[list(view("individual").names)].isna().all(axis=None)
    nobody = ASKED.iloc[:0]
    assert_same(
        build(view("individual"), made, nobody, engine=spark),
        build(view("individual"), made, nobody),
    )


def test_a_broken_file_is_named(tmp_path: Path, spark: Engine) -> None:  # noqa: F811
    made = FileLake(tmp_path, {"card_repayment": [CARD]})
    Path(made.files("card_repayment")[0]).write_bytes(b"PAR1 not any more")
    with pytest.raises(FeaturesError, match=r"can not be read.*card_repayment\.parquet"):
        build(view("individual"), made, ASKED, engine=spark)


def test_the_session_is_of_this_machine_alone(spark: Engine) -> None:  # noqa: F811
    settings_of = spark._session.sparkContext.getConf()  # type: ignore[attr-defined]
    assert settings_of.get("spark.driver.bindAddress") == "127.0.0.1"
    assert settings_of.get("spark.ui.enabled") == "false"
    assert settings_of.get("spark.sql.session.timeZone") == "UTC"
    assert settings_of.get("spark.sql.ansi.enabled") == "true"


def test_a_second_session_is_refused(spark: Engine) -> None:  # noqa: F811
    with pytest.raises(FeaturesError, match="a Spark session already"):
        engine_of("spark")


ALONE = """
import json, os, sys, tempfile, psutil
tempfile.tempdir = sys.argv[1]
from features.engines.engine import engine_of
with engine_of("spark", "local[1]") as engine:
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    heard = [c.laddr.ip for p in processes for c in p.net_connections() if c.status == "LISTEN"]
    inside = os.listdir(sys.argv[1])
print(json.dumps([heard, inside, os.listdir(sys.argv[1])]))
"""


def test_a_session_listens_to_this_machine_alone_and_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path)], capture_output=True, text=True, check=True
    )
    heard, inside, left = json.loads(done.stdout.splitlines()[-1])
    assert heard
    assert {ip.removeprefix("::ffff:") for ip in heard} == {"127.0.0.1"}
    assert inside
    assert not left


def test_without_java_a_person_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FeaturesError, match=r"needs Java 17.*openjdk-17"):
        engine_of("spark")


def test_without_pyspark_a_person_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(FeaturesError, match=r"Spark is not installed.*--engine duckdb"):
        engine_of("spark")

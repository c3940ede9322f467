"""Every contract is there, clean, coherent, labelled, and the same for the same settings."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from data_contracts.catalogue import all_contracts
from data_contracts.checks import checks, sql_name
from data_contracts.city.build import build_city, records
from data_contracts.city.city import City
from data_contracts.city.clock import Settings
from data_contracts.city.write import file_of
from data_contracts.errors import ContractsError
from data_contracts.rules import cross_checks


def _relation(folder: Path, name: str) -> str:
    return f"read_parquet('{file_of(folder, name)}')"


def test_every_contract_has_a_file_with_its_items(clean):
    names = {path.stem.removeprefix("simulated_") for path in clean.glob("*.parquet")}
    assert names == set(all_contracts())
    for name, contract in all_contracts().items():
        schema = pq.read_schema(file_of(clean, name))
        assert schema.names == [*contract.model_fields, "_known"]
        assert [one.type for one in contract.arrow_schema()] == [one.type for one in schema][:-1]
        assert pq.read_metadata(file_of(clean, name)).num_rows > 0


def test_no_check_of_any_contract_hits_a_clean_record(clean):
    connection, hits = duckdb.connect(), []
    for name, contract in all_contracts().items():
        found = checks(contract)
        columns = ", ".join(f"count(*) FILTER ({check.broken})" for check in found)
        counts = connection.execute(f"SELECT {columns} FROM {_relation(clean, name)}").fetchone()
        hits += [check.rule_id for check, count in zip(found, counts, strict=True) if count]
    assert hits == []


def test_no_rule_across_months_hits_a_clean_record(clean):
    connection, asked, hits = duckdb.connect(), 0, []
    for name, contract in all_contracts().items():
        for check in cross_checks(contract):
            connection.execute(
                "CREATE OR REPLACE TEMP TABLE fresh AS SELECT *, row_number() OVER () AS _line "
                f"FROM {_relation(clean, name)}"
            )
            connection.execute("CREATE OR REPLACE TEMP TABLE past AS FROM fresh LIMIT 0")
            asked += 1
            if connection.execute(check.sql("fresh", "past")).fetchall():
                hits.append(check.rule_id)
    assert asked > 0
    assert hits == []


def test_keys_are_distinct_and_nothing_is_known_before_it_happened(clean):
    connection = duckdb.connect()
    for name, contract in all_contracts().items():
        key = ", ".join(sql_name(column) for column in contract.about.key)
        rows, keys, early = connection.execute(
            f"SELECT count(*), count(DISTINCT ({key}, '')), "
            f"count(*) FILTER (_known < {sql_name(contract.about.event)}) "
            f"FROM {_relation(clean, name)}"
        ).fetchone()
        assert (name, rows, early) == (name, keys, 0)


def test_everything_says_that_it_is_simulated(clean):
    files = list(clean.rglob("*.parquet"))
    assert len(files) > len(all_contracts())
    for path in files:
        assert path.name.startswith("simulated_")
        assert pq.read_schema(path).metadata[b"simulated"] == b"true"
    readme = (clean / "README.md").read_text(encoding="utf-8")
    assert "模拟数据" in readme
    assert "simulated" in readme
    names = (
        duckdb.connect()
        .execute(
            f"SELECT count(*) FILTER (NOT contains(name, '模拟')) FROM {_relation(clean, 'registration')}"
        )
        .fetchone()
    )
    assert names == (0,)


def test_equal_settings_give_equal_files(clean, tmp_path):
    again = build_city(Settings(300, 7, 12), tmp_path / "again").folder
    for path in clean.rglob("*.parquet"):
        twin = again / path.relative_to(clean)
        assert _digest(path) == _digest(twin), path.name


def test_another_seed_gives_another_city():
    first, second = (City.found(Settings(60, seed, 6)) for seed in (1, 2))
    assert not first.population.subject_id.equals(second.population.subject_id)


def test_one_contract_does_not_depend_on_the_others(clean, tmp_path):
    alone = build_city(Settings(300, 7, 12), tmp_path / "alone", only=("penalty",)).folder
    assert _digest(file_of(alone, "penalty")) == _digest(file_of(clean, "penalty"))


def test_records_of_registration_belong_to_the_firms(town):
    made = next(records(town, all_contracts()["registration"]))
    assert made.num_rows == len(town.population.firms)
    assert set(made["industry_scheme"].to_pylist()) == {"GBT4754"}
    assert set(made["region"].to_pylist()) <= {"CN-44", "CN-32", "CN-41", "CN-15", "CN-65"}


def test_a_folder_with_files_is_refused(tmp_path):
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ContractsError, match="not empty"):
        build_city(Settings(60, 1, 6), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize(
    ("subjects", "seed", "months", "start"),
    [
        (3, 1, 12, "2021-01"),
        (300, -1, 12, "2021-01"),
        (300, 1, 2, "2021-01"),
        (300, 1, 12, "2021-13"),
    ],
)
def test_settings_that_give_no_city_are_refused(subjects, seed, months, start):
    with pytest.raises(ContractsError):
        Settings(subjects, seed, months, start)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

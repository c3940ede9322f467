"""The real tables under the shipped mappings: nothing lost, and exactly the written counts."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from data_contracts.intake.batch import IntakeResult
from data_contracts.intake.engine import intake_file
from data_contracts.intake.lake import Lake
from data_contracts.intake.readers.traditional import is_big5
from data_contracts.workspace import Workspace
from tests.data_contracts.mappings.counts import (
    DAY,
    FOLDER,
    PAGE,
    REASONS,
    judged,
    page,
    tables,
)

pytestmark = pytest.mark.real

COUNTS = {
    "abnormal_operations": (104_259, 100_036, 4_223, 0),
    "car_rental_credit_ratings": (1_176, 1_176, 0, 2),
    "court_seizures": (578, 534, 44, 0),
    "credit_grades": (603, 576, 27, 1),
    "environment_penalties": (1_847, 1_846, 1, 149),
    "farm_leading_enterprises": (120, 120, 0, 0),
    "farm_producers": (3_175, 3_103, 72, 217),
    "finance_bureau_permits": (76, 76, 0, 0),
    "food_inspections": (1_000, 1_000, 0, 0),
    "gas_bills": (1_000, 1_000, 0, 1_000),
    "hightech_list_haidian": (9_461, 9_461, 0, 5),
    "land_deals": (20_725, 777, 19_948, 218),
    "legal_person_penalties": (607, 605, 2, 0),
    "little_giants": (327, 327, 0, 71),
    "loan_interest_subsidies": (632, 632, 0, 0),
    "major_tax_cases": (570, 555, 15, 138),
    "new_registrations": (8_376, 8_376, 0, 0),
    "penalties_huairou": (570, 570, 0, 21),
    "penalties_legal_person_short": (279, 279, 0, 11),
    "procurement_contracts": (10, 10, 0, 0),
    "safety_permits": (10_838, 10_836, 2, 0),
    "tax_arrears": (332, 303, 29, 210),
    "tax_bureau_penalties": (251, 251, 0, 1),
    "tax_penalties": (2_325, 2_324, 1, 565),
    "tech_sme_list": (8_202, 8_201, 1, 0),
    "cumcm2020c_invoices/credit_history_input_invoice": (210_947, 210_144, 803, 0),
    "cumcm2020c_invoices/credit_history_output_invoice": (162_484, 158_048, 4_436, 0),
    "cumcm2020c_invoices/no_credit_history_input_invoice": (395_175, 390_490, 4_685, 0),
    "cumcm2020c_invoices/no_credit_history_output_invoice": (330_835, 329_084, 1_751, 0),
    "bdci2017_enterprise_exit/lawsuit": (40_102, 40_067, 35, 0),
    "bdci2017_enterprise_exit/breakfaith": (4_388, 4_372, 16, 0),
}
"""Table -> rows, accepted, quarantined, hits under review."""

Results = dict[str, tuple[str, IntakeResult]]


@pytest.fixture(scope="module")
def root() -> Path:
    return Path(os.environ["XINQIAO_DATA"])


@pytest.fixture(scope="module")
def results(root: Path) -> Results:
    return {table: (mapping, judged(root, table, mapping)) for table, mapping in tables()}


def test_counts_are_as_written(results: Results) -> None:
    found = {
        table.removeprefix("beijing_open_records/"): (
            result.rows, result.accepted, result.quarantined, sum(result.reviewed.values()),
        )
        for table, (_, result) in results.items()
    }  # fmt: skip
    assert found == COUNTS


def test_the_page_is_up_to_date(results: Results) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(results)


def test_more_than_one_row_in_twenty_falls_only_for_a_written_reason(results: Results) -> None:
    many = {m for m, result in results.values() if result.quarantined > result.rows / 20}
    assert many == set(REASONS)


def test_no_table_would_be_taken_for_big5(root: Path) -> None:
    """Whole tables as GB18030, and single lines of them: a small file must not look like Big5 either."""
    for table, _ in tables():
        with duckdb.connect() as connection:
            found = connection.execute(
                "SELECT * FROM read_parquet(?) LIMIT 3000", [str(root / f"{table}.parquet")]
            )
            header = [column[0] for column in found.description or ()]
            rows = [",".join(str(cell) for cell in row) for row in found.fetchall()]
        lines = [",".join(header), *rows]
        assert not is_big5("\n".join(lines).encode("gb18030")), table
        assert [line for line in lines if is_big5(line.encode("gb18030"))] == [], table


def test_all_bureaux_together_in_one_lake(root: Path, results: Results, tmp_path: Path) -> None:
    """Committed, nothing is lost; each row is one record, one line of quarantine or equal to a record."""
    workspace = Workspace(tmp_path / "ws")
    taken: dict[str, int] = {}
    for table, (mapping, judged_before) in results.items():
        if not table.startswith("beijing_open_records/"):
            continue
        path = root / f"{table}.parquet"
        result = intake_file(
            path, None, workspace, mapping=FOLDER / f"{mapping}.yaml", received_on=DAY
        )
        told = result.accepted + result.quarantined + result.unchanged + result.deleted
        assert told == result.rows == judged_before.rows
        assert result.quarantined == judged_before.quarantined
        assert dict(result.by_rule) == dict(judged_before.by_rule)
        taken[result.contract] = taken.get(result.contract, 0) + result.accepted
        again = intake_file(
            path, None, workspace, mapping=FOLDER / f"{mapping}.yaml", received_on=DAY
        )
        assert again.repeated
    lake = Lake(workspace.lake_dir)
    assert len(set(zip(*_lines(lake), strict=True))) == sum(
        result.quarantined for table, (_, result) in results.items() if "beijing" in table
    )
    with duckdb.connect() as connection:
        for contract, accepted in taken.items():
            sql = f"SELECT count(*), count(DISTINCT subject_id) FROM {lake.latest_sql(contract)}"
            records, subjects = connection.sql(sql).fetchall()[0]
            assert records == accepted
            assert subjects > 0


def _lines(lake: Lake) -> tuple[list[str], list[int]]:
    told = lake.quarantine()
    return told.column("batch").to_pylist(), told.column("line").to_pylist()

"""Rows that break a rule block the acceptance until they are waived, corrected or healed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from data_contracts.acceptance.measure import measure
from data_contracts.intake.engine import intake_file
from data_contracts.intake.lake import Lake
from data_contracts.platform.waiver import Waiver
from data_contracts.workspace import Workspace
from tests.data_contracts.acceptance.judged import (
    FEBRUARY,
    JANUARY,
    LATE_CARD,
    MARCH,
    ONCE_LATE,
    judged,
    one,
    told,
)
from tests.data_contracts.acceptance.lakes import (
    INSTITUTION,
    ON,
    Record,
    accounts,
    batch,
    borrower,
    fill,
    first_guarantors,
    firsts,
    month_of,
    own_counts,
)


@pytest.fixture
def records() -> list[Record]:
    return accounts()


def waive(lake: Lake, key: str, *, on: date, until: date | None = None, serial: str = "1") -> None:
    row = {
        "contract": "credit_month", "rule_id": "DR-06", "record_key": key,
        "subject_id": f"INST-{INSTITUTION}", "institution_code": INSTITUTION, "reason": "属实",
        "waived_by": "赵六", "waived_on": on, "valid_until": until,
    }  # fmt: skip
    table = pa.Table.from_pylist([row], schema=Waiver.arrow_schema())
    table = table.append_column("_known", pa.array([on])).append_column("_line", pa.array([1]))
    lake.commit({"waiver": table}, serial * 64, received_on=on)


def test_an_open_hit_blocks_and_a_waived_one_does_not(
    tmp_path: Path, records: list[Record]
) -> None:
    hit = one(records, LATE_CARD, MARCH)
    hit["five_class"] = "2"
    lake, own = fill(tmp_path, records), own_counts(records)
    found = judged(tmp_path, lake, own)
    assert (found.result, told(found)) == ("NOT_ACCEPTED", [("DR-06:credit_month", "blocks")])
    key = f"{INSTITUTION}|2|{LATE_CARD}|{hit['bill_on']}"
    waive(lake, key, on=date(2024, 4, 21))  # after the judgement
    assert judged(tmp_path, lake, own).result == "NOT_ACCEPTED"
    waive(lake, key, on=date(2024, 4, 12), until=date(2024, 4, 19), serial="2")  # ended before it
    assert judged(tmp_path, lake, own).result == "NOT_ACCEPTED"
    waive(lake, key, on=date(2024, 4, 9), until=ON, serial="3")  # before the record reached us
    assert judged(tmp_path, lake, own).result == "NOT_ACCEPTED"
    waive(lake, key, on=date(2024, 4, 12), until=ON, serial="4")
    assert (judged(tmp_path, lake, own).result, judged(tmp_path, lake, own).findings) == (
        "ACCEPTED",
        (),
    )
    figures = measure(lake, INSTITUTION, own=None, on=ON)
    assert [(h.rule_id, h.hits, h.waived, h.open) for h in figures.hits] == [("DR-06", 1, 1, 0)]
    assert [(w.rule_id, w.count, w.by) for w in figures.waivers] == [("DR-06", 1, "赵六")]


def test_what_only_the_intake_saw_blocks_until_a_later_version(
    tmp_path: Path, records: list[Record]
) -> None:
    lake, own = fill(tmp_path, records), own_counts(records)
    changed = [borrower(firsts(records)[0], employer="乙")]
    batch(lake, "borrower", changed, JANUARY, serial="2", reviewed=[(2, "PUB-212")])
    assert told(judged(tmp_path, lake, own)) == [("PUB-212:borrower", "blocks")]
    batch(lake, "borrower", [dict(changed[0], employer="丙")], JANUARY, serial="3")
    assert judged(tmp_path, lake, own).result == "ACCEPTED"


def test_a_correction_of_the_month_before_heals_the_hit_between_months(
    tmp_path: Path, records: list[Record]
) -> None:
    good = [dict(r) for r in records]
    wrong = one(records, ONCE_LATE, FEBRUARY)
    status = wrong["status_24"]
    wrong["status_24"] = status[:-8] + "*" + status[-7:]
    lake, own = fill(tmp_path, records), own_counts(records)
    found = judged(tmp_path, lake, own)
    assert ("XM-01:credit_month", "blocks") in told(found)
    batch(lake, "credit_month", [r for r in good if month_of(r["bill_on"]) == FEBRUARY], FEBRUARY)
    healed = judged(tmp_path, lake, own)
    assert (healed.result, healed.findings) == ("ACCEPTED", ())


def test_a_guarantor_with_a_placeholder_through_the_intake(
    tmp_path: Path, records: list[Record]
) -> None:
    workspace = Workspace(tmp_path)
    lake = fill(workspace.root, records)
    first = first_guarantors(records)[0]
    path = tmp_path / "guarantors.csv"
    path.write_text(
        "institution_code,business,account_no,reported_on,guarantor_no,subject_id,name_masked,id_kind,"
        f"id_no_hmac\n{INSTITUTION},{first['business']},{first['account_no']},{first['reported_on']},2,"
        f"PID-{'e' * 32},某某,0,暂缺\n",
        encoding="utf-8",
    )
    result = intake_file(
        path, "guarantor", workspace, supplier=INSTITUTION, period="2024-01", serial="2",
        public_source="invented", received_on=date(2024, 2, 12),
    )  # fmt: skip
    assert result.quarantined == 1
    found = judged(tmp_path, lake, own_counts(records))
    assert (found.result, told(found)) == ("NOT_ACCEPTED", [("BI-04", "blocks")])


def test_a_guarantor_without_a_number_in_the_lake(tmp_path: Path, records: list[Record]) -> None:
    rows = first_guarantors(records)
    rows[0]["id_no_hmac"] = None
    found = judged(tmp_path, fill(tmp_path, records, guarantors=rows), own_counts(records))
    assert told(found) == [("BI-04", "blocks")]

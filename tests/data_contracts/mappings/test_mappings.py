"""Every shipped mapping on invented rows under the suppliers' own headers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import data_contracts
from data_contracts import identifiers
from data_contracts.catalogue import contract
from data_contracts.intake.engine import IntakeResult, intake_file
from data_contracts.intake.lake import Lake
from data_contracts.intake.mapping.model import load_mapping
from data_contracts.sealing import SealKey
from data_contracts.workspace import Workspace
from tests.data_contracts.mappings import case, lists, others, penalties
from tests.data_contracts.mappings.case import RECEIVED, Case

FOLDER = Path(data_contracts.__file__).parent / "mappings"
CASES = (*lists.CASES, *penalties.CASES, *others.CASES)

Write = Callable[..., Path]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


def taken(one: Case, write_csv: Write, workspace: Workspace) -> IntakeResult:
    path = write_csv(one.dicts, f"{one.mapping}.csv")
    mapping = FOLDER / f"{one.mapping}.yaml"
    return intake_file(path, None, workspace, mapping=mapping, received_on=RECEIVED)


def latest(workspace: Workspace, name: str) -> dict[int, dict[str, Any]]:
    sql = Lake(workspace.lake_dir).latest_sql(name)
    with duckdb.connect() as connection:
        rows = connection.sql(f"SELECT * FROM {sql}").to_arrow_table().to_pylist()
    return {row["_line"]: row for row in rows}


def test_every_mapping_has_a_case_and_every_case_a_mapping() -> None:
    assert sorted(one.mapping for one in CASES) == sorted(p.stem for p in FOLDER.glob("*.yaml"))


def test_the_invented_numbers_are_what_they_are_meant_to_be() -> None:
    for code in (case.FIRM, case.WORKS, case.COOPERATIVE, case.INSTITUTE):
        assert identifiers.check("uscc", code).ok
    assert identifiers.check("organisation_code", case.ORGANISATION).ok
    assert identifiers.check("registration_no", case.REGISTRATION).ok
    assert not identifiers.check("uscc", case.BROKEN).ok


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.mapping)
def test_invented_rows_are_judged_as_meant(
    one: Case, write_csv: Write, workspace: Workspace
) -> None:
    result = taken(one, write_csv, workspace)
    assert (result.rows, result.accepted) == (len(one.rows), len(one.subjects))
    assert result.accepted + result.quarantined == result.rows
    assert dict(result.by_rule) == dict(one.by_rule)
    assert dict(result.reviewed) == dict(one.reviewed)
    assert result.quarantined > 0, "each case shows a row that does not pass"
    records = latest(workspace, result.contract)
    found = {line: record["subject_id"] for line, record in records.items()}
    key = SealKey.of(workspace)
    sealed = {"PID-": f"PID-{key.hmac(case.RESIDENT)}"}
    assert found == {line: sealed.get(who, who) for line, who in one.subjects.items()}
    assert {(line, item): records[line][item] for line, item in one.values} == one.values
    assert {record["_known"] for record in records.values()} == {RECEIVED}
    told = Lake(workspace.lake_dir).quarantine().to_pylist()
    assert {row["line"] for row in told} == set(range(2, len(one.rows) + 2)) - set(one.subjects)
    assert {row["column"] for row in told} <= {*one.header, ""}, "the supplier's own columns"
    assert {row["rule_id"] for row in told} == set(one.by_rule)


def test_a_resident_number_is_nowhere_in_the_lake(write_csv: Write, workspace: Workspace) -> None:
    one = next(c for c in CASES if c.mapping == "tax_penalties")
    taken(one, write_csv, workspace)
    record = latest(workspace, "penalty")[3]
    assert case.RESIDENT not in str(record)
    assert record["subject_code"] == "110***********002X"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_mapping_says_who_published_what(path: Path) -> None:
    mapping = load_mapping(path)
    assert mapping.name == path.stem
    assert all((mapping.title_zh, mapping.title_en, mapping.supplier, mapping.public_source))
    titles = {column.name for column in contract(mapping.contract).columns()}
    assert set(mapping.items) <= titles
    assert path.read_text(encoding="utf-8").startswith("# "), "says what is odd about the table"


NEW_TABLE = """
contract: wage_arrears
supplier: {code: BJ-RSJ, name_zh: 某区人社局, name_en: A labour bureau}
public_source: 某区政府网站
header_row: 3
columns: {name: [单位名称（盖章）, 用人单位], code: [信用代码/税号]}
null_words: [——, 不详]
items:
  subject_id: {subject: {uscc: code, taxpayer_no: code, name: name}}
  subject_name: name
  subject_code: code
  listed_on: {column: 列入日期, dates: [YYYY.M.D, D/M/YYYY, excel]}
  entry_no: {row_key: [name, 涉及工程, 拖欠金额]}
  amount_cents: {column: 拖欠金额, unit: 万元}
  people: {column: 人数, pattern: "^约?([0-9]+)人?$"}
  project: {split: 涉及工程, by: "：", part: -1}
  cleared_on: {column: 移出日期, dates: [YYYY.M.D], open_ended: [长期, 至今]}
filter:
  - {column: 序号, matches: "^(合计|小计|填表人.*)$"}
  - {header: true}
"""

NEW_ROWS = f"""拖欠农民工工资名单
单位：万元
序号;单位名称（盖章）;信用代码/税号;涉及工程;拖欠金额;人数;列入日期;移出日期
1;甲建筑有限公司;{case.FIRM};项目：一号楼;3.6;约12人;2024.5.6;长期
2;乙劳务（北京） 有限公司;——;项目：二号楼;壹拾万元;８人;6/5/2024;2024.6.1
3;丙劳务有限公司;{case.BROKEN};三号楼;1,200元;不详;45418;至今
序号;单位名称（盖章）;信用代码/税号;涉及工程;拖欠金额;人数;列入日期;移出日期
4;丁劳务有限公司;不详;四号楼;若干;2;2024.5.6;至今
合计;;;;14.8;;;
"""


def test_a_table_nobody_mapped_before_takes_one_file(tmp_path: Path, workspace: Workspace) -> None:
    """Title lines, semicolons, GB18030, a repeated header, three forms of dates: one YAML, no code."""
    mapping, path = tmp_path / "labour.yaml", tmp_path / "名单.csv"
    mapping.write_text(NEW_TABLE, encoding="utf-8")
    path.write_text(NEW_ROWS, encoding="gb18030")
    result = intake_file(path, "wage_arrears", workspace, mapping=mapping, received_on=RECEIVED)
    assert (result.rows, result.accepted, result.quarantined) == (6, 3, 3)
    assert result.by_rule == {"labour.filter": 2, "labour.amount_cents.form": 1}
    assert result.reviewed == {"wage_arrears.subject_code.organisation_no": 1}
    one, two, three = (record for _, record in sorted(latest(workspace, "wage_arrears").items()))
    assert one["subject_id"] == f"USCC-{case.FIRM}"
    assert two["subject_id"] == case.name("乙劳务(北京)有限公司")
    assert three["subject_id"] == f"TAX-{case.BROKEN}"
    assert [r["amount_cents"] for r in (one, two, three)] == [3_600_000, 10_000_000, 120_000]
    assert [r["people"] for r in (one, two, three)] == [12, 8, None]
    assert [r["project"] for r in (one, two, three)] == ["一号楼", "二号楼", "三号楼"]
    assert [r["listed_on"] for r in (one, two, three)] == [
        date(2024, 5, 6), date(2024, 5, 6), date(2024, 5, 6),
    ]  # fmt: skip
    assert [r["cleared_on"] for r in (one, two, three)] == [None, date(2024, 6, 1), None]

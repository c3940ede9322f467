"""Intake of mapped files: nobody programs, nothing is lost, a fixed file clears its quarantine."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.engine import IntakeResult, intake_file
from data_contracts.intake.feedback import HEADER, write_feedback
from data_contracts.intake.lake import Lake
from data_contracts.intake.mapping.subject import name_subject
from data_contracts.sealing import SealKey
from data_contracts.workspace import Workspace

USCC, OTHER = "91110000600037341L", "914403001922038216"
RESIDENT = "11010519491231002X"
DAY = date(2024, 6, 1)

MAPPING = """
contract: penalty
supplier: {code: BJ-TEST, name_zh: 某局, name_en: A bureau}
public_source: 公开网站
known: received
items:
  subject_id: {subject: {uscc: 信用代码, taxpayer_no: 纳税人识别号, name: 名称}}
  subject_name: 名称
  subject_code: {first_of: [信用代码, 纳税人识别号]}
  penalty_no: 文号
  authority: {const: 某局}
  decided_on: {column: 日期, dates: [YYYY-MM-DD, YYYY年M月D日, excel]}
  ends_on: {column: 有效期, dates: [YYYY/M/D], open_ended: ["2099/12/31"]}
  theme: {const: tax}
  kind: {column: 类别, codes: {罚款: fine, 警告: warning}}
  fine_cents: {first_of: [{column: 金额, unit: 万元}, {column: 结果, pattern: "罚款([^元]+元)", otherwise: "null"}]}
  repaired: {column: 修复, yes: [已修复], no: [未修复]}
filter:
  - {column: 名称, matches: "^(合计|小计)"}
  - {header: true}
"""

ROW = {
    "名称": "北京甲（集团）有限公司", "信用代码": USCC, "纳税人识别号": "/", "文号": "1号",
    "日期": "2024-05-06", "有效期": "2099/12/31", "类别": "罚款", "金额": "0.36", "结果": "罚款3600元",
    "修复": "未修复",
}  # fmt: skip

Write = Callable[..., Path]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "bureau.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def row(**changes: Any) -> dict[str, Any]:
    return {**ROW, **changes}


def quarantine(workspace: Workspace) -> set[tuple[Any, ...]]:
    found = Lake(workspace.lake_dir).quarantine().to_pylist()
    return {(r["line"], r["rule_id"], r["column"], r["value"]) for r in found}


def latest(workspace: Workspace, contract: str = "penalty") -> list[dict[str, Any]]:
    import duckdb

    lake = Lake(workspace.lake_dir)
    with duckdb.connect() as connection:
        sql = f"SELECT * FROM {lake.latest_sql(contract)} ORDER BY _line"
        return connection.sql(sql).to_arrow_table().to_pylist()


def counts(result: IntakeResult) -> tuple[int, ...]:
    return (
        result.rows, result.accepted, result.quarantined, result.unchanged, result.deleted,
        result.rekeyed,
    )  # fmt: skip


def test_a_table_nobody_mapped_before_is_mapped_by_one_file(
    workspace: Workspace, mapping: Path, write_csv: Write
) -> None:
    path = write_csv(
        [
            row(),
            row(信用代码="", 文号="2号", 日期="2024年5月7日", 金额="", 结果="处罚款贰万元"),
            row(信用代码="", 纳税人识别号="110106746126857", 文号="3号", 日期="45271", 修复="-"),
            row(名称="合计", 信用代码="", 文号=""),
            row(**{name: name for name in ROW}),
            row(文号="4号", 类别="拘留", 日期="2024/5/6"),
            row(文号="5号", 金额="", 结果="警告", 有效期="2024/1/1"),
        ]
    )
    result = intake_file(path, "penalty", workspace, mapping=mapping, received_on=DAY)
    assert counts(result) == (7, 4, 3, 0, 0, 0)
    assert result.by_rule == {
        "bureau.filter": 2, "bureau.decided_on.form": 1, "bureau.kind.form": 1,
    }  # fmt: skip
    assert result.reviewed == {"penalty.subject_code.organisation_no": 1, "penalty.order": 1}
    assert quarantine(workspace) == {
        (5, "bureau.filter", "名称", "合计"),
        (6, "bureau.filter", "名称", "名称"),
        (7, "bureau.decided_on.form", "日期", "2024/5/6"),
        (7, "bureau.kind.form", "类别", "拘留"),
    }
    one, two, three, four = latest(workspace)
    assert one["subject_id"] == f"USCC-{USCC}"
    assert (one["fine_cents"], one["ends_on"], one["repaired"]) == (360_000, None, False)
    assert (one["_known"], one["_event"], one["theme"]) == (DAY, date(2024, 5, 6), "tax")
    assert two["subject_id"] == name_subject("北京甲(集团) 有限公司")
    assert (two["decided_on"], two["fine_cents"]) == (date(2024, 5, 7), 2_000_000)
    assert three["subject_id"] == "ORG-746126857"
    assert (three["decided_on"], three["repaired"]) == (date(2023, 12, 11), None)
    assert four["fine_cents"] is None
    reviews = Lake(workspace.lake_dir).reviews().to_pylist()
    assert {(r["contract"], r["line"], r["rule_id"], r["column"]) for r in reviews} == {
        ("penalty", 4, "penalty.subject_code.organisation_no", "subject_code"),
        ("penalty", 8, "penalty.order", "decided_on"),
    }


def test_the_same_file_again_changes_no_byte(
    workspace: Workspace, mapping: Path, write_csv: Write, tree_digest: Callable[..., Any]
) -> None:
    path = write_csv([row(), row(文号="2号", 日期="x")])
    first = intake_file(path, None, workspace, mapping=mapping)
    before = tree_digest(workspace.root)
    again = intake_file(path, None, workspace, mapping=mapping)
    assert tree_digest(workspace.root) == before
    assert again.repeated
    assert (counts(again), again.by_rule) == (counts(first), first.by_rule)


def test_a_fixed_batch_clears_its_quarantine(
    workspace: Workspace, mapping: Path, write_csv: Write, tmp_path: Path
) -> None:
    bad = write_csv([row(), row(文号="2号", 日期="@x"), row(文号="3号")], "a.csv")
    first = intake_file(bad, None, workspace, mapping=mapping, period="2024-05", serial="1")
    assert counts(first)[:3] == (3, 2, 1)
    lake = Lake(workspace.lake_dir)
    path = write_feedback(lake, first.batch, tmp_path / "out")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    header, only = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert tuple(header) == HEADER
    assert only[:5] == ["隔离 quarantined", "3", "日期", "'@x", "bureau.decided_on.form"]
    assert "日期" in only[5]
    assert only[8].startswith("forms that are read: YYYY-MM-DD")
    fixed = write_csv([row(), row(文号="2号")], "b.csv")
    second = intake_file(fixed, None, workspace, mapping=mapping, period="2024-05", serial="1")
    assert counts(second) == (2, 1, 0, 1, 0, 0)
    assert second.supersedes == first.batch
    assert quarantine(workspace) == set()
    assert [r["penalty_no"] for r in latest(workspace)] == ["1号", "2号"]  # 3号 was withdrawn
    back = intake_file(bad, None, workspace, mapping=mapping, period="2024-05", serial="1")
    assert not back.repeated
    assert back.supersedes == second.batch
    assert len(quarantine(workspace)) == 1


def test_what_stands_under_review_is_told_in_the_suppliers_own_columns(
    workspace: Workspace, mapping: Path, write_csv: Write, tmp_path: Path
) -> None:
    path = write_csv([row(), row(信用代码="", 纳税人识别号="110105675090462", 文号="2号")])
    result = intake_file(path, None, workspace, mapping=mapping)
    told = write_feedback(Lake(workspace.lake_dir), result.batch, tmp_path / "out.csv")
    _, only = list(csv.reader(told.read_text(encoding="utf-8-sig").splitlines()))
    assert only[:5] == [
        "待核 under review", "3", "信用代码", "110105675090462", "penalty.subject_code.organisation_no",
    ]  # fmt: skip


def test_repeated_and_contradicting_rows(
    workspace: Workspace, mapping: Path, write_csv: Write
) -> None:
    path = write_csv([row(), row(), row(文号="2号"), row(文号="2号", 金额="5")])
    result = intake_file(path, None, workspace, mapping=mapping)
    assert counts(result) == (4, 1, 3, 0, 0, 0)
    assert result.by_rule == {"bureau.key.unique": 3}


def test_deletions_by_message_and_by_row(
    workspace: Workspace, mapping: Path, write_csv: Write, tmp_path: Path
) -> None:
    rows = [row(), row(文号="2号"), row(文号="3号")]
    intake_file(write_csv(rows, "a.csv"), None, workspace, mapping=mapping, received_on=DAY)
    deleting = tmp_path / "deleting.yaml"
    deleting.write_text(
        "contract: penalty\nmessage: delete\nitems:\n  subject_id: {subject: {uscc: 信用代码}}\n"
        "  penalty_no: 文号\n  authority: {const: 某局}\n",
        encoding="utf-8",
    )
    path = write_csv([{"信用代码": USCC, "文号": n} for n in ("1号", "9号", "")], "d.csv")
    result = intake_file(path, "penalty", workspace, mapping=deleting, received_on=DAY)
    assert counts(result) == (3, 0, 2, 0, 1, 0)
    assert result.by_rule == {"penalty.penalty_no.required": 1, "deleting.delete.unknown": 1}
    assert [r["penalty_no"] for r in latest(workspace)] == ["2号", "3号"]
    acting = tmp_path / "acting.yaml"
    acting.write_text(MAPPING + "action: {column: 操作, delete: [删除]}\n", encoding="utf-8")
    mixed = write_csv(
        [{**row(文号="4号"), "操作": "新增"}, {**row(文号="2号", 类别="?"), "操作": "删除"}],
        "m.csv",
    )
    result = intake_file(mixed, None, workspace, mapping=acting, received_on=DAY)
    assert counts(result) == (2, 1, 0, 0, 1, 0)
    assert sorted(r["penalty_no"] for r in latest(workspace)) == ["3号", "4号"]


def test_a_changed_key_is_honoured(
    workspace: Workspace, mapping: Path, write_csv: Write, tmp_path: Path
) -> None:
    intake_file(write_csv([row(), row(文号="2号")], "a.csv"), None, workspace, mapping=mapping)
    moving = tmp_path / "moving.yaml"
    moving.write_text(
        "contract: penalty\nmessage: rekey\nitems:\n  authority: {const: 某局}\n"
        "rekey:\n  old: {penalty_no: 旧文号}\n  new: {penalty_no: 新文号}\n",
        encoding="utf-8",
    )
    path = write_csv(
        [{"旧文号": "1号", "新文号": "一号"}, {"旧文号": "7号", "新文号": "八号"}], "k.csv"
    )
    result = intake_file(path, None, workspace, mapping=moving)
    assert counts(result) == (2, 0, 1, 0, 0, 1)
    assert result.by_rule == {"moving.rekey.unknown": 1}
    assert sorted(r["penalty_no"] for r in latest(workspace)) == ["2号", "一号"]


def test_the_contracts_own_form_needs_no_mapping(workspace: Workspace, tmp_path: Path) -> None:
    """Texts or Parquet types make the same records; a wrong value falls, a missing item is named."""
    rows = [
        {"subject_id": f"USCC-{USCC}", "penalty_no": str(n), "authority": "某局",
         "decided_on": date(2024, 5, n), "fine_cents": 100 * n} for n in (1, 2, 3)
    ]  # fmt: skip
    typed = pa.Table.from_pylist(rows)
    wrong = typed.set_column(4, "fine_cents", pa.array([100, -5, 300]))
    pq.write_table(wrong, tmp_path / "typed.parquet")
    stored = []
    for name in ("typed.parquet", "text.csv"):
        path = tmp_path / name
        if name == "text.csv":
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]))
                writer.writeheader()
                writer.writerows(wrong.to_pylist())
        place = Workspace(workspace.root / name)
        result = intake_file(path, "penalty", place, public_source="x", received_on=DAY)
        assert (counts(result)[:3], result.by_rule) == ((3, 2, 1), {"penalty.fine_cents.ge": 1})
        (fallen,) = quarantine(place)
        assert fallen[1:] == ("penalty.fine_cents.ge", "fine_cents", "-5")
        stored.append(
            [{k: v for k, v in r.items() if k not in ("_batch", "_line")} for r in latest(place)]
        )
    assert stored[0] == stored[1]
    pq.write_table(typed.drop(["authority"]), tmp_path / "less.parquet")
    with pytest.raises(ContractsError, match="column authority"):
        intake_file(tmp_path / "less.parquet", "penalty", workspace)
    pq.write_table(typed.append_column("colour", pa.array(["x"] * 3)), tmp_path / "more.parquet")
    with pytest.raises(ContractsError, match="column colour"):
        intake_file(tmp_path / "more.parquet", "penalty", workspace)


def test_personal_values_never_stand_in_clear(
    workspace: Workspace, mapping: Path, write_csv: Write
) -> None:
    """A taxpayer number of a person holds the resident id; remarks may tell one."""
    number = RESIDENT + "01"
    path = write_csv(
        [
            row(信用代码="", 纳税人识别号=number, 文号="1号"),
            row(信用代码="", 纳税人识别号=number, 文号="2号", 日期=f"身份证{RESIDENT}"),
            row(信用代码="", 纳税人识别号=number, 文号=""),
            row(名称=f"个体户（{RESIDENT}）", 文号="3号"),
        ]
    )
    result = intake_file(path, None, workspace, mapping=mapping)
    assert counts(result)[:3] == (4, 2, 2)
    only, named = latest(workspace)
    assert named["subject_name"] == "个体户（110***********002X）"
    key = SealKey.of(workspace)
    assert only["subject_id"] == f"PID-{key.hmac(RESIDENT)}"
    assert RESIDENT not in str(only)
    assert RESIDENT not in str(quarantine(workspace))
    everything = b"".join(p.read_bytes() for p in workspace.root.rglob("*") if p.is_file())
    assert RESIDENT.encode() not in everything


def test_persons_are_named_by_a_keyed_seal(
    workspace: Workspace, write_csv: Write, tmp_path: Path
) -> None:
    mapping = tmp_path / "people.yaml"
    mapping.write_text(
        "contract: person\npublic_source: x\nitems:\n"
        "  subject_id: {person: {resident_id: 身份证号}}\n  sex: {column: 性别, codes: {男: male, 女: female}}\n"
        "  age: 年龄\n  observed_on: {day: period_end}\n",
        encoding="utf-8",
    )
    path = write_csv(
        [
            {"身份证号": RESIDENT, "性别": "女", "年龄": "74"},
            {"身份证号": "110105194912310021", "性别": "女", "年龄": "74"},
            {"身份证号": RESIDENT, "性别": "女", "年龄": "740"},
        ]
    )
    with pytest.raises(ContractsError, match="no period is stated"):
        intake_file(path, "person", workspace, mapping=mapping)
    result = intake_file(path, "person", workspace, mapping=mapping, supplier="S", period="2024-02")
    assert result.accepted + result.quarantined == 3
    key = SealKey.of(workspace)
    found = {(r[1], r[2], r[3]) for r in quarantine(workspace)}
    seal = key.hmac("110105194912310021")
    assert ("people.subject_id.form", "身份证号", f"110***********0021 #{seal}") in found
    assert ("person.age.le", "年龄", f"*** #{key.hmac('740')}") in found


def test_a_dry_run_leaves_nothing(workspace: Workspace, mapping: Path, write_csv: Write) -> None:
    path = write_csv([row(), row(文号="2号", 日期="x")])
    result = intake_file(path, None, workspace, mapping=mapping, dry_run=True)
    assert counts(result) == (2, 1, 1, 0, 0, 0)
    assert result.dry_run
    assert not workspace.root.exists()


def test_what_cannot_be_taken_in_is_named(
    workspace: Workspace, mapping: Path, write_csv: Write
) -> None:
    path = write_csv([row()])
    with pytest.raises(ContractsError, match="not for licence") as caught:
        intake_file(path, "licence", workspace, mapping=mapping)
    assert caught.value.file == str(mapping)
    with pytest.raises(ContractsError, match="no contract 'tax'"):
        intake_file(path, "tax", workspace)
    with pytest.raises(ContractsError, match="nothing says what"):
        intake_file(path, None, workspace)
    less = {("处罚文号" if k == "文号" else k): v for k, v in row().items()}
    with pytest.raises(ContractsError, match="did you mean 处罚文号") as caught:
        intake_file(write_csv([less], "less.csv"), None, workspace, mapping=mapping)
    assert (caught.value.column, caught.value.file) == ("文号", str(path.with_name("less.csv")))
    with pytest.raises(ContractsError, match="no period"):
        intake_file(path, None, workspace, mapping=mapping, period="soon")
    assert not workspace.root.exists()

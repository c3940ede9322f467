"""Precision and recall, by hand and on a simulated city."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from typer.testing import CliRunner

from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.intake.engine import intake_file
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.identity.cli import app
from features.identity.evidence import read_evidence
from features.identity.exact import Index
from features.identity.frequencies import frequencies
from features.identity.measure import (
    bands,
    hidden_codes,
    proposals,
    read_truth,
    wilson,
    with_aliases,
)
from tests.features.identity.firms import DAY, NOW, firm, lake_with, listed, unified
from tests.features.lakes import lake_of


def test_wilson_by_hand() -> None:
    # 8 of 10: (0.8 + 1.9207/10 ± 1.96 sqrt(0.016 + 3.8415/400)) / 1.38415
    assert [round(x, 3) for x in wilson(8, 10)] == [0.8, 0.49, 0.943]
    assert wilson(0, 0)[1:] == (0.0, 1.0)


def test_bands_by_hand() -> None:
    truth = {"a": "X", "b": "Y", "c": "Z"}
    found = bands(
        [("a", "X", 0.99), ("b", "Z", 0.97), ("d", "X", 0.95), ("c", "Z", 0.5)], truth, (0.9, 0.5)
    )
    assert [(b.low, b.proposed, b.right) for b in found] == [(0.9, 3, 1), (0.5, 1, 1)]
    assert [round(b.precision[0], 3) for b in found] == [0.333, 1.0]
    assert [round(b.recall[0], 3) for b in found] == [0.333, 0.667]


def test_aliases_of_a_city_lead_back_to_its_firms(tmp_path: Path) -> None:
    lake = lake_with(
        tmp_path,
        [firm(1, "信桥山丰嘉电子（模拟）有限公司"), firm(2, "信桥甲乙丙餐饮（模拟）经营部")],
        [],
    )
    rows = [
        {
            "subject_id": f"USCC-{unified(1)}",
            "alias": "NAME-x",
            "written": "信桥山丰嘉电子（模拟） 有限 公司",
        },
        {
            "subject_id": f"USCC-{unified(1)}",
            "alias": "NAME-y",
            "written": "信桥山丰嘉电子（模拟）公司",
        },
        {
            "subject_id": f"USCC-{unified(2)}",
            "alias": f"ORG-{unified(2)[8:17]}",
            "written": unified(2)[8:17],
        },
    ]
    index, truth = with_aliases(Index.of(read_evidence(lake)), rows, DAY)
    found = bands(proposals(index), truth, (0.15,))
    assert (found[0].proposed, found[0].right, len(truth)) == (3, 3, 3)


def test_hidden_codes_leave_nothing_of_an_enterprise_but_its_other_name(tmp_path: Path) -> None:
    code = unified(1)
    lake = lake_with(
        tmp_path,
        [firm(1, "北京华信电子有限公司"), firm(2, "北京大地餐饮有限公司")],
        [listed("北京华信电子股份有限公司", code=code, subject=f"USCC-{code}")],
    )
    index = Index.of(read_evidence(lake))
    hidden, truth = hidden_codes(index, share=1.0)
    assert set(truth.values()) == {f"USCC-{code}"}
    assert f"USCC-{unified(2)}" not in hidden.names
    assert len(hidden.names[f"USCC-{code}"]) == 1
    measured = frequencies(index, pairs=2000)
    assert measured["brand"]["same"][::2] == (1.0, 1)
    assert measured["form"]["of companies"][0] == 1.0


def test_commands(tmp_path: Path) -> None:
    name = "北京华信电子有限公司"
    place = Workspace(tmp_path)
    lake_with(
        place.lake_dir, [firm(1, name), firm(2, name)], [listed(name), listed("北京某处商贸中心")]
    )
    runner, options = CliRunner(), ["-w", str(tmp_path)]
    feedback = tmp_path / "f.csv"
    done = runner.invoke(app, ["link", *options, "--as-of", str(NOW), "--feedback", str(feedback)])
    assert done.exit_code == 0, done.output
    assert "To be reviewed: 2" in done.output
    assert feedback.is_file()
    waiting = runner.invoke(app, ["review", *options])
    assert "(2)" in waiting.output
    subject = listed(name)["subject_id"]
    target = f"USCC-{unified(1)}"
    decide = ["review", *options, "--pair", subject, target, "--state", "confirmed"]
    assert "who made it" in runner.invoke(app, decide).stderr.replace("\n", " ")
    assert runner.invoke(app, [*decide, "--by", "王"]).exit_code == 0
    report = runner.invoke(app, ["report", *options, "--as-of", str(date(2999, 1, 1))])
    assert "confirmed" in report.output
    wrong = runner.invoke(app, ["link", *options, "--accept", "0.1", "--review", "0.5"])
    assert wrong.exit_code == 1
    assert "review <= accept" in wrong.stderr.replace("\n", " ")


def asked(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    return done.stderr.replace("\n", " ")


def test_every_command_explains_itself() -> None:
    listed = asked("--help")
    for name in ("link", "review", "report", "lookup", "applications", "measure", "lists"):
        assert name in listed
        assert f"xinqiao features identity {name}" in asked(name, "--help")


def test_a_lookup_and_its_refusals(tmp_path: Path) -> None:
    name = "北京华信电子有限公司"
    lake_with(Workspace(tmp_path).lake_dir, [firm(1, name)], [])
    options = ["-w", str(tmp_path), "--as-of", str(NOW)]
    assert "已关联" in asked("lookup", unified(1), *options)
    assert "No match" in asked("lookup", "北京无人知晓广告中心", *options)
    assert "natural persons" in refused("lookup", "张三丰", *options)
    assert "no day" in refused("lookup", name, "-w", str(tmp_path), "--as-of", "yesterday")


def test_repeated_applications_from_the_command_line(tmp_path: Path) -> None:
    applied = """
        application_no | subject_id | purpose | institution | applied_on
        A1             | USCC-1     | farming | L1          | 2024-01-01
        A2             | USCC-1     | farming | L2          | 2024-01-02
    """
    lake_of(Workspace(tmp_path).lake_dir, {"loan_application": applied})
    out = tmp_path / "r.csv"
    told = asked("applications", "-w", str(tmp_path), "--as-of", "2024-02-01", "--out", str(out))
    assert "A2 → A1" in told
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 3
    assert "holds nothing" in refused("applications", "-w", str(tmp_path), "--window", "0")
    assert "cannot write" in refused("applications", "-w", str(tmp_path), "--out", "/none/r.csv")


def test_measuring_refuses_what_is_no_truth_of_a_simulated_city(tmp_path: Path) -> None:
    bad, unlabelled, short = (tmp_path / f"{n}.parquet" for n in "abc")
    bad.write_bytes(b"no parquet")
    pq.write_table(pa.table({"subject_id": ["x"]}), unlabelled)
    label = {"simulated": "模拟 simulated"}
    pq.write_table(pa.table({"subject_id": ["x"]}).replace_schema_metadata(label), short)
    options = ["measure", "-w", str(tmp_path), "--truth"]
    assert "can not be read" in refused(*options, str(bad))
    assert "not labelled as simulated" in refused(*options, str(unlabelled))
    assert "lacks alias, written" in refused(*options, str(short))
    rows = {
        "subject_id": [f"USCC-{unified(1)}"],
        "alias": ["NAME-x"],
        "written": ["北京华信电子公司"],
    }
    pq.write_table(pa.table(rows).replace_schema_metadata(label), short)
    lake_with(Workspace(tmp_path).lake_dir, [firm(1, "北京华信电子有限公司")], [])
    assert "1 true pairs" in asked(*options, str(short))
    assert "holds no list" in refused("lists", str(tmp_path), "-w", str(tmp_path / "w"))


def test_a_simulated_city_is_linked_back(tmp_path: Path) -> None:
    """Codes lead back for certain, names that differ in form alone with a score that is reviewed."""
    folder = build_city(Settings(300, 7, 12), tmp_path / "city").folder
    place = Workspace(tmp_path / "w").create()
    file = folder / "simulated_registration.parquet"
    intake_file(file, "registration", place, supplier="simulated", public_source="simulated")
    rows = read_truth(folder / "truth" / "simulated_identities.parquet")
    index, truth = with_aliases(Index.of(read_evidence(Lake(place.lake_dir))), rows, DAY)
    sure, rest = bands(proposals(index), truth, (0.8, 0.15))
    assert sure.precision[0] == 1.0
    assert sure.recall[0] > 0.8
    assert rest.recall[0] > 0.99

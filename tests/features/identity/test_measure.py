"""Precision and recall, by hand and on a simulated city."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from data_contracts.workspace import Workspace
from features.identity import cli
from features.identity.evidence import read_evidence
from features.identity.exact import Index
from features.identity.frequencies import frequencies
from features.identity.measure import bands, hidden_codes, proposals, wilson, with_aliases
from tests.features.identity.firms import DAY, NOW, firm, lake_with, listed, unified


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


@pytest.fixture
def app() -> Typer:
    found = Typer()
    for command in (cli.link, cli.review, cli.report):
        found.command()(command)
    return found


def test_commands(tmp_path: Path, app: Typer) -> None:
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

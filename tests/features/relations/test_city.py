"""Relations of a simulated city, taken in as any supplier's files, beside the city's truth."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.intake.engine import intake_file
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.relations.cli import app
from features.relations.history import load_history
from tests.features.relations.truth import comparisons
from tests.features.relations.village import on

DAY = date(2021, 9, 30)
TAKEN = (
    "registration",
    "shareholder",
    "key_person",
    "guarantee",
    "credit_month",
    "client_risk_notice",
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Workspace]:
    folder = build_city(Settings(600, 7, 12), tmp_path_factory.mktemp("city") / "clean").folder
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    for name in TAKEN:
        path = folder / f"simulated_{name}.parquet"
        intake_file(path, name, workspace, supplier="simulated", public_source="simulated")
    return folder, workspace


def test_edges_groups_and_circles_are_the_citys_own(city: tuple[Path, Workspace]) -> None:
    folder, workspace = city
    history = load_history(Lake(workspace.lake_dir))
    compared = {
        what: (mine, true)
        for what, mine, true in comparisons(history, on(history, DAY), folder, DAY)
    }

    assert all(mine == true for mine, true in compared.values())
    assert sum(bool(true) for _, true in compared.values()) == len(compared) == 6


def test_groups_are_listed_and_written(city: tuple[Path, Workspace], tmp_path: Path) -> None:
    import pandas as pd

    out = tmp_path / "groups.parquet"
    told = CliRunner().invoke(
        app, ["groups", "-w", str(city[1].root), "--as-of", "2021-09-30", "--out", str(out)]
    )

    assert told.exit_code == 0, told.output
    written = pd.read_parquet(out)
    assert (written["firms"] >= 2).all()
    assert written["group_id"][0] in told.output
    assert written["balance_cents"].is_monotonic_decreasing


def test_one_subjects_group_is_drawn_as_text_and_picture(
    city: tuple[Path, Workspace], tmp_path: Path
) -> None:
    history = load_history(Lake(city[1].lake_dir))
    subject = history.ids[int(on(history, DAY).circle.max())].as_py()
    out = tmp_path / "group.svg"
    told = CliRunner().invoke(
        app,
        ["show", subject, "-w", str(city[1].root), "--as-of", "2021-09-30", "--picture", str(out)],
    )

    assert told.exit_code == 0, told.output
    for word in ("关联风险集团", subject, "guarantees", "担保圈", "模拟"):
        assert word in told.output.replace("\n", "")
    assert out.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["show", "USCC-X"], "no relation"),
        (["groups", "--kind", "friends"], "control, risk"),
        (["groups", "--as-of", "soon"], "YYYY-MM-DD"),
        (["show", "USCC-X", "-w", "/nowhere"], "no relations"),
    ],
)
def test_a_wrong_question_is_answered_in_one_sentence(
    city: tuple[Path, Workspace], arguments: list[str], word: str
) -> None:
    more = [] if "-w" in arguments else ["-w", str(city[1].root)]
    told = CliRunner().invoke(app, [*arguments, *more])

    assert told.exit_code == 1
    assert word in told.output.replace("\n", " ")
    assert "Traceback" not in told.output

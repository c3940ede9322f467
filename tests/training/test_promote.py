"""The life of versions in a real registry: refusals, the way to LIVE, rollback, suspension, fallback, retirement."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.training.conftest import Trained, report
from training.demonstrate import WAIVED, put_live
from training.errors import TrainingError
from training.evidence import gather
from training.promote import (
    attach_report,
    name_fallback,
    promote,
    rollback,
    run_in_shadow,
)
from training.registry import CHAMPION, FALLBACK, SHADOW, Registry, State, read_history
from training.registry_cli import app, promote_app
from training.run import train_portfolio

pytestmark = pytest.mark.xdist_group("training-run")

NAME = "enterprise-default"
WHO = {"by": "reviewer", "why": "annual review"}


def live(registry: Registry, number: int) -> None:
    """To LIVE by whatever way, as the demo does: what a version reached is no matter here."""
    registry.tag(registry.version(NAME, number), "chosen_on", "validation")
    attach_report(registry, NAME, number, report(registry, number))
    put_live(registry, NAME, number, reviewer="reviewer", why="first")


def test_the_way_to_live_and_what_is_written(
    registry: Registry, trained: Trained, tmp_path: Path
) -> None:
    number = trained.result.candidate
    promote(registry, NAME, number, State.TESTED, **WHO)
    with pytest.raises(TrainingError, match=r"G-09 .*没有 none, needed"):
        promote(registry, NAME, number, State.REVIEWED, **WHO)
    digest = attach_report(registry, NAME, number, report(registry, number))
    promote(registry, NAME, number, State.REVIEWED, **WHO)
    with pytest.raises(TrainingError, match="G-08"):
        promote(registry, NAME, number, State.LIVE, **WHO)
    assert registry.champion(NAME) is None
    before = registry.version(NAME, number)
    dry = promote(registry, NAME, number, State.LIVE, **WHO, pia_id="PIA-1", dry_run=True)
    assert all(v.passed for v in dry)
    assert registry.version(NAME, number) == before
    promote(registry, NAME, number, State.LIVE, **WHO, pia_id="PIA-1")
    assert registry.champion(NAME) == number
    version = registry.version(NAME, number)
    assert version.state == State.LIVE
    assert [(h["from"], h["to"], h["by"]) for h in version.history] == [
        ("DRAFT", "TESTED", "reviewer"),
        ("TESTED", "REVIEWED", "reviewer"),
        ("REVIEWED", "LIVE", "reviewer"),
    ]
    assert version.history[-1]["pia_id"] == "PIA-1"
    assert {g["gate"]: g["passed"] for g in version.history[-1]["gates"]}["G-09"] is True
    assert version.tags["validation_report_sha256"] == digest
    workspace = registry.tracking.workspace
    assert json.loads((workspace.registry_dir / "aliases.json").read_text()) == {
        NAME: {CHAMPION: number}
    }
    lines = read_history(workspace.registry_dir / f"{NAME}.jsonl")
    assert [line["to"] for line in lines] == ["TESTED", "REVIEWED", "LIVE"]
    place = ["--workspace", str(workspace.root)]
    told = CliRunner().invoke(app, ["history", NAME, *place]).stdout
    assert "REVIEWED → LIVE  reviewer: annual review" in told
    # An edit of the history shows.
    path = workspace.registry_dir / f"{NAME}.jsonl"
    path.write_text(path.read_text().replace("annual review", "no review", 1))
    with pytest.raises(TrainingError, match="line 2 does not follow"):
        read_history(path)


@pytest.mark.parametrize(
    ("state", "by", "why", "told"),
    [
        (State.LIVE, "reviewer", "x", "DRAFT and can not become LIVE"),
        (State.SUSPENDED, "reviewer", "x", "it may become TESTED, RETIRED"),
        (State.TESTED, " ", "x", "says who and why"),
        (State.TESTED, "reviewer", "", "says who and why"),
    ],
)
def test_what_is_not_allowed_is_refused_and_nothing_changes(
    state: State, by: str, why: str, told: str, registry: Registry, trained: Trained
) -> None:
    before = registry.versions(NAME)
    with pytest.raises(TrainingError, match=told):
        promote(registry, NAME, trained.result.candidate, state, by=by, why=why)
    assert registry.versions(NAME) == before
    assert not registry.tracking.workspace.registry_dir.exists()


def test_a_version_that_was_not_chosen_before_the_test_is_refused(
    registry: Registry, trained: Trained
) -> None:
    other = next(v.number for v in registry.versions(NAME) if v.number != trained.result.candidate)
    place = ["--workspace", str(registry.tracking.workspace.root)]
    asked = [NAME, str(other), "--to", "tested", "--by", "li", "--why", "x", *place]
    told = CliRunner().invoke(promote_app, asked)
    assert told.exit_code == 1
    assert "G-02 依据验证集选出" in told.stderr
    assert "Chosen on validation data" in told.stderr
    assert "not chosen, needed validation" in told.stderr
    assert registry.version(NAME, other).state == State.DRAFT


def test_a_model_of_another_schema_is_refused(registry: Registry, trained: Trained) -> None:
    version = registry.version(NAME, trained.result.candidate)
    of_cards = replace(version, tags={**version.tags, "view": "individual"})
    found, _ = gather(registry, of_cards, reviewer="r", pia_id="")
    assert not found.schema_now
    assert gather(registry, version, reviewer="r", pia_id="")[0].schema_now
    registry.tag(version, "view", "individual")
    with pytest.raises(TrainingError, match=r"G-10 .*changed since: train again"):
        promote(registry, NAME, version.number, State.TESTED, **WHO)


def test_rollback_and_suspension_and_retirement(registry: Registry) -> None:
    live(registry, 1)
    live(registry, 3)
    assert registry.version(NAME, 1).state == State.SUSPENDED
    assert rollback(registry, NAME, by="duty", why="alarm") == (3, 1)
    assert registry.champion(NAME) == 1
    assert registry.version(NAME, 3).state == State.SUSPENDED
    assert registry.version(NAME, 3).history[-1]["why"] == "rolled back: alarm"
    # Version 3 was taken out for a fault, so it does not come back by itself.
    with pytest.raises(TrainingError, match=r"No version .* was live before"):
        rollback(registry, NAME, by="duty", why="again")
    live_again = promote(registry, NAME, 3, State.LIVE, **WHO, pia_id="P", waived=WAIVED)
    assert {v.gate.id for v in live_again} >= {"G-01", "G-08"}
    assert registry.champion(NAME) == 3
    promote(registry, NAME, 3, State.RETIRED, by="duty", why="exit")
    assert registry.champion(NAME) == 1  # the stand-in, at once
    promote(registry, NAME, 1, State.SUSPENDED, by="duty", why="exit")
    assert registry.champion(NAME) is None
    told = json.loads((registry.tracking.workspace.registry_dir / "aliases.json").read_text())
    assert told == {NAME: {}}
    with pytest.raises(TrainingError, match="nothing else"):
        promote(registry, NAME, 3, State.LIVE, **WHO)
    assert registry.version(NAME, 3).run_id  # retired is not erased
    assert len(registry.versions(NAME)) == 6


def test_a_reviewed_fallback_takes_over(registry: Registry) -> None:
    with pytest.raises(TrainingError, match="must be REVIEWED"):
        name_fallback(registry, NAME, 4, **WHO)
    registry.tag(registry.version(NAME, 4), "chosen_on", "validation")
    attach_report(registry, NAME, 4, report(registry, 4))
    for state in (State.TESTED, State.REVIEWED):
        promote(registry, NAME, 4, state, **WHO, waived=WAIVED)
    name_fallback(registry, NAME, 4, **WHO)
    assert FALLBACK in registry.version(NAME, 4).aliases
    live(registry, 3)
    promote(registry, NAME, 3, State.SUSPENDED, by="duty", why="alarm")
    assert registry.champion(NAME) == 4
    assert registry.version(NAME, 4).state == State.LIVE


def test_a_tested_version_may_run_in_shadow(registry: Registry) -> None:
    with pytest.raises(TrainingError, match="can not run in shadow"):
        run_in_shadow(registry, NAME, 3, **WHO)
    promote(registry, NAME, 3, State.TESTED, **WHO)
    run_in_shadow(registry, NAME, 3, **WHO)
    assert registry.aliases(NAME) == {SHADOW: 3}
    run_in_shadow(registry, NAME, None, **WHO)
    assert registry.aliases(NAME) == {}
    lines = read_history(registry.tracking.workspace.registry_dir / f"{NAME}.jsonl")
    assert [line["to"] for line in lines] == ["TESTED", "SHADOW", ""]


def test_the_champion_is_compared_on_the_same_rows(
    registry: Registry, trained: Trained, tmp_path: Path
) -> None:
    live(registry, 4)  # the scorecard
    number = trained.result.candidate
    within, _ = gather(registry, registry.version(NAME, number), reviewer="r", pia_id="")
    rows = {r["mlflow_version"]: r for r in trained.result.rows if r["split"] == "oot-2007"}
    assert within.champion == 4
    assert within.lead == pytest.approx(rows[number]["auc"] - rows[4]["auc"])
    again = train_portfolio(
        registry.tracking.workspace,
        trained.settings,
        developer="analyst",
        dataset=trained.result.dataset,
        tracking=registry.tracking,
    )
    across, _ = gather(registry, registry.version(NAME, again.candidate), reviewer="r", pia_id="")
    assert across.lead == pytest.approx(within.lead)
    assert across.lead_p == pytest.approx(within.lead_p)
    live(registry, 3)  # the champion changes: the comparison in that run was with another
    stale, _ = gather(registry, registry.version(NAME, again.candidate), reviewer="r", pia_id="")
    assert (stale.champion, stale.lead) == (3, None)


def test_a_report_about_another_version_is_refused(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="about enterprise-default/1"):
        attach_report(registry, NAME, 3, report(registry, 1))
    (tmp_path / "none").mkdir()
    with pytest.raises(TrainingError, match="no validation report"):
        attach_report(registry, NAME, 3, tmp_path / "none")


def test_a_version_that_is_not_there_names_what_there_is(registry: Registry) -> None:
    with pytest.raises(TrainingError, match=f"registered models are: {NAME}"):
        registry.version("unknown", 1)
    assert registry.champion("unknown") is None

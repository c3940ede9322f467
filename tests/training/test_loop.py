"""A small loop, all real but the city: scored over HTTP, the shock is seen, a retraining is promoted and used."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.city.clock import Settings
from data_contracts.workspace import Workspace
from serving.database import Database
from serving.returns_export import Lender, records_of, take_in, write_records
from training.errors import TrainingError
from training.loop.bank import Bank
from training.loop.figures import figures, is_back, summary
from training.loop.page import write_story
from training.loop.plan import DEVELOPER, REVIEWER, Event, Plan, Story, retraining
from training.loop.play import play
from training.loop.service import Service
from training.registry import Registry
from training.settings import Newest
from training.tracking import Tracking

SMALL = Plan(
    subjects=16_000, seed=1, warm_up=12, history=24, months=8, shock_month=1, shock=3.0, follow_up=0
)  # fmt: skip


class ExportsHere(Service):
    """The real service over HTTP; the export runs in this process, which has its imports already."""

    def export(self, month: str, institution_code: str) -> None:
        """What `xinqiao decisions export --intake` does."""
        root = self._workspace.root
        lender = Lender("demo-bank", institution_code)
        database = Database(f"sqlite:///{self._workspace.database.resolve()}")
        try:
            written = write_records(records_of(database, lender, month), root / "decisions" / month)
        finally:
            database.close()
        taken = take_in(written.items(), self._workspace, lender, month)
        assert not any(one.quarantined for one in taken.values())


def test_the_loop_closes(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "loop")
    story = play(workspace, SMALL, service_of=ExportsHere)
    told = write_story(story, tmp_path / "page")

    # No outcome of the shocked loans is known before six months: the alarm can not be earlier, and needs no later.
    rang = [e for e in story.events if e.what == "M-04"]
    assert rang[0].played == 7
    assert rang[0].about == 1
    promoted = [e for e in story.events if e.what == "promoted"]
    assert [e.played for e in promoted] == [0, 8]
    assert {row["version"] for row in story.rows} == {promoted[0].version}

    registry = Registry(Tracking(workspace))
    champion = registry.version("city-firm-default", registry.champion("city-firm-default") or 0)
    assert champion.number == promoted[-1].version
    assert champion.tags["developer"] == DEVELOPER
    assert {h["by"] for h in champion.history} == {REVIEWER}
    assert all(g["passed"] for h in champion.history for g in h["gates"])

    # What serving was told came back, and nothing else: one label for each loan whose six months are over.
    granted = {row["played"]: row["granted"] for row in story.rows}
    matured = story.loans.groupby("played").size()
    assert matured.to_dict() == {1: granted[1], 2: granted[2]}
    phase = told["summary"]["phases"]["shocked"]
    assert phase["ratio_low"] > 1.25
    assert "replay of the first score: identical" in story.audit

    page = (tmp_path / "page" / "loop.zh.html").read_text(encoding="utf-8")
    assert "模拟数据" in page
    assert "Simulated data" in (tmp_path / "page" / "loop.en.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "page" / "loop.json").read_text())["summary"] == told["summary"]
    with pytest.raises(TrainingError, match="holds records already"):
        play(workspace, SMALL)


def test_what_can_not_be_played_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="shock-month"):
        play(Workspace(tmp_path / "none"), Plan(months=9, shock_month=10))
    with pytest.raises(TrainingError, match="too few for a first model"):
        Plan(history=12).settings()


def test_a_retraining_learns_the_level_from_the_months_that_rang_and_is_judged_on_the_newest() -> (
    None
):
    settings = retraining(Plan().settings(), 3)
    assert isinstance(settings.split, Newest)
    assert (settings.split.test_months, settings.split.training_months) == (1, 24)
    assert settings.recalibration.months == 3


def test_how_loans_stand_by_hand(tmp_path: Path) -> None:
    days = ["2022-01-10", "2022-01-20", "2022-02-05", "2022-02-28"]
    loans = pd.DataFrame(
        {
            "account_no": ["late", "repaid", "followed", "open"],
            "opened_on": pd.to_datetime(days),
            "late_on": pd.to_datetime(["2022-06-10", None, None, None]),
            "paid_on": pd.to_datetime([None, "2022-07-20", None, None]),
        }
    )
    bank = Bank(Workspace(tmp_path), Settings(60, 1, 12), "C1992065000019", 6, loans)
    told = bank.standing(loans, pd.Timestamp("2022-08-27")).set_index("account_no")
    assert told["status"].to_dict() == {
        "late": "DEFAULTED",
        "repaid": "PAID_IN_FULL",
        "followed": "PERFORMING",
    }
    assert [f"{day:%m-%d}" for day in told["outcome_on"]] == ["06-10", "07-20", "08-27"]
    early = bank.standing(loans, pd.Timestamp("2022-06-10"))
    assert early["account_no"].tolist() == ["late"]


def story_of(events: list[Event]) -> Story:
    """Ten loans a month, a tenth expected bad; none bad before month 3, two after."""
    played = [month for month in range(1, 7) for _ in range(10)]
    bad = [int(month >= 3 and place < 2) for month in range(1, 7) for place in range(10)]
    p = [0.1 if month <= 5 else 0.2 for month in played]
    loans = pd.DataFrame({"played": played, "version": 1, "probability": p, "bad": bad})
    return Story(Plan(months=6, shock_month=3), events=events, loans=loans)


def test_figures_of_a_play_by_hand() -> None:
    events = [
        Event("m", 0, "promoted", "", "", 1),
        Event("m", 2, "M-01", "", "", 1, 2),
        Event("m", 4, "M-04", "", "", 1, 3),
        Event("m", 5, "refused", "", ""),
        Event("m", 5, "promoted", "", "", 2),
    ]
    found = summary(story_of(events))
    assert (found["detected"], found["rang_in_month"], found["delay_months"]) == (True, 4, 1)
    assert (found["promoted_in_month"], found["refused"]) == (5, 1)
    assert (found["false_alarms"], found["false_alarms_by_id"]) == (1, {"M-01": 1})
    phases = found["phases"]
    assert {name: one["loans"] for name, one in phases.items()} == {
        "before": 20,
        "shocked": 30,
        "after": 10,
    }
    assert phases["shocked"]["ratio"] == pytest.approx(2.0)
    assert phases["after"]["ratio"] == pytest.approx(1.0)
    assert found["calibration_back"] is True

    quiet = summary(story_of(events[:2]))
    assert (quiet["detected"], quiet["delay_months"], quiet["calibration_back"]) == (
        False,
        None,
        None,
    )
    assert set(quiet["phases"]) == {"before", "shocked"}


def test_back_within_the_limit_of_the_alarm() -> None:
    loans = pd.DataFrame({"probability": [0.1] * 100, "bad": [1] * 13 + [0] * 87})
    phase = figures(loans)
    assert phase["ratio"] == pytest.approx(1.3)
    assert phase["ratio_low"] < 1 < phase["ratio_high"]
    assert not is_back(phase)
    assert is_back(figures(loans.assign(probability=0.105)))

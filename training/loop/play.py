"""The months, one by one: decide, report, watch; when the calibration alarm sounds, retrain and put forward.

Everything is real but the city: the lake and its intake, the registry with its gates, the monitoring. Simulated data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from data_contracts.city.clock import FOLLOW_UP, Settings
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.catalogue import view as feature_view
from features.point_in_time import build
from models.scorer import AdditiveModel
from training.config_files import load_config
from training.errors import TrainingError
from training.loop.bank import Bank, month_end
from training.monitor.alarms import raised
from training.monitor.months import month_range, months_of
from training.monitor.report import write_month
from training.monitor.run import measured, watched_version
from training.monitor.settings import MonitorSettings
from training.promote import attach_report, promote
from training.registry import Registry, State
from training.run import train_portfolio
from training.settings import Newest, Recalibration, TrainingSettings
from training.tracking import Tracking
from training.validation.evidence import ValidationSettings
from training.validation.of_run import evidence_of, run_of
from training.validation.report import write_report

CONFIG = Path(__file__).parent / "config.yaml"
DEVELOPER, REVIEWER, PIA = "demo-analyst", "demo-reviewer", "PIA-SIMULATED"
"""Labels, not people; nobody is decided on."""
RETRAIN = {
    "split": Newest(test_months=1, training_months=18),
    "recalibration": Recalibration(months=1),
}
"""A retraining learns the level from one matured month and is judged on the next (ours)."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Plan:
    """What is played.

    Attributes
    ----------
    subjects, seed
        Of the city.
    history
        Months before the first model: all loans are granted, none is scored. The city's records begin with them, so
        that trends over a year are known only after some; the first model learns from the last that have matured.
    months
        Months that are played.
    shock_month
        The played month, counted from 1, in which every new loan becomes riskier.
    shock
        By how much, in log odds of default.
    start
        First month of the history.
    """

    subjects: int = 20_000
    seed: int = 1
    history: int = 42
    months: int = 24
    shock_month: int = 12
    shock: float = 1.5
    start: str = "2019-01"

    def city(self) -> Settings:
        """Settings of the city, with the months in which the last loans are followed."""
        if not 1 <= self.shock_month <= self.months:
            raise TrainingError(
                f"--shock-month {self.shock_month} is outside the months that are played.",
                f"1 to {self.months}",
            )
        return Settings(
            self.subjects,
            self.seed,
            self.history + self.months,
            self.start,
            shock_month=self.history + self.shock_month - 1,
            shock=self.shock,
        )


@dataclass
class Event:
    """Something that happened in a month: an alarm, a promotion, or a candidate that was refused."""

    month: str
    what: str
    zh: str
    en: str
    version: int | None = None
    about: str | None = None


@dataclass
class Story:
    """What was played: one row a month, and the events in their order."""

    plan: Plan
    rows: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    quarantined: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain values by name."""
        return {"simulated": True, **asdict(self)}


def play(workspace: Workspace, plan: Plan, progress: Progress | None = None) -> Story:
    """Play all months in a new workspace.

    Raises
    ------
    TrainingError
        When the workspace holds records already, or the history is too short for a first model.
    """
    tell = progress or (lambda step, done, total: None)
    settings = load_config(CONFIG)
    if settings.label.months > FOLLOW_UP or plan.history < 2 * settings.label.months:
        raise TrainingError(
            f"{plan.history} months of history are too few for a first model.",
            f"--history {2 * settings.label.months} or more",
        )
    bank = Bank.found(workspace, plan.city(), progress)
    player = _Player(workspace, bank, settings, Registry(Tracking(workspace)), Story(plan))
    player.begin()
    for number in range(plan.history, plan.history + plan.months):
        tell("months", number - plan.history, plan.months)
        player.month(number)
    player.end()
    tell("months", plan.months, plan.months)
    return player.story


@dataclass
class _Player:
    workspace: Workspace
    bank: Bank
    settings: TrainingSettings
    registry: Registry
    story: Story
    granted: list[pd.DataFrame] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.settings.model_name

    def begin(self) -> None:
        """The history: loans without a score, and the first model from those that have matured."""
        bank, last = self.bank, self.story.plan.history - 1
        day = month_end(bank.settings, last)
        loans = bank.loans[bank.loans["decided_on"] <= day]
        self._report("history", loans.assign(approved=True, reason="", model_version=""), day, None)
        month = bank.month(last)
        refused = self._forward(month, self.settings, "the first model")
        if refused:
            raise TrainingError(f"The history gave no model: {refused}", "raise --subjects")

    def month(self, number: int) -> None:
        """Decide, report, watch; retrain where the calibration alarm sounds."""
        bank, month = self.bank, self.bank.month(number)
        applied = bank.applications(month)
        version, model, cut = self._champion()
        frame = build(
            feature_view(self.settings.view),
            Lake(self.workspace.lake_dir),
            applied.rename(columns={"decided_on": "as_of"})[["subject_id", "as_of"]],
        )
        margin = model.margin(frame)
        approved = margin >= cut
        decided = applied.assign(
            approved=approved, reason="SCORE_BELOW_CUT_OFF", model_version=f"{self.name}/{version}"
        )
        self._report(month, decided, month_end(bank.settings, number), month)
        self.story.rows.append(
            {
                "month": month,
                "played": number - self.story.plan.history + 1,
                "champion": version,
                "applications": len(applied),
                "granted": int(approved.sum()),
                "predicted": float(model.probability(frame)[approved].mean()),
            }
        )
        if self._watch(month):
            refused = self._forward(
                month, self.settings.model_copy(update=RETRAIN), "calibration alarm M-04"
            )
            if refused:
                self.story.events.append(
                    Event(month, "refused", f"候选未通过：{refused}", f"Not promoted: {refused}")
                )

    def end(self) -> None:
        """Follow the last loans until they have matured, and write beside each month what came true of it."""
        bank, plan = self.bank, self.story.plan
        last = plan.history + plan.months - 1
        day = month_end(bank.settings, last + self.settings.label.months)
        none = bank.loans.iloc[:0].assign(approved=False, reason="", model_version="")
        self._report("follow-up", none, day, None)
        watched, settings = watched_version(self.registry, self.name, MonitorSettings())
        months = months_of(self.workspace, settings, month_range(bank.month(last), plan.months))
        history = measured(watched, months)
        found = {one.month: one for one in history}
        for row in self.story.rows:
            realised = found[row["month"]].realised
            if realised is not None:
                row |= {
                    "matured": realised.rows,
                    "bads": realised.bads,
                    "observed": realised.observed,
                    "observed_low": realised.observed_low,
                    "observed_high": realised.observed_high,
                    "predicted_by_last": realised.predicted,
                }

    def _report(
        self, name: str, decided: pd.DataFrame, day: pd.Timestamp, period: str | None
    ) -> None:
        self.granted.append(decided[decided["approved"]])
        granted = pd.concat(self.granted, ignore_index=True)
        self.story.quarantined += self.bank.report(name, decided, granted, day, period)

    def _champion(self) -> tuple[int, AdditiveModel, float]:
        """The champion of the day and its cut-off: the worst tenth of its test rows would be refused."""
        watched, _ = watched_version(self.registry, self.name, MonitorSettings())
        return int(watched.name.rpartition("/")[2]), watched.model, watched.reference.edges[0]

    def _watch(self, month: str) -> bool:
        """Watch the month and the one that has just matured; whether the latter's calibration alarm sounds."""
        watched, settings = watched_version(self.registry, self.name, MonitorSettings())
        matured = month_range(month, settings.label.months + 1)[0]
        history = measured(watched, months_of(self.workspace, settings, [matured, month]))
        folder = self.workspace.root / "monitoring" / self.name / month
        write_month(watched, history, folder, self.workspace.today(), simulated=settings.simulated)
        sounded = False
        for figures in history:
            for alarm in raised(watched, figures):
                sounded |= alarm.id == "M-04"
                self.story.events.append(
                    Event(
                        month, alarm.id, alarm.text.zh, alarm.text.en,
                        int(watched.name.rpartition("/")[2]), figures.month,
                    )
                )  # fmt: skip
        return sounded

    def _forward(self, month: str, settings: TrainingSettings, why: str) -> str:
        """Train on what the lake holds today and put the candidate forward; why it was refused, or nothing.

        Every gate is asked and none is waived; the validation report is made and attached in between.
        """
        said = f"simulated loop: {why}"
        try:
            trained = train_portfolio(
                self.workspace, settings, developer=DEVELOPER, tracking=self.registry.tracking
            )
            number = trained.candidate
            promote(self.registry, self.name, number, State.TESTED, by=REVIEWER, why=said)
            self._validate(number, trained.dataset)
            promote(self.registry, self.name, number, State.REVIEWED, by=REVIEWER, why=said)
            promote(self.registry, self.name, number, State.LIVE, by=REVIEWER, why=said, pia_id=PIA)
        except TrainingError as error:
            return str(error)
        told = f"{self.name}/{number}"
        self.story.events.append(
            Event(month, "promoted", f"{told} 上线（{why}）", f"{told} is live ({why})", number)
        )
        return ""

    def _validate(self, number: int, dataset: Any) -> None:
        watched, _ = watched_version(self.registry, f"{self.name}/{number}", MonitorSettings())
        version = self.registry.version(self.name, number)
        run = run_of(self.registry, self.workspace, version, watched.model, dataset=dataset)
        folder = self.workspace.root / "validation" / f"{self.name}-{number}"
        write_report(evidence_of(run, ValidationSettings()), folder, self.workspace.today())
        attach_report(self.registry, self.name, number, folder)

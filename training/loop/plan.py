"""What is played, fixed beforehand; and what happened, as it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from data_contracts.city.clock import Settings
from training.config_files import load_config
from training.errors import TrainingError
from training.settings import Newest, Recalibration, TrainingSettings

CONFIG = Path(__file__).parent / "config.yaml"
DEVELOPER, REVIEWER, PIA = "demo-analyst", "demo-reviewer", "PIA-SIMULATED"
"""Labels, not people; nobody is decided on."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Plan:
    """What is played.

    Attributes
    ----------
    subjects, seed
        Of the city.
    warm_up
        Months of records before the bank opens, so that every trend over two years is known from its first day.
    history
        Months before the first model: all loans are granted, none is scored. The last `label.months` of them have
        not matured when the first model is trained.
    months
        Months that are played.
    shock_month
        The played month, counted from 1, in which every new loan becomes riskier.
    shock
        By how much, in log odds of default.
    follow_up
        Months after the last one in which no one is decided on, and outcomes still come in.
    start
        First month of the records.
    """

    subjects: int = 70_000
    seed: int = 1
    warm_up: int = 24
    history: int = 36
    months: int = 24
    shock_month: int = 12
    shock: float = 1.5
    follow_up: int = 6
    start: str = "2017-01"

    @property
    def first(self) -> int:
        """The first month that is played, as a month of the city, counted from 0."""
        return self.warm_up + self.history

    def city(self) -> Settings:
        """Settings of the city.

        Raises
        ------
        TrainingError
            When the shock is outside the months that are played.
        """
        if not 1 <= self.shock_month <= self.months:
            raise TrainingError(
                f"--shock-month {self.shock_month} is outside the months that are played.",
                f"1 to {self.months}",
            )
        return Settings(
            self.subjects,
            self.seed,
            self.first + self.months,
            self.start,
            shock_month=self.first + self.shock_month - 1,
            shock=self.shock,
        )

    def settings(self) -> TrainingSettings:
        """Configuration of the first model.

        Raises
        ------
        TrainingError
            When the history is too short for one.
        """
        settings = load_config(CONFIG)
        assert isinstance(settings.split, Newest)
        least = settings.label.months + settings.split.test_months + 6
        if self.history < least:
            raise TrainingError(
                f"{self.history} months of history are too few for a first model.",
                f"--history {least} or more",
            )
        return settings


def retraining(settings: TrainingSettings, months: int) -> TrainingSettings:
    """Configuration of a retraining: the level is that of some months, the newest matured month judges.

    Parameters
    ----------
    months
        Matured months from the one that raised the alarm up to the one before the newest.
    """
    assert isinstance(settings.split, Newest)
    return settings.model_copy(
        update={
            "split": settings.split.model_copy(update={"test_months": 1}),
            "recalibration": Recalibration(months=months),
        }
    )


@dataclass
class Event:
    """Something that happened in a month: an alarm, a promotion, or a candidate that was refused.

    Attributes
    ----------
    month, played
        When, by name and counted from 1.
    what
        Id of an alarm, "promoted" or "refused".
    version
        The registered version that it is about.
    about
        For an alarm: the played month of decisions that rang (0 and below: the history).
    """

    month: str
    played: int
    what: str
    zh: str
    en: str
    version: int | None = None
    about: int | None = None


@dataclass
class Story:
    """What was played.

    Attributes
    ----------
    rows
        One a month: month, played, version, applications, granted, predicted.
    events
        In their order.
    loans
        One row a granted loan: played, version, probability on the day of the decision, bad (from the lake's labels).
    audit
        What `xinqiao audit verify` said at the end, and `replay` of the first score.
    """

    plan: Plan
    rows: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    loans: pd.DataFrame = field(default_factory=pd.DataFrame)
    audit: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values by name; loans stay out."""
        return {
            "simulated": True,
            "plan": asdict(self.plan),
            "months": self.rows,
            "events": [asdict(event) for event in self.events],
            "audit": self.audit,
        }

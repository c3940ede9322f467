"""The configuration of a training run: every key with its meaning; the values stand in `configs/*.yaml`.

All numbers here are ours: a requirement names none of them. `config_files.py` reads a file into these classes, shows
one with its comments and writes the reference page of all keys from the descriptions below.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.kinds import KINDS
from training.errors import TrainingError


class _Part(BaseModel):
    """A frozen part of a configuration that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Part):
    """One condition on a feature as of the decision; a missing value meets only `missing: true`."""

    feature: str = Field(description="Name of a feature of the view.")
    equals: tuple[str | float, ...] = Field((), description="Holds for any of these values.")
    at_least: float | None = Field(None, description="Holds from this number on.")
    below: float | None = Field(None, description="Holds below this number.")
    missing: bool = Field(False, description="Holds where there is no value.")

    @model_validator(mode="after")
    def _asks_something(self) -> Condition:
        if not (self.equals or self.missing or self.at_least is not None or self.below is not None):
            raise ValueError("a condition needs equals, at_least, below or missing")
        return self


class Exclusion(_Part):
    """Decisions that are left out, counted as one step of the waterfall."""

    id: str = Field(pattern="^[a-z][a-z0-9-]{1,40}$", description="Name of the step.")
    title_zh: str = Field(description="Why these are left out, in Chinese.")
    title_en: str = Field(description="Why these are left out, in English.")
    when: tuple[Condition, ...] = Field(
        min_length=1, description="Left out where all of these hold."
    )


class _Label(_Part):
    months: int = Field(ge=1, le=120, description="Calendar months from the decision on.")
    title_zh: str = Field(description="What bad means, in Chinese.")
    title_en: str = Field(description="What bad means, in English.")


class OutcomeLabel(_Label):
    """Bad: the outcome record says so within the months, `as_of <= outcome_on <= as_of + months`."""

    source: Literal["outcome"] = Field(
        "outcome", description="Read from the outcome records (loan_outcome)."
    )
    bad_status: Literal["CHARGED_OFF", "DEFAULTED"] = Field(description="The status that is bad.")
    decision: Literal["loan_account", "card_repayment"] = Field(
        "loan_account",
        description="What tells the day of the decision: the opening of a loan account, or the day after a card's "
        "last statement.",
    )


class StatusLabel(_Label):
    """Bad: arrears or classification of a later month (credit_month), within the months."""

    source: Literal["statuses"] = Field(
        "statuses", description="Read from the 24-month repayment statuses (credit_month)."
    )
    overdue_days: Literal[30, 60, 90, 120, 150, 180] = Field(
        90, description="Bad when more than so many days past due."
    )
    letters: str = Field(
        "BDZ",
        pattern="^[A-Z]*$",
        description="Status letters that are bad too: B bad debt, D paid by a guarantor, Z settled in kind.",
    )
    five_class: bool = Field(
        True,
        description="Bad, too, when classified below special mention 关注: 次级, 可疑 or 损失.",
    )
    decision: Literal["loan_account", "credit_month"] = Field(
        "loan_account",
        description="What tells the day of the decision: the loan account, or the opening date in the monthly records.",
    )
    business: Literal["1", "2"] = Field("1", description="Monthly records of: 1 loans, 2 cards.")


Label = Annotated[OutcomeLabel | StatusLabel, Field(discriminator="source")]


class Window(_Part):
    """Decisions that are looked at at all."""

    start: date | None = Field(None, description="First day of decisions; all if empty.")
    end: date | None = Field(None, description="Day after the last one; all if empty.")

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.start and self.end and self.start >= self.end:
            raise ValueError(
                f"the window is empty: start {self.start} is not before end {self.end}"
            )
        return self


class RollingOrigin(_Part):
    """Out of time: for each test year, train on decisions whose label window had ended before it."""

    kind: Literal["rolling-origin"] = Field("rolling-origin", description="Out of time, by years.")
    test_years: tuple[int, ...] = Field(description="Years to test on, rising.")
    training_years: int = Field(6, ge=1, description="Length of a training window in years.")

    @model_validator(mode="after")
    def _years(self) -> RollingOrigin:
        if not self.test_years or list(self.test_years) != sorted(set(self.test_years)):
            raise ValueError("test_years must be distinct years in rising order, e.g. [2000, 2001]")
        return self

    def window(self, test_year: int, label_months: int) -> tuple[date, date]:
        """Half-open window of decisions `[start, end)` that may be trained on for a test year.

        >>> RollingOrigin(test_years=(2007,)).window(2007, 24)
        (datetime.date(1999, 1, 1), datetime.date(2005, 1, 1))
        >>> RollingOrigin(test_years=(2007,), training_years=1).window(2007, 18)
        (datetime.date(2004, 7, 1), datetime.date(2005, 7, 1))
        """
        month = (
            test_year * 12 - label_months
        )  # months since year 0, of the first that may not train
        end = date(month // 12, month % 12 + 1, 1)
        return end.replace(year=end.year - self.training_years), end


class Stratified(_Part):
    """Out of sample: one stratified random split, for records that all end on one date."""

    kind: Literal["stratified"] = Field("stratified", description="One random split.")
    test_share: float = Field(0.25, gt=0, lt=1, description="Share of the rows to test on.")


class Newest(_Part):
    """Out of time: the newest matured months test, all decisions before them train.

    For a retraining that an alarm has asked for. The training labels end later than the test begins, because only so
    the newest months can be learned from at all: rows and days of decision are apart, the calendar time is not.
    """

    kind: Literal["newest"] = Field("newest", description="The newest matured months test.")
    test_months: int = Field(2, ge=1, description="Calendar months to test on.")
    training_months: int = Field(
        0, ge=0, description="Calendar months before them to train on; 0: all."
    )


class Recalibration(_Part):
    """The level of the newest matured months, for when the world has changed: slope 1 and a shift of the log odds.

    After the shift the mean prediction equals the observed rate of the last months of the training rows. Kinds that
    are no tables keep their level.
    """

    months: int = Field(
        0,
        ge=0,
        le=120,
        description="Newest calendar months of the training rows; 0: no recalibration.",
    )
    least_bads: int = Field(
        10, ge=1, description="Fewest bad outcomes in them; with fewer the run is refused."
    )


class Sampling(_Part):
    """All bads, and a share of the goods with the weight that makes up for it; test rows are never sampled."""

    goods_share: float = Field(
        1.0, gt=0, le=1, description="Share of the good training rows; each weighs 1 / share."
    )


class Inputs(_Part):
    """Which features of the view are inputs."""

    include_themes: tuple[str, ...] = Field((), description="Only these themes; all if empty.")
    exclude_themes: tuple[str, ...] = Field((), description="Not these themes.")
    include: tuple[str, ...] = Field((), description="These features, beside those of the themes.")
    exclude: tuple[str, ...] = Field((), description="Not these features; stronger than all above.")


class GateLimits(_Part):
    """Limits that the gates of promotion hold a version to (`xinqiao registry gates`)."""

    slope_low: float = Field(0.9, gt=0, description="Least calibration slope on the test rows.")
    slope_high: float = Field(1.1, gt=0, description="Largest calibration slope on the test rows.")
    psi_most: float = Field(
        0.25, gt=0, description="Largest PSI of the score between training and test rows."
    )
    better_p: float = Field(
        0.05, gt=0, lt=1, description="Largest one-sided p of the paired test against the champion."
    )


class TrainingSettings(_Part):
    """Everything that decides a training run, beside the data."""

    portfolio: str = Field(description="Name of the portfolio, as in `xinqiao train PORTFOLIO`.")
    view: str = Field(description="Feature view that the inputs come from.")
    registered_name: str = Field(description="Name in the model registry.")
    title_zh: str = Field(description="What the model is, in Chinese.")
    title_en: str = Field(description="What the model is, in English.")
    subjects: str = Field(
        "",
        description="How ids of its subjects begin, where a lake holds others too: USCC- firms, PID- persons and "
        "farmers.",
    )
    simulated: bool = Field(False, description="Whether all records are simulated.")
    window: Window = Field(Window(), description="Decisions that are looked at at all.")
    label: Label = Field(description="What bad means.")
    exclusions: tuple[Exclusion, ...] = Field((), description="Decisions that are left out.")
    segments: dict[str, tuple[Condition, ...]] = Field(
        {},
        description="Parts of the portfolio by name: figures are given for each, and `xinqiao train "
        "PORTFOLIO/NAME` trains on one alone. No condition: the whole.",
    )
    segment: str = Field("", description="The segment that is trained on; the whole if empty.")
    split: Annotated[RollingOrigin | Stratified | Newest, Field(discriminator="kind")] = Field(
        description="How rows to train on and to test on are told apart."
    )
    random_share: float = Field(
        0.25,
        gt=0,
        lt=1,
        description="Test share of the random split beside an out-of-time one. It flatters: calendar time leaks in.",
    )
    sampling: Sampling = Field(Sampling(), description="Which training rows are used.")
    recalibration: Recalibration = Field(
        Recalibration(), description="Whether the level is that of the newest months."
    )
    features: Inputs = Field(Inputs(), description="Which features are inputs.")
    compare_lender_history: bool = Field(
        False, description="Train everything with and without the lender's own history."
    )
    models: dict[str, dict[str, Any]] = Field(
        {"glassbox": {}, "scorecard": {}, "lightgbm": {}},
        min_length=1,
        description="Kinds to fit, each with settings of its own that differ from the defaults. Known: "
        + ", ".join(KINDS)
        + ".",
    )
    candidate: str = Field(
        "glassbox", description="The kind that is put forward as champion; one of models."
    )
    validation_share: float = Field(
        0.2,
        gt=0,
        lt=0.5,
        description="Share of the training rows that stop and calibrate LightGBM.",
    )
    bootstrap: int = Field(200, ge=50, description="Resamples of an interval.")
    seed: int = Field(20260101, description="Of every random choice.")
    gates: GateLimits = Field(GateLimits(), description="Limits of the gates of promotion.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> TrainingSettings:
        for kind, changes in self.models.items():
            if kind not in KINDS:
                raise ValueError(
                    f"models: {kind!r} is no kind of model; known are {', '.join(KINDS)}"
                )
            try:
                KINDS[kind].check(changes)
            except ValueError as error:
                raise ValueError(f"models.{kind}: {error}") from None
        if self.candidate not in self.models:
            raise ValueError(f"candidate: {self.candidate!r} is not among models")
        if self.segment and self.segment not in self.segments:
            raise ValueError(f"segment: {self.segment!r} is not among segments")
        ids = [one.id for one in self.exclusions]
        if len(set(ids)) < len(ids):
            raise ValueError("exclusions: two steps have one id")
        return self

    @property
    def model_name(self) -> str:
        """The registered name, with the segment where only a part of the portfolio is trained on."""
        part = self.segments.get(self.segment, ())
        return f"{self.registered_name}-{self.segment}" if part else self.registered_name

    def of_segment(self, name: str) -> TrainingSettings:
        """The same configuration for one segment.

        Raises
        ------
        TrainingError
            When the portfolio has no such segment.
        """
        if name not in self.segments:
            known = ", ".join(f"{self.portfolio}/{one}" for one in self.segments) or "none"
            raise TrainingError(
                f"The portfolio {self.portfolio} has no segment {name!r}.", f"known are: {known}"
            )
        return self.model_copy(update={"segment": name})

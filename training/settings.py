"""What is trained for which portfolio: label, windows and numbers of our own, in one frozen place."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from training.errors import TrainingError


class LabelSettings(BaseModel):
    """Which outcome is bad, and within how many months of the as-of date.

    The label is read from the `loan_outcome` records of the lake, never from a feature. Months are calendar months; the
    window is `as_of <= outcome_on <= as_of + months`. `decision` names the records that tell the as-of date: the
    opening of a loan account, or the day after a card's last statement.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bad_status: Literal["CHARGED_OFF", "DEFAULTED"]
    months: int = Field(ge=1, le=120)
    title_zh: str
    title_en: str
    decision: Literal["loan_account", "card_repayment"] = "loan_account"


class RollingOrigin(BaseModel):
    """For each test year, train on the approvals of the years whose label window had ended before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["rolling-origin"] = "rolling-origin"
    test_years: tuple[int, ...]
    training_years: int = Field(6, ge=1)

    @model_validator(mode="after")
    def _years(self) -> RollingOrigin:
        if not self.test_years or list(self.test_years) != sorted(set(self.test_years)):
            raise ValueError("test_years must be distinct years in rising order, e.g. [2000, 2001]")
        return self

    def window(self, test_year: int, label_months: int) -> tuple[date, date]:
        """Half-open window of approval dates `[start, end)` that may be trained on for a test year.

        >>> RollingOrigin(test_years=(2007,)).window(2007, 24)
        (datetime.date(1999, 1, 1), datetime.date(2005, 1, 1))
        """
        if label_months % 12:
            raise TrainingError(
                f"label.months is {label_months}; rolling-origin windows are whole years.",
                "use a label of 12, 24 or 36 months",
            )
        end_year = test_year - label_months // 12
        return date(end_year - self.training_years, 1, 1), date(end_year, 1, 1)


class Stratified(BaseModel):
    """One stratified random split, for portfolios whose records all end on one date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["stratified"] = "stratified"
    test_share: float = Field(0.25, gt=0, lt=1)


class TrainingSettings(BaseModel):
    """Everything that decides a training run, beside the data.

    `random_share` is the test share of the random split that is reported beside an out-of-time split
    (it flatters: calendar time leaks into it). `compare_lender_history` trains every model with and
    without the lender's history. `subjects` is how the ids of its subjects begin, where a lake holds others too
    (``USCC-`` firms, ``PID-`` persons and farmers). A `simulated` portfolio lives in a workspace of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    portfolio: str
    view: str
    registered_name: str
    title_zh: str
    title_en: str
    label: LabelSettings
    split: RollingOrigin | Stratified = Field(discriminator="kind")
    random_share: float = Field(0.25, gt=0, lt=1)
    compare_lender_history: bool = False
    validation_share: float = Field(0.2, gt=0, lt=0.5)
    bootstrap: int = Field(200, ge=50, description="resamples per interval; ours")
    seed: int = 20260101
    subjects: str = ""
    simulated: bool = False


ENTERPRISE_DEFAULT = TrainingSettings(
    portfolio="sba",
    view="enterprise",
    registered_name="enterprise-default",
    title_zh="企业违约模型(核销,批准后 24 个月内)",
    title_en="Enterprise default model (charge-off within 24 months of approval)",
    label=LabelSettings(
        bad_status="CHARGED_OFF",
        months=24,
        title_zh="批准后 24 个月内核销",
        title_en="charged off within 24 months of approval",
    ),
    split=RollingOrigin(test_years=tuple(range(2000, 2008))),
    compare_lender_history=True,
)

INDIVIDUAL_DEFAULT = TrainingSettings(
    portfolio="cards",
    view="individual",
    registered_name="individual-default",
    title_zh="个人违约模型(信用卡次月违约)",
    title_en="Individual default model (card default next month)",
    label=LabelSettings(
        bad_status="DEFAULTED",
        months=1,
        title_zh="次月违约",
        title_en="default in the next month",
        decision="card_repayment",
    ),
    split=Stratified(),
)

_CITY_LABEL = LabelSettings(
    bad_status="CHARGED_OFF",
    months=12,
    title_zh="放款后 12 个月内违约",
    title_en="default within 12 months of opening",
)
# Two test years: in one alone, too few households of a small city default.
_CITY_YEARS = RollingOrigin(test_years=(2022, 2023), training_years=3)

CITY_FIRMS = TrainingSettings(
    portfolio="city-firms",
    view="firm",
    registered_name="city-firm-default",
    title_zh="模拟城市企业违约模型（模拟数据，放款后 12 个月内）",
    title_en="Default model of a simulated city's firms (simulated data, within 12 months of opening)",
    label=_CITY_LABEL,
    split=_CITY_YEARS,
    subjects="USCC-",
    simulated=True,
)

CITY_HOUSEHOLDS = TrainingSettings(
    portfolio="city-households",
    view="household",
    registered_name="city-household-default",
    title_zh="模拟城市个人与农户违约模型（模拟数据，放款后 12 个月内）",
    title_en="Default model of a simulated city's persons and farmers (simulated data, within 12 months of opening)",
    label=_CITY_LABEL,
    split=_CITY_YEARS,
    subjects="PID-",
    simulated=True,
)

PORTFOLIO_SETTINGS = {
    s.portfolio: s for s in (ENTERPRISE_DEFAULT, INDIVIDUAL_DEFAULT, CITY_FIRMS, CITY_HOUSEHOLDS)
}


def settings_for(portfolio: str) -> TrainingSettings:
    """Settings of a portfolio by name; a TrainingError lists the known names."""
    if portfolio not in PORTFOLIO_SETTINGS:
        raise TrainingError(
            f"There are no training settings for the portfolio {portfolio!r}.",
            f"choose one of {', '.join(sorted(PORTFOLIO_SETTINGS))}",
        )
    return PORTFOLIO_SETTINGS[portfolio]

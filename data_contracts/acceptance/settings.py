"""Thresholds of the acceptance. The papers give almost none: what is ours is said to be ours."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from data_contracts.finance.credit_month import CreditMonth
from data_contracts.rules.comparison import FAIL, TOLERANCE_POINTS, WATCH, Cause


class Thresholds(BaseModel):
    """What separates a deviation from none; frozen, and printed in every report.

    Examples
    --------
    >>> Thresholds().points, Thresholds(points=0.5).points
    (0.1, 0.5)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: int = Field(3, ge=3, description="Months in a row (XM-02; stated by the papers).")
    points: float = Field(
        TOLERANCE_POINTS, ge=0, le=100, description="Percentage points between two shares (DI)."
    )
    rate_points: float = Field(
        0.1, ge=0, le=100, description="Percentage points between two fill rates (BI-03)."
    )
    psi_watch: float = Field(WATCH, gt=0, description="Index above which a shift is watched.")
    psi_fail: float = Field(FAIL, gt=0, description="Index above which nothing excuses a shift.")
    bins: int = Field(10, ge=2, le=20, description="Groups of a continuous field.")
    least_loaded: float = Field(
        0.99, ge=0, le=1, description="Least share of records that load (GL-08)."
    )
    late_after_days: int = Field(
        CreditMonth.about.latency_days,
        ge=0,
        le=366,
        description="Days from the end of a month to the receipt of its records (GL-08).",
    )
    limit_quantile: float = Field(
        0.999, gt=0, lt=1, description="Limits above it are shown where no cap is set (DI-02)."
    )
    limit_caps_cents: Mapping[str, int] = Field(
        default_factory=dict, description="Largest limit by kind of business (DI-02)."
    )
    sample: int = Field(200, ge=1, le=100_000, description="Accounts derived again (GL-06).")
    seed: int = Field(1, ge=0, description="Seed of that sample.")
    excusing_causes: tuple[Cause, ...] = Field(
        ("BUSINESS",), description="Causes with which a deviation does not block."
    )
    required_fields: tuple[str, ...] = Field(
        (
            "business_detail", "opened_on", "due_on", "overdue_count", "max_overdue_periods",
            "account_status",
        ),
        description="Fields that the own table must have (stated by the papers).",
    )  # fmt: skip

"""Limits of the monitoring. All numbers are ours; PSI .25 as a reason to propose suspension is the common one."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class MonitorSettings(BaseModel):
    """When a month raises an alarm.

    Attributes
    ----------
    approve_at
        Lowest score that the lender's policy approves; overrides are told against it. None: not told.
    psi_watch, psi_suspend
        PSI of the score that is pointed out, and that proposes to suspend the model.
    csi_watch
        CSI of one input that is pointed out.
    fill_drop
        Fall of a supplier's fill rate, as a share of the development rows', that is pointed out.
    auc_drop, auc_suspend
        Fall of the AUC against the development sample that is pointed out, and that proposes to suspend;
        only where the interval of the month confirms it.
    risk_ratio
        Observed over predicted defaults outside of ``1/risk_ratio`` to ``risk_ratio`` is pointed out, where
        chance does not explain it.
    override_rate
        Share of decisions against the score that is pointed out.
    sure
        Confidence with which chance must be ruled out before an alarm is raised. The false-alarm rate
        of each alarm follows from it, and is measured.
    least_rows, least_bads
        With fewer decisions, or matured bads, the alarm keeps silent and says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    approve_at: int | None = None
    psi_watch: float = Field(0.10, gt=0)
    psi_suspend: float = Field(0.25, gt=0)
    csi_watch: float = Field(0.10, gt=0)
    fill_drop: float = Field(0.10, gt=0, lt=1)
    auc_drop: float = Field(0.03, gt=0)
    auc_suspend: float = Field(0.10, gt=0)
    risk_ratio: float = Field(1.25, gt=1)
    override_rate: float = Field(0.10, gt=0, lt=1)
    sure: float = Field(0.999, gt=0.5, lt=1)
    least_rows: int = Field(50, ge=10)
    least_bads: int = Field(10, ge=2)

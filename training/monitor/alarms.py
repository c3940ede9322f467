"""Alarms: each with an id, both texts, and a limit that chance alone hardly ever passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from data_contracts.documents import Text
from models.inference import rate_interval
from training.monitor.measure import Figures
from training.monitor.watched import Watched

Level = Literal["watch", "suspend"]


@dataclass(frozen=True)
class Raised:
    """One alarm of one month."""

    id: str
    level: Level
    text: Text


@dataclass(frozen=True)
class Alarm:
    """One thing that is watched.

    Attributes
    ----------
    id, title
        Of the alarm.
    judge
        Gives the alarms of a month, none when all is well or too little is known.
    """

    id: str
    title: Text
    judge: Callable[[Watched, Figures], list[Raised]]


def score_drift(watched: Watched, figures: Figures) -> list[Raised]:
    """PSI of the score beyond the limit and beyond chance."""
    drift, s = figures.score, watched.settings
    if drift is None or drift.value <= max(s.psi_watch, drift.chance):
        return []
    level: Level = "suspend" if drift.value > max(s.psi_suspend, drift.chance) else "watch"
    return [
        Raised(
            "M-01",
            level,
            Text(
                f"分数分布漂移：PSI {drift.value:.3f}（偶然上限 {drift.chance:.3f}）",
                f"The score drifts: PSI {drift.value:.3f} (chance reaches {drift.chance:.3f})",
            ),
        )
    ]


def input_drift(watched: Watched, figures: Figures) -> list[Raised]:
    """CSI of inputs beyond the limit and beyond chance."""
    moved = {
        name: drift
        for name, drift in figures.inputs.items()
        if drift.value > max(watched.settings.csi_watch, drift.chance)
    }
    if not moved:
        return []
    named = sorted(moved, key=lambda name: -moved[name].value)[:5]
    zh = "、".join(watched.model.schema[name].label for name in named)
    en = ", ".join(watched.model.schema[name].title_en or name for name in named)
    return [
        Raised(
            "M-02",
            "watch",
            Text(f"{len(moved)} 个变量漂移：{zh}", f"{len(moved)} inputs drift: {en}"),
        )
    ]


def supply(watched: Watched, figures: Figures) -> list[Raised]:
    """A supplier fills fewer values than it did."""
    return [
        Raised(
            "M-03",
            "watch",
            Text(
                f"来源“{supplier}”的填充率由 {then:.1%} 降至 {now:.1%}",
                f"The fill rate of {supplier} fell from {then:.1%} to {now:.1%}",
            ),
        )
        for supplier, (then, now) in figures.fill.items()
        if figures.rows >= watched.settings.least_rows
        and now < then * (1 - watched.settings.fill_drop)
        # Values of one record come and go together, so that only decisions count, not cells.
        and rate_interval(now * figures.rows, figures.rows, watched.settings.sure)[1] < then
    ]


def calibration(watched: Watched, figures: Figures) -> list[Raised]:
    """More or fewer defaults than predicted, beyond the limit and beyond chance."""
    r, s = figures.realised, watched.settings
    if r is None or r.rows < s.least_rows or r.observed_low <= r.predicted <= r.observed_high:
        return []
    ratio = r.observed / r.predicted if r.predicted else float("inf")
    if 1 / s.risk_ratio <= ratio <= s.risk_ratio:
        return []
    return [
        Raised(
            "M-04",
            "suspend" if ratio > s.risk_ratio**2 else "watch",
            Text(
                f"实际违约率 {r.observed:.2%}，预测 {r.predicted:.2%}（{r.rows} 笔已到期）",
                f"Defaults observed {r.observed:.2%}, predicted {r.predicted:.2%} ({r.rows} matured)",
            ),
        )
    ]


def discrimination(watched: Watched, figures: Figures) -> list[Raised]:
    """The AUC fell below the development sample's by more than the limit, for sure."""
    r, s = figures.realised, watched.settings
    if r is None or r.auc is None or r.auc_high is None:
        return []
    expected = watched.reference.auc
    fall = expected - r.auc
    if fall <= s.auc_drop or r.auc_high >= watched.reference.auc_low:
        return []
    return [
        Raised(
            "M-05",
            "suspend" if fall > s.auc_suspend else "watch",
            Text(
                f"AUC 由 {expected:.3f} 降至 {r.auc:.3f}",
                f"The AUC fell from {expected:.3f} to {r.auc:.3f}",
            ),
        )
    ]


def overrides(watched: Watched, figures: Figures) -> list[Raised]:
    """Decisions against the score are many."""
    share = figures.overrides
    if share is None or figures.rows < watched.settings.least_rows:
        return []
    if share <= watched.settings.override_rate:
        return []
    return [
        Raised(
            "M-06",
            "watch",
            Text(
                f"{share:.1%} 的决定与分数相反",
                f"{share:.1%} of the decisions went against the score",
            ),
        )
    ]


ALARMS: tuple[Alarm, ...] = (
    Alarm("M-01", Text("分数漂移", "Drift of the score"), score_drift),
    Alarm("M-02", Text("变量漂移", "Drift of the inputs"), input_drift),
    Alarm("M-03", Text("来源填充率", "Fill rate of suppliers"), supply),
    Alarm("M-04", Text("校准", "Calibration"), calibration),
    Alarm("M-05", Text("区分度", "Discrimination"), discrimination),
    Alarm("M-06", Text("人工推翻", "Overrides"), overrides),
)


def raised(watched: Watched, figures: Figures) -> list[Raised]:
    """All alarms of a month, in the order of :data:`ALARMS`."""
    return [one for alarm in ALARMS for one in alarm.judge(watched, figures)]

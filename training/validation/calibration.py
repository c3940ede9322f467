"""Whether a predicted probability is what happens: slope, Hosmer-Lemeshow, by grade and by vintage."""

from __future__ import annotations

from typing import Any

import numpy as np

from data_contracts.documents import Block, Table, Text
from models.inference import hosmer_lemeshow, rate_interval
from models.metrics import calibration_slope, evaluate
from training.validation.evidence import GRADES, Evidence, Labels, Section
from training.validation.pictures import predicted_and_observed


def calibration(evidence: Evidence) -> Section:
    """Slope with its interval, level (observed over predicted), Hosmer-Lemeshow, groups and grades."""
    sample, settings = evidence.sample, evidence.settings
    overall = evaluate(
        sample.bad, evidence.probability, seed=settings.seed, resamples=settings.bootstrap
    )
    test = hosmer_lemeshow(sample.bad, evidence.probability)
    ratio = overall.observed / overall.predicted
    bounds = np.asarray(
        [rate_interval(o * n, n) for o, n in zip(test.observed, test.counts, strict=True)]
    )
    blocks: list[Block] = [
        Table(
            (Text("指标", "Figure"), Text("数值", "Value"), Text("95% 区间或 p", "95 % interval or p")),
            (
                (Text("校准斜率", "Calibration slope"), f"{overall.calibration_slope:.3f}",
                 f"{overall.calibration_slope_low:.3f} – {overall.calibration_slope_high:.3f}"),
                (Text("实际/预测坏账率", "Observed over predicted"), f"{ratio:.3f}",
                 f"{overall.observed:.3%} / {overall.predicted:.3%}"),
                (Text("Hosmer–Lemeshow", "Hosmer–Lemeshow"),
                 f"χ² = {test.statistic:.1f} ({test.freedom})", f"p = {test.p:.4f}"),
            ),
            align=("left", "right", "right"),
        ),
        predicted_and_observed(
            test.predicted, test.observed, bounds[:, 0], bounds[:, 1],
            [str(i + 1) for i in range(test.freedom)], "校准（十等分） Calibration by tenths",
        ),
    ]  # fmt: skip
    cuts: dict[str, Labels] = {"等级 Grade": evidence.grades}
    if sample.vintages is not None:
        cuts["批次 Vintage"] = sample.vintages
    cuts |= sample.groups
    groups = {title: _by_group(evidence, title, labels, blocks) for title, labels in cuts.items()}
    findings: list[Text] = []
    if not settings.slope_low <= overall.calibration_slope <= settings.slope_high:
        findings.append(
            Text(
                f"校准斜率 {overall.calibration_slope:.3f} [{overall.calibration_slope_low:.2f}, "
                f"{overall.calibration_slope_high:.2f}] 不在 "
                f"{settings.slope_low}–{settings.slope_high} 之间（界限为我方设定）。",
                f"The calibration slope {overall.calibration_slope:.3f} [{overall.calibration_slope_low:.2f}, "
                f"{overall.calibration_slope_high:.2f}] is not within "
                f"{settings.slope_low}–{settings.slope_high} "
                "(the limits are ours).",
            )
        )
    off = [(title, r) for title, rows in groups.items() for r in rows if r["off"]]
    for title, row in off[:6]:
        findings.append(
            Text(
                f"{title} {row['group']}：预测 {row['predicted']:.2%} 在实际坏账率的 99% "
                f"区间之外（{row['observed']:.2%}）。",
                f"{title} {row['group']}: the predicted {row['predicted']:.2%} lies outside the 99 % "
                "interval of the observed "
                f"bad rate ({row['observed']:.2%}).",
            )
        )
    return Section(
        "calibration",
        Text("校准", "Calibration"),
        {
            "slope": overall.calibration_slope,
            "slope_low": overall.calibration_slope_low,
            "slope_high": overall.calibration_slope_high,
            "observed": overall.observed,
            "predicted": overall.predicted,
            "hosmer_lemeshow": {"statistic": test.statistic, "freedom": test.freedom, "p": test.p},
            "groups": groups,
        },
        tuple(blocks),
        tuple(findings),
    )


def _by_group(
    evidence: Evidence, title: str, labels: Labels, blocks: list[Block]
) -> list[dict[str, Any]]:
    sample, settings = evidence.sample, evidence.settings
    present = {str(v) for v in labels}
    order = [g for g in GRADES if g in present] if present <= set(GRADES) else sorted(present)
    rows: list[dict[str, Any]] = []
    for label in order:
        here = labels.astype(str) == label
        n, bads = int(here.sum()), int(sample.bad[here].sum())
        predicted = float(evidence.probability[here].mean())
        low, high = rate_interval(bads, n, 0.99)
        slope = float("nan")
        if min(bads, n - bads) >= 3 * settings.least_bads:
            slope = calibration_slope(sample.bad[here], evidence.probability[here])
        rows.append(
            {
                "group": label,
                "rows": n,
                "bads": bads,
                "observed": bads / n,
                "predicted": predicted,
                "slope": slope if np.isfinite(slope) else None,
                "off": n >= settings.least_rows and not low <= predicted <= high,
            }
        )
    blocks.append(
        Table(
            (Text("组", "Group"), Text("行数", "Rows"), Text("预测", "Predicted"), Text("实际", "Observed"),
             Text("斜率", "Slope"), Text("在 99% 区间内", "Within 99 %")),
            tuple(
                (r["group"], r["rows"], f"{r['predicted']:.2%}",
                 f"{r['observed']:.2%}",
                 "—" if r["slope"] is None else f"{r['slope']:.2f}",
                 Text("否", "no") if r["off"] else Text("是", "yes"))
                for r in rows
            ),
            caption=Text(f"校准：{title}", f"Calibration: {title}"),
            align=("left", "right", "right", "right", "right", "left"),
        )
    )  # fmt: skip
    return rows

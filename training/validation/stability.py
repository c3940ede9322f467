"""Whether the sample still looks like the rows the model was developed on: PSI of the score, CSI of each input."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_contracts.documents import Block, Paragraph, Table, Text
from models.inference import psi_limit
from models.metrics import psi
from training.monitor.watched import BINS, input_counts, tenths
from training.validation.evidence import Evidence, Floats, Sample, Section
from training.validation.pictures import lines


def stability(evidence: Evidence) -> Section:
    """PSI and CSI against the development rows, whole and by month, with limits that know the sample's size."""
    title = Text("稳定性", "Stability")
    reference, settings = evidence.development, evidence.settings
    if reference is None or evidence.reference_margin is None:
        return Section(
            "stability",
            title,
            {},
            (
                Paragraph(
                    Text(
                        "没有开发样本，因此不能计算 PSI 与 CSI；用 --reference 给出。",
                        "The development rows are not at hand, so PSI and CSI can not be told; give them "
                        "with --reference.",
                    )
                ),
            ),
        )
    edges = np.unique(np.quantile(evidence.reference_margin, np.linspace(0, 1, BINS + 1)[1:-1]))
    then = tenths(edges, evidence.reference_margin)
    now = tenths(edges, evidence.margin)
    whole = psi(then, now)
    chance = psi_limit(then.sum(), now.sum(), len(then))
    blocks: list[Block] = [
        Paragraph(
            Text(
                f"分数的 PSI 为 {whole:.4f}（关注 {settings.psi_watch}，不合格 {settings.psi_fail}，我方设定；"
                f"同分布的样本以 99% 的概率不超过 {chance:.4f}）。",
                f"PSI of the score: {whole:.4f} (watch {settings.psi_watch}, fail {settings.psi_fail}, "
                "ours; two samples "
                f"of one distribution stay below {chance:.4f} with 99 %).",
            )
        )
    ]
    csi = _inputs(evidence, reference)
    shown = sorted(csi, key=lambda r: -r["csi"])[:15]
    blocks.append(
        Table(
            (Text("变量", "Input"), "CSI", Text("偶然界限 99%", "Chance, 99 %"), Text("判断", "Judgement")),
            tuple(
                (evidence.model.schema[r["input"]].label, f"{r['csi']:.4f}",
                 f"{r['chance']:.4f}", _WORDS[str(r["state"])])
                for r in shown
            ),
            caption=Text("变化最大的变量", "Inputs that moved most"),
            align=("left", "right", "right", "left"),
        )
    )  # fmt: skip
    months = _months(evidence, edges, then, blocks)
    findings = [
        Text(
            f"分数分布有变化：PSI {whole:.3f}。",
            f"The distribution of the score has moved: PSI {whole:.3f}.",
        )
    ] * (judged(whole, chance, settings.psi_watch, settings.psi_fail) != "stable")
    moved = [r for r in csi if r["state"] == "fail"]
    if moved:
        names = "、".join(evidence.model.schema[r["input"]].label for r in moved[:5])
        findings.append(
            Text(
                f"{len(moved)} 个变量的分布不稳定：{names}。",
                f"{len(moved)} inputs have moved: {names}.",
            )
        )
    return Section(
        "stability",
        title,
        {"psi": whole, "psi_chance": chance, "csi": csi, "months": months},
        tuple(blocks),
        tuple(findings),
    )


_WORDS = {
    "stable": Text("稳定", "stable"),
    "watch": Text("关注", "watch"),
    "fail": Text("不稳定", "moved"),
}


def judged(value: float, chance: float, watch: float, fail: float) -> str:
    """Name a PSI: what chance alone can reach in a sample of this size is stable, whatever the limits say.

    >>> judged(0.12, 0.2, 0.1, 0.25), judged(0.12, 0.02, 0.1, 0.25), judged(0.3, 0.02, 0.1, 0.25)
    ('stable', 'watch', 'fail')
    """
    if value <= max(chance, watch):
        return "stable"
    return "watch" if value <= max(chance, fail) else "fail"


def _inputs(evidence: Evidence, reference: Sample) -> list[dict[str, Any]]:
    settings = evidence.settings
    rows: list[dict[str, Any]] = []
    for name in evidence.model.inputs:
        then, now = (
            input_counts(evidence.model, name, s.frame[name]) for s in (reference, evidence.sample)
        )
        used = (then + now) > 0
        then, now = then[used], now[used]
        value = psi(then, now) if used.sum() > 1 else 0.0
        chance = psi_limit(then.sum(), now.sum(), int(used.sum()))
        rows.append(
            {
                "input": name,
                "csi": value,
                "chance": chance if np.isfinite(chance) else 0.0,
                "state": judged(value, chance, settings.psi_watch, settings.psi_fail),
            }
        )
    return rows


def _months(
    evidence: Evidence, edges: Floats, then: NDArray[np.int64], blocks: list[Block]
) -> list[dict[str, Any]]:
    labels = evidence.sample.months
    if labels is None:
        return []
    if len(set(labels)) > 36:
        labels = evidence.sample.vintages
    assert labels is not None
    rows: list[dict[str, Any]] = []
    for month in sorted(set(labels)):
        here = labels == month
        if here.sum() < evidence.settings.least_rows:
            continue
        now = tenths(edges, evidence.margin[here])
        rows.append(
            {
                "month": month,
                "rows": int(here.sum()),
                "psi": psi(then, now),
                "chance": psi_limit(then.sum(), now.sum(), len(then)),
                "mean_score": float(evidence.margin[here].mean()),
            }
        )
    if len(rows) > 1:
        values, chance = (np.asarray([r[k] for r in rows]) for k in ("psi", "chance"))
        blocks.append(
            lines(
                [r["month"] for r in rows],
                {"PSI": values},
                "分数的 PSI 随时间 PSI of the score over time",
                {
                    "偶然 chance 99 %": chance,
                    "关注 watch": np.full(len(rows), evidence.settings.psi_watch),
                },
            )
        )
    return rows

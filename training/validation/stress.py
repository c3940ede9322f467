"""What the model does when its inputs move: each one shifted for the worse, a supplier missing, all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from data_contracts.documents import Block, Paragraph, Table, Text
from models.inference import auc_interval
from models.scale import probabilities
from training.validation.cutoff import approval_score
from training.validation.evidence import Evidence, Floats, Section
from training.validation.pictures import bars

QUANTILE_STEP = 0.1
"""An input is shifted by a tenth of its ranks; ours."""


def stress(evidence: Evidence) -> Section:
    """Sensitivity to each input, loss of each supplier, and a common shock (REG-54 of the project's requirements)."""
    cut = approval_score(evidence)
    base = _state(evidence, evidence.margin, cut)
    single = []
    for name in evidence.model.inputs:
        frame = evidence.sample.frame.copy(deep=False)
        frame[name] = worse(evidence, name)
        single.append({"input": name, **_state(evidence, evidence.model.margin(frame), cut)})
    single.sort(key=lambda r: -abs(r["mean_pd"] - base["mean_pd"]))
    shocked = evidence.sample.frame.copy(deep=False)
    for name in evidence.model.inputs:
        shocked[name] = worse(evidence, name)
    together = _state(evidence, evidence.model.margin(shocked), cut)
    missing = []
    for supplier, names in evidence.suppliers.items():
        used = [name for name in names if name in evidence.model.inputs]
        if used:
            frame = evidence.sample.frame.copy(deep=False)
            for name in used:
                frame[name] = _nothing(frame[name])
            missing.append(
                {"supplier": supplier, "inputs": len(used), **_state(evidence, evidence.model.margin(frame), cut)}
            )  # fmt: skip
    missing.sort(key=lambda r: r["auc"])
    blocks: list[Block] = [
        Paragraph(
            Text(
                "每个数值变量向其不利方向移动十分之一秩（无声明方向的取两侧中较坏者）；批准线 "
                f"{cut} 分。下列数字为假想情形。",
                "Each number is moved by a tenth of its ranks for the worse (the worse side where no "
                "direction is declared); "
                f"approval from {cut} points. These are suppositions.",
            )
        ),
        _table(
            evidence,
            Text("情形", "Case"),
            [
                (Text("样本", "Sample"), base),
                (Text("全部变量同时变坏", "All inputs worse at once"), together),
                *[(evidence.model.schema[r["input"]].label, r) for r in single[:12]],
            ],
            Text("敏感性与压力", "Sensitivity and stress"),
        ),
        bars(
            [evidence.model.schema[r["input"]].label for r in single[:12]],
            np.asarray([(r["mean_pd"] - base["mean_pd"]) * 100 for r in single[:12]]),
            "平均违约概率的变化（百分点） Change of the mean probability (percentage points)",
            "{:+.2f}",
        ),
    ]
    if missing:
        blocks.append(
            _table(
                evidence,
                Text("缺失的来源", "Missing supplier"),
                [(r["supplier"], r) for r in missing],
                Text("来源缺失时", "When a supplier is missing"),
            )
        )
    findings = []
    fragile = [r for r in missing if r["auc"] < base["auc"] - 0.05]
    if fragile:
        told = "、".join(r["supplier"] for r in fragile[:4])
        findings.append(
            Text(
                f"缺少以下来源时 AUC 下降超过 0.05：{told}。",
                f"Without these suppliers the AUC falls by more than .05: {told}.",
            )
        )
    return Section(
        "stress",
        Text("敏感性与压力测试", "Sensitivity and stress"),
        {"base": base, "single": single, "together": together, "missing": missing},
        tuple(blocks),
        tuple(findings),
    )


def worse(evidence: Evidence, name: str) -> pd.Series:
    """The column with every value replaced by the one a tenth of the ranks further on the risky side.

    A category keeps its values; missing and special values stay.
    """
    column = evidence.sample.frame[name]
    field = evidence.model.schema[name]
    if field.kind != "number":
        return column
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    seen = np.isfinite(values)
    for code in getattr(field, "special", ()):
        seen &= values != code
    if not seen.any():
        return column
    ordered = np.sort(values[seen])
    rank = (np.searchsorted(ordered, values[seen], side="right") - 0.5) / len(ordered)
    candidates = []
    for side in (field.direction,) if field.direction else (1, -1):
        moved = values.copy()
        shifted = np.quantile(ordered, np.clip(rank + side * QUANTILE_STEP, 0, 1))
        # A shift of ranks never improves a value, whatever its ties.
        moved[seen] = (
            np.maximum(shifted, values[seen]) if side > 0 else np.minimum(shifted, values[seen])
        )
        candidates.append(moved)
    if len(candidates) == 1:
        return pd.Series(candidates[0], index=column.index)
    margins: list[Floats] = []
    for moved in candidates:
        frame = evidence.sample.frame.copy(deep=False)
        frame[name] = moved
        margins.append(evidence.model.margin(frame))
    return pd.Series(np.where(margins[0] <= margins[1], *candidates), index=column.index)


def _nothing(column: pd.Series) -> pd.Series:
    if column.dtype.kind in "fiub":
        return pd.Series(np.nan, index=column.index, dtype=np.float64)
    return pd.Series([None] * len(column), index=column.index, dtype=object)


def _state(evidence: Evidence, margin: Floats, cut: int) -> dict[str, Any]:
    probability = probabilities(
        (evidence.model.scale.offset - margin) / evidence.model.scale.factor
    )
    value, low, high = auc_interval(evidence.sample.bad, probability)
    return {
        "auc": value,
        "auc_low": low,
        "auc_high": high,
        "mean_pd": float(probability.mean()),
        "approved": float((evidence.model.scale.scores(margin) >= cut).mean()),
    }


def _table(
    evidence: Evidence, head: Text, rows: list[tuple[Text | str, dict[str, Any]]], caption: Text
) -> Table:
    return Table(
        (head, "AUC", Text("95% 区间", "95 % interval"), Text("平均违约概率", "Mean PD"),
         Text("批准率", "Approved")),
        tuple(
            (label, f"{r['auc']:.3f}", f"{r['auc_low']:.3f} – {r['auc_high']:.3f}", f"{r['mean_pd']:.2%}",
             f"{r['approved']:.1%}")
            for label, r in rows
        ),
        caption=caption,
        align=("left", *("right",) * 4),
    )  # fmt: skip

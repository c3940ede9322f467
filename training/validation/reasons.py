"""Whether reasons are told to everybody, and stay the same when nothing that matters changes."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.documents import Block, Paragraph, Table, Text
from models.scorer import AdditiveModel
from training.validation.evidence import Evidence, Section
from training.validation.pictures import bars

MOST = 4
ROWS = 5000
"""Reasons are compared on at most so many rows, a random choice; ours."""

Sets = list[frozenset[str]]


def reasons(evidence: Evidence) -> Section:
    """Coverage, the commonest first reasons, and stability under small changes and refits."""
    frame = evidence.sample.frame
    if len(frame) > ROWS:
        keep = np.random.default_rng(evidence.settings.seed).choice(len(frame), ROWS, replace=False)
        frame = frame.iloc[np.sort(keep)]
    sets, first = reason_sets(evidence.model, frame)
    told = float(np.mean([bool(s) for s in sets]))
    moved, _ = reason_sets(evidence.model, _moved(evidence, frame))
    overlaps = [len(a & b) / len(a | b) if a | b else 1.0 for a, b in zip(sets, moved, strict=True)]
    jaccard = float(np.mean(overlaps))
    rows: list[tuple[Text, str]] = [
        (Text("有至少一条理由的客户", "Customers with a reason"), f"{told:.1%}"),
        (Text("微小变动后理由的重合度（Jaccard）", "Overlap after small changes (Jaccard)"), f"{jaccard:.3f}"),
    ]  # fmt: skip
    figures: dict[str, Any] = {"told": told, "jaccard": jaccard, "rows": len(frame)}
    if len(evidence.refits) > 1:
        exact = refit_agreement([reason_sets(m, frame)[0] for m in evidence.refits])
        figures["refits"] = {"count": len(evidence.refits), "same": exact}
        rows.append(
            (Text(f"{len(evidence.refits)} 次重训两两比较，理由完全相同的比例",
                  f"Identical reasons between pairs of {len(evidence.refits)} refits"), f"{exact:.1%}")
        )  # fmt: skip
    counts = pd.Series(first).value_counts()
    counts = counts[counts.index != ""].head(10)
    figures["first"] = {str(k): int(v) for k, v in counts.items()}
    blocks: list[Block] = [
        Table(
            (Text("指标", "Figure"), Text("数值", "Value")), tuple(rows), align=("left", "right")
        ),
    ]
    if len(counts):
        blocks.append(
            bars(
                [_named(evidence, str(name)) for name in counts.index],
                counts.to_numpy(dtype=float),
                "首要理由 First reason (customers)",
            )
        )
    blocks.append(
        Paragraph(
            Text(
                f"理由为使分数低于参照的前 {MOST} 项；每个数值变动其标准差的 {evidence.settings.perturbation:.0%}。",
                f"Reasons are the {MOST} largest harms; each number was moved by "
                f"{evidence.settings.perturbation:.0%} of its "
                "standard deviation.",
            ),
            small=True,
        )
    )
    findings = [
        Text(
            f"微小变动使理由改变：重合度 {jaccard:.2f} 低于 0.9。",
            f"Small changes move reasons: overlap {jaccard:.2f} is below .9.",
        )
    ] * (jaccard < 0.9)
    return Section(
        "reasons",
        Text("理由的稳定性", "Stability of reasons"),
        figures,
        tuple(blocks),
        tuple(findings),
    )


def reason_sets(model: AdditiveModel, frame: pd.DataFrame) -> tuple[Sets, list[str]]:
    """The set of reasons of each row, and its first one ("" where there is none)."""
    _, points = model.contributions(frame)
    names = ["+".join(term) for term in model.terms]
    order = np.argsort(points, axis=1, kind="stable")[:, :MOST]
    sets: Sets = []
    first: list[str] = []
    for row, chosen in zip(points, order, strict=True):
        harmful = [names[i] for i in chosen if row[i] < 0]
        sets.append(frozenset(harmful))
        first.append(harmful[0] if harmful else "")
    return sets, first


def refit_agreement(sets: list[Sets]) -> float:
    """Share of identical reason sets over all pairs of models and all rows."""
    return float(
        np.mean(
            [
                a == b
                for one, other in combinations(sets, 2)
                for a, b in zip(one, other, strict=True)
            ]
        )
    )


def _moved(evidence: Evidence, frame: pd.DataFrame) -> pd.DataFrame:
    random = np.random.default_rng(evidence.settings.seed)
    out = frame.copy(deep=False)
    for name in evidence.model.inputs:
        if evidence.model.schema[name].kind != "number":
            continue
        values: NDArray[np.float64] = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        seen = values[np.isfinite(values)]
        if not len(seen) or ((seen == np.floor(seen)).all() and len(np.unique(seen)) <= 20):
            continue  # a count of two is not two and a bit
        step = evidence.settings.perturbation * float(seen.std())
        out[name] = values + random.choice([-step, step], len(values))
    return out


def _named(evidence: Evidence, term: str) -> str:
    return " × ".join(evidence.model.schema[name].label for name in term.split("+"))

"""Fairness: gaps in approval, error and price between groups that differ in a protected attribute.

Protected attributes are never inputs; here, and only here, they are looked at (REG-44 of the project's
requirements).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from data_contracts.documents import Block, Paragraph, Table, Text
from models.inference import auc_interval, gap_interval
from training.validation.cutoff import approval_score
from training.validation.evidence import Evidence, Floats, Labels, Section
from training.validation.pictures import intervals

MEASURES = {
    "approval": Text("批准率", "Approval rate"),
    "goods_refused": Text("好客户被拒率", "Goods refused"),
    "bads_approved": Text("坏客户获批率", "Bads approved"),
}


def fairness(evidence: Evidence) -> Section:
    """Each group against the largest one of its attribute, with intervals of every gap."""
    title = Text("公平性", "Fairness")
    if not evidence.sample.protected:
        return Section(
            "fairness",
            title,
            {},
            (
                Paragraph(
                    Text(
                        "样本不含受保护属性，因此未检验公平性；用 --protected 指定只用于检验的列。",
                        "The sample has no protected attribute, so fairness was not tested; name columns "
                        "for the test alone with "
                        "--protected.",
                    )
                ),
            ),
        )
    cut = approval_score(evidence)
    figures: dict[str, Any] = {"approve_at": cut}
    blocks: list[Block] = [
        Paragraph(
            Text(
                f"受保护属性不是模型的输入，只在此处使用。批准线 {cut} 分；差为该组减最大组。",
                f"Protected attributes are no inputs; they are used here alone. Approval from {cut} "
                "points; a gap is the group "
                "less the largest group.",
            )
        )
    ]
    findings: list[Text] = []
    for attribute, labels in evidence.sample.protected.items():
        rows = _groups(evidence, labels, cut)
        figures[attribute] = rows
        _show(attribute, rows, blocks)
        best = max((r["approval"] for r in rows if r["judged"]), default=0.0)
        for row in rows:
            # A gap that chance explains is no finding.
            certain = row["reference"] or row["approval_gap_high"] < 0
            if row["judged"] and certain and row["approval"] < evidence.settings.four_fifths * best:
                findings.append(
                    Text(
                        f"{attribute}：{row['group']} 的批准率 {row['approval']:.1%} 低于最高组的 "
                        f"{evidence.settings.four_fifths:.0%}（界限为我方设定）。",
                        f"{attribute}: the approval rate of {row['group']}, {row['approval']:.1%}, is below "
                        f"{evidence.settings.four_fifths:.0%} of the highest group's (the limit is ours).",
                    )
                )
    return Section("fairness", title, figures, tuple(blocks), tuple(findings))


def _groups(evidence: Evidence, labels: Labels, cut: int) -> list[dict[str, Any]]:
    bad, taken = evidence.sample.bad.astype(bool), evidence.score >= cut
    price = expected_loss_price(evidence)
    names, counts = np.unique(labels.astype(str), return_counts=True)
    largest = str(names[int(np.argmax(counts))])
    mine = {str(name): labels.astype(str) == name for name in names}
    of: dict[str, Callable[[Any], tuple[float, float]]] = {
        "approval": lambda here: (float(taken[here].sum()), float(here.sum())),
        "goods_refused": lambda here: (
            float((~taken & ~bad)[here].sum()),
            float((~bad)[here].sum()),
        ),
        "bads_approved": lambda here: (float((taken & bad)[here].sum()), float(bad[here].sum())),
    }
    rows = []
    for name, here in mine.items():
        row: dict[str, Any] = {
            "group": name,
            "rows": int(here.sum()),
            "bads": int(bad[here].sum()),
            "judged": int(here.sum()) >= evidence.settings.least_rows,
            "reference": name == largest,
        }
        for key, count in of.items():
            (events, n), (their_events, their_n) = count(here), count(mine[largest])
            row[key] = events / n if n else None
            if name != largest and n and their_n:
                row[f"{key}_gap"], row[f"{key}_gap_low"], row[f"{key}_gap_high"] = gap_interval(
                    (events, their_events), (n, their_n)
                )
        row["price"] = float(price[here & taken].mean()) if (here & taken).any() else None
        if name != largest and row["price"] is not None and (mine[largest] & taken).any():
            a, b = price[here & taken], price[mine[largest] & taken]
            error = np.sqrt(a.var() / len(a) + b.var() / len(b))
            gap = float(a.mean() - b.mean())
            row["price_gap"], row["price_gap_low"], row["price_gap_high"] = (
                gap, gap - 1.96 * float(error), gap + 1.96 * float(error),
            )  # fmt: skip
        if min(row["bads"], row["rows"] - row["bads"]) >= evidence.settings.least_bads:
            row["auc"], row["auc_low"], row["auc_high"] = auc_interval(
                bad[here].astype(int), evidence.probability[here]
            )
        row["observed"], row["predicted"] = (
            float(bad[here].mean()),
            float(evidence.probability[here].mean()),
        )
        rows.append(row)
    return rows


def expected_loss_price(evidence: Evidence) -> Floats:
    """Yearly price of risk of each row: probability of going bad times the loss of a bad loan."""
    return evidence.probability * evidence.settings.loss


def _show(attribute: str, rows: list[dict[str, Any]], blocks: list[Block]) -> None:
    def share(value: float | None) -> str:
        return "—" if value is None else f"{value:.2%}"

    def gap(row: dict[str, Any], key: str) -> str:
        if f"{key}_gap" not in row:
            return "—"
        return (
            f"{row[f'{key}_gap'] * 100:+.2f} [{row[f'{key}_gap_low'] * 100:+.2f}, "
            f"{row[f'{key}_gap_high'] * 100:+.2f}]"
        )

    blocks.append(
        Table(
            (Text("组", "Group"), Text("行数", "Rows"), *MEASURES.values(), Text("风险价格", "Price of risk"), "AUC",
             Text("预测/实际", "Predicted / observed")),
            tuple(
                (f"{r['group']}{' *' if r['reference'] else ''}", r["rows"], *(share(r[k]) for k in MEASURES),
                 share(r["price"]), f"{r['auc']:.3f}" if "auc" in r else "—",
                 f"{share(r['predicted'])} / {share(r['observed'])}")
                for r in rows
            ),
            caption=Text(f"{attribute}（* 最大组）", f"{attribute} (* largest group)"),
            align=("left", *("right",) * 7),
        )
    )  # fmt: skip
    blocks.append(
        Table(
            (Text("组", "Group"), *(Text(f"{t.zh}之差", f"Gap: {t.en.lower()}") for t in MEASURES.values()),
             Text("价格之差", "Gap: price of risk")),
            tuple(
                (r["group"], *(gap(r, k) for k in (*MEASURES, "price"))) for r in rows if not r["reference"]
            ),
            caption=Text("与最大组之差，百分点 [95%]", "Gaps to the largest group, percentage points [95 %]"),
            align=("left", *("right",) * 4),
        )
    )  # fmt: skip
    told = [r for r in rows if "approval_gap" in r]
    if told:
        blocks.append(
            intervals(
                [
                    (
                        r["group"],
                        *(100 * r[f"approval_gap{part}"] for part in ("", "_low", "_high")),
                    )
                    for r in told[:24]
                ],
                f"批准率之差（百分点） Gap in approval (pp): {attribute}",
                0.0,
                "{:+.1f}",
            )
        )

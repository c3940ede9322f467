"""How well the score tells bad from good: overall, by segment, vintage and grade, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np

from data_contracts.documents import Block, Paragraph, Table, Text
from models.inference import auc_interval, gap_interval, rate_interval
from models.metrics import evaluate, ks
from training.validation.evidence import GRADES, Evidence, Labels, Section
from training.validation.pictures import intervals, roc


def discrimination(evidence: Evidence) -> Section:
    """AUC, KS and Gini with intervals; the bad rate of each grade must fall as grades rise."""
    sample, settings = evidence.sample, evidence.settings
    overall = evaluate(
        sample.bad, evidence.probability, seed=settings.seed, resamples=settings.bootstrap
    )
    gini = 2 * overall.auc - 1
    aucs = {
        kind: auc_interval(sample.bad, probability)[0]
        for kind, probability in {"model": evidence.probability, **evidence.challengers}.items()
    }
    blocks: list[Block] = [
        Table(
            (Text("指标", "Figure"), Text("数值", "Value"), Text("95% 区间", "95 % interval")),
            (
                ("AUC", f"{overall.auc:.4f}", f"{overall.auc_low:.4f} – {overall.auc_high:.4f}"),
                (
                    "Gini",
                    f"{gini:.4f}",
                    f"{2 * overall.auc_low - 1:.4f} – {2 * overall.auc_high - 1:.4f}",
                ),
                ("KS", f"{overall.ks:.4f}", f"{overall.ks_low:.4f} – {overall.ks_high:.4f}"),
                ("Brier", f"{overall.brier:.5f}", f"{overall.brier_low:.5f} – {overall.brier_high:.5f}"),
                (Text("对数损失", "Log loss"), f"{overall.log_loss:.5f}",
                 f"{overall.log_loss_low:.5f} – {overall.log_loss_high:.5f}"),
            ),
            align=("left", "right", "right"),
        ),
        roc(sample.bad, {"model": evidence.probability, **evidence.challengers}, aucs),
    ]  # fmt: skip
    groups: dict[str, list[dict[str, Any]]] = {}
    cuts: dict[str, Labels] = dict(sample.groups)
    if sample.vintages is not None:
        cuts = {"批次 Vintage": sample.vintages, **cuts}
    for title, labels in cuts.items():
        groups[title] = _by_group(evidence, title, labels, blocks)
    grades = _by_grade(evidence, blocks)
    findings = []
    judged = [g for g in grades if g["judged"]]
    for better, worse in pairwise(judged):
        _, low, _ = gap_interval((better["bads"], worse["bads"]), (better["rows"], worse["rows"]))
        if low > 0:  # beyond what chance turns round
            findings.append(
                Text(
                    f"等级 {better['grade']} 的坏账率（{better['rate']:.2%}）高于更低的等级 "
                    f"{worse['grade']}（{worse['rate']:.2%}）。",
                    f"Grade {better['grade']} has a higher bad rate ({better['rate']:.2%}) than the lower grade "
                    f"{worse['grade']} ({worse['rate']:.2%}).",
                )
            )
    if overall.auc_low <= 0.5:
        findings.append(
            Text(
                "AUC 的区间包含 0.5：模型不能区分好坏。",
                "The interval of the AUC holds 0.5: the model tells nothing.",
            )
        )
    return Section(
        "discrimination",
        Text("区分度", "Discrimination"),
        {"overall": {**asdict(overall), "gini": gini}, "groups": groups, "grades": grades},
        tuple(blocks),
        tuple(findings),
    )


def _by_group(
    evidence: Evidence, title: str, labels: Labels, blocks: list[Block]
) -> list[dict[str, Any]]:
    sample, settings = evidence.sample, evidence.settings
    rows: list[dict[str, Any]] = []
    for label in sorted({str(v) for v in labels}):
        here = labels.astype(str) == label
        bad = sample.bad[here]
        judged = min(int(bad.sum()), int((1 - bad).sum())) >= settings.least_bads
        row: dict[str, Any] = {"group": label, "rows": int(here.sum()), "bads": int(bad.sum())}
        if judged:
            p = evidence.probability[here]
            value, low, high = auc_interval(bad, p)
            row |= {"auc": value, "auc_low": low, "auc_high": high, "ks": ks(bad, p)}
        rows.append(row)
    told = [r for r in rows if "auc" in r]
    blocks.append(
        Table(
            (Text("组", "Group"), Text("行数", "Rows"), Text("坏客户", "Bads"), "AUC", Text("95% 区间", "95 %"),
             "Gini", "KS"),
            tuple(_cells(row) for row in rows),
            caption=Text(f"区分度：{title}", f"Discrimination: {title}"),
            align=("left", *("right",) * 6),
        )
    )  # fmt: skip
    if len(told) > 1:
        blocks.append(
            intervals(
                [
                    (
                        r["group"],
                        r["auc"],
                        r["auc_low"],
                        r["auc_high"],
                    )
                    for r in told[:24]
                ],
                f"AUC: {title}",
                0.5,
            )
        )
    if len(told) < len(rows):
        blocks.append(
            Paragraph(
                Text(
                    f"坏客户或好客户少于 {settings.least_bads} 的组不计算 AUC。",
                    f"Groups with fewer than {settings.least_bads} bads or goods get no AUC.",
                ),
                small=True,
            )
        )
    return rows


def _cells(row: Mapping[str, Any]) -> tuple[str, int, int, str, str, str, str]:
    rows, bads = row["rows"], row["bads"]
    if "auc" not in row:
        return str(row["group"]), rows, bads, "—", "—", "—", "—"
    value, low, high = (row[k] for k in ("auc", "auc_low", "auc_high"))
    return (
        str(row["group"]),
        rows,
        bads,
        f"{value:.3f}",
        f"{low:.3f} – {high:.3f}",
        f"{2 * value - 1:.3f}",
        f"{row['ks']:.3f}",
    )


def _by_grade(evidence: Evidence, blocks: list[Block]) -> list[dict[str, Any]]:
    sample = evidence.sample
    rows: list[dict[str, Any]] = []
    for grade in GRADES:
        here = evidence.grades == grade
        n, bads = int(here.sum()), int(sample.bad[here].sum())
        if n:
            low, high = rate_interval(bads, n)
            rows.append(
                {"grade": grade, "rows": n, "bads": bads, "rate": bads / n, "rate_low": low, "rate_high": high,
                 "predicted": float(np.mean(evidence.probability[here])),
                 "judged": n >= evidence.settings.least_rows}
            )  # fmt: skip
    blocks.append(
        Table(
            (Text("等级", "Grade"), Text("行数", "Rows"), Text("占比", "Share"), Text("坏客户", "Bads"),
             Text("坏账率", "Bad rate"), Text("95% 区间", "95 % interval"), Text("预测", "Predicted")),
            tuple(
                (r["grade"], r["rows"], f"{r['rows'] / len(sample.bad):.1%}",
                 r["bads"], f"{r['rate']:.2%}",
                 f"{r['rate_low']:.2%} – {r['rate_high']:.2%}",
                 f"{r['predicted']:.2%}")
                for r in rows
            ),
            caption=Text("按等级（等级为我方设定）", "By grade (the grades are ours)"),
            align=("left", *("right",) * 6),
        )
    )  # fmt: skip
    return rows

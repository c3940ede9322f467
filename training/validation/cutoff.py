"""Where to set the cut-off: approvals, bad rate and profit for every score, with the interval of the best."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_contracts.documents import Block, Paragraph, Table, Text
from training.plots import GREY, INK, RISK
from training.validation.evidence import Evidence, Floats, Section
from training.validation.pictures import canvas, image


def profit_by_cut(
    evidence: Evidence, bad: NDArray[np.int8], score: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Profit for each loan of the sample, by cut-off.

    Returns
    -------
    cuts, profit
        Every published score that occurs, rising, and the profit when all at or above it are approved, as
        a share of the amount of one loan and divided by all applications.
    """
    s = evidence.settings
    cuts, position = np.unique(score, return_inverse=True)
    earned = np.bincount(position, weights=np.where(bad > 0, -s.loss, s.gain))
    return cuts.astype(np.float64), earned[::-1].cumsum()[::-1] / len(bad)


def approval_score(evidence: Evidence) -> int:
    """The declared approval score, or the one at which the profit on the sample is largest."""
    if evidence.settings.approve_at is not None:
        return evidence.settings.approve_at
    cuts, profit = profit_by_cut(evidence, evidence.sample.bad, evidence.score)
    return int(cuts[int(np.argmax(profit))])


def cutoff(evidence: Evidence) -> Section:
    """Profit curve with its best point, and what a few cut-offs would approve."""
    bad, score, settings = evidence.sample.bad, evidence.score, evidence.settings
    cuts, profit = profit_by_cut(evidence, bad, score)
    best = int(cuts[int(np.argmax(profit))])
    random = np.random.default_rng(settings.seed)
    chosen = []
    for _ in range(settings.bootstrap):
        rows = random.integers(0, len(bad), len(bad))
        c, p = profit_by_cut(evidence, bad[rows], score[rows])
        chosen.append(float(c[int(np.argmax(p))]))
    low, high = np.percentile(chosen, [2.5, 97.5])
    table: list[dict[str, Any]] = []
    wanted = sorted({*range(440, 761, 40), best, approval_score(evidence)})
    for cut in wanted:
        taken = score >= cut
        if not taken.any():
            continue
        table.append(
            {
                "cut": cut,
                "approved": float(taken.mean()),
                "bad_rate": float(bad[taken].mean()),
                "goods_refused": float((~taken & (bad == 0)).sum() / (bad == 0).sum()),
                "profit": float(
                    np.where(bad[taken] > 0, -settings.loss, settings.gain).sum() / len(bad)
                ),
            }
        )
    figure, (left, right) = canvas((8.6, 3.4), 2)
    left.plot(cuts, profit * 100, color=INK)
    left.axvline(best, color=RISK, linewidth=1.0)
    left.axvspan(low, high, color=RISK, alpha=0.12)
    left.set_xlabel("批准线（分） Cut-off (points)")
    left.set_title("每百元申请的利润 Profit per 100 applied for", fontsize=10)
    order = np.argsort(-score, kind="stable")
    share = np.arange(1, len(bad) + 1) / len(bad)
    right.plot(share, np.cumsum(bad[order]) / np.arange(1, len(bad) + 1), color=INK)
    right.axhline(float(bad.mean()), color=GREY, linestyle="--", linewidth=0.8)
    right.set_xlabel("批准率 Approval rate")
    right.set_title("批准客户的坏账率 Bad rate of the approved", fontsize=10)
    blocks: tuple[Block, ...] = (
        Paragraph(
            Text(
                f"假设好贷款收益为金额的 {settings.gain:.1%}、坏贷款损失 "
                f"{settings.loss:.0%}（我方设定，可配置），利润最大的批准线为 "
                f"{best} 分（95% 区间 {low:.0f}–{high:.0f}）。",
                f"If a good loan earns {settings.gain:.1%} of its amount and a bad one loses "
                f"{settings.loss:.0%} (ours, "
                f"configurable), profit is largest at {best} points (95 % interval {low:.0f}–{high:.0f}).",
            )
        ),
        image(
            figure,
            Text(
                f"利润曲线，最高点 {best} 分；批准率与坏账率曲线",
                f"Profit curve with its best point at {best} points; bad rate by approval rate",
            ),
        ),
        Table(
            (Text("批准线", "Cut-off"), Text("批准率", "Approved"), Text("批准者坏账率", "Bad rate of the approved"),
             Text("被拒的好客户", "Goods refused"), Text("每百元利润", "Profit per 100")),
            tuple(
                (f"{r['cut']}{' *' if r['cut'] == best else ''}", f"{r['approved']:.1%}", f"{r['bad_rate']:.2%}",
                 f"{r['goods_refused']:.1%}", f"{r['profit'] * 100:+.3f}")
                for r in table
            ),
            caption=Text("批准线的选择（* 利润最大）", "Choice of the cut-off (* largest profit)"),
            align=("right",) * 5,
        ),
    )  # fmt: skip
    return Section(
        "cutoff",
        Text("批准线分析", "Cut-off analysis"),
        {"best": best, "best_low": float(low), "best_high": float(high), "table": table},
        blocks,
    )

"""Who was judged: the waterfall from all records to the sample, its vintages, and what is missing in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from data_contracts.documents import Block, Bullets, Paragraph, Table, Text
from training.validation.evidence import Evidence, Section
from training.validation.pictures import bars


def population(evidence: Evidence) -> Section:
    """Waterfall, outcomes by vintage, and how often each input is missing."""
    sample = evidence.sample
    n, bads = len(sample.bad), int(sample.bad.sum())
    blocks: list[Block] = [
        Paragraph(
            Text(
                f"检验样本 {n:,} 行，其中坏客户 {bads:,} 行（{bads / n:.2%}）；模型未用过其中任何一行。",
                f"The sample holds {n:,} rows, {bads:,} of them bad ({bads / n:.2%}); the model has seen "
                "none of them.",
            )
        )
    ]
    if sample.remarks:
        blocks.append(Bullets(sample.remarks))
    if evidence.waterfall:
        blocks.append(
            Table(
                (Text("步骤", "Step"), Text("剩余行数", "Rows left"), Text("排除", "Left out")),
                tuple(
                    (step.text, step.rows, before - step.rows)
                    for step, before in zip(
                        evidence.waterfall,
                        (evidence.waterfall[0].rows, *(s.rows for s in evidence.waterfall)),
                        strict=False,
                    )
                ),
                caption=Text("样本的由来", "From all records to the sample"),
                align=("left", "right", "right"),
            )
        )
        blocks.append(
            bars(
                [f"{s.text.zh} {s.text.en}" for s in evidence.waterfall],
                np.asarray([float(s.rows) for s in evidence.waterfall]),
                "样本瀑布 Waterfall (rows)",
            )
        )
    vintages = _vintages(evidence, blocks)
    missing = {name: float(sample.frame[name].isna().mean()) for name in evidence.model.inputs}
    largest = sorted(missing.items(), key=lambda item: -item[1])[:10]
    if largest and largest[0][1] > 0:
        blocks.append(
            Table(
                (Text("变量", "Input"), Text("缺失率", "Missing")),
                tuple(
                    (evidence.model.schema[name].label, f"{share:.1%}")
                    for name, share in largest
                    if share > 0
                ),
                caption=Text("缺失最多的变量", "Inputs missing most often"),
                align=("left", "right"),
            )
        )
    return Section(
        "population",
        Text("样本", "Population"),
        {
            "rows": n,
            "bads": bads,
            "waterfall": [
                {"zh": s.text.zh, "en": s.text.en, "rows": s.rows} for s in evidence.waterfall
            ],
            "vintages": vintages,
            "missing": missing,
        },
        tuple(blocks),
    )


def _vintages(evidence: Evidence, blocks: list[Block]) -> list[dict[str, Any]]:
    sample = evidence.sample
    if sample.vintages is None:
        blocks.append(
            Paragraph(
                Text(
                    "样本没有决策日期，因此不能按时间分析。",
                    "The sample has no days of decision, so nothing is told over time.",
                )
            )
        )
        return []
    rows: list[dict[str, Any]] = []
    for vintage in sorted(set(sample.vintages)):
        here = sample.vintages == vintage
        rows.append(
            {"vintage": vintage, "rows": int(here.sum()), "bads": int(sample.bad[here].sum())}
        )
    blocks.append(
        Table(
            (Text("批次", "Vintage"), Text("行数", "Rows"), Text("坏客户", "Bads"), Text("坏账率", "Bad rate")),
            tuple(
                (r["vintage"], r["rows"], r["bads"],
                 f"{r['bads'] / r['rows']:.2%}")
                for r in rows
            ),
            caption=Text("按决策时间", "By time of decision"),
            align=("left", "right", "right", "right"),
        )
    )  # fmt: skip
    return rows

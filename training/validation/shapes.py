"""The tables themselves, drawn: every effect that the model has, and what is proved of them."""

from __future__ import annotations

import numpy as np

from data_contracts.documents import Block, Image, Note, Paragraph, Table, Text
from models.glassbox.certificate import certify
from models.table import Table as Effects
from training.plots import GREY, INK, RISK
from training.validation.evidence import Evidence, Section
from training.validation.pictures import canvas, image

_SIGNS = {
    1: Text("↑ 增险", "↑ more risk"),
    -1: Text("↓ 降险", "↓ less risk"),
    0: Text("自由", "free"),
}


def shapes(evidence: Evidence) -> Section:
    """Certificate, list of tables by importance, and pictures of the most important ones."""
    model = evidence.model
    certificate = certify(model)
    tables = sorted(model.tables, key=lambda table: -table.deviation)
    blocks: list[Block] = [
        Note(
            Text("由全部单元格计算：所声明的方向在每个单元格成立，无禁用变量。",
                 "Computed over all cells: every declared direction holds, no input is prohibited.")
            if certificate.holds
            else Text("；".join(certificate.faults), "; ".join(certificate.faults)),
            "good" if certificate.holds else "bad",
            Text("证书", "Certificate"),
        ),
        Paragraph(
            Text(
                f"单变量表 {certificate.single_tables} 张，双变量表 {certificate.pair_tables} 张，"
                f"共 {certificate.cells:,} 格；"
                f"分数界限 {certificate.margin_low:.0f} 至 {certificate.margin_high:.0f}。",
                f"{certificate.single_tables} tables of one input and {certificate.pair_tables} of two, "
                f"{certificate.cells:,} cells; "
                f"no score below {certificate.margin_low:.0f} or above {certificate.margin_high:.0f}.",
            )
        ),
        Table(
            (Text("变量", "Inputs"), Text("声明方向", "Declared direction"), Text("最小步长", "Smallest step"),
             Text("影响（标准差，分）", "Effect (s.d., points)")),
            tuple(
                (" × ".join(model.schema[n].label for n in table.features),
                 Text(" / ".join(_SIGNS[model.schema[n].direction].zh for n in table.features),
                      " / ".join(_SIGNS[model.schema[n].direction].en for n in table.features)),
                 _step(certificate.monotone, table),
                 f"{table.deviation * model.scale.factor:.1f}")
                for table in tables[:40]
            ),
            caption=Text("全部效应，按影响排序", "All effects, largest first"),
            align=("left", "left", "right", "right"),
        ),
    ]  # fmt: skip
    blocks += [draw(evidence, table) for table in tables[: evidence.settings.most_pictures]]
    findings = tuple(Text(fault, fault) for fault in certificate.faults)
    return Section(
        "shapes",
        Text("模型的形状与方向", "Shapes and directions"),
        {
            "certificate": certificate.to_json(),
            "tables": [
                {"features": list(t.features), "points": t.deviation * model.scale.factor}
                for t in tables
            ],
        },
        tuple(blocks),
        findings,
    )


def _step(monotone: dict[str, float], table: Effects) -> str:
    steps = [monotone[name] for name in table.features if name in monotone]
    return f"{min(steps):.2e}" if steps else "—"


def draw(evidence: Evidence, table: Effects) -> Image:
    """One table as a picture: points over the bins of an input, or a map over the bins of two."""
    model = evidence.model
    points = -table.values * model.scale.factor
    names = [model.schema[name].label for name in table.features]
    if not table.is_pair:
        figure, axis = canvas((6.6, 2.8))
        labels = table.axes[0].labels
        at = np.arange(len(labels))
        axis.bar(at, points, color=np.where(points < 0, RISK, INK), width=0.9)
        other = axis.twinx()
        other.plot(at, table.mass, color=GREY, linewidth=0.8, drawstyle="steps-mid")
        other.set_yticks([])
        other.spines["right"].set_visible(False)
        step = max(1, len(labels) // 14)
        axis.set_xticks(
            at[::step], [labels[i] for i in at[::step]], rotation=35, fontsize=7, ha="right"
        )
        axis.axhline(0, color=GREY, linewidth=0.8)
        axis.set_ylabel("分 points")
    else:
        figure, axis = canvas((6.6, 3.6))
        reach = float(np.abs(points).max()) or 1.0
        shown = axis.imshow(
            points.T, cmap="RdBu", vmin=-reach, vmax=reach, aspect="auto", origin="lower"
        )
        for which, ticks in ((0, axis.set_xticks), (1, axis.set_yticks)):
            labels = table.axes[which].labels
            step = max(1, len(labels) // 10)
            places = np.arange(len(labels))[::step]
            ticks(
                places,
                [labels[i] for i in places],
                fontsize=6,
                **({"rotation": 35} if which == 0 else {}),
            )
        axis.set_xlabel(names[0], fontsize=8)
        axis.set_ylabel(names[1], fontsize=8)
        figure.colorbar(shown, ax=axis, label="分 points")
    title = " × ".join(names)
    axis.set_title(title, fontsize=10)
    worst, best = float(points.min()), float(points.max())
    return image(
        figure,
        Text(
            f"{title}：{worst:+.0f} 至 {best:+.0f} 分；灰线为客户占比",
            f"{title}: {worst:+.0f} to {best:+.0f} points; the grey line is the share of customers",
        ),
        None,
        0.85,
    )

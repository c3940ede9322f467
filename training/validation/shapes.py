"""The tables themselves, drawn: every effect that the model has, and what is proved of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from data_contracts.documents import Block, Image, Note, Paragraph, Table, Text
from models.glassbox.certificate import certify
from models.table import Table as Effects
from training.plots import GREY, INK, RISK
from training.validation.evidence import Evidence, Floats, Section
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
    most = evidence.settings.most_pictures
    blocks += [
        draw(evidence, tables[i : min(i + 6, most)]) for i in range(0, min(len(tables), most), 6)
    ]
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


def draw(evidence: Evidence, tables: Sequence[Effects]) -> Image:
    """Up to six tables as one picture: points over the bins of an input, or a map over the bins of two."""
    from matplotlib import pyplot as plt

    rows = -(-len(tables) // 2)
    figure, axes = canvas((9.2, 2.7 * rows), 2, rows)
    places = np.atleast_1d(axes).ravel()
    told = []
    for table, axis in zip(tables, places, strict=False):
        points = -table.values * evidence.model.scale.factor
        names = [evidence.model.schema[name].label for name in table.features]
        if table.is_pair:
            _map(figure, axis, table, points, names)
        else:
            _steps(axis, table, points)
        axis.set_title(" × ".join(names), fontsize=9)
        told.append(f"{' × '.join(names)} {points.min():+.0f} … {points.max():+.0f}")
    for axis in places[len(tables) :]:
        plt.delaxes(axis)
    listed = "; ".join(told)
    return image(
        figure,
        Text(
            f"分值形状（由低到高）：{listed}；灰线为客户占比",
            f"Shapes in points (lowest to highest): {listed}; the grey line is the share of customers",
        ),
    )


def _steps(axis: Any, table: Effects, points: Floats) -> None:
    labels = table.axes[0].labels
    at = np.arange(len(labels))
    axis.bar(at, points, color=np.where(points < 0, RISK, INK), width=0.9)
    share = axis.twinx()
    share.plot(at, table.mass, color=GREY, linewidth=0.8, drawstyle="steps-mid")
    share.set_yticks([])
    share.spines["right"].set_visible(False)
    step = max(1, len(labels) // 9)
    axis.set_xticks(
        at[::step], [labels[i] for i in at[::step]], rotation=35, fontsize=6, ha="right"
    )
    axis.tick_params(axis="y", labelsize=7)
    axis.axhline(0, color=GREY, linewidth=0.8)


def _map(figure: Any, axis: Any, table: Effects, points: Floats, names: list[str]) -> None:
    reach = float(np.abs(points).max()) or 1.0
    shown = axis.imshow(
        points.T, cmap="RdBu", vmin=-reach, vmax=reach, aspect="auto", origin="lower"
    )
    for which, ticks in ((0, axis.set_xticks), (1, axis.set_yticks)):
        labels = table.axes[which].labels
        places = np.arange(len(labels))[:: max(1, len(labels) // 6)]
        turned = {"rotation": 35, "ha": "right"} if which == 0 else {}
        ticks(places, [labels[i] for i in places], fontsize=6, **turned)
    axis.set_xlabel(names[0], fontsize=7)
    axis.set_ylabel(names[1], fontsize=7)
    figure.colorbar(shown, ax=axis).ax.tick_params(labelsize=6)

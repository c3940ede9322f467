"""The monthly report: one page in both languages, figures as JSON, and metrics for Prometheus."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.documents import (
    Block,
    Bullets,
    Document,
    Heading,
    KeyValues,
    Note,
    Paragraph,
    Table,
    Text,
    render_html,
)
from training.monitor.alarms import ALARMS, Raised, raised
from training.monitor.false_alarms import FalseAlarms
from training.monitor.measure import Figures
from training.monitor.watched import Watched
from training.validation.pictures import lines
from training.validation.report import plain


def write_month(
    watched: Watched,
    history: Sequence[Figures],
    out: Path,
    on: date,
    false_alarms: Sequence[FalseAlarms] = (),
    simulated: bool = False,
) -> dict[str, Any]:
    """Write ``monitor.json``, ``monitor.{zh,en}.html`` and ``monitor.prom`` of the last month of a history.

    Returns
    -------
    dict
        What ``monitor.json`` holds: figures of every month, alarms of the last, and the proposal.
    """
    now = history[-1]
    alarms = raised(watched, now)
    figures = plain(
        {
            "model": watched.name,
            "month": now.month,
            "on": on.isoformat(),
            "simulated": simulated,
            "alarms": [
                {"id": a.id, "level": a.level, "zh": a.text.zh, "en": a.text.en} for a in alarms
            ],
            "proposal": proposal(alarms),
            "months": [f.to_json() for f in history],
            "false_alarms": [asdict(f) for f in false_alarms],
            "settings": watched.settings.model_dump(),
        }
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / "monitor.json").write_text(
        json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n",
        encoding="utf-8",
    )
    made = document(watched, history, alarms, on, false_alarms, simulated)
    for lang in ("zh", "en"):
        (out / f"monitor.{lang}.html").write_text(render_html(made, lang), encoding="utf-8")
    (out / "monitor.prom").write_text(prometheus(watched, now, alarms), encoding="utf-8")
    read: dict[str, Any] = figures
    return read


def proposal(alarms: Sequence[Raised]) -> str:
    """``keep``, ``watch`` or ``suspend``: a proposal only; a person decides."""
    levels = {alarm.level for alarm in alarms}
    return "suspend" if "suspend" in levels else "watch" if levels else "keep"


_PROPOSALS = {
    "keep": Text("没有告警，继续使用。", "No alarm: keep the model in use."),
    "watch": Text(
        "有告警，继续使用并查明原因。", "Alarms: keep the model in use and find the cause."
    ),
    "suspend": Text(
        "建议暂停使用该模型，由负责人决定（`xinqiao promote ... --to SUSPENDED`）。",
        "It is proposed to suspend the model; a person decides (`xinqiao promote ... --to SUSPENDED`).",
    ),
}


def document(
    watched: Watched,
    history: Sequence[Figures],
    alarms: Sequence[Raised],
    on: date,
    false_alarms: Sequence[FalseAlarms],
    simulated: bool,
) -> Document:
    """Set the page."""
    now = history[-1]
    proposed = proposal(alarms)
    tone = {"keep": "good", "watch": "warn", "suspend": "bad"}[proposed]
    blocks: list[Block] = [Note(Text("模拟数据", "Simulated data"), "warn")] if simulated else []
    blocks.append(Note(_PROPOSALS[proposed], tone, Text("建议", "Proposal")))  # type: ignore[arg-type]
    if alarms:
        blocks.append(
            Bullets(tuple(Text(f"{a.id} {a.text.zh}", f"{a.id} {a.text.en}") for a in alarms))
        )
    blocks += [*_overview(now), *_over_time(history), *_inputs(watched, now), *_grades(now)]
    if false_alarms:
        titles = {alarm.id: alarm.title for alarm in ALARMS}
        blocks += [
            Heading(
                Text("告警的误报率（稳定的模拟数据）", "False-alarm rates (stable simulated data)")
            ),
            Table(
                (Text("告警", "Alarm"), Text("误报率", "Rate"), Text("95% 区间", "95 %"), Text("月数", "Months")),
                tuple(
                    (Text(f"{f.id} {titles[f.id].zh}", f"{f.id} {titles[f.id].en}"), f"{f.rate:.1%}",
                     f"{f.low:.1%} – {f.high:.1%}", f.months)
                    for f in false_alarms
                ),
                align=("left", "right", "right", "right"),
            ),
        ]  # fmt: skip
    return Document(
        Text("模型监测月报", "Monthly monitoring of a model"),
        subtitle=f"{watched.name}, {now.month}",
        meta=((Text("模型", "Model"), watched.name), (Text("月份", "Month"), now.month)),
        blocks=tuple(blocks),
        created=on,
        reference=f"{watched.name} {now.month}",
        footer=Text("内部使用；不含个人信息；界限为我方设定", "Internal; no personal information; limits are ours"),
    )  # fmt: skip


def _overview(now: Figures) -> list[Block]:
    r, e = now.realised, now.estimated

    def share(value: float | None) -> str:
        return "—" if value is None or not np.isfinite(value) else f"{value:.2%}"

    items = [
        (Text("决定数", "Decisions"), f"{now.rows:,}"),
        (Text("平均分", "Mean score"), f"{now.mean_score:.0f}"),
        (Text("批准率", "Approved"), share(now.approved)),
        (Text("与分数相反的决定", "Overrides"), share(now.overrides)),
        (Text("人工决定", "Decided by a person"), share(now.by_person)),
        (Text("预计坏账率（误差）", "Expected bad rate (error)"), f"{share(e.rate)} (±{share(e.rate_error)})"),
        (Text("预计 AUC（误差）", "Expected AUC (error)"),
         f"{e.auc or float('nan'):.3f} (±{'—' if e.auc_error is None else f'{e.auc_error:.3f}'})"),
        (Text("已到期", "Matured"), "0" if r is None else f"{r.rows:,}"),
        (Text("实际/预测坏账率", "Observed / predicted"),
         "—" if r is None else f"{share(r.observed)} / {share(r.predicted)}"),
        (Text("AUC（已到期）", "AUC (matured)"),
         "—" if r is None or r.auc is None else f"{r.auc:.3f} [{r.auc_low:.3f}, {r.auc_high:.3f}]"),
    ]  # fmt: skip
    return [Heading(Text("概览", "Overview")), KeyValues(tuple(items))]


def _over_time(history: Sequence[Figures]) -> list[Block]:
    if len(history) < 2:
        return []
    months = [f.month for f in history]

    def series(values: list[float | None]) -> np.ndarray:
        return np.asarray([np.nan if v is None else v for v in values], dtype=np.float64)

    return [
        Heading(Text("随时间", "Over time")),
        lines(
            months,
            {"PSI": series([f.score.value if f.score else None for f in history])},
            "分数的 PSI PSI of the score",
            {"偶然 chance": series([f.score.chance if f.score else None for f in history])},
        ),
        lines(
            months,
            {
                "实际 observed": series(
                    [f.realised.observed if f.realised else None for f in history]
                ),
                "预测 predicted": series([f.estimated.rate for f in history]),
            },
            "坏账率 Bad rate",
            None,
            "{:.3f}",
        ),
        lines(
            months,
            {
                "实际 observed": series([f.realised.auc if f.realised else None for f in history]),
                "预计 expected": series([f.estimated.auc for f in history]),
            },
            "AUC",
        ),
    ]


def _inputs(watched: Watched, now: Figures) -> list[Block]:
    blocks: list[Block] = [Heading(Text("变量与来源", "Inputs and suppliers"))]
    moved = sorted(now.inputs.items(), key=lambda item: -item[1].value)[:12]
    if moved:
        blocks.append(
            Table(
                (Text("变量", "Input"), "CSI", Text("偶然上限", "Chance reaches")),
                tuple(
                    (watched.model.schema[name].label, f"{d.value:.4f}", f"{d.chance:.4f}") for name, d in moved
                ),
                align=("left", "right", "right"),
            )
        )  # fmt: skip
    if now.fill:
        blocks.append(
            Table(
                (Text("来源", "Supplier"), Text("开发时填充率", "Fill rate then"), Text("本月", "Now")),
                tuple((supplier, f"{then:.1%}", f"{here:.1%}") for supplier, (then, here) in now.fill.items()),
                align=("left", "right", "right"),
            )
        )  # fmt: skip
    return (
        blocks
        if len(blocks) > 1
        else [*blocks, Paragraph(Text("决定太少。", "Too few decisions."))]
    )


def _grades(now: Figures) -> list[Block]:
    return [
        Heading(Text("各等级", "By grade")),
        Table(
            (Text("等级", "Grade"), Text("决定", "Decisions"), Text("预测", "Predicted"), Text("已到期", "Matured"),
             Text("坏客户", "Bads"), Text("实际", "Observed")),
            tuple(
                (g["grade"], g["rows"], f"{g['predicted']:.2%}", g["matured"], g["bads"],
                 "—" if g["observed"] is None else f"{g['observed']:.2%}")
                for g in now.grades
            ),
            align=("left", *("right",) * 5),
        ),
    ]  # fmt: skip


def prometheus(watched: Watched, now: Figures, alarms: Sequence[Raised]) -> str:
    """Metrics in Prometheus' text format; labels name the model, inputs and suppliers, never a subject."""
    model = _label(watched.name)
    values: list[tuple[str, str, str, float | None]] = [
        ("decisions", "Decisions of the month", "", float(now.rows)),
        ("score_mean", "Mean unrounded score", "", now.mean_score),
        ("score_psi", "PSI of the score", "", now.score.value if now.score else None),
        ("expected_bad_rate", "Mean probability of going bad", "", now.estimated.rate),
        ("expected_auc", "AUC that the probabilities promise", "", now.estimated.auc),
        ("approval_rate", "Share approved", "", now.approved),
        ("override_rate", "Share decided against the score", "", now.overrides),
    ]
    if now.realised:
        values += [
            ("observed_bad_rate", "Bad rate of matured decisions", "", now.realised.observed),
            ("auc", "AUC of matured decisions", "", now.realised.auc),
        ]
    values += [
        ("input_csi", "CSI of an input", f',input="{_label(name)}"', drift.value)
        for name, drift in now.inputs.items()
    ]
    values += [
        ("fill_rate", "Share of values supplied", f',supplier="{_label(supplier)}"', here)
        for supplier, (_, here) in now.fill.items()
    ]
    level = {"watch": 1.0, "suspend": 2.0}
    active = {alarm.id: level[alarm.level] for alarm in alarms}
    values += [
        ("alarm", "0 silent, 1 watch, 2 proposes to suspend", f',alarm="{alarm.id}"', active.get(alarm.id, 0.0))
        for alarm in ALARMS
    ]  # fmt: skip
    out: list[str] = []
    told: set[str] = set()
    for name, help_text, labels, value in values:
        if value is None or not np.isfinite(value):
            continue
        metric = f"xinqiao_model_{name}"
        if metric not in told:
            out += [f"# HELP {metric} {help_text}", f"# TYPE {metric} gauge"]
            told.add(metric)
        out.append(f'{metric}{{model="{model}",month="{now.month}"{labels}}} {value:.10g}')
    return "\n".join(out) + "\n"


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")

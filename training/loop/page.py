"""The story as a page in both languages, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.documents import (
    Block,
    Document,
    Heading,
    KeyValues,
    Note,
    Paragraph,
    Table,
    Text,
    Value,
    render_html,
)
from training.loop.play import Story
from training.validation.pictures import lines
from training.validation.report import plain

SIMULATED = Text(
    "模拟数据：城市、申请、贷款与结果均为程序生成，不涉及任何真实主体。",
    "Simulated data: the city, its applications, loans and outcomes are made by a program; no real subject.",
)
_EVENTS = {
    "promoted": Text("上线", "Promoted"),
    "refused": Text("候选未通过", "Candidate refused"),
}


def write_story(story: Story, out: Path) -> dict[str, Any]:
    """Write ``loop.json`` and ``loop.{zh,en}.html`` into a folder.

    Returns
    -------
    dict
        What ``loop.json`` holds.
    """
    out.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = plain(story.to_json() | {"summary": summary(story)})
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    (out / "loop.json").write_text(text + "\n", encoding="utf-8")
    page = document(story)
    for lang in ("zh", "en"):
        (out / f"loop.{lang}.html").write_text(render_html(page, lang), encoding="utf-8")
    return told


def summary(story: Story) -> list[dict[str, Any]]:
    """Observed and predicted (on the day of the decision) of three phases, from the loans that were granted.

    Before the shock; under the shock with a model from before it; and from the month after the first promotion that
    followed an alarm.
    """
    shock = story.plan.shock_month
    first = {row["month"]: row["played"] for row in story.rows}
    later = [first[e.month] for e in story.events if e.what == "promoted" and e.month in first]
    back = min((played for played in later if played >= shock), default=None)
    phases = (
        ("before", lambda n: n < shock),
        ("shocked", lambda n: n >= shock and (back is None or n <= back)),
        ("after", lambda n: back is not None and n > back),
    )
    found = []
    for name, inside in phases:
        rows = [row for row in story.rows if inside(row["played"]) and row.get("matured")]
        loans = sum(row["matured"] for row in rows)
        if loans:
            bads = sum(row["bads"] for row in rows)
            predicted = sum(row["predicted"] * row["matured"] for row in rows) / loans
            found.append(
                {
                    "phase": name,
                    "months": len(rows),
                    "loans": loans,
                    "bads": bads,
                    "observed": bads / loans,
                    "predicted": predicted,
                    "ratio": bads / loans / predicted,
                }
            )
    return found


def document(story: Story) -> Document:
    """Set the page."""
    plan = story.plan
    blocks: list[Block] = [
        Note(SIMULATED, "warn"),
        KeyValues(
            (
                (Text("主体数", "Subjects"), plan.subjects),
                (Text("种子", "Seed"), plan.seed),
                (Text("历史月数", "Months of history"), plan.history),
                (Text("逐月月数", "Months played"), plan.months),
                (Text("冲击自第几月起", "Shock from month"), plan.shock_month),
                (Text("冲击（对数几率）", "Shock (log odds)"), plan.shock),
            )
        ),
        Heading(Text("预测与实际", "Predicted and observed")),
        _picture(story),
        Paragraph(
            Text(
                "按决定月份。预测：当时在用模型对获批贷款的平均违约概率；实际：放款后 6 个月内逾期 30 天以上的比例。",
                "By month of decision. Predicted: mean probability of the granted loans by the model of that day. "
                "Observed: more than 30 days past due within 6 months.",
            ),
            small=True,
        ),
        _phases(story),
        Heading(Text("经过", "What happened")),
        _happened(story),
        Heading(Text("逐月", "Month by month")),
        _months(story),
    ]
    return Document(
        Text("闭环演示（模拟数据）", "The loop closes (simulated data)"),
        Text(
            "决定与结果作为记录回流，告警触发重训，过关后上线",
            "Decisions and outcomes return as records; an alarm starts a retraining; the gates let it through",
        ),
        tuple(blocks),
    )


def _picture(story: Story) -> Block:
    rows = story.rows
    nothing = float("nan")
    return lines(
        [f"{row['month']}" for row in rows],
        {
            "实际 observed": np.array([row.get("observed", nothing) for row in rows], dtype=float),
            "预测 predicted": np.array([row["predicted"] for row in rows], dtype=float),
        },
        "模拟数据 simulated: observed vs predicted",
    )


def _phases(story: Story) -> Block:
    names = {
        "before": Text("冲击前", "Before the shock"),
        "shocked": Text("冲击后、换模型前", "Shock, model from before it"),
        "after": Text("换模型后", "After the promotion"),
    }
    return Table(
        (
            Text("阶段", "Phase"),
            Text("月数", "Months"),
            Text("贷款", "Loans"),
            Text("实际", "Observed"),
            Text("预测", "Predicted"),
            Text("实际/预测", "Observed / predicted"),
        ),
        tuple(
            (
                names[one["phase"]],
                one["months"],
                one["loans"],
                f"{one['observed']:.2%}",
                f"{one['predicted']:.2%}",
                f"{one['ratio']:.2f}",
            )
            for one in summary(story)
        ),
        align=("left", *("right",) * 5),
    )


def _happened(story: Story) -> Block:
    shock = next(r["month"] for r in story.rows if r["played"] == story.plan.shock_month)
    rows: list[tuple[Value, ...]] = [
        (shock, Text("冲击", "Shock"), Text("此后每笔新贷款风险更高", "Every new loan is riskier"))
    ]
    for event in story.events:
        kind: Value = _EVENTS.get(event.what, event.what)
        about = f" [{event.about}]" if event.about else ""
        rows.append((event.month, kind, Text(event.zh + about, event.en + about)))
    rows.sort(key=lambda row: str(row[0]))
    return Table(
        (Text("月份", "Month"), Text("事件", "Event"), Text("说明", "What")),
        tuple(rows),
        widths=(1, 1, 6),
    )


def _months(story: Story) -> Block:
    def share(value: float | None) -> str | None:
        return None if value is None else f"{value:.2%}"

    return Table(
        (
            Text("月份", "Month"),
            Text("在用版本", "Champion"),
            Text("申请", "Applications"),
            Text("获批", "Granted"),
            Text("预测", "Predicted"),
            Text("到期", "Matured"),
            Text("违约", "Bad"),
            Text("实际", "Observed"),
            Text("99.9 % 区间", "99.9 % interval"),
        ),
        tuple(
            (
                row["month"],
                row["champion"],
                row["applications"],
                row["granted"],
                share(row["predicted"]),
                row.get("matured"),
                row.get("bads"),
                share(row.get("observed")),
                f"{row['observed_low']:.2%} – {row['observed_high']:.2%}"
                if "bads" in row
                else None,
            )
            for row in story.rows
        ),
        align=("left", *("right",) * 8),
    )

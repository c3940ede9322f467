"""A play as a page in both languages, with pictures, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.documents import (
    Block,
    Document,
    Heading,
    Image,
    KeyValues,
    Note,
    Paragraph,
    Table,
    Text,
    Value,
    render_html,
)
from training.loop.figures import monthly, summary
from training.loop.plan import Event, Story
from training.plots import COLOURS, GREY, INK, RISK
from training.validation.pictures import canvas, image
from training.validation.report import plain

SIMULATED = Text(
    "模拟数据：城市、申请、贷款与结果均为程序生成，不涉及任何真实主体。",
    "Simulated data: the city, its applications, loans and outcomes are made by a program; no real subject.",
)
_KINDS = {
    "promoted": Text("上线", "Promoted"),
    "refused": Text("候选未通过", "Candidate refused"),
    "M-01": Text("告警 M-01 分数漂移", "Alarm M-01, drift of the score"),
    "M-02": Text("告警 M-02 变量漂移", "Alarm M-02, drift of inputs"),
    "M-03": Text("告警 M-03 填充率", "Alarm M-03, fill rate"),
    "M-04": Text("告警 M-04 校准", "Alarm M-04, calibration"),
    "M-05": Text("告警 M-05 区分度", "Alarm M-05, discrimination"),
}
_PHASES = {
    "before": Text("冲击前", "Before the shock"),
    "shocked": Text("冲击后，旧模型", "Shock, model from before it"),
    "after": Text("新模型上线后", "After the promotion"),
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


def document(story: Story) -> Document:
    """Set the page."""
    plan, found = story.plan, summary(story)
    blocks: tuple[Block, ...] = (
        Note(SIMULATED, "warn"),
        _verdict(found),
        KeyValues(
            (
                (Text("主体数（种子）", "Subjects (seed)"), f"{plan.subjects:,} ({plan.seed})"),
                (Text("冲击", "Shock"), Text(
                    f"第 {plan.shock_month} 月起，每笔新贷款的违约对数几率 +{plan.shock:g}",
                    f"from month {plan.shock_month} on, log odds of default of every new loan +{plan.shock:g}")),
                (Text("冲击前的告警", "Alarms before the shock"), Text(
                    f"{found['false_alarms']} 次（{found['watched_before_shock']} 个月）",
                    f"{found['false_alarms']} in {found['watched_before_shock']} months")),
            )
        ),
        Heading(Text("预期与实际", "Expected and observed")),
        _rates(story, found),
        Paragraph(
            Text(
                "按决定月份。预期：决定当日在用模型对获批贷款的平均违约概率；"
                "实际：放款后 6 个月内逾期 60 天以上的比例及 95 % 区间。",
                "By month of decision. Expected: mean probability of the granted loans by the model of that day. "
                "Observed: more than 60 days past due within 6 months, with 95 % intervals.",
            ),
            small=True,
        ),
        Heading(Text("校准：之前与之后", "Calibration before and after")),
        _ratios(story, found),
        _phases(found),
        Heading(Text("经过", "What happened")),
        _happened(story),
        Heading(Text("逐月", "Month by month")),
        _months(story),
        Paragraph(
            Text(f"审计链：{story.audit}", f"Audit chain: {story.audit}"), small=True
        ),
    )  # fmt: skip
    return Document(
        Text("闭环演示（模拟数据）", "The loop closes (simulated data)"),
        Text(
            "真实服务评分与审计，决定与结果作为记录回流，告警触发重训，过关后上线",
            "Scored and audited by the real service; decisions and outcomes return as records; an alarm starts a "
            "retraining; the gates let it through",
        ),
        blocks,
    )


def _verdict(found: dict[str, Any]) -> Note:
    if not found["detected"]:
        return Note(Text("冲击未被发现。", "The shock was not detected."), "bad")
    zh = f"第 {found['rang_in_month']} 月发现（冲击后 {found['delay_months']} 个月）"
    en = f"Detected in month {found['rang_in_month']}, {found['delay_months']} months after the shock"
    if found["promoted_in_month"] is None:
        return Note(Text(zh + "，但没有候选通过。", en + ", but no candidate passed."), "bad")
    after = found["phases"].get("after")
    zh += f"；第 {found['promoted_in_month']} 月新模型上线"
    en += f"; a new model went live in month {found['promoted_in_month']}"
    if after is None:
        return Note(Text(zh + "。", en + "."), "info")
    ratio = f"{after['ratio']:.2f} [{after['ratio_low']:.2f}, {after['ratio_high']:.2f}]"
    back = found["calibration_back"]
    zh += f"；此后实际/预期 {ratio}，{'回到' if back else '仍在'}界限{'之内' if back else '之外'}。"
    en += f"; observed / expected is {ratio} since, {'back within' if back else 'still beyond'} its limits."
    return Note(Text(zh, en), "good" if back else "bad")


def _lines_of_events(axis: Any, story: Story, found: dict[str, Any]) -> None:
    axis.axvline(
        story.plan.shock_month, color=RISK, linewidth=1, linestyle="--", label="冲击 shock"
    )
    if found["rang_in_month"]:
        axis.axvline(
            found["rang_in_month"], color=INK, linewidth=1, linestyle=":", label="告警 alarm M-04"
        )
    if found["promoted_in_month"]:
        axis.axvline(
            found["promoted_in_month"] + 0.5,
            color=INK,
            linewidth=1,
            linestyle="-.",
            label="新模型 new model",
        )


def _rates(story: Story, found: dict[str, Any]) -> Image:
    table = monthly(story)
    figure, axis = canvas((8.4, 3.6))
    x, y = table["played"].to_numpy(), table["observed"].to_numpy(dtype=float)
    ends = [y - table["observed_low"].to_numpy(), table["observed_high"].to_numpy() - y]
    _lines_of_events(axis, story, found)
    axis.errorbar(
        x,
        y,
        yerr=np.maximum(ends, 0),
        fmt="o",
        color=INK,
        capsize=2,
        markersize=4,
        label="实际 observed",
    )
    for colour, (version, part) in zip(COLOURS[1:], table.groupby("version"), strict=False):
        axis.plot(
            part["played"], part["predicted"], color=colour, marker="_", markersize=9, linewidth=1.6,
            label=f"预期 expected, v{version}",
        )  # fmt: skip
    axis.set_xticks(x[:: max(1, len(x) // 12)])
    axis.set_xlabel("月 Month")
    axis.set_ylabel("违约率 Default rate")
    axis.set_ylim(0)
    axis.set_title("模拟数据 simulated data", fontsize=9)
    axis.legend(frameon=False, fontsize=8, ncol=2)
    told = "; ".join(
        f"{row.played}: {row.predicted:.2%} / {row.observed:.2%}" for row in table.itertuples()
    )
    return image(
        figure, Text(f"各月预期/实际违约率：{told}", f"Expected / observed by month: {told}")
    )


def _ratios(story: Story, found: dict[str, Any]) -> Image:
    table = monthly(story)
    figure, axis = canvas((8.4, 2.8))
    x, expected = table["played"], table["predicted"]
    ratio, low, high = (
        (table[name] / expected).to_numpy(dtype=float)
        for name in ("observed", "observed_low", "observed_high")
    )
    _lines_of_events(axis, story, found)
    axis.axhspan(1 / 1.25, 1.25, color=GREY, alpha=0.25, label="0.8 – 1.25")
    ends = np.maximum([ratio - low, high - ratio], 0)
    axis.errorbar(x, ratio, yerr=ends, fmt="o", color=INK, capsize=2, markersize=4)
    axis.axhline(1, color=GREY, linewidth=0.8)
    axis.set_xticks(x[:: max(1, len(x) // 12)])
    axis.set_xlabel("月 Month")
    axis.set_ylabel("实际/预期 Observed / expected")
    axis.set_title("模拟数据 simulated data", fontsize=9)
    axis.legend(frameon=False, fontsize=8, loc="upper left")
    told = "; ".join(f"{n}: {r:.2f}" for n, r in zip(x, ratio, strict=True))
    return image(figure, Text(f"各月实际/预期：{told}", f"Observed / expected by month: {told}"))


def _phases(found: dict[str, Any]) -> Table:
    def number(value: float | None) -> str | None:
        return None if value is None else f"{value:.2f}"

    return Table(
        (
            Text("阶段", "Phase"), Text("贷款", "Loans"), Text("违约", "Bad"), Text("预期", "Expected"),
            Text("实际/预期 [95 %]", "Observed / expected [95 %]"), Text("斜率", "Slope"), "AUC",
        ),
        tuple(
            (
                _PHASES[name], one["loans"], one["bads"], f"{one['expected']:.1f}",
                f"{one['ratio']:.2f} [{one['ratio_low']:.2f}, {one['ratio_high']:.2f}]",
                number(one["slope"]), number(one["auc"]),
            )
            for name, one in found["phases"].items()
        ),
        align=("left", *("right",) * 6),
    )  # fmt: skip


def _happened(story: Story) -> Table:
    shock = Event(
        next(row["month"] for row in story.rows if row["played"] == story.plan.shock_month),
        story.plan.shock_month,
        "shock",
        "此后每笔新贷款风险更高",
        "Every new loan is riskier from now on",
    )
    rows: list[tuple[Value, ...]] = []
    for event in sorted([shock, *story.events], key=lambda one: one.played):
        kind: Value = (
            Text("冲击", "Shock") if event is shock else _KINDS.get(event.what, event.what)
        )
        zh = f"（决定月 {event.about}）" if event.about is not None else ""
        en = f" (decisions of month {event.about})" if event.about is not None else ""
        rows.append((event.played, event.month, kind, Text(event.zh + zh, event.en + en)))
    columns = (
        Text("序", "No."),
        Text("月份", "Month"),
        Text("事件", "Event"),
        Text("说明", "What"),
    )
    return Table(columns, tuple(rows))


def _months(story: Story) -> Table:
    def share(value: float) -> str | None:
        return None if value != value else f"{value:.2%}"

    return Table(
        (
            Text("序", "No."), Text("月份", "Month"), Text("在用版本", "Version"), Text("申请", "Applications"),
            Text("获批", "Granted"), Text("预期", "Expected"), Text("违约", "Bad"), Text("实际", "Observed"),
        ),
        tuple(
            (
                row.played, row.month, row.version, row.applications, row.granted, share(row.predicted),
                None if row.bads != row.bads else int(row.bads), share(row.observed),
            )
            for row in monthly(story).itertuples()
        ),
        align=("right", "left", *("right",) * 6),
    )  # fmt: skip

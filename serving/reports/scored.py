"""The sections on score and reasons and on matched products, from the stored answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from data_contracts.documents import (
    Bar,
    BarChart,
    Block,
    Bullets,
    Heading,
    KeyValues,
    Note,
    Paragraph,
    Table,
    Text,
)
from models.schema import Schema
from serving.reports.show import both
from serving.texts import SCALE_NOTE
from serving.values import part_title, part_value, share_text


def score_and_reasons(score: dict[str, Any], schema: Schema) -> Iterator[Block]:
    """Score, grade, probability; the reasons as a chart and a table; how complete the data were."""
    quality = score["data_quality"]
    known = quality["inputs"] - quality["missing"]
    yield KeyValues(
        (
            (Text("信用评分", "Credit score"), score["score"]),
            (Text("等级", "Grade"), _grade(score)),
            (
                Text("违约概率", "Probability of default"),
                share_text(score["probability_of_default"]),
            ),
            (
                Text("数据完整度", "Completeness of data"),
                Text(
                    f"{known} / {quality['inputs']} 项有值",
                    f"{known} of {quality['inputs']} inputs known",
                ),
            ),
        )
    )
    bars = tuple(
        Bar(_label(schema, part), part["points"]) for part in (*score["reasons"], *score["helpful"])
    )
    if bars:
        yield BarChart(
            bars,
            title=Text("影响评分最大的因素", "What moved the score most"),
            unit=Text("评分点", "score points"),
            positive=Text("提高评分", "raised the score"),
            negative=Text("降低评分", "lowered the score"),
        )
    if score["reasons"]:
        yield Table(
            columns=(Text("代码", "Code"), Text("原因", "Reason"), Text("得分", "Points")),
            rows=tuple(
                (r["code"], Text(r["text_zh"], r["text_en"]), f"{r['points']:+.1f}")
                for r in score["reasons"]
            ),
            caption=Text("降低评分的主要原因", "Main reasons that lowered the score"),
            align=("left", "left", "right"),
        )
    if score["reference"]:
        note = score["reference"]
        yield Paragraph(Text(note["note_zh"], note["note_en"]), small=True)
    yield from _recourse(score.get("recourse"))
    base, margin = f"{score['base']:.2f}", f"{score['margin']:.2f}"
    yield Paragraph(
        Text(
            f"基准分 {base} 加全部 {len(score['contributions'])} 项得分，等于未取整的评分 {margin}。",
            f"The base of {base} and all {len(score['contributions'])} contributions add up to the "
            f"unrounded score of {margin}. ",
        ),
        small=True,
    )
    yield Paragraph(both(SCALE_NOTE), small=True)


def _recourse(found: dict[str, Any] | None) -> Iterator[Block]:
    """What would reach the cut-off, where it was asked for."""
    if found is None:
        return
    yield Heading(Text("怎样改变结果", "What would change the result"), level=2)
    yield Paragraph(Text(found["text_zh"], found["text_en"]))
    if found["changes"]:
        yield Bullets(tuple(Text(c["text_zh"], c["text_en"]) for c in found["changes"]))
    yield Paragraph(Text(found["note_zh"], found["note_en"]), small=True)


def products(answer: dict[str, Any] | None) -> Iterator[Block]:
    """Matched products with reasons, and products that do not fit with every failing rule."""
    if answer is None:
        yield Paragraph(Text("未请求产品匹配。", "No products were asked for."))
        return
    if answer["note_zh"]:
        yield Note(Text(answer["note_zh"], answer["note_en"]))
    for item in answer["items"]:
        product = item["product"]
        state = _ELIGIBILITY[item["eligibility"]]
        yield Heading(
            Text(
                f"{item['rank']}. {product['name_zh']}（{state[0]}）",
                f"{item['rank']}. {product['name_en']} ({state[1]})",
            ),
            level=3,
        )
        facts = [Text(fact["zh"], fact["en"]) for fact in product["facts"]]
        reasons = [Text(r["text_zh"], r["text_en"]) for r in item["reasons"]]
        questions = [
            Text(
                f"待确认：{r['text_zh']}（{r['rule_id']}）",
                f"Open: {r['text_en']} ({r['rule_id']})",
            )
            for r in item["open_questions"]
        ]
        yield Bullets((*facts, *reasons, *questions))
    if not answer["items"] and not answer["note_zh"]:
        yield Paragraph(Text("没有符合条件的产品。", "No product fits."))
    refused = answer["not_eligible"]
    if refused:
        yield Table(
            columns=(Text("产品", "Product"), Text("不符合的条件", "Why not")),
            rows=tuple(
                (
                    Text(item["product"]["name_zh"], item["product"]["name_en"]),
                    Text(
                        "；".join(f"{r['text_zh']}（{r['rule_id']}）" for r in item["failing"]),
                        "; ".join(f"{r['text_en']} ({r['rule_id']})" for r in item["failing"]),
                    ),
                )
                for item in refused
            ),
            caption=Text(
                f"不符合条件的产品（周边最活跃的 {len(refused)} 家）",
                f"Products that do not fit (the {len(refused)} most active nearby)",
            ),
        )


_ELIGIBILITY = {
    "eligible": ("符合条件", "eligible"),
    "conditional": ("有条件", "conditional"),
    "not_eligible": ("不符合条件", "not eligible"),
}


def _grade(score: dict[str, Any]) -> Text:
    return Text(
        f"{score['grade']}（{score['grade_zh']}）", f"{score['grade']} ({score['grade_en']})"
    )


def _label(schema: Schema, part: dict[str, Any]) -> Text:
    title, value = part_title(schema, part), part_value(schema, part)
    return Text(f"{title.zh}：{value.zh}", f"{title.en}: {value.en}")

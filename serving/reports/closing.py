"""The end of a report: terms, sources with their licences, disclaimer."""

from __future__ import annotations

from collections.abc import Iterator

from data_contracts.documents import Block, Heading, Note, Paragraph, Table, Text
from data_contracts.portfolios import Portfolio
from serving.reports.show import both
from serving.texts import DISCLAIMER, Both

GLOSSARY: tuple[tuple[Both, Both], ...] = (
    (
        Both("信用评分", "Credit score"),
        Both(
            "由各项特征的得分相加并取整，越高表示违约可能越低；刻度由我们自行设定。",
            "The rounded sum of the points of all features; higher means default is less likely. "
            "The scale is ours.",
        ),
    ),
    (
        Both("违约概率", "Probability of default"),
        Both(
            "企业：批准后 24 个月内被核销的概率；个人：次月违约的概率。经校准，但仍是估计。",
            "Enterprises: of a charge-off within 24 months of approval; individuals: of default in the "
            "next month. Calibrated, and still an estimate.",
        ),
    ),
    (
        Both("评分日", "As of"),
        Both(
            "仅使用该日之前发生且截至该日已知的记录。",
            "Only records of events before this day and known by it are used.",
        ),
    ),
    (
        Both("基准分与得分", "Base and points"),
        Both(
            "基准分为平均水平；每项得分为该特征使评分升高或降低的数值，逐项相加等于未取整的评分。",
            "The base is the average; each feature's points are what it added or took. Together they are "
            "the unrounded score.",
        ),
    ),
    (
        Both("核销", "Charge-off"),
        Both(
            "出借机构认定贷款无法收回并作损失处理。",
            "The lender gave the loan up as a loss.",
        ),
    ),
    (
        Both("逾期", "Arrears"),
        Both(
            "截至结算日未按约定还款的月数。",
            "Months for which payment was due and not made by the billing date.",
        ),
    ),
    (
        Both("额度使用率", "Utilisation"),
        Both("账单金额占授信额度的比例。", "The bill as a share of the credit limit."),
    ),
)


def closing(sources: tuple[Portfolio, ...]) -> Iterator[Block]:
    """Terms, sources and disclaimer."""
    yield Heading(Text("附：术语、数据来源与声明", "Annex: terms, sources and disclaimer"))
    yield Table(
        columns=(Text("术语", "Term"), Text("含义", "Meaning")),
        rows=tuple((both(term), both(meaning)) for term, meaning in GLOSSARY),
        caption=Text("术语", "Terms"),
        widths=(1, 3),
        row_headers=True,
    )
    if sources:
        yield Table(
            columns=(Text("数据来源", "Source"), Text("许可", "Licence")),
            rows=tuple((_source(source), source.licence) for source in sources),
            caption=Text("数据来源", "Sources"),
            widths=(3, 2),
        )
    else:
        yield Paragraph(Text("没有数据来源。", "There are no sources."))
    yield Note(both(DISCLAIMER))


def _source(source: Portfolio) -> Text:
    made_up = (";为模拟数据", "; simulated data") if source.simulated else ("", "")
    return Text(f"{source.source_zh}{made_up[0]}", f"{source.source_en}{made_up[1]}")

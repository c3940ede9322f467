"""A credit report as a document: five sections in their order, then terms, sources and disclaimer.

Basic credit status, risk hints, credit trend, score and reasons, matched products. Everything comes from
the stored decision and from records that were visible on its day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from data_contracts.catalogue import contract
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
    Value,
)
from data_contracts.portfolios import Portfolio
from models.schema import Schema
from serving.bodies import KINDS, PURPOSES
from serving.peers import PeerGroup
from serving.records import Dossier, Record
from serving.reports.closing import closing
from serving.reports.rules import hints
from serving.reports.scored import products, score_and_reasons
from serving.reports.show import both, contract_title, record_text, title_of, value_of
from serving.reports.trend import trend


@dataclass(frozen=True)
class Material:
    """What a report is made of.

    Attributes
    ----------
    report_id, made_at, purpose : str
        Its number, when it was made, and what for.
    dossier : Dossier
        Visible records.
    score : dict
        The stored answer of the score.
    schema : Schema
        Titles and units of the model's inputs.
    products : dict or None
        The stored answer of the recommendation.
    history : tuple
        (moment, answer) of the institution's earlier scores of the subject, oldest first.
    peers : tuple of PeerGroup
        How earlier loans of lender, industry and region had gone.
    sources : tuple of Portfolio
        Where the records came from, with their licences.
    """

    report_id: str
    made_at: str
    purpose: str
    dossier: Dossier
    score: dict[str, Any]
    schema: Schema
    products: dict[str, Any] | None
    history: tuple[tuple[str, dict[str, Any]], ...]
    peers: tuple[PeerGroup, ...]
    sources: tuple[Portfolio, ...]


def compose_report(material: Material) -> Document:
    """Compose the report; the same material gives the same document."""
    dossier = material.dossier
    kind, purpose = KINDS[dossier.subject_kind], PURPOSES[material.purpose]  # type: ignore[index]
    blocks: list[Block] = [
        Heading(Text("一、基本信用状况", "1. Basic credit status")),
        *_basic(dossier),
        Heading(Text("二、风险提示", "2. Risk hints")),
        *_hints(dossier),
        Heading(Text("三、信用趋势", "3. Credit trend")),
        *trend(dossier, material.peers, material.history),
        Heading(Text("四、评分与原因", "4. Score and reasons")),
        *score_and_reasons(material.score, material.schema),
        Heading(Text("五、匹配产品", "5. Matched products")),
        *products(material.products),
        *closing(material.sources),
    ]
    return Document(
        title=Text("信用报告", "Credit report"),
        subtitle=Text(f"{kind[0]} {dossier.subject_id}", f"{kind[1]} {dossier.subject_id}"),
        blocks=tuple(blocks),
        meta=(
            (Text("报告编号", "Report"), material.report_id),
            (Text("生成时间", "Made at"), material.made_at[:19].replace("T", " ") + " UTC"),
            (Text("评分日", "As of"), dossier.as_of.isoformat()),
            (Text("查询目的", "Purpose"), Text(purpose[0], purpose[1])),
            (Text("决策编号", "Decision"), material.score["score_id"]),
            (Text("模型版本", "Model"), _model(material.score)),
        ),
        created=date.fromisoformat(material.made_at[:10]),
        reference=material.report_id,
        footer=Text("仅供所述查询目的使用", "For the stated purpose only"),
    )


def _model(score: dict[str, Any]) -> str:
    return f"{score['model']['name']} v{score['model']['version']}"


# What of a record belongs to the basic status; protected attributes of a person are never shown.
_BASIC = {
    "registration": (
        "industry_code",
        "region",
        "employees",
        "new_business",
        "franchise",
        "urban",
        "registered_on",
    ),
    "loan_application": (
        "institution",
        "programme",
        "amount_cents",
        "guaranteed_cents",
        "jobs_created",
        "jobs_retained",
        "applied_on",
    ),
    "loan_account": ("institution", "amount_cents", "opened_on"),
    "loan_outcome": ("institution", "status", "outcome_on"),
    "card_account": ("credit_limit_cents", "observed_on"),
    "card_repayment": ("bill_on", "billed_cents", "paid_cents", "status_24"),
}


def _basic(dossier: Dossier) -> Iterator[Block]:
    if dossier.empty:
        yield Paragraph(Text("评分日之前没有可见的记录。", "No record was visible before the day."))
        return
    for name, columns in _BASIC.items():
        latest = dossier.latest(name)
        if latest is not None:
            yield Heading(contract_title(name), level=2)
            yield KeyValues(tuple((title_of(latest, c), value_of(latest, c)) for c in columns))
    shown = [name for name in _BASIC if dossier.of(name)]
    yield Table(
        columns=(
            Text("记录类型", "Record type"),
            Text("报送方", "Supplier"),
            Text("条数", "Records"),
            Text("最近日期", "Latest date"),
        ),
        rows=tuple(_counted(name, dossier.of(name)) for name in shown),
        caption=Text("本报告可见的记录", "Records visible to this report"),
        align=("left", "left", "right", "left"),
    )


def _counted(name: str, records: tuple[Record, ...]) -> tuple[Value, ...]:
    about = contract(name).about
    supplier = Text(about.supplier_zh, about.supplier_en)
    return contract_title(name), supplier, len(records), records[-1].event.isoformat()


def _hints(dossier: Dossier) -> Iterator[Block]:
    found = hints(dossier)
    if not found:
        yield Note(
            Text("按现行规则没有需要提示的事项。", "No rule asks for attention."), tone="good"
        )
        return
    for hint in found:
        attention = hint.level == "attention"
        label = ("关注", "Attention") if attention else ("提示", "Notice")
        yield Note(
            both(hint.text),
            tone="warn" if attention else "info",
            title=Text(f"{hint.rule_id} · {label[0]}", f"{hint.rule_id} · {label[1]}"),
        )
        yield Bullets(tuple(record_text(record) for record in hint.records))
    yield Paragraph(
        Text(
            "提示由固定规则得出，规则中的数值由我们自行设定；每条提示下方为其所依据的记录（类型、编号、日期）。",
            "Hints come from fixed rules whose thresholds are ours; below each stand the records it "
            "rests on (type, key, date).",
        ),
        small=True,
    )

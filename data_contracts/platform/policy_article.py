"""An article of a policy or a law that products, subsidies and texts rest on."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import code_list, day, number, validity
from data_contracts.finance.product_terms import CUSTOMER_TYPES


class PolicyArticle(Contract):
    """One version of one article: what it says, where, for whom and from when to when."""

    about: ClassVar[About] = About(
        name="policy_article",
        version="1.0",
        title_zh="政策法规条目",
        title_en="Policy article",
        supplier_zh="政府部门",
        supplier_en="Authority",
        subject_kinds=("institution",),
        key=("article_no", "version"),
        event="published_on",
        negative=False,
        retention_years=None,
        frequency_zh="发布时",
        frequency_en="when published",
        latency_days=7,
        sensitivity="public",
        purposes=("MATCHING", "SUPERVISION", "SELF"),
        used_in=("match", "report", "platform"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "validity",
            "valid_from",
            "<=",
            "valid_until",
            "失效日期不得早于生效日期",
            "An article does not end before it begins",
        ),
    )

    article_no: str = number("条目编号", "Article number", sensitivity="public")
    version: int = item("版本", "Version", unit="version", ge=1, le=100_000, sensitivity="public")
    subject_id: str = item(
        "发布机关主体编号",
        "Authority as a subject",
        pattern="^GOV-[0-9A-Za-z-]{1,40}$",
        form=("GOV-编号", "GOV-number"),
        sensitivity="public",
    )
    issuer: str = item("发布机关", "Issued by", max_length=200, sensitivity="public")
    document_no: str | None = item("文号", "Document number", max_length=80, sensitivity="public")
    title: str = item("标题", "Title", max_length=300, sensitivity="public")
    text: str = item("内容", "Text", max_length=20_000, sensitivity="public")
    kind: str = item(
        "类别",
        "Kind",
        codes={
            "law": ("法律法规", "Law or regulation"),
            "subsidy": ("贴息补贴", "Subsidy"),
            "guarantee": ("担保增信", "Guarantee and credit enhancement"),
            "relending": ("再贷款", "Relending"),
            "tax": ("税费", "Tax and fees"),
            "list": ("名录认定", "List or recognition"),
            "industry": ("行业政策", "Industry policy"),
            "guide": ("办事指南", "Guide"),
        },
        sensitivity="public",
    )
    level: str = item(
        "层级",
        "Level",
        codes={
            "national": ("国家", "National"),
            "provincial": ("省级", "Provincial"),
            "city": ("市级", "City"),
            "county": ("县级", "County"),
            "industry": ("行业", "Industry"),
        },
        sensitivity="public",
    )
    area: str | None = item(
        "适用地区",
        "Area",
        description="GB/T 2260 code; absent: the whole country.",
        pattern="^[0-9]{6}$",
        form=("6 位行政区划代码", "6 digits of GB/T 2260"),
        identifier="area",
        severity="REVIEW",
        sensitivity="public",
    )
    customer_types: str | None = code_list("适用对象", "For whom", tuple(CUSTOMER_TYPES))
    parameters: str | None = item(
        "政策参数",
        "Parameters",
        description="JSON object of the numbers a product rests on, amounts in cents, rates in basis points.",
        max_length=2_000,
        sensitivity="public",
    )
    published_on: date = day("发布日期", "Published on", sensitivity="public")
    valid_from: date = validity("from")
    valid_until: date | None = validity("until")
    source: str | None = item(
        "来源网址", "Address of the source", max_length=500, sensitivity="public"
    )

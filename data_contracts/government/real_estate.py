"""Real estate: what is owned and what lies on it (自然资源: 权属、抵押、查封)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import NATURAL_RESOURCES
from data_contracts.government.shapes import consented
from data_contracts.government.subject import ConsentSubject, NoticedSubject


class RealEstate(ConsentSubject, Contract):
    """A right to land or a building."""

    about: ClassVar[About] = About(
        name="real_estate",
        version="1.1",
        title_zh="不动产权属信息",
        title_en="Real estate",
        **NATURAL_RESOURCES,
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("subject_id", "record_no"),
        event="acquired_on",
        negative=False,
        retention_years=None,
        frequency_zh="发生时",
        frequency_en="on event",
        sensitivity="consent",
        catalogue_id="C12-1",
        latency_days=31,
        mode="query-with-consent",
        used_in=("score", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "term", "acquired_on", "<=", "term_ends_on",
            "使用期限止不早于取得日期", "A right does not end before it was acquired",
        ),
    )  # fmt: skip

    record_no: str = consented.text(
        "不动产单元号或公告编号",
        "Number of the unit or the announcement",
        120,
        personal=True,
        written_consent="real_estate",
    )
    certificate_no: str | None = consented.text(
        "权属证书号", "Certificate number", 100, personal=True, written_consent="real_estate"
    )
    acquired_on: date = consented.day("取得日期", "Acquired on", written_consent="real_estate")
    date_basis: str | None = consented.date_basis()
    kind: str | None = consented.code(
        "不动产种类",
        "Kind",
        {
            "house": ("住宅", "Dwelling"),
            "shop": ("商铺", "Shop"),
            "office": ("写字楼", "Office"),
            "plant": ("厂房", "Plant"),
            "land": ("土地使用权", "Right to land"),
            "other": ("其他", "Other"),
        },
        written_consent="real_estate",
    )
    acquisition: str | None = consented.code(
        "取得方式",
        "How it was acquired",
        {
            "grant": ("出让", "Granted by the state"),
            "allocation": ("划拨", "Allocated by the state"),
            "agreement": ("协议出让", "Granted by agreement"),
            "purchase": ("购买", "Bought"),
            "construction": ("自建", "Built"),
            "inheritance": ("继承、赠与", "Inherited or given"),
            "other": ("其他", "Other"),
        },
        written_consent="real_estate",
    )
    project: str | None = consented.text("项目名称", "Project", 300)
    land_use: str | None = consented.text("用途", "Use", 100, written_consent="real_estate")
    area_m2: float | None = consented.quantity(
        "面积", "Area", "m2", 1e9, written_consent="real_estate"
    )
    price_cents: int | None = consented.cents("取得价款", "Price", written_consent="real_estate")
    appraised_cents: int | None = consented.cents(
        "评估价值", "Appraised value", written_consent="real_estate"
    )
    appraised_on: date | None = consented.day("评估日期", "Appraised on")
    owner_share: float | None = consented.share(
        "份额", "Owner's share", written_consent="real_estate"
    )
    joint: bool | None = consented.flag("是否共有", "Owned jointly", written_consent="real_estate")
    address: str | None = consented.text(
        "坐落", "Address", 300, personal=True, written_consent="real_estate"
    )
    area_code: str | None = consented.area()
    owner_kind: str | None = consented.text("权利人类别", "Kind of owner as written", 60)
    term_ends_on: date | None = consented.day("使用期限止", "Term ends on")
    disposed_on: date | None = consented.day("转出日期", "Disposed of on")


class RealEstateEncumbrance(NoticedSubject, Contract):
    """A mortgage, a seizure or another burden on real estate."""

    about: ClassVar[About] = About(
        name="real_estate_encumbrance",
        version="1.1",
        title_zh="不动产抵押、查封信息",
        title_en="Encumbrance of real estate",
        **NATURAL_RESOURCES,
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("subject_id", "record_no", "document_no"),
        event="entered_on",
        end="released_on",
        negative=True,
        retention_years=5,
        frequency_zh="发生时",
        frequency_en="on event",
        sensitivity="consent",
        catalogue_id="C12-2",
        latency_days=31,
        mode="query-with-consent",
        used_in=("score", "match", "rule", "report"),
        description="A seizure is adverse; a mortgage is not, it only burdens.",
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "entered_on", "<=", "released_on",
            "解除日期不早于登记日期", "A burden is released no earlier than it was entered",
        ),
        Compare(
            "term", "entered_on", "<=", "expires_on",
            "到期日期不早于登记日期", "A burden expires no earlier than it was entered", "REVIEW",
        ),
    )  # fmt: skip

    record_no: str = consented.text(
        "不动产单元号或许可证号",
        "Number of the unit or of its permit",
        120,
        description="As in real_estate, or the presale permit of a seized project.",
        personal=True,
        written_consent="real_estate",
    )
    document_no: str = consented.text(
        "登记或裁定文书号", "Number of the entry or the court's document", 100, personal=True
    )
    kind: str = consented.code(
        "种类",
        "Kind",
        {
            "mortgage": ("抵押", "Mortgage"),
            "seizure": ("查封", "Seizure"),
            "waiting_seizure": ("轮候查封", "Waiting seizure"),
            "notice": ("预告登记", "Priority notice"),
            "objection": ("异议登记", "Objection"),
            "residence": ("居住权", "Right of residence"),
        },
    )
    entered_on: date = consented.day("登记日期", "Entered on")
    holder: str | None = consented.text("权利人或法院", "Holder or court", 200, personal=True)
    project: str | None = consented.text("项目名称", "Project", 300)
    rank: int | None = consented.count("顺位", "Rank", "rank", 99)
    secured_cents: int | None = consented.cents(
        "被担保债权数额", "Claim secured", written_consent="real_estate"
    )
    expires_on: date | None = consented.day("到期日期", "Expires on")
    released_on: date | None = consented.day("解除日期", "Released on")

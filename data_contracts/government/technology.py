"""Technology: lists of recognised enterprises, spending on research, policy support (科技、工信)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import FINANCE, SCIENCE, TAX
from data_contracts.government.shapes import consented, public
from data_contracts.government.subject import ConsentSubject, PublicSubject


class TechnologyList(PublicSubject, Contract):
    """An entry in a list of high-tech or specialised enterprises and how long it is valid."""

    about: ClassVar[About] = About(
        name="technology_list",
        version="1.1",
        title_zh="科技型企业名录",
        title_en="List of technology enterprises",
        **SCIENCE,
        subject_kinds=("enterprise",),
        key=("subject_id", "list_code", "published_on"),
        event="published_on",
        negative=False,
        retention_years=None,
        frequency_zh="每年",
        frequency_en="yearly",
        sensitivity="public",
        catalogue_id="C14-1",
        latency_days=31,
        used_in=("match", "score", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "validity", "valid_from", "<=", "valid_until",
            "有效期起不晚于止", "Validity begins no later than it ends",
        ),
    )  # fmt: skip

    list_code: str = public.code(
        "名录",
        "List",
        {
            "high_tech": ("国家高新技术企业", "National high-tech enterprise"),
            "zgc_high_tech": ("中关村高新技术企业", "Zhongguancun high-tech enterprise"),
            "tech_sme": ("科技型中小企业", "Technology-based small or medium enterprise"),
            "innovative_sme": ("创新型中小企业", "Innovative small or medium enterprise"),
            "specialised": ("专精特新中小企业", "Specialised and innovative enterprise"),
            "little_giant": ("专精特新“小巨人”企业", "Specialised 'little giant' enterprise"),
            "champion": ("制造业单项冠军企业", "Single-product champion of manufacturing"),
            "gazelle": ("瞪羚企业", "Gazelle enterprise"),
            "unicorn": ("独角兽企业", "Unicorn enterprise"),
            "advanced_service": (
                "技术先进型服务企业",
                "Technologically advanced service enterprise",
            ),
        },
    )
    published_on: date = public.day("公布日期", "Published on")
    year: int | None = public.year("认定年度", "Year of recognition")
    certificate_no: str | None = public.text("证书编号", "Certificate number", 60)
    valid_from: date | None = public.day("有效期起", "Valid from")
    valid_until: date | None = public.day("有效期止", "Valid until")
    field: str | None = public.text("技术领域", "Field of technology", 100)
    park: str | None = public.text("所属园区", "Science park", 100)
    area_text: str | None = public.text("所属行政区", "Area as written", 50)
    area_code: str | None = public.area()
    removed_on: date | None = public.day("取消资格日期", "Removed on")


class ResearchSpending(ConsentSubject, Contract):
    """What an enterprise spent on research and development in a year."""

    about: ClassVar[About] = About(
        name="research_spending",
        version="1.1",
        title_zh="研发投入信息",
        title_en="Research and development spending",
        **TAX,
        subject_kinds=("enterprise",),
        key=("subject_id", "year"),
        event="declared_on",
        negative=False,
        retention_years=None,
        frequency_zh="每年",
        frequency_en="yearly",
        sensitivity="consent",
        catalogue_id="C14-2",
        latency_days=31,
        mode="query-with-consent",
        used_in=("match", "score", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "staff", "research_staff", "<=", "staff",
            "研发人员不超过职工总数", "Research staff are part of the staff", "REVIEW",
        ),
    )  # fmt: skip

    year: int = consented.year()
    declared_on: date = consented.day("申报日期", "Declared on")
    spending_cents: int = consented.cents("研发费用", "Research spending")
    deduction_cents: int | None = consented.cents("加计扣除额", "Additional deduction")
    revenue_cents: int | None = consented.cents("营业收入", "Revenue")
    research_staff: int | None = consented.people("研发人员数", "Research staff")
    staff: int | None = consented.people("职工总数", "Staff")


class PolicySupport(PublicSubject, Contract):
    """Public support that was granted or is about to be: an interest subsidy, an award, a grant."""

    about: ClassVar[About] = About(
        name="policy_support",
        version="1.1",
        title_zh="政策支持信息",
        title_en="Policy support",
        **FINANCE,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "scheme", "published_on"),
        event="published_on",
        negative=False,
        retention_years=None,
        frequency_zh="每年",
        frequency_en="yearly",
        sensitivity="public",
        catalogue_id="C16-2",
        latency_days=31,
        used_in=("score", "match", "report"),
        description="C16-2 is an id of ours: the catalogue has no item for subsidies and awards.",
    )

    scheme: str = public.text("政策名称", "Scheme", 200)
    published_on: date = public.day("公示日期", "Published on")
    kind: str = public.code(
        "支持方式",
        "Kind of support",
        {
            "interest": ("贷款贴息", "Interest subsidy"),
            "guarantee_fee": ("担保费补贴", "Guarantee fee subsidy"),
            "risk_sharing": ("风险补偿", "Risk compensation"),
            "grant": ("项目资助", "Project grant"),
            "award": ("奖励", "Award"),
            "other": ("其他", "Other"),
        },
    )
    stage: str | None = public.code(
        "阶段",
        "Stage",
        {
            "proposed": ("拟支持", "Proposed"),
            "granted": ("已批准", "Granted"),
            "paid": ("已拨付", "Paid"),
            "refused": ("不予支持", "Refused"),
        },
    )
    year: int | None = public.year()
    amount_cents: int | None = public.cents("支持金额", "Amount")
    authority: str | None = public.text("主管部门", "Authority", 100)

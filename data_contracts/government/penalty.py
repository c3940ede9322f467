"""Administrative penalties and compulsory measures (双公示: 行政处罚、行政强制)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import CREDIT_CENTRE
from data_contracts.government.shapes import public
from data_contracts.government.subject import PublicSubject

THEMES = {
    "tax": ("税务", "Tax"),
    "environment": ("生态环境", "Environment"),
    "market": ("市场监管", "Market regulation"),
    "safety": ("安全生产", "Work safety"),
    "construction": ("住房和城乡建设", "Housing and construction"),
    "land": ("自然资源", "Land and natural resources"),
    "labour": ("人力资源和社会保障", "Labour and social security"),
    "transport": ("交通运输", "Transport"),
    "urban": ("城市管理", "Urban management"),
    "agriculture": ("农业农村", "Agriculture"),
    "public_hygiene": ("公共卫生", "Public hygiene"),
    "culture": ("文化体育旅游", "Culture, sport and tourism"),
    "finance": ("金融财政", "Finance"),
    "customs": ("海关", "Customs"),
    "other": ("其他", "Other"),
}

KINDS = {
    "warning": ("警告", "Warning"),
    "criticism": ("通报批评", "Public criticism"),
    "fine": ("罚款", "Fine"),
    "confiscation": ("没收违法所得、没收非法财物", "Confiscation"),
    "licence_suspended": ("暂扣许可证件", "Licence suspended"),
    "grade_lowered": ("降低资质等级", "Qualification lowered"),
    "licence_revoked": ("吊销许可证件", "Licence revoked"),
    "restricted": ("限制开展生产经营活动", "Business restricted"),
    "stopped": ("责令停产停业", "Business stopped"),
    "closed": ("责令关闭", "Closed down"),
    "banned": ("限制从业", "Banned from the trade"),
    "detention": ("行政拘留", "Detention"),
    "other": ("其他", "Other"),
}


class Penalty(PublicSubject, Contract):
    """A published administrative penalty; a fine in cents where the source gives one."""

    about: ClassVar[About] = About(
        name="penalty",
        version="1.1",
        title_zh="行政处罚信息",
        title_en="Administrative penalty",
        **CREDIT_CENTRE,
        subject_kinds=("enterprise", "sole_trader", "farmer"),
        key=("subject_id", "penalty_no", "authority"),
        event="decided_on",
        end="ends_on",
        negative=True,
        retention_years=5,
        frequency_zh="7 日内",
        frequency_en="within 7 days",
        sensitivity="public",
        catalogue_id="C03-1",
        latency_days=7,
        used_in=("score", "match", "report", "rule", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "decided_on", "<=", "ends_on",
            "处罚截止日期不早于决定日期", "A penalty ends no earlier than it was decided", "REVIEW",
        ),
        Compare(
            "repaired", "decided_on", "<=", "repaired_on",
            "信用修复日期不早于决定日期", "A repair is no earlier than the decision", "REVIEW",
        ),
    )  # fmt: skip

    penalty_no: str = public.text(
        "处罚决定书文号",
        "Number of the decision",
        100,
        description="The supplier's record number where the decision bears none.",
    )
    authority: str = public.text("处罚机关", "Authority", 100)
    decided_on: date = public.day("处罚决定日期", "Decided on")
    date_basis: str | None = public.date_basis()
    theme: str | None = public.code("处罚领域", "Field of law", THEMES)
    kind: str | None = public.code(
        "处罚类别", "Kind of penalty", KINDS, description="The heaviest, where there are several."
    )
    kind_text: str | None = public.text("处罚类别（原文）", "Kind as written", 200)
    case_name: str | None = public.text("案件名称", "Case", 300)
    violation: str | None = public.text("违法行为类型", "Kind of violation", 300)
    facts: str | None = public.text("违法事实", "Facts", 4000)
    basis: str | None = public.text("处罚依据", "Legal basis", 2000)
    content: str | None = public.text("处罚内容", "Decision", 2000)
    fine_cents: int | None = public.cents("罚款金额", "Fine")
    confiscated_cents: int | None = public.cents("没收金额", "Confiscated amount")
    subject_status: str | None = public.text("当前状态", "Subject's status as written", 50)
    ends_on: date | None = public.day(
        "处罚截止日期",
        "Ends on",
        description="End of validity or of publication; null, or 2099-12-31 as some write, while open.",
    )
    published_until: date | None = public.day("公示截止期", "Published until")
    repaired: bool | None = public.flag("是否已完成信用修复", "Credit repaired")
    repaired_on: date | None = public.day("信用修复日期", "Repaired on")
    remark: str | None = public.text("备注", "Remark", 500, personal=True)


class CompulsoryMeasure(PublicSubject, Contract):
    """A compulsory measure of an authority: sealing, seizing, freezing, forced execution."""

    about: ClassVar[About] = About(
        name="compulsory_measure",
        version="1.1",
        title_zh="行政强制信息",
        title_en="Administrative compulsory measure",
        **CREDIT_CENTRE,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "decision_no", "authority"),
        event="decided_on",
        end="lifted_on",
        negative=True,
        retention_years=5,
        frequency_zh="7 日内",
        frequency_en="within 7 days",
        sensitivity="public",
        catalogue_id="C03-2",
        latency_days=7,
        used_in=("rule", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "decided_on", "<=", "lifted_on",
            "解除日期不早于决定日期", "A measure is lifted no earlier than it was decided",
        ),
    )  # fmt: skip

    decision_no: str = public.text("决定书文号", "Number of the decision", 100)
    authority: str = public.text("决定机关", "Authority", 100)
    decided_on: date = public.day("决定日期", "Decided on")
    kind: str = public.code(
        "强制种类",
        "Kind of measure",
        {
            "sealed": ("查封场所、设施或者财物", "Premises or property sealed"),
            "seized": ("扣押财物", "Property seized"),
            "frozen": ("冻结存款、汇款", "Deposits frozen"),
            "late_fine": ("加处罚款或者滞纳金", "Late fine"),
            "executed": ("强制执行", "Forced execution"),
            "other": ("其他", "Other"),
        },
    )
    reason: str | None = public.text("事由", "Reason", 2000)
    amount_cents: int | None = public.cents("涉及金额", "Amount concerned")
    lifted_on: date | None = public.day("解除日期", "Lifted on")

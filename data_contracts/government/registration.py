"""Registration of an enterprise and what becomes of it (市场监管: 登记、变更、年报)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.government.bureaux import MARKET_REGULATION
from data_contracts.government.shapes import EARLIEST, LATEST, public, restricted
from data_contracts.government.subject import PublicSubject

__all__ = ["EARLIEST", "LATEST", "AnnualReport", "Registration", "RegistrationChange"]

LEGAL_FORMS = {
    "limited": ("有限责任公司", "Limited liability company"),
    "joint_stock": ("股份有限公司", "Joint-stock company"),
    "sole_owner": ("个人独资企业", "Sole proprietorship enterprise"),
    "partnership": ("合伙企业", "Partnership"),
    "state_owned": ("全民所有制企业", "Enterprise owned by the whole people"),
    "collective": ("集体所有制企业", "Collectively owned enterprise"),
    "cooperative": ("农民专业合作社", "Farmers' cooperative"),
    "rural_collective": ("农村集体经济组织", "Rural collective economic organisation"),
    "foreign": ("外商投资企业", "Foreign-invested enterprise"),
    "branch": ("分支机构", "Branch"),
    "sole_trader": ("个体工商户", "Sole trader"),
    "institution": ("事业单位", "Public institution"),
    "association": ("社会组织", "Social organisation"),
    "other": ("其他", "Other"),
}

STATUSES = {
    "active": ("存续", "Active"),
    "suspended": ("歇业", "Suspended"),
    "liquidating": ("清算", "In liquidation"),
    "moved_out": ("迁出", "Moved out"),
    "revoked": ("吊销", "Revoked"),
    "cancelled": ("注销", "Cancelled"),
}


class Registration(Contract):
    """What an enterprise is: name, form, industry, place, size, age."""

    about: ClassVar[About] = About(
        name="registration",
        version="2.0",
        title_zh="企业登记注册基本信息",
        title_en="Enterprise registration",
        **MARKET_REGULATION,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id",),
        event="registered_on",
        negative=False,
        retention_years=None,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="public",
        catalogue_id="C01-1",
        latency_days=1,
        used_in=("score", "match", "report", "rule", "monitor", "identity"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "established", "established_on", "<=", "registered_on",
            "成立日期不晚于登记日期", "An enterprise is established no later than its entry", "REVIEW",
        ),
        Compare(
            "paid_in", "paid_in_capital_cents", "<=", "registered_capital_cents",
            "实缴资本不超过注册资本", "Paid-in capital is at most the registered capital", "REVIEW",
        ),
    )  # fmt: skip

    subject_id: str = public.subject_id("主体编号", "Subject id")
    industry_scheme: str = public.code(
        "行业分类标准",
        "Industry scheme",
        {
            "NAICS": ("北美产业分类", "North American Industry Classification"),
            "GBT4754": ("国民经济行业分类", "GB/T 4754"),
        },
    )
    industry_code: str | None = item(
        "行业代码",
        "Industry code",
        pattern="^([A-T]?[0-9]{2,6})$",
        form=("2 至 6 位数字", "2 to 6 digits"),
        sensitivity="public",
    )
    region: str | None = item(
        "地区",
        "Region",
        description="Country and first-level division (ISO 3166-2).",
        pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$",
        form=("国家-地区，如 US-CA", "country-division, such as US-CA"),
        sensitivity="public",
    )
    postal_code: str | None = item(
        "邮政编码",
        "Postal code",
        pattern="^[0-9]{5,6}$",
        form=("5 或 6 位数字", "5 or 6 digits"),
        sensitivity="public",
    )
    employees: int | None = item(
        "从业人数", "Employees", unit="people", ge=0, le=1_000_000, sensitivity="restricted"
    )
    new_business: bool | None = public.flag(
        "是否新设企业", "New business", description="Two years old or younger."
    )
    franchise: bool | None = public.flag("是否加盟经营", "Franchise")
    urban: str | None = public.code(
        "城乡类别",
        "Urban or rural",
        {"urban": ("城镇", "Urban"), "rural": ("乡村", "Rural")},
    )
    registered_on: date = public.day(
        "登记日期", "Date of the entry", description="Of the first entry or of its approval (核准)."
    )
    name: str | None = public.text("名称", "Name", 200)
    uscc: str | None = public.text(
        "统一社会信用代码", "Unified social credit code", 18, identifier="uscc"
    )
    organisation_code: str | None = public.text(
        "组织机构代码",
        "Organisation code",
        10,
        identifier="organisation_code",
        severity="REVIEW",
    )
    registration_no: str | None = public.text(
        "工商注册号",
        "Registration number",
        20,
        description="Superseded by the unified social credit code in 2015.",
        identifier="registration_no",
        severity="REVIEW",
    )
    legal_form: str | None = public.code("企业类型", "Legal form", LEGAL_FORMS)
    legal_form_text: str | None = public.text("企业类型（原文）", "Legal form as written", 100)
    registered_capital_cents: int | None = public.cents("注册资本", "Registered capital")
    paid_in_capital_cents: int | None = public.cents("实缴资本", "Paid-in capital")
    established_on: date | None = public.day("成立日期", "Established on")
    term_ends_on: date | None = public.day("营业期限止", "Business term ends on")
    status: str | None = public.code("登记状态", "Status", STATUSES)
    status_on: date | None = public.day("状态日期", "In this status since")
    area_code: str | None = public.area()
    address: str | None = public.text("住所", "Address", 300)
    authority: str | None = public.text("登记机关", "Registering authority", 100)
    business_scope: str | None = public.text("经营范围", "Business scope", 6000)
    size_class: str | None = restricted.code(
        "企业规模",
        "Size class",
        {
            "large": ("大型", "Large"),
            "medium": ("中型", "Medium"),
            "small": ("小型", "Small"),
            "micro": ("微型", "Micro"),
        },
    )


class RegistrationChange(PublicSubject, Contract):
    """A change of what is registered; cancellation and revocation among them."""

    about: ClassVar[About] = About(
        name="registration_change",
        version="1.1",
        title_zh="企业变更、注销、吊销信息",
        title_en="Change, cancellation or revocation",
        **MARKET_REGULATION,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "kind", "changed_on", "entry_no"),
        event="changed_on",
        end="ended_on",
        negative=True,
        retention_years=5,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="public",
        catalogue_id="C01-4",
        latency_days=1,
        used_in=("score", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "changed_on", "<=", "ended_on",
            "终止日期不早于变更日期", "A change ends no earlier than it began",
        ),
    )  # fmt: skip

    kind: str = public.code(
        "变更事项",
        "What changed",
        {
            "name": ("名称", "Name"),
            "address": ("住所", "Address"),
            "capital": ("注册资本", "Registered capital"),
            "representative": ("法定代表人", "Legal representative"),
            "shareholders": ("股东", "Shareholders"),
            "key_staff": ("主要人员", "Key staff"),
            "scope": ("经营范围", "Business scope"),
            "form": ("企业类型", "Legal form"),
            "suspended": ("歇业", "Suspension"),
            "revoked": ("吊销", "Revocation"),
            "cancelled": ("注销", "Cancellation"),
            "other": ("其他", "Other"),
        },
    )
    changed_on: date = public.day("变更日期", "Changed on")
    entry_no: str = public.entry_no()
    before: str | None = public.text("变更前", "Before", 2000, personal=True)
    after: str | None = public.text("变更后", "After", 2000, personal=True)
    reason: str | None = public.text("原因", "Reason", 500)
    authority: str | None = public.text("登记机关", "Registering authority", 100)
    ended_on: date | None = public.day(
        "终止日期",
        "Ended on",
        description="When an adverse change, such as a revocation, was undone.",
    )


class AnnualReport(PublicSubject, Contract):
    """The yearly report that an enterprise files and may publish."""

    about: ClassVar[About] = About(
        name="annual_report",
        version="1.1",
        title_zh="企业年报信息",
        title_en="Annual report",
        **MARKET_REGULATION,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "year"),
        event="filed_on",
        negative=False,
        retention_years=None,
        frequency_zh="每年",
        frequency_en="yearly",
        sensitivity="public",
        catalogue_id="C01-5",
        latency_days=31,
        used_in=("score", "report", "rule"),
    )

    year: int = public.year("报告年度", "Year reported")
    filed_on: date = public.day("报送日期", "Filed on")
    on_time: bool | None = public.flag("是否按时报送", "Filed on time")
    employees: int | None = public.people("从业人数", "Employees")
    insured_people: int | None = public.people("参保人数", "Insured people")
    assets_cents: int | None = public.cents("资产总额", "Total assets")
    liabilities_cents: int | None = public.cents("负债总额", "Total liabilities")
    equity_cents: int | None = public.cents("所有者权益", "Owners' equity", least=-(10**15))
    revenue_cents: int | None = public.cents("营业总收入", "Revenue")
    profit_cents: int | None = public.cents("利润总额", "Total profit", least=-(10**15))
    net_profit_cents: int | None = public.cents("净利润", "Net profit", least=-(10**15))
    tax_cents: int | None = public.cents("纳税总额", "Tax paid")

"""Who owns and who runs an enterprise, and the shares pledged (股东、主要人员、股权出质)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.government.bureaux import MARKET_REGULATION, PLEDGE_REGISTRY
from data_contracts.government.shapes import public, restricted
from data_contracts.government.subject import PublicSubject, RestrictedSubject


class Shareholder(PublicSubject, Contract):
    """A holder of shares of an enterprise and how much he contributed."""

    about: ClassVar[About] = About(
        name="shareholder",
        version="1.1",
        title_zh="股东及出资信息",
        title_en="Shareholder",
        **MARKET_REGULATION,
        subject_kinds=("enterprise",),
        key=("subject_id", "holder_id"),
        event="since_on",
        negative=False,
        retention_years=None,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="public",
        catalogue_id="C01-2",
        latency_days=1,
        used_in=("identity", "rule", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare("term", "since_on", "<=", "until_on", "持股起不晚于止", "A holding begins before it ends"),
        Compare(
            "paid", "contributed_cents", "<=", "subscribed_cents",
            "实缴出资不超过认缴出资", "What is paid in is at most what is subscribed", "REVIEW",
        ),
    )  # fmt: skip

    holder_id: str = public.subject_id("股东编号", "Holder's subject id", personal=True)
    holder_kind: str = public.code(
        "股东类型",
        "Kind of holder",
        {
            "enterprise": ("企业", "Enterprise"),
            "person": ("自然人", "Natural person"),
            "government": ("政府机构", "Government body"),
            "fund": ("基金", "Fund"),
            "other": ("其他", "Other"),
        },
    )
    holder_name: str | None = public.text(
        "股东名称", "Name of the holder", 200, description="Null for a natural person."
    )
    person_name: str | None = public.person_name("自然人股东姓名", "Name of the person")
    subscribed_cents: int | None = public.cents("认缴出资", "Subscribed")
    contributed_cents: int | None = public.cents("实缴出资", "Paid in")
    share: float | None = public.share("持股比例", "Share")
    since_on: date = public.day("持股起", "Since")
    until_on: date | None = public.day("持股止", "Until")


class KeyPerson(RestrictedSubject, Contract):
    """A person who runs or represents an enterprise; what concerns his duties is no personal information."""

    about: ClassVar[About] = About(
        name="key_person",
        version="1.1",
        title_zh="主要人员信息",
        title_en="Key person",
        **MARKET_REGULATION,
        subject_kinds=("enterprise",),
        key=("subject_id", "person_id", "position"),
        event="since_on",
        negative=False,
        retention_years=None,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="restricted",
        catalogue_id="C01-3",
        latency_days=1,
        used_in=("identity", "rule", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare("term", "since_on", "<=", "until_on", "任职起不晚于止", "A term begins before it ends"),
    )  # fmt: skip

    person_id: str = item(
        "人员编号",
        "Person's subject id",
        pattern="^PID-[0-9a-f]{32}$",
        form=("PID-证件号码的密钥散列", "PID- and the keyed HMAC of the identity number"),
        personal=True,
        duty_related=True,
    )
    person_name: str | None = restricted.person_name(
        "姓名", "Name of the person", duty_related=True
    )
    position: str = restricted.code(
        "职务",
        "Position",
        {
            "representative": ("法定代表人", "Legal representative"),
            "chair": ("董事长、执行董事", "Chair of the board"),
            "director": ("董事", "Director"),
            "supervisor": ("监事", "Supervisor"),
            "manager": ("经理、高级管理人员", "Manager"),
            "finance": ("财务负责人", "Head of finance"),
            "partner": ("执行事务合伙人", "Executive partner"),
            "controller": ("实际控制人", "Actual controller"),
            "other": ("其他", "Other"),
        },
        duty_related=True,
    )
    since_on: date = restricted.day("任职起", "Since", duty_related=True)
    until_on: date | None = restricted.day("任职止", "Until", duty_related=True)


PLEDGE_STATUSES = {
    "valid": ("有效", "Valid"),
    "changed": ("已变更", "Changed"),
    "cancelled": ("已注销", "Cancelled"),
    "expired": ("已到期", "Expired"),
}


class EquityPledge(PublicSubject, Contract):
    """Shares of an enterprise that were pledged; the subject is the enterprise whose shares they are."""

    about: ClassVar[About] = About(
        name="equity_pledge",
        version="1.1",
        title_zh="股权出质登记",
        title_en="Pledge of equity",
        **MARKET_REGULATION,
        subject_kinds=("enterprise",),
        key=("subject_id", "pledge_no"),
        event="pledged_on",
        negative=False,
        retention_years=None,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="public",
        catalogue_id="C01-6",
        latency_days=1,
        used_in=("score", "match", "rule", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "pledged_on", "<=", "cancelled_on",
            "注销日期不早于登记日期", "A pledge is cancelled no earlier than it was entered",
        ),
    )  # fmt: skip

    pledge_no: str = public.text("质权登记编号", "Number of the pledge", 60)
    pledgor_id: str | None = public.subject_id("出质人编号", "Pledgor's subject id", personal=True)
    pledgee_name: str | None = public.text("质权人名称", "Pledgee", 200, personal=True)
    shares_cents: int | None = public.cents("出质股权数额", "Equity pledged")
    secured_cents: int | None = public.cents("被担保债权数额", "Claim secured")
    pledged_on: date = public.day("登记日期", "Entered on")
    status: str | None = public.code("状态", "Status", PLEDGE_STATUSES)
    cancelled_on: date | None = public.day("注销日期", "Cancelled on")


class MovablePledge(PublicSubject, Contract):
    """Movables, receivables or rights that secure a claim; the subject gives the security."""

    about: ClassVar[About] = About(
        name="movable_pledge",
        version="1.1",
        title_zh="动产和权利担保登记",
        title_en="Security over movables and rights",
        **PLEDGE_REGISTRY,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "pledge_no"),
        event="pledged_on",
        negative=False,
        retention_years=None,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="public",
        catalogue_id="C01-6",
        latency_days=1,
        used_in=("score", "match", "rule", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "pledged_on", "<=", "cancelled_on",
            "注销日期不早于登记日期", "A security is cancelled no earlier than it was entered",
        ),
        Compare(
            "term", "pledged_on", "<=", "expires_on",
            "到期日期不早于登记日期", "A security expires no earlier than it was entered",
        ),
    )  # fmt: skip

    pledge_no: str = public.text("登记编号", "Number of the entry", 60)
    kind: str = public.code(
        "担保类型",
        "Kind of security",
        {
            "equipment": ("生产设备抵押", "Equipment"),
            "inventory": ("原材料、产品抵押", "Inventory"),
            "vehicle": ("交通运输工具抵押", "Vehicles"),
            "receivable": ("应收账款质押", "Receivables"),
            "receipt": ("存单、仓单、提单质押", "Deposit and warehouse receipts"),
            "lease": ("融资租赁", "Financial lease"),
            "factoring": ("保理", "Factoring"),
            "retention": ("所有权保留", "Retention of title"),
            "other": ("其他", "Other"),
        },
    )
    pledgee_name: str | None = public.text("担保权人名称", "Secured party", 200)
    description: str | None = public.text("担保财产描述", "Description of the property", 2000)
    secured_cents: int | None = public.cents("被担保债权数额", "Claim secured")
    value_cents: int | None = public.cents("担保财产价值", "Value of the property")
    pledged_on: date = public.day("登记日期", "Entered on")
    expires_on: date | None = public.day("到期日期", "Expires on")
    status: str | None = public.code("状态", "Status", PLEDGE_STATUSES)
    cancelled_on: date | None = public.day("注销日期", "Cancelled on")

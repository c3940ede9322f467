"""Patents and trademarks: who owns them, how long they last, whether they are pledged (知识产权)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.government.bureaux import INTELLECTUAL_PROPERTY
from data_contracts.government.shapes import public
from data_contracts.government.subject import PublicSubject


class RightSubject(PublicSubject):
    """What patents and trademarks have in common."""

    applied_on: date = public.day("申请日期", "Applied on")
    holders: int | None = public.count("权利人数", "Holders", "holders", 100)
    pledged: bool | None = public.flag("是否已质押", "Pledged")
    pledged_on: date | None = public.day("质押登记日期", "Pledge entered on")
    released_on: date | None = public.day("质押解除日期", "Pledge released on")
    pledgee_name: str | None = public.text("质权人名称", "Pledgee", 200)
    disputed: bool | None = public.flag("是否有权属争议或无效请求", "Disputed")
    transferred_on: date | None = public.day(
        "转让日期", "Transferred on", description="When the right left the subject."
    )


class Patent(RightSubject, Contract):
    """A patent or an application for one."""

    about: ClassVar[About] = About(
        name="patent",
        version="1.1",
        title_zh="专利信息",
        title_en="Patent",
        **INTELLECTUAL_PROPERTY,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "patent_no"),
        event="applied_on",
        negative=False,
        retention_years=None,
        frequency_zh="每周",
        frequency_en="weekly",
        sensitivity="public",
        catalogue_id="C13-1",
        latency_days=7,
        used_in=("match", "score", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "granted", "applied_on", "<=", "granted_on",
            "授权日期不早于申请日期", "A patent is granted no earlier than applied for",
        ),
        Compare(
            "term", "granted_on", "<=", "expires_on",
            "届满日期不早于授权日期", "A patent expires no earlier than it was granted",
        ),
        Compare(
            "pledge", "pledged_on", "<=", "released_on",
            "质押解除不早于登记", "A pledge is released no earlier than entered",
        ),
    )  # fmt: skip

    patent_no: str = public.text("专利号或申请号", "Patent or application number", 40)
    kind: str = public.code(
        "专利类型",
        "Kind",
        {
            "invention": ("发明", "Invention (20 years)"),
            "utility": ("实用新型", "Utility model (10 years)"),
            "design": ("外观设计", "Design (15 years)"),
        },
    )
    title: str | None = public.text("专利名称", "Title", 300)
    granted_on: date | None = public.day("授权日期", "Granted on")
    expires_on: date | None = public.day("届满日期", "Expires on")
    fee_paid_until: date | None = public.day("年费缴至", "Annual fee paid until")
    status: str = public.code(
        "法律状态",
        "Legal status",
        {
            "pending": ("审查中", "Pending"),
            "valid": ("有效", "Valid"),
            "lapsed": ("未缴年费终止", "Lapsed for unpaid fees"),
            "expired": ("期限届满", "Expired"),
            "invalidated": ("宣告无效", "Invalidated"),
            "refused": ("驳回、撤回", "Refused or withdrawn"),
        },
    )


class Trademark(RightSubject, Contract):
    """A registered trademark."""

    about: ClassVar[About] = About(
        name="trademark",
        version="1.1",
        title_zh="商标与质押信息",
        title_en="Trademark",
        **INTELLECTUAL_PROPERTY,
        subject_kinds=("enterprise", "sole_trader"),
        key=("subject_id", "trademark_no", "nice_class"),
        event="applied_on",
        negative=False,
        retention_years=None,
        frequency_zh="每周",
        frequency_en="weekly",
        sensitivity="public",
        catalogue_id="C13-2",
        latency_days=7,
        used_in=("score", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "entered", "applied_on", "<=", "entered_on",
            "注册日期不早于申请日期", "A trademark is registered no earlier than applied for",
        ),
        Compare(
            "term", "entered_on", "<=", "valid_until",
            "有效期止不早于注册日期", "A trademark ends no earlier than it was registered",
        ),
        Compare(
            "pledge", "pledged_on", "<=", "released_on",
            "质押解除不早于登记", "A pledge is released no earlier than entered",
        ),
    )  # fmt: skip

    trademark_no: str = public.text("商标注册号", "Trademark number", 40)
    nice_class: int = item(
        "国际分类", "Class (Nice classification)", unit="class", ge=1, le=45, sensitivity="public"
    )
    title: str | None = public.text("商标名称", "Name", 200)
    entered_on: date | None = public.day("注册日期", "Registered on")
    valid_until: date | None = public.day("有效期止", "Valid until")
    status: str = public.code(
        "法律状态",
        "Legal status",
        {
            "pending": ("申请中", "Pending"),
            "valid": ("有效", "Valid"),
            "expired": ("期满未续展", "Expired"),
            "cancelled": ("撤销、注销", "Cancelled"),
            "invalidated": ("宣告无效", "Invalidated"),
        },
    )

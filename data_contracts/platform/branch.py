"""The registry of branches: where an institution can be met."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.finance.items import day, institution_code, institution_subject
from data_contracts.platform.institution import CHANGES, STATES


class Branch(Contract):
    """State of one branch since one day."""

    about: ClassVar[About] = About(
        name="branch",
        version="1.0",
        title_zh="金融机构网点",
        title_en="Branch",
        supplier_zh="机构登记管理部门",
        supplier_en="Registry of institutions",
        subject_kinds=("institution",),
        key=("branch_code", "changed_on"),
        event="changed_on",
        negative=False,
        retention_years=None,
        frequency_zh="变更时",
        frequency_en="on change",
        latency_days=1,
        mode="api",
        sensitivity="public",
        purposes=("SUPERVISION", "MATCHING"),
        used_in=("match", "platform"),
    )

    branch_code: str = institution_code("网点编码", "Branch code")
    subject_id: str = institution_subject()
    institution_code: str = institution_code("所属法人机构编码", "Institution it belongs to")
    changed_on: date = day("变更日期", "In this state since", sensitivity="public")
    change: str = item("变更类型", "Kind of change", codes=CHANGES, sensitivity="public")
    state: str = item("状态", "State", codes=STATES, sensitivity="public")
    name: str = item("网点名称", "Name", max_length=120, sensitivity="public")
    level: str = item(
        "网点层级",
        "Level",
        codes={
            "head": ("总行总部", "Head office"),
            "first": ("一级分行", "First-tier branch"),
            "second": ("二级分行", "Second-tier branch"),
            "sub": ("支行", "Sub-branch"),
            "outlet": ("网点", "Outlet"),
        },
        sensitivity="public",
    )
    area: str = item(
        "行政区划",
        "Area",
        pattern="^[0-9]{6}$",
        form=("6 位行政区划代码", "6 digits of GB/T 2260"),
        identifier="area",
        severity="REVIEW",
        sensitivity="public",
    )
    address: str | None = item("地址", "Address", max_length=200, sensitivity="public")
    longitude: float | None = item(
        "经度", "Longitude", unit="degrees", ge=-180, le=180, sensitivity="public"
    )
    latitude: float | None = item(
        "纬度", "Latitude", unit="degrees", ge=-90, le=90, sensitivity="public"
    )
    telephone: str | None = item(
        "联系电话",
        "Telephone",
        pattern="^[0-9+()-]{5,24}$",
        form=("数字、加号、括号、连字符", "digits, plus, brackets, hyphens"),
        sensitivity="public",
    )
    services: str | None = item(
        "受理业务",
        "Services",
        description="Joined by semicolons.",
        max_length=500,
        sensitivity="public",
    )
    cnaps_code: str | None = item(
        "联行号",
        "Interbank number",
        pattern="^[0-9]{12}$",
        form=("12 位数字", "12 digits"),
        identifier="cnaps",
        severity="REVIEW",
        sensitivity="public",
    )

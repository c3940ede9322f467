"""Registration of an enterprise (市场监管: 企业登记注册基本信息)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Contract, item

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 1, 1)


class Registration(Contract):
    """What an enterprise is: industry, place, size, age."""

    about: ClassVar[About] = About(
        name="registration",
        version=1,
        title_zh="企业登记注册基本信息",
        title_en="Enterprise registration",
        supplier_zh="市场监督管理部门",
        supplier_en="Market regulation authority",
        subject_kinds=("enterprise",),
        key=("subject_id",),
        event="registered_on",
        negative=False,
        retention_years=None,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="public",
    )

    subject_id: str = item(
        "主体编号",
        "Subject id",
        pattern="^[A-Z]{2,8}-[0-9A-Za-z-]{1,40}$",
        form=("前缀-编号", "PREFIX-number"),
        sensitivity="public",
    )
    industry_scheme: str = item(
        "行业分类标准",
        "Industry scheme",
        sensitivity="public",
        codes={
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
    employees: int = item(
        "从业人数", "Employees", unit="people", ge=0, le=1_000_000, sensitivity="restricted"
    )
    new_business: bool | None = item(
        "是否新设企业",
        "New business",
        description="Two years old or younger.",
        sensitivity="public",
    )
    franchise: bool = item("是否加盟经营", "Franchise", sensitivity="public")
    urban: str | None = item(
        "城乡类别",
        "Urban or rural",
        codes={"urban": ("城镇", "Urban"), "rural": ("乡村", "Rural")},
        sensitivity="public",
    )
    registered_on: date = item(
        "登记日期", "Date of the entry", ge=EARLIEST, le=LATEST, sensitivity="public"
    )

"""The result of the acceptance of an institution's reports."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import day, institution_code, institution_subject, number


class Acceptance(Contract):
    """Which months of which contract were judged, with what result, and from when queries open."""

    about: ClassVar[About] = About(
        name="acceptance",
        version="1.0",
        title_zh="数据报送验收",
        title_en="Acceptance of reports",
        supplier_zh="平台",
        supplier_en="Platform",
        subject_kinds=("institution",),
        key=("acceptance_no",),
        event="accepted_on",
        negative=False,
        retention_years=None,
        frequency_zh="验收时",
        frequency_en="when judged",
        latency_days=1,
        mode="api",
        sensitivity="restricted",
        purposes=("SUPERVISION",),
        used_in=("rule", "platform"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "query",
            "accepted_on",
            "<=",
            "query_from",
            "开通查询不得早于验收",
            "Queries do not open before acceptance",
        ),
        Compare(
            "months",
            "first_month",
            "<=",
            "last_month",
            "起始月份不得晚于终止月份",
            "The first month is not after the last",
        ),
    )

    acceptance_no: str = number("验收编号", "Acceptance number")
    subject_id: str = institution_subject()
    institution_code: str = institution_code()
    contract: str = item(
        "契约",
        "Contract",
        pattern="^[a-z][a-z0-9_]{0,39}$",
        form=("契约名", "name of a contract"),
    )
    contract_version: str | None = item(
        "契约版本",
        "Version of the contract",
        pattern="^[1-9][0-9]*[.][0-9]+$",
        form=("主版本.次版本", "major.minor"),
    )
    first_month: date = day("起始月份", "First month", description="First day of the month.")
    last_month: date = day("终止月份", "Last month", description="First day of the month.")
    months: int = item("月份数", "Months judged", unit="months", ge=1, le=1_200)
    result: str = item(
        "结果",
        "Result",
        codes={
            "passed": ("通过", "Passed"),
            "failed": ("未通过", "Failed"),
            "conditional": ("整改后通过", "Passed under conditions"),
        },
    )
    figures: str = item(
        "验收指标",
        "Figures",
        description="JSON object: fill rates, distributions, open hits by rule, causes.",
        max_length=100_000,
    )
    report_digest: str = item(
        "验收报告摘要",
        "Digest of the report",
        pattern="^[0-9a-f]{64}$",
        form=("64 位十六进制", "64 hexadecimal digits"),
    )
    accepted_by: str | None = item("验收人", "Judged by", max_length=60, duty_related=True)
    accepted_on: date = day("验收日期", "Judged on")
    query_from: date | None = day("开通查询日期", "Queries open from")

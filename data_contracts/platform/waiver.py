"""A hit of a rule that was judged to be real business, so that it no longer blocks acceptance."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Contract, item
from data_contracts.finance.items import day, institution_code, institution_subject


class Waiver(Contract):
    """Which rule is waived for which record, why, by whom and when.

    A hit under REVIEW is first judged from the business; only one that nobody waived blocks.
    """

    about: ClassVar[About] = About(
        name="waiver",
        version="1.0",
        title_zh="规则命中豁免",
        title_en="Waiver of a rule hit",
        supplier_zh="报送机构",
        supplier_en="Reporting institution",
        subject_kinds=("institution",),
        key=("contract", "rule_id", "record_key"),
        event="waived_on",
        negative=False,
        retention_years=5,
        frequency_zh="豁免时",
        frequency_en="when waived",
        latency_days=1,
        mode="api",
        sensitivity="restricted",
        purposes=("SUPERVISION", "OBJECTION"),
        used_in=("rule", "platform"),
    )

    contract: str = item(
        "契约",
        "Contract",
        pattern="^[a-z][a-z0-9_]{0,39}$",
        form=("契约名", "name of a contract"),
    )
    rule_id: str = item(
        "规则编号",
        "Rule id",
        pattern="^[A-Za-z0-9_.-]{1,120}$",
        form=("字母、数字、点、连字符", "letters, digits, dots, hyphens"),
    )
    record_key: str = item(
        "记录主键",
        "Key of the record",
        description=(
            "Values of the key columns in the contract's order, joined by a vertical bar, dates as "
            "YYYY-MM-DD."
        ),
        max_length=200,
        personal=True,
    )
    subject_id: str = institution_subject()
    institution_code: str = institution_code("报送机构编码", "Reporting institution")
    reason: str = item("豁免理由", "Reason", max_length=500)
    waived_by: str = item("豁免人", "Waived by", max_length=60, duty_related=True)
    waived_on: date = day("豁免日期", "Waived on")
    valid_until: date | None = day(
        "豁免有效期至", "Valid until", description="The last day; absent: as long as the record."
    )

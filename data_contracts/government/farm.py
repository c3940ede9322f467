"""Farms: who they are, the land they work, what they are paid and insured for (农业农村)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import AGRICULTURE
from data_contracts.government.shapes import consented
from data_contracts.government.subject import ConsentSubject


class FarmEntity(ConsentSubject, Contract):
    """An entry of a farm in one of the registers of agriculture."""

    about: ClassVar[About] = About(
        name="farm_entity",
        version="1.1",
        title_zh="新型农业经营主体信息",
        title_en="Farm",
        **AGRICULTURE,
        subject_kinds=("farmer", "sole_trader", "enterprise"),
        key=("subject_id", "list_code", "entry_no"),
        event="published_on",
        negative=False,
        retention_years=None,
        frequency_zh="每年",
        frequency_en="yearly",
        sensitivity="consent",
        catalogue_id="C15-1",
        latency_days=31,
        used_in=("score", "match", "report"),
    )

    list_code: str = consented.code(
        "名录",
        "List",
        {
            "producers": ("农产品生产主体目录", "Producers of farm products"),
            "leading": ("农业产业化龙头企业", "Leading agricultural enterprises"),
            "family_farms": ("家庭农场名录", "Family farms"),
            "cooperatives": ("农民专业合作社名录", "Farmers' cooperatives"),
            "credit_files": ("农户信用档案", "Credit files of farm households"),
        },
    )
    entry_no: str = consented.entry_no()
    published_on: date = consented.day(
        "公布或更新日期", "Published or updated on", description="Of the register's entry."
    )
    kind: str | None = consented.code(
        "主体类型",
        "Kind of farm",
        {
            "enterprise": ("企业", "Enterprise"),
            "cooperative": ("合作社", "Cooperative"),
            "family_farm": ("家庭农场", "Family farm"),
            "large_grower": ("种养大户", "Large grower"),
            "household": ("农户", "Farm household"),
            "collective": ("农村集体经济组织", "Rural collective"),
        },
    )
    grade: str | None = consented.code(
        "级别",
        "Level of recognition",
        {
            "national": ("国家级", "National"),
            "provincial": ("省级", "Provincial"),
            "city": ("市级", "City"),
            "county": ("县级", "County"),
            "none": ("无", "None"),
        },
    )
    branch: str | None = consented.code(
        "所属行业",
        "Branch",
        {
            "crops": ("种植业", "Crops"),
            "livestock": ("畜牧业", "Livestock"),
            "fishery": ("水产业、渔业", "Fishery"),
            "forestry": ("林业", "Forestry"),
            "processing": ("农产品加工", "Processing"),
            "service": ("农业服务", "Farm services"),
        },
    )
    product: str | None = consented.text("产品类别", "Products", 100)
    certification: str | None = consented.text("质量安全认证", "Certification", 60)
    scale: float | None = consented.quantity(
        "生产规模", "Scale of production", "as written (mu or head)", 1e9
    )
    yearly_output: float | None = consented.quantity(
        "年产量", "Yearly output", "as written (mostly tonnes)", 1e9
    )
    sales_channel: str | None = consented.text("主要销售渠道", "Main sales channel", 60)
    address: str | None = consented.text("地址", "Address", 300, personal=True)
    area_text: str | None = consented.text("所属区域", "Area as written", 50)
    area_code: str | None = consented.area()
    village_verified: bool | None = consented.flag(
        "村级是否核实", "Verified by the village", description="Of land or livestock on the file."
    )
    valid_until: date | None = consented.day("有效期止", "Valid until")


class FarmLand(ConsentSubject, Contract):
    """Land that a farmer contracts or leases (土地承包经营权)."""

    about: ClassVar[About] = About(
        name="farm_land",
        version="1.1",
        title_zh="土地承包经营权信息",
        title_en="Right to farm land",
        **AGRICULTURE,
        subject_kinds=("farmer", "sole_trader", "enterprise"),
        key=("subject_id", "right_no"),
        event="since_on",
        negative=False,
        retention_years=None,
        frequency_zh="每年",
        frequency_en="yearly",
        sensitivity="consent",
        catalogue_id="C15-1",
        latency_days=31,
        used_in=("score", "match", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare("term", "since_on", "<=", "until_on", "期限起不晚于止", "A term begins before it ends"),
    )  # fmt: skip

    right_no: str = consented.text("权证或合同编号", "Number of the right", 60, personal=True)
    kind: str = consented.code(
        "权利类型",
        "Kind of right",
        {
            "contracted": ("家庭承包", "Contracted by the household"),
            "leased": ("流转（租入）", "Leased in"),
            "forest": ("林地承包", "Forest land"),
            "water": ("养殖水面", "Fish water"),
            "facility": ("设施农用地", "Land for farm buildings"),
        },
    )
    area_mu: float = consented.quantity(
        "面积", "Area", "mu (1/15 hectare)", 1e7, written_consent="real_estate"
    )
    since_on: date = consented.day("期限起", "Since")
    until_on: date | None = consented.day("期限止", "Until")
    yearly_rent_cents: int | None = consented.cents("年租金", "Yearly rent")
    mortgaged: bool | None = consented.flag("是否已抵押", "Mortgaged")
    area_code: str | None = consented.area()


class FarmSubsidy(ConsentSubject, Contract):
    """A farm subsidy that was paid."""

    about: ClassVar[About] = About(
        name="farm_subsidy",
        version="1.1",
        title_zh="农业补贴信息",
        title_en="Farm subsidy",
        **AGRICULTURE,
        subject_kinds=("farmer", "sole_trader", "enterprise"),
        key=("subject_id", "kind", "year", "granted_on"),
        event="granted_on",
        negative=False,
        retention_years=None,
        frequency_zh="每年",
        frequency_en="yearly",
        sensitivity="consent",
        catalogue_id="C15-1",
        latency_days=31,
        used_in=("score", "report"),
    )

    kind: str = consented.code(
        "补贴种类",
        "Kind of subsidy",
        {
            "land": ("耕地地力保护补贴", "Protection of arable land"),
            "machinery": ("农机购置补贴", "Farm machinery"),
            "grain": ("种粮补贴", "Grain growers"),
            "livestock": ("畜牧补贴", "Livestock"),
            "premium": ("农业保险保费补贴", "Insurance premiums"),
            "other": ("其他", "Other"),
        },
    )
    year: int = consented.year()
    granted_on: date = consented.day("发放日期", "Paid out on")
    amount_cents: int = consented.cents("补贴金额", "Amount", written_consent="income")


class FarmInsurance(ConsentSubject, Contract):
    """An agricultural insurance policy and what it paid."""

    about: ClassVar[About] = About(
        name="farm_insurance",
        version="1.1",
        title_zh="农业保险信息",
        title_en="Agricultural insurance",
        **AGRICULTURE,
        subject_kinds=("farmer", "sole_trader", "enterprise"),
        key=("subject_id", "policy_no"),
        event="since_on",
        negative=False,
        retention_years=None,
        frequency_zh="每年",
        frequency_en="yearly",
        sensitivity="consent",
        catalogue_id="C15-1",
        latency_days=31,
        used_in=("score", "report"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare("term", "since_on", "<=", "until_on", "期限起不晚于止", "A term begins before it ends"),
        Compare(
            "indemnity", "indemnity_cents", "<=", "insured_cents",
            "赔付不超过保额", "The indemnity is at most the sum insured", "REVIEW",
        ),
    )  # fmt: skip

    policy_no: str = consented.text("保单号", "Policy number", 60, personal=True)
    product: str | None = consented.text("险种", "What is insured", 100)
    since_on: date = consented.day("保险期起", "Since")
    until_on: date | None = consented.day("保险期止", "Until")
    insured_cents: int | None = consented.cents(
        "保险金额", "Sum insured", written_consent="insurance"
    )
    premium_cents: int | None = consented.cents("保费", "Premium", written_consent="insurance")
    indemnity_cents: int | None = consented.cents(
        "赔付金额", "Indemnity paid", written_consent="insurance"
    )

"""The registry of institutions: each opening, change and closing is a record (银发〔2010〕175号)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.finance.items import day, institution_code, institution_subject, licence_ref

CLASSES: dict[str, tuple[str, str]] = {
    "A": ("货币当局", "Monetary authority"),
    "B": ("监管当局", "Supervisor"),
    "C": ("银行业存款类", "Bank taking deposits"),
    "D": ("银行业非存款类", "Lender without deposits"),
    "E": ("证券业", "Securities"),
    "F": ("保险业", "Insurance"),
    "G": ("交易及结算类", "Trading and settlement"),
    "H": ("金融控股公司", "Financial holding"),
    "Z": ("其他", "Other"),
}
STATES: dict[str, tuple[str, str]] = {
    "active": ("正常", "Active"),
    "suspended": ("暂停", "Suspended"),
    "cancelled": ("撤销", "Cancelled"),
}
CHANGES: dict[str, tuple[str, str]] = {
    "create": ("新增", "Created"),
    "change": ("变更", "Changed"),
    "cancel": ("撤销", "Cancelled"),
}


class Institution(Contract):
    """State of one institution since one day, and what it may send and ask."""

    about: ClassVar[About] = About(
        name="institution",
        version="1.0",
        title_zh="金融机构",
        title_en="Institution",
        supplier_zh="机构登记管理部门",
        supplier_en="Registry of institutions",
        subject_kinds=("institution",),
        key=("institution_code", "changed_on"),
        event="changed_on",
        negative=False,
        retention_years=None,
        frequency_zh="变更时",
        frequency_en="on change",
        latency_days=1,
        mode="api",
        sensitivity="public",
        purposes=("SUPERVISION", "MATCHING"),
        used_in=("match", "rule", "platform"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "query",
            "reporting_from",
            "<=",
            "query_from",
            "开通查询不得早于开始报送",
            "Queries do not open before reporting begins (REG-30)",
        ),
    )

    institution_code: str = institution_code()
    subject_id: str = institution_subject()
    changed_on: date = day("变更日期", "In this state since", sensitivity="public")
    change: str = item("变更类型", "Kind of change", codes=CHANGES, sensitivity="public")
    state: str = item("状态", "State", codes=STATES, sensitivity="public")
    name: str = item("机构名称", "Name", max_length=120, sensitivity="public")
    short_name: str | None = item("简称", "Short name", max_length=60, sensitivity="public")
    uscc: str | None = item(
        "统一社会信用代码",
        "Unified social credit code",
        pattern="^[0-9A-HJ-NPQRTUWXY]{18}$",
        form=("18 位统一社会信用代码", "18 characters of the code's alphabet"),
        identifier="uscc",
        severity="REVIEW",
        sensitivity="public",
    )
    institution_class: str = item("机构类别", "Class", codes=CLASSES, sensitivity="public")
    kind: str = item(
        "机构类型",
        "Kind",
        codes={
            "state_bank": ("国有大型银行", "Large state bank"),
            "joint_stock_bank": ("股份制银行", "Joint-stock bank"),
            "city_bank": ("城市商业银行", "City bank"),
            "rural_bank": ("农村商业银行、农信社", "Rural bank or credit cooperative"),
            "village_bank": ("村镇银行", "Village bank"),
            "internet_bank": ("民营互联网银行", "Internet bank"),
            "policy_bank": ("政策性银行", "Policy bank"),
            "consumer_finance": ("消费金融公司", "Consumer finance company"),
            "small_loan": ("小额贷款公司", "Small-loan company"),
            "guarantee": ("融资担保公司", "Guarantee company"),
            "leasing": ("融资租赁公司", "Leasing company"),
            "factoring": ("商业保理公司", "Factoring company"),
            "insurer": ("保险公司", "Insurer"),
            "securities": ("证券公司", "Securities firm"),
            "bureau": ("征信机构", "Credit bureau"),
            "authority": ("监管部门", "Authority"),
            "other": ("其他", "Another"),
        },
        sensitivity="public",
    )
    tier: str = item(
        "机构层级",
        "Tier",
        codes={
            "national": ("全国性", "National"),
            "provincial": ("省级", "Provincial"),
            "city": ("市级", "City"),
            "county": ("县级", "County"),
        },
        sensitivity="public",
    )
    area: str = item(
        "注册地行政区划",
        "Area of registration",
        pattern="^[0-9]{6}$",
        form=("6 位行政区划代码", "6 digits of GB/T 2260"),
        identifier="area",
        severity="REVIEW",
        sensitivity="public",
    )
    origin: str = item(
        "资本来源",
        "Origin of capital",
        description="ISO 3166 code; client risk information is for CN alone (REG-28).",
        pattern="^[A-Z]{2}$",
        form=("两位国家代码", "two letters of the country"),
        sensitivity="public",
    )
    licence_ref: str | None = licence_ref()
    maintained_by: str | None = item(
        "维护单位", "Maintained by", max_length=120, sensitivity="public"
    )
    access_tier: str = item(
        "接入等级",
        "Access tier",
        description=(
            "Small-loan and guarantee companies begin with reporting alone; the right to ask comes "
            "by rating and security."
        ),
        codes={
            "none": ("未接入", "Not connected"),
            "report_only": ("仅报送", "Reports only"),
            "indirect_query": ("间接查询", "Asks through another institution"),
            "direct_query": ("直接查询", "Asks directly"),
        },
    )
    access_rating: str | None = item(
        "接入评级",
        "Rating of the access",
        codes={
            "A": ("优", "Good"),
            "B": ("中", "Fair"),
            "C": ("差", "Poor"),
        },
    )
    reporting_from: date | None = day("开始报送日期", "Reports since")
    query_from: date | None = day("开通查询日期", "May ask since")
    risk_officer_signed_on: date | None = day(
        "分管行领导签署承诺书日期",
        "Commitment signed by the vice-president in charge of risk",
        description="Before both signatures client risk information stays closed (REG-28).",
    )
    risk_department_signed_on: date | None = day(
        "风险部门负责人签署承诺书日期",
        "Commitment signed by the head of the risk department",
    )
    plan_filed_on: date | None = day("方案备案日期", "Plan filed on")

"""Code tables of loan products: customers, categories, channels, repayment, guarantee, purpose."""

from __future__ import annotations

__all__ = [
    "CATEGORIES",
    "CHANNELS",
    "COLLATERAL_KINDS",
    "CUSTOMER_TYPES",
    "GUARANTEES",
    "LOAN_PURPOSES",
    "PREDICATES_FORM",
    "REPAYMENTS",
]

CUSTOMER_TYPES: dict[str, tuple[str, str]] = {
    "E_micro": ("微型企业", "Micro enterprise"),
    "E_small": ("小型企业", "Small enterprise"),
    "E_medium": ("中型企业", "Medium enterprise"),
    "SOLE": ("个体工商户", "Sole trader"),
    "FARMER": ("农户", "Farmer"),
    "COOP": ("农民专业合作社", "Farmers' cooperative"),
    "PERSON": ("个人", "Person"),
}

CATEGORIES: dict[str, tuple[str, str]] = {
    "credit": ("信用贷款", "Unsecured loan"),
    "mortgage": ("抵押贷款", "Mortgage loan"),
    "pledge": ("质押贷款", "Loan against a pledge"),
    "guaranteed": ("保证贷款", "Guaranteed loan"),
    "mixed": ("组合担保贷款", "Loan with mixed security"),
    "bill": ("票据融资", "Bill financing"),
    "bond": ("债券产品", "Bond"),
    "equity": ("股权融资产品", "Equity financing"),
}

CHANNELS: dict[str, tuple[str, str]] = {
    "online": ("线上", "Online"),
    "offline": ("线下", "At a branch"),
    "both": ("线上线下", "Online or at a branch"),
}

REPAYMENTS: dict[str, tuple[str, str]] = {
    "equal_instalments": ("等额本息", "Equal instalments"),
    "equal_principal": ("等额本金", "Equal parts of the principal"),
    "interest_monthly": ("按月付息到期还本", "Interest monthly, principal at the end"),
    "interest_quarterly": ("按季付息到期还本", "Interest quarterly, principal at the end"),
    "bullet": ("到期一次还本付息", "All at the end"),
    "on_demand": ("随借随还", "Drawn and repaid at will"),
    "quarterly": ("按季还本付息", "Quarterly"),
    "deducted": ("回款扣还", "Deducted from incoming payments"),
}

GUARANTEES: dict[str, tuple[str, str]] = {
    "credit": ("信用", "None"),
    "mortgage": ("抵押", "Mortgage"),
    "pledge": ("质押", "Pledge"),
    "guarantor": ("保证", "Guarantor"),
    "policy_guarantee": ("政策性担保", "Policy guarantee"),
    "risk_pool": ("风险补偿资金池", "Risk pool"),
    "joint_households": ("农户联保", "Joint guarantee of households"),
    "mixed": ("组合", "Mixed"),
}

COLLATERAL_KINDS: dict[str, tuple[str, str]] = {
    "house": ("住宅", "House"),
    "shop": ("商用房", "Shop or office"),
    "plant": ("厂房", "Plant"),
    "land_use_right": ("建设用地使用权", "Right to use building land"),
    "land_contract_right": ("土地承包经营权", "Right to work contracted land"),
    "forest_right": ("林权", "Forest right"),
    "equipment": ("机器设备", "Equipment"),
    "vehicle": ("车辆船舶", "Vehicle or vessel"),
    "inventory": ("存货", "Inventory"),
    "livestock": ("活体畜禽", "Livestock"),
    "receivable": ("应收账款", "Receivable"),
    "refund_account": ("出口退税账户", "Export refund account"),
    "patent": ("专利权", "Patent"),
    "trademark": ("商标权", "Trademark"),
    "equity": ("股权", "Equity"),
    "deposit": ("存单保证金", "Deposit"),
    "bill": ("票据", "Bill"),
    "carbon": ("碳排放权", "Emission allowance"),
    "charge_right": ("收费权", "Right to collect charges"),
    "other": ("其他", "Another"),
}

LOAN_PURPOSES: dict[str, tuple[str, str]] = {
    "working_capital": ("流动资金周转", "Working capital"),
    "materials": ("采购原材料", "Materials"),
    "wages": ("发放工资", "Wages"),
    "equipment": ("购置设备", "Equipment"),
    "plant": ("厂房建设", "Building a plant"),
    "research": ("研究开发", "Research"),
    "order": ("订单履约", "Fulfilling an order"),
    "export": ("出口经营", "Export trade"),
    "farming": ("农业生产", "Farming"),
    "green_project": ("绿色项目", "Green project"),
    "start_up": ("创业", "Starting a business"),
    "renewal": ("续贷", "Renewing a loan"),
    "consumption": ("消费", "Consumption"),
    "education": ("助学", "Education"),
    "other": ("其他", "Another"),
    # REG-52 forbids the following; they are codes, so that a declared use can be refused.
    "house_purchase": ("购房", "Buying a house"),
    "mortgage_repayment": ("偿还住房抵押贷款", "Repaying a mortgage"),
    "securities": ("股票、债券、期货", "Shares, bonds, futures"),
    "wealth_products": ("理财产品", "Wealth products"),
    "equity": ("股本权益性投资", "Equity investment"),
}

PREDICATES_FORM = (
    'JSON list of {"id", "expr", "source": ["contract.item"], "hard": true|false, "reason_zh", '
    '"reason_en"}; expr is three-valued (TRUE, FALSE, UNKNOWN).'
)

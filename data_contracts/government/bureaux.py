"""Who supplies what: the authoritative sources of a city, one per contract (一数一源)."""

from __future__ import annotations

from typing import TypedDict


class Bureau(TypedDict):
    """A supplier's name in both languages, as :class:`~data_contracts.contract.About` takes it."""

    supplier_zh: str
    supplier_en: str


def _bureau(supplier_zh: str, supplier_en: str) -> Bureau:
    return Bureau(supplier_zh=supplier_zh, supplier_en=supplier_en)


MARKET_REGULATION = _bureau("市场监督管理部门", "Market regulation authority")
CREDIT_CENTRE = _bureau("公共信用信息中心", "Public credit information centre")
PLEDGE_REGISTRY = _bureau("动产融资统一登记机构", "Registry of movable security")
COURT = _bureau("人民法院", "People's court")
TAX = _bureau("税务部门", "Tax authority")
LABOUR = _bureau("人力资源和社会保障部门", "Human resources and social security authority")
HOUSING_FUND = _bureau("住房公积金管理中心", "Housing provident fund centre")
ENVIRONMENT = _bureau("生态环境部门", "Ecology and environment authority")
CUSTOMS = _bureau("海关", "Customs")
WATER = _bureau("供水企业", "Water company")
GAS = _bureau("燃气企业", "Gas company")
POWER = _bureau("电网企业", "Power grid company")
NATURAL_RESOURCES = _bureau("自然资源部门", "Natural resources authority")
INTELLECTUAL_PROPERTY = _bureau("知识产权部门", "Intellectual property authority")
SCIENCE = _bureau("科技和工业信息化部门", "Science, industry and information authority")
AGRICULTURE = _bureau("农业农村部门", "Agriculture and rural affairs authority")
FINANCE = _bureau("财政部门", "Fiscal authority")
REFORM = _bureau("发展和改革部门", "Development and reform authority")

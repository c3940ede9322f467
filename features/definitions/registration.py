"""Registration: what kind of enterprise applies.

Whether a place is urban or rural is left out: the source began to record it in 1999, so that its absence
tells the calendar and not the enterprise (out of time it cost .02 of AUC).
"""

from __future__ import annotations

from features.expressions import Records, call
from features.view import Feature

THEME = "registration"

registrations = Records("registration")

SECTORS = (
    ("11", "农林牧渔业", "Agriculture, forestry, fishing and hunting"),
    ("21", "采矿业", "Mining, quarrying, oil and gas"),
    ("22", "公用事业", "Utilities"),
    ("23", "建筑业", "Construction"),
    ("31", "制造业", "Manufacturing"),
    ("42", "批发业", "Wholesale trade"),
    ("44", "零售业", "Retail trade"),
    ("48", "运输和仓储业", "Transportation and warehousing"),
    ("51", "信息业", "Information"),
    ("52", "金融保险业", "Finance and insurance"),
    ("53", "房地产和租赁业", "Real estate, rental and leasing"),
    ("54", "专业和技术服务业", "Professional and technical services"),
    ("55", "企业管理", "Management of companies"),
    ("56", "行政和支持服务业", "Administrative and support services"),
    ("61", "教育服务业", "Educational services"),
    ("62", "卫生和社会救助业", "Health care and social assistance"),
    ("71", "艺术、娱乐和休闲业", "Arts, entertainment and recreation"),
    ("72", "住宿和餐饮业", "Accommodation and food services"),
    ("81", "其他服务业", "Other services"),
    ("92", "公共管理", "Public administration"),
)
"""Two-digit sectors of NAICS, as :func:`sector <features.functions.FUNCTIONS>` merges them."""

FEATURES = (
    Feature(
        name="employees",
        theme=THEME,
        value=registrations["employees"].latest(),
        unit="people",
        direction=0,
        title_zh="员工人数",
        title_en="Employees",
        null_zh="没有登记记录",
        null_en="no registration is on record",
        too_high_zh="企业员工 {value} 人，偏多",
        too_high_en="The enterprise has {value} employees, many",
        too_low_zh="企业员工 {value} 人，规模偏小",
        too_low_en="The enterprise has {value} employees, few",
    ),
    Feature(
        name="new_business",
        theme=THEME,
        value=registrations["new_business"].latest(),
        unit="yes/no",
        direction=+1,
        title_zh="新设企业（成立不足两年）",
        title_en="New business (two years or younger)",
        null_zh="未登记是否新设",
        null_en="it is not recorded whether the business is new",
        too_high_zh="企业为新设企业，经营时间较短",
        too_high_en="The business is new and has a short record",
        too_low_zh="企业为既有企业",
        too_low_en="The business is an existing one",
    ),
    Feature(
        name="franchise",
        theme=THEME,
        value=registrations["franchise"].latest(),
        unit="yes/no",
        direction=0,
        title_zh="加盟经营",
        title_en="Franchise",
        null_zh="没有登记记录",
        null_en="no registration is on record",
        too_high_zh="企业为加盟经营",
        too_high_en="The business is run as a franchise",
        too_low_zh="企业不是加盟经营",
        too_low_en="The business is not a franchise",
    ),
    Feature(
        name="industry_sector",
        theme=THEME,
        value=call("sector", registrations["industry_code"].latest()),
        unit="code",
        direction=0,
        title_zh="行业门类",
        title_en="Industry sector",
        labels=SECTORS,
        null_zh="行业代码未登记",
        null_en="no industry code is registered",
        too_high_zh="企业所属行业门类（{value}）以往风险较高",
        too_high_en="Enterprises of its industry sector ({value}) carried more risk",
    ),
)

"""Social security: who is insured, and whether that grows."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "social_security"

insured = Records("social_security")

FEATURES = (
    Feature(
        name="insured_people",
        theme=THEME,
        value=insured["insured_people"].latest(),
        unit="people",
        direction=0,
        title_zh="参保人数",
        title_en="Insured people",
        null_zh="没有参保记录",
        null_en="no social security record is on file",
        too_high_zh="参保人数 {value} 人，偏多",
        too_high_en="{value} people are insured, many",
        too_low_zh="参保人数仅 {value} 人，偏少",
        too_low_en="Only {value} people are insured, few",
    ),
    Feature(
        name="insured_trend",
        theme=THEME,
        value=insured["insured_people"].mean(months=3)
        / insured["insured_people"].mean(months=12, skip=3),
        unit="times",
        direction=-1,
        title_zh="近 3 个月参保人数与此前之比",
        title_en="Insured people of the last 3 months over those before",
        null_zh="此前没有参保记录",
        null_en="no social security record is on file before",
        too_high_zh="近 3 个月参保人数是此前的 {value} 倍，上升",
        too_high_en="Insured people of the last 3 months are {value} times those before, rising",
        too_low_zh="近 3 个月参保人数仅为此前的 {value} 倍，下降",
        too_low_en="Insured people of the last 3 months are only {value} times those before, falling",
    ),
)

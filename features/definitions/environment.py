"""Environment: penalties over it."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "environment"

penalties = Records("penalty")
by_environment = penalties["theme"].equals("environment")

FEATURES = (
    Feature(
        name="environment_penalties_36",
        theme=THEME,
        value=penalties.count(months=36, where=by_environment),
        unit="records",
        direction=+1,
        title_zh="近 36 个月环境领域处罚次数",
        title_en="Penalties over the environment over 36 months",
        null_zh="没有行政处罚记录",
        null_en="no penalty is on record",
        too_high_zh="近 36 个月环境领域受到 {value} 次处罚",
        too_high_en="There were {value} penalties over the environment over 36 months",
        too_low_zh="近 36 个月环境领域仅受到 {value} 次处罚",
        too_low_en="There were only {value} penalties over the environment over 36 months",
    ),
    Feature(
        name="environment_fined_60",
        theme=THEME,
        value=penalties["fine_cents"].total(months=60, where=by_environment) / 100,
        unit="CNY",
        direction=+1,
        title_zh="近 60 个月环境领域罚款金额",
        title_en="Fines over the environment over 60 months",
        null_zh="没有行政处罚记录",
        null_en="no penalty is on record",
        too_high_zh="近 60 个月环境领域罚款 {value} 元，偏高",
        too_high_en="Fines over the environment were {value} CNY over 60 months, high",
        too_low_zh="近 60 个月环境领域罚款仅 {value} 元",
        too_low_en="Fines over the environment were only {value} CNY over 60 months",
    ),
)

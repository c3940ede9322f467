"""Courts: cases against the subject and enforcement."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "judicial"

cases = Records("court_case")
enforcements = Records("enforcement")

FEATURES = (
    Feature(
        name="cases_against_24",
        theme=THEME,
        value=cases.count(months=24, where=cases["role"].equals("defendant")),
        unit="records",
        direction=+1,
        title_zh="近 24 个月作为被告的案件数",
        title_en="Cases as a defendant over 24 months",
        null_zh="没有涉诉记录",
        null_en="no court case is on file",
        too_high_zh="近 24 个月有 {value} 起案件作为被告",
        too_high_en="There are {value} cases against it over 24 months",
        too_low_zh="近 24 个月仅 {value} 起案件作为被告",
        too_low_en="There are only {value} cases against it over 24 months",
    ),
    Feature(
        name="enforcements_24",
        theme=THEME,
        value=enforcements.count(months=24),
        unit="records",
        direction=+1,
        title_zh="近 24 个月被执行次数",
        title_en="Enforcement records over 24 months",
        null_zh="没有被执行记录",
        null_en="no enforcement is on file",
        too_high_zh="近 24 个月有 {value} 条被执行记录",
        too_high_en="There are {value} enforcement records over 24 months",
        too_low_zh="近 24 个月仅 {value} 条被执行记录",
        too_low_en="There are only {value} enforcement records over 24 months",
    ),
)

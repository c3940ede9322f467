"""Licences and inspections: what it may do, and what was found when somebody looked."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "licence"

licences = Records("licence")
inspections = Records("inspection")

valid = licences["status"].equals("valid").and_also(licences["valid_until"].open_on_day())
failed = inspections["result"].one_of("rectify", "failed", "not_found")

FEATURES = (
    Feature(
        name="licences_valid",
        theme=THEME,
        value=licences.count(where=valid),
        unit="records",
        direction=0,
        title_zh="有效行政许可数",
        title_en="Licences in force",
        null_zh="没有行政许可记录",
        null_en="no licence is on record",
        too_high_zh="有效行政许可 {value} 项，偏多",
        too_high_en="{value} licences are in force, many",
        too_low_zh="有效行政许可仅 {value} 项，偏少",
        too_low_en="Only {value} licences are in force",
    ),
    Feature(
        name="licence_kinds_valid",
        theme=THEME,
        value=licences["kind"].distinct(where=valid),
        unit="kinds",
        direction=0,
        title_zh="有效行政许可种类数",
        title_en="Kinds of licences in force",
        null_zh="没有行政许可记录",
        null_en="no licence is on record",
        too_high_zh="有效行政许可共 {value} 类，偏多",
        too_high_en="{value} kinds of licences are in force, many",
        too_low_zh="有效行政许可仅 {value} 类，偏少",
        too_low_en="Only {value} kinds of licences are in force",
    ),
    Feature(
        name="licences_taken_36",
        theme=THEME,
        value=licences.count(
            months=36, where=licences["status"].one_of("suspended", "revoked", "withdrawn")
        ),
        unit="records",
        direction=+1,
        title_zh="近 36 个月的许可中被中止、吊销或撤销的项数",
        title_en="Licences of 36 months that were suspended, revoked or withdrawn",
        null_zh="没有行政许可记录",
        null_en="no licence is on record",
        too_high_zh="近 36 个月取得的许可中有 {value} 项被中止、吊销或撤销",
        too_high_en="{value} licences of the last 36 months were suspended, revoked or withdrawn",
        too_low_zh="近 36 个月取得的许可中仅 {value} 项被中止、吊销或撤销",
        too_low_en="Only {value} licences of the last 36 months were suspended, revoked or withdrawn",
    ),
    Feature(
        name="inspections_24",
        theme=THEME,
        value=inspections.count(months=24),
        unit="records",
        direction=0,
        title_zh="近 24 个月被检查次数",
        title_en="Inspections over 24 months",
        null_zh="没有检查记录",
        null_en="no inspection is on record",
        too_high_zh="近 24 个月被检查 {value} 次，偏多",
        too_high_en="It was inspected {value} times over 24 months, often",
        too_low_zh="近 24 个月被检查 {value} 次，偏少",
        too_low_en="It was inspected {value} times over 24 months, seldom",
    ),
    Feature(
        name="inspections_failed_share_24",
        theme=THEME,
        value=inspections.count(months=24, where=failed)
        / inspections.count(months=24, where=inspections["result"].known()),
        unit="fraction",
        direction=+1,
        title_zh="近 24 个月检查未通过比例",
        title_en="Share of inspections failed over 24 months",
        null_zh="近 24 个月没有检查结果",
        null_en="no result of an inspection in 24 months is on record",
        too_high_zh="近 24 个月有 {value} 的检查未通过，偏高",
        too_high_en="{value} of the inspections of 24 months were failed, high",
        too_low_zh="近 24 个月仅 {value} 的检查未通过，偏低",
        too_low_en="Only {value} of the inspections of 24 months were failed, low",
    ),
    Feature(
        name="inspections_unrectified",
        theme=THEME,
        value=inspections.count(where=failed.and_also(inspections["rectified_on"].open_on_day())),
        unit="records",
        direction=+1,
        title_zh="检查未通过且尚未整改项数",
        title_en="Failed inspections not yet put right",
        null_zh="没有检查记录",
        null_en="no inspection is on record",
        too_high_zh="有 {value} 项未通过的检查尚未整改",
        too_high_en="{value} failed inspections have not been put right",
        too_low_zh="尚未整改的检查为 {value} 项，偏少",
        too_low_en="{value} failed inspections have not been put right, few",
    ),
)

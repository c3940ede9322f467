"""Statements of the subject's own: whether they were verified; for matching and reports, not for a score."""

from __future__ import annotations

from features.expressions import Records
from features.view import Feature

THEME = "statement"
NO_RECORD_ZH = "没有自主填报信息"
NO_RECORD_EN = "the subject has made no statement"
NO_RECORD_JUDGED_ZH = "自主填报信息均未核实"
NO_RECORD_JUDGED_EN = "no statement has been checked"

statements = Records("voluntary_statement")
valid = statements["valid_until"].open_on_day()
verification = statements["verification"]

FEATURES = (
    Feature(
        name="statements_verified",
        theme=THEME,
        value=statements.count(where=valid.and_also(verification.equals("verified"))),
        unit="records",
        direction=-1,
        title_zh="核实属实的自主填报数",
        title_en="Statements found true",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="有 {value} 项自主填报经核实属实，偏多",
        too_high_en="{value} statement(s) were found true, many",
        too_low_zh="有 {value} 项自主填报经核实属实，偏少",
        too_low_en="{value} statement(s) were found true, few",
    ),
    Feature(
        name="statements_refuted_36",
        theme=THEME,
        value=statements.count(months=36, where=verification.equals("refuted")),
        unit="records",
        direction=+1,
        title_zh="近 36 个月核实不属实的自主填报数",
        title_en="Statements of 36 months found untrue",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 36 个月有 {value} 项自主填报经核实不属实，偏多",
        too_high_en="{value} statement(s) of 36 months were found untrue, many",
        too_low_zh="近 36 个月有 {value} 项自主填报经核实不属实，偏少",
        too_low_en="{value} statement(s) of 36 months were found untrue, few",
    ),
    Feature(
        name="statement_refuted_share",
        theme=THEME,
        value=statements.count(where=verification.equals("refuted"))
        / statements.count(where=verification.one_of("verified", "refuted")),
        unit="fraction",
        direction=+1,
        title_zh="自主填报不属实比例",
        title_en="Share of checked statements found untrue",
        null_zh=NO_RECORD_JUDGED_ZH,
        null_en=NO_RECORD_JUDGED_EN,
        too_high_zh="已核实的自主填报中有 {value} 不属实，偏高",
        too_high_en="{value} of the checked statements were found untrue, high",
        too_low_zh="已核实的自主填报中有 {value} 不属实，偏低",
        too_low_en="{value} of the checked statements were found untrue, low",
    ),
    Feature(
        name="statement_themes",
        theme=THEME,
        value=statements["theme"].distinct(where=valid),
        unit="kinds",
        direction=0,
        title_zh="自主填报主题数",
        title_en="Themes of statements",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="自主填报涉及 {value} 个主题，偏多",
        too_high_en="Statements cover {value} theme(s), many",
        too_low_zh="自主填报涉及 {value} 个主题，偏少",
        too_low_en="Statements cover {value} theme(s), few",
    ),
)

"""What the tax bureau says of the taxpayer: the yearly grade, arrears and violations."""

from __future__ import annotations

from features.definitions.told import told
from features.expressions import Records, call
from features.view import Feature

THEME = "tax"

grades = Records("tax_grade")
arrears = Records("tax_arrears")
violations = Records("tax_violation")

grade = grades["grade"].latest()
unpaid = arrears["cleared_on"].open_on_day()

OF_ANYONE = (
    Feature(
        name="tax_owed",
        theme=THEME,
        value=arrears["owed_cents"].total(where=unpaid) / 100,
        unit="CNY",
        direction=+1,
        title_zh="尚未清缴的欠税",
        title_en="Tax arrears not yet cleared",
        null_zh="没有欠税公告",
        null_en="no notice of tax arrears is on record",
        too_high_zh="尚未清缴的欠税 {value} 元，偏高",
        too_high_en="Tax arrears of {value} CNY have not been cleared, high",
        too_low_zh="尚未清缴的欠税 {value} 元，偏低",
        too_low_en="Tax arrears of {value} CNY have not been cleared, low",
    ),
    Feature(
        name="tax_arrears_24",
        theme=THEME,
        value=arrears.count(months=24),
        unit="records",
        direction=+1,
        title_zh="近 24 个月欠税公告次数",
        title_en="Notices of tax arrears over 24 months",
        null_zh="没有欠税公告",
        null_en="no notice of tax arrears is on record",
        too_high_zh="近 24 个月有 {value} 次欠税公告",
        too_high_en="There were {value} notices of tax arrears over 24 months",
        too_low_zh="近 24 个月仅 {value} 次欠税公告",
        too_low_en="There were only {value} notices of tax arrears over 24 months",
    ),
    Feature(
        name="tax_violations_60",
        theme=THEME,
        value=violations.count(months=60),
        unit="records",
        direction=+1,
        title_zh="近 60 个月税收违法次数",
        title_en="Tax violations over 60 months",
        null_zh="没有税收违法记录",
        null_en="no tax violation is on record",
        too_high_zh="近 60 个月有 {value} 次税收违法",
        too_high_en="There were {value} tax violations over 60 months",
        too_low_zh="近 60 个月仅 {value} 次税收违法",
        too_low_en="There were only {value} tax violations over 60 months",
    ),
    Feature(
        name="tax_evaded_60",
        theme=THEME,
        value=(violations["evaded_cents"].total(months=60) / 100).only_if(
            told(violations["evaded_cents"])
        ),
        unit="CNY",
        direction=+1,
        title_zh="近 60 个月查处的偷逃骗税金额",
        title_en="Tax found evaded over 60 months",
        null_zh="没有税收违法记录",
        null_en="no tax violation is on record",
        too_high_zh="近 60 个月被查处偷逃骗税 {value} 元",
        too_high_en="Evasion of {value} CNY of tax was found over 60 months",
        too_low_zh="近 60 个月被查处偷逃骗税仅 {value} 元",
        too_low_en="Evasion of only {value} CNY of tax was found over 60 months",
    ),
    Feature(
        name="invoice_fraud_60",
        theme=THEME,
        value=violations.count(
            months=60,
            where=violations["kind"].one_of(
                "special_invoice", "ordinary_invoice", "forged_invoice"
            ),
        ),
        unit="records",
        direction=+1,
        title_zh="近 60 个月虚开或伪造发票次数",
        title_en="Cases of false invoices over 60 months",
        null_zh="没有税收违法记录",
        null_en="no tax violation is on record",
        too_high_zh="近 60 个月有 {value} 次虚开或伪造发票",
        too_high_en="There were {value} cases of false invoices over 60 months",
        too_low_zh="近 60 个月仅 {value} 次虚开或伪造发票",
        too_low_en="There were only {value} cases of false invoices over 60 months",
    ),
)

GRADES = (
    Feature(
        name="tax_grade",
        theme=THEME,
        value=call(
            "how_many",
            grade.one_of("B", "M", "C", "D"),
            grade.one_of("M", "C", "D"),
            grade.one_of("C", "D"),
            grade.equals("D"),
        ),
        unit="levels",
        direction=+1,
        title_zh="纳税信用级别低于 A 级的级数（A、B、M、C、D）",
        title_en="Levels of the tax credit grade below A (A, B, M, C, D)",
        null_zh="没有纳税信用评价",
        null_en="no tax credit grade is on file",
        too_high_zh="最近一次纳税信用级别比 A 级低 {value} 级，偏低",
        too_high_en="The last tax credit grade is {value} level(s) below A, low",
        too_low_zh="最近一次纳税信用级别仅比 A 级低 {value} 级",
        too_low_en="The last tax credit grade is only {value} level(s) below A",
    ),
    Feature(
        name="tax_points",
        theme=THEME,
        value=grades["points"].latest(),
        unit="points",
        direction=-1,
        title_zh="纳税信用得分",
        title_en="Points of the tax credit grade",
        null_zh="没有纳税信用得分",
        null_en="no points of a tax credit grade are on file",
        too_high_zh="纳税信用得分 {value} 分，偏高",
        too_high_en="The tax credit grade has {value} points, high",
        too_low_zh="纳税信用得分仅 {value} 分，偏低",
        too_low_en="The tax credit grade has only {value} points, low",
    ),
    Feature(
        name="tax_grades_low_60",
        theme=THEME,
        value=grades.count(months=60, where=grades["grade"].one_of("C", "D")),
        unit="records",
        direction=+1,
        title_zh="近 60 个月评为 C 或 D 级次数",
        title_en="Times graded C or D over 60 months",
        null_zh="没有纳税信用评价",
        null_en="no tax credit grade is on file",
        too_high_zh="近 60 个月有 {value} 次被评为 C 或 D 级",
        too_high_en="The grade was C or D {value} time(s) over 60 months",
        too_low_zh="近 60 个月仅 {value} 次被评为 C 或 D 级",
        too_low_en="The grade was C or D only {value} time(s) over 60 months",
    ),
)

FEATURES = GRADES + OF_ANYONE

"""Borrowing from several online and small lenders: who was asked, what was granted, what is overdue.

A platform may send an application, its decision or both, so a lender counts as asked by any of them.
"""

from __future__ import annotations

from features.expressions import Records, days_since
from features.view import Feature

THEME = "multi_lending"
NO_RECORD_ZH = "没有网络或小额信贷记录"
NO_RECORD_EN = "no record of online or small lenders is on file"
NO_RECORD_DECIDED_ZH = "相应月份没有网络或小额信贷的审批结果"
NO_RECORD_DECIDED_EN = "no online or small lender decided in these months"
NO_RECORD_OVERDUE_ZH = "没有网络或小额信贷的逾期记录"
NO_RECORD_OVERDUE_EN = "there are no arrears with online or small lenders"

lending = Records("multi_lending")
event = lending["event_kind"]
member = lending["member_code"]
asked = event.one_of("applied", "approved", "rejected")
granted = event.one_of("approved", "lent")
overdue = event.equals("overdue")
unpaid = overdue.and_also(lending["ended_on"].open_on_day())

FEATURES = (
    Feature(
        name="online_lenders_asked_3",
        theme=THEME,
        value=member.distinct(months=3, where=asked),
        unit="lenders",
        direction=+1,
        title_zh="近 3 个月申请的网络及小额信贷机构数",
        title_en="Online and small lenders asked over 3 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 3 个月向 {value} 家网络或小额信贷机构申请，偏多",
        too_high_en="{value} online or small lender(s) were asked over 3 months, many",
        too_low_zh="近 3 个月向 {value} 家网络或小额信贷机构申请，偏少",
        too_low_en="{value} online or small lender(s) were asked over 3 months, few",
    ),
    Feature(
        name="online_lenders_asked_12",
        theme=THEME,
        value=member.distinct(months=12, where=asked),
        unit="lenders",
        direction=+1,
        title_zh="近 12 个月申请的网络及小额信贷机构数",
        title_en="Online and small lenders asked over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月向 {value} 家网络或小额信贷机构申请，偏多",
        too_high_en="{value} online or small lender(s) were asked over 12 months, many",
        too_low_zh="近 12 个月向 {value} 家网络或小额信贷机构申请，偏少",
        too_low_en="{value} online or small lender(s) were asked over 12 months, few",
    ),
    Feature(
        name="online_days_since_asked",
        theme=THEME,
        value=days_since(lending["occurred_on"].largest(where=asked)),
        unit="days",
        direction=-1,
        title_zh="距最近一次向网络及小额信贷机构申请的天数",
        title_en="Days since an online or small lender was last asked",
        null_zh="没有向网络或小额信贷机构申请的记录",
        null_en="no application to an online or small lender is on file",
        too_high_zh="最近一次向网络或小额信贷机构申请在 {value} 天前，时间较久",
        too_high_en="An online or small lender was last asked {value} day(s) ago, long ago",
        too_low_zh="最近一次向网络或小额信贷机构申请在 {value} 天前，时间较近",
        too_low_en="An online or small lender was last asked {value} day(s) ago, recently",
    ),
    Feature(
        name="online_rejections_12",
        theme=THEME,
        value=lending.count(months=12, where=event.equals("rejected")),
        unit="records",
        direction=+1,
        title_zh="近 12 个月网络及小额信贷被拒次数",
        title_en="Rejections by online and small lenders over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月被网络或小额信贷机构拒绝 {value} 次，偏多",
        too_high_en="There were {value} rejections by online or small lenders over 12 months, many",
        too_low_zh="近 12 个月被网络或小额信贷机构拒绝 {value} 次，偏少",
        too_low_en="There were {value} rejections by online or small lenders over 12 months, few",
    ),
    Feature(
        name="online_rejection_share_24",
        theme=THEME,
        value=lending.count(months=24, where=event.equals("rejected"))
        / lending.count(months=24, where=event.one_of("approved", "rejected")),
        unit="fraction",
        direction=+1,
        title_zh="近 24 个月网络及小额信贷被拒比例",
        title_en="Share rejected by online and small lenders over 24 months",
        null_zh=NO_RECORD_DECIDED_ZH,
        null_en=NO_RECORD_DECIDED_EN,
        too_high_zh="近 24 个月有 {value} 的申请被网络或小额信贷机构拒绝，偏高",
        too_high_en="{value} of the applications were rejected by online or small lenders over 24 months, high",
        too_low_zh="近 24 个月有 {value} 的申请被网络或小额信贷机构拒绝，偏低",
        too_low_en="{value} of the applications were rejected by online or small lenders over 24 months, low",
    ),
    Feature(
        name="online_lenders_granted_12",
        theme=THEME,
        value=member.distinct(months=12, where=granted),
        unit="lenders",
        direction=+1,
        title_zh="近 12 个月获批的网络及小额信贷机构数",
        title_en="Online and small lenders that granted over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月获 {value} 家网络或小额信贷机构批准，偏多",
        too_high_en="{value} online or small lender(s) granted credit over 12 months, many",
        too_low_zh="近 12 个月获 {value} 家网络或小额信贷机构批准，偏少",
        too_low_en="{value} online or small lender(s) granted credit over 12 months, few",
    ),
    Feature(
        name="online_granted_amount_12",
        theme=THEME,
        value=lending["amount_cents"].total(months=12, where=event.equals("approved")) / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月网络及小额信贷获批金额",
        title_en="Amount granted by online and small lenders over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月网络及小额信贷获批 {value} 元，偏高",
        too_high_en="Online and small lenders granted {value} CNY over 12 months, high",
        too_low_zh="近 12 个月网络及小额信贷获批 {value} 元，偏低",
        too_low_en="Online and small lenders granted {value} CNY over 12 months, low",
    ),
    Feature(
        name="online_lent_amount_12",
        theme=THEME,
        value=lending["amount_cents"].total(months=12, where=event.equals("lent")) / 100,
        unit="CNY",
        direction=0,
        title_zh="近 12 个月网络及小额信贷放款金额",
        title_en="Amount lent by online and small lenders over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月网络及小额信贷放款 {value} 元，偏高",
        too_high_en="Online and small lenders lent {value} CNY over 12 months, high",
        too_low_zh="近 12 个月网络及小额信贷放款 {value} 元，偏低",
        too_low_en="Online and small lenders lent {value} CNY over 12 months, low",
    ),
    Feature(
        name="online_overdue_24",
        theme=THEME,
        value=lending.count(months=24, where=overdue),
        unit="records",
        direction=+1,
        title_zh="近 24 个月网络及小额信贷逾期次数",
        title_en="Arrears with online and small lenders over 24 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 24 个月网络及小额信贷逾期 {value} 次，偏多",
        too_high_en="There were {value} arrears with online or small lenders over 24 months, many",
        too_low_zh="近 24 个月网络及小额信贷逾期 {value} 次，偏少",
        too_low_en="There were {value} arrears with online or small lenders over 24 months, few",
    ),
    Feature(
        name="online_overdue_open",
        theme=THEME,
        value=lending.count(where=unpaid),
        unit="records",
        direction=+1,
        title_zh="尚未结清的网络及小额信贷逾期笔数",
        title_en="Arrears with online and small lenders not yet paid",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="尚有 {value} 笔网络或小额信贷逾期未结清，偏多",
        too_high_en="{value} arrears with online or small lenders are not yet paid, many",
        too_low_zh="尚有 {value} 笔网络或小额信贷逾期未结清，偏少",
        too_low_en="{value} arrears with online or small lenders are not yet paid, few",
    ),
    Feature(
        name="online_overdue_amount",
        theme=THEME,
        value=lending["amount_cents"].total(where=unpaid) / 100,
        unit="CNY",
        direction=+1,
        title_zh="尚未结清的网络及小额信贷逾期金额",
        title_en="Amount overdue with online and small lenders",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="网络及小额信贷尚有逾期 {value} 元未结清，偏高",
        too_high_en="{value} CNY is overdue with online or small lenders, high",
        too_low_zh="网络及小额信贷尚有逾期 {value} 元未结清，偏低",
        too_low_en="{value} CNY is overdue with online or small lenders, low",
    ),
    Feature(
        name="online_overdue_days_24",
        theme=THEME,
        value=lending["overdue_days"].largest(months=24, where=overdue),
        unit="days",
        direction=+1,
        title_zh="近 24 个月网络及小额信贷最长逾期天数",
        title_en="Longest arrears with online and small lenders over 24 months",
        null_zh=NO_RECORD_OVERDUE_ZH,
        null_en=NO_RECORD_OVERDUE_EN,
        too_high_zh="近 24 个月网络及小额信贷最长逾期 {value} 天，偏长",
        too_high_en="Arrears with online or small lenders lasted up to {value} days over 24 months, long",
        too_low_zh="近 24 个月网络及小额信贷最长逾期 {value} 天，偏短",
        too_low_en="Arrears with online or small lenders lasted up to {value} days over 24 months, short",
    ),
)

"""Guarantees: what the subject answers for, what it had to pay, and who answers for it.

A guarantee is open on a day when it is live and has not passed its end. What others guarantee for the
subject is found through the records of the others, told by the subject's own credit reports.
"""

from __future__ import annotations

from features.definitions.credit_history import credit_balance, reported
from features.expressions import Group, Records, months_since, own
from features.view import Feature

THEME = "guarantee"
NO_RECORD_ZH = "没有对外担保记录"
NO_RECORD_EN = "no guarantee for others is on record"
NO_RECORD_CREDIT_ZH = "没有对外担保记录，或自身没有信贷余额"
NO_RECORD_CREDIT_EN = (
    "no guarantee for others is on record, or the subject has no balance of its own"
)
NO_RECORD_RECEIVED_ZH = "没有信贷记录，或没有他人提供的担保"
NO_RECORD_RECEIVED_EN = "no credit is on record, or nobody guarantees for the subject"
NO_RECORD_REPORTED_ZH = "没有作为担保人的信贷报送记录"
NO_RECORD_REPORTED_EN = "no lender reports the subject as a guarantor"

guarantees = Records("guarantee")
guarantors = Records("guarantor")
amount = guarantees["amount_cents"]
is_open = guarantees["state"].equals("live").and_also(guarantees["until_on"].open_on_day())
called = guarantees["state"].equals("compensated")

SECURED_PARTY = Group(
    "guaranteed_party", (reported["subject_id"].latest(),), (own("guaranteed_id"),)
)
"""Guarantees of everybody for the subject."""

given = amount.total(where=is_open) / 100

FEATURES = (
    Feature(
        name="guarantees_given",
        theme=THEME,
        value=guarantees.count(where=is_open),
        unit="records",
        direction=+1,
        title_zh="对外担保笔数",
        title_en="Guarantees for others in force",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="对外提供有效担保 {value} 笔，偏多",
        too_high_en="{value} guarantees for others are in force, many",
        too_low_zh="对外提供有效担保 {value} 笔，偏少",
        too_low_en="{value} guarantees for others are in force, few",
    ),
    Feature(
        name="guarantees_given_amount",
        theme=THEME,
        value=given,
        unit="CNY",
        direction=+1,
        title_zh="对外担保金额",
        title_en="Amount guaranteed for others",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="对外担保金额为 {value} 元，偏高",
        too_high_en="{value} CNY is guaranteed for others, high",
        too_low_zh="对外担保金额为 {value} 元，偏低",
        too_low_en="{value} CNY is guaranteed for others, low",
    ),
    Feature(
        name="guaranteed_parties",
        theme=THEME,
        value=guarantees["guaranteed_id"].distinct(where=is_open),
        unit="partners",
        direction=0,
        title_zh="被担保方数量",
        title_en="Parties guaranteed for",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="为 {value} 个主体提供担保，偏多",
        too_high_en="{value} subject(s) are guaranteed for, many",
        too_low_zh="为 {value} 个主体提供担保，偏少",
        too_low_en="{value} subject(s) are guaranteed for, few",
    ),
    Feature(
        name="guarantee_to_credit",
        theme=THEME,
        value=given / credit_balance,
        unit="times",
        direction=+1,
        title_zh="对外担保相当于自身信贷余额的倍数",
        title_en="Guarantees given relative to own credit",
        null_zh=NO_RECORD_CREDIT_ZH,
        null_en=NO_RECORD_CREDIT_EN,
        too_high_zh="对外担保是自身信贷余额的 {value} 倍，偏高",
        too_high_en="Guarantees given are {value} times the own balance, high",
        too_low_zh="对外担保是自身信贷余额的 {value} 倍，偏低",
        too_low_en="Guarantees given are {value} times the own balance, low",
    ),
    Feature(
        name="guarantees_joint",
        theme=THEME,
        value=guarantees.count(
            where=is_open.and_also(guarantees["kind"].equals("joint_households"))
        ),
        unit="records",
        direction=0,
        title_zh="农户联保笔数",
        title_en="Joint guarantees of households in force",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="参与农户联保 {value} 笔，偏多",
        too_high_en="{value} joint guarantees of households are in force, many",
        too_low_zh="参与农户联保 {value} 笔，偏少",
        too_low_en="{value} joint guarantees of households are in force, few",
    ),
    Feature(
        name="guarantees_called_60",
        theme=THEME,
        value=guarantees.count(months=60, where=called),
        unit="records",
        direction=+1,
        title_zh="近 60 个月发生代偿的担保笔数",
        title_en="Guarantees given in 60 months that were called",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 60 个月提供的担保中有 {value} 笔发生代偿，偏多",
        too_high_en="{value} of the guarantees given in 60 months were called, many",
        too_low_zh="近 60 个月提供的担保中有 {value} 笔发生代偿，偏少",
        too_low_en="{value} of the guarantees given in 60 months were called, few",
    ),
    Feature(
        name="guarantee_compensated_amount",
        theme=THEME,
        value=guarantees["compensated_cents"].total(where=called) / 100,
        unit="CNY",
        direction=+1,
        title_zh="作为担保人代偿金额",
        title_en="Amount paid as a guarantor",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="作为担保人已代偿 {value} 元，偏高",
        too_high_en="{value} CNY was paid as a guarantor, high",
        too_low_zh="作为担保人已代偿 {value} 元，偏低",
        too_low_en="{value} CNY was paid as a guarantor, low",
    ),
    Feature(
        name="months_since_guarantee",
        theme=THEME,
        value=months_since(guarantees["from_on"].largest()),
        unit="months",
        direction=0,
        title_zh="距最近一次提供担保的月数",
        title_en="Months since the last guarantee given",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="距最近一次提供担保 {value} 个月，偏长",
        too_high_en="The last guarantee was given {value} month(s) ago, long",
        too_low_zh="距最近一次提供担保 {value} 个月，偏短",
        too_low_en="The last guarantee was given {value} month(s) ago, short",
    ),
    Feature(
        name="guarantor_accounts",
        theme=THEME,
        value=guarantors["account_no"].distinct(where=guarantors["state"].equals("1")),
        unit="accounts",
        direction=0,
        title_zh="作为担保人的信贷账户数",
        title_en="Credit accounts guaranteed",
        null_zh=NO_RECORD_REPORTED_ZH,
        null_en=NO_RECORD_REPORTED_EN,
        too_high_zh="作为 {value} 户信贷账户的担保人，偏多",
        too_high_en="{value} credit account(s) are guaranteed by this subject, many",
        too_low_zh="作为 {value} 户信贷账户的担保人，偏少",
        too_low_en="{value} credit account(s) are guaranteed by this subject, few",
    ),
    Feature(
        name="guarantees_received",
        theme=THEME,
        value=guarantees.count(where=guarantees["state"].equals("live")).among(SECURED_PARTY),
        unit="records",
        direction=0,
        title_zh="他人为其提供的担保笔数",
        title_en="Guarantees given by others",
        null_zh=NO_RECORD_RECEIVED_ZH,
        null_en=NO_RECORD_RECEIVED_EN,
        too_high_zh="他人为该主体提供担保 {value} 笔，偏多",
        too_high_en="Others give {value} guarantees for this subject, many",
        too_low_zh="他人为该主体提供担保 {value} 笔，偏少",
        too_low_en="Others give {value} guarantees for this subject, few",
    ),
    Feature(
        name="guarantees_received_amount",
        theme=THEME,
        value=amount.sum(where=guarantees["state"].equals("live")).among(SECURED_PARTY) / 100,
        unit="CNY",
        direction=0,
        title_zh="他人为其提供的担保金额",
        title_en="Amount guaranteed by others",
        null_zh=NO_RECORD_RECEIVED_ZH,
        null_en=NO_RECORD_RECEIVED_EN,
        too_high_zh="他人为该主体担保 {value} 元，偏高",
        too_high_en="Others guarantee {value} CNY for this subject, high",
        too_low_zh="他人为该主体担保 {value} 元，偏低",
        too_low_en="Others guarantee {value} CNY for this subject, low",
    ),
)

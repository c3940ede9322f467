"""Credit history: accounts, limits, balances and lenders, from the monthly reports of all lenders.

Every account is reported once a month, and a month is known up to five weeks after its bill. A window of
three months therefore holds two or three reports of an account. Shares are taken over these reports as
they are; an amount of all accounts together is the mean amount of a report times the number of accounts.
"""

from __future__ import annotations

from features.expressions import Column, Expression, Records, call, months_since
from features.view import Feature

THEME = "credit_history"
NO_RECORD_ZH = "没有信贷账户记录，或相应月份没有报送"
NO_RECORD_EN = "no credit account is on record, or none was reported in these months"
NO_RECORD_LIMIT_ZH = "没有循环授信账户，或额度为零"
NO_RECORD_LIMIT_EN = "there is no revolving account, or its limit is zero"
NO_RECORD_LOAN_ZH = "没有非循环贷款账户"
NO_RECORD_LOAN_EN = "there is no non-revolving loan on record"
NO_RECORD_BALANCE_ZH = "近 3 个月没有信贷余额"
NO_RECORD_BALANCE_EN = "there was no balance in 3 months"
NO_RECORD_BEFORE_ZH = "此前一年没有信贷余额"
NO_RECORD_BEFORE_EN = "there was no balance in the year before"
NO_RECORD_DUE_ZH = "近 6 个月没有应还款项"
NO_RECORD_DUE_EN = "nothing was due in 6 months"

reported = Records("credit_month")
account = reported["account_no"]
balance = reported["balance_cents"]
opened_on = reported["opened_on"]
revolving = reported["account_type"].one_of("R1", "R2", "R3", "R4")
instalment = reported["account_type"].equals("D1")
secured = reported["guarantee_kind"].one_of("1", "2")
guaranteed = reported["guarantee_kind"].one_of("3", "5", "6", "7")
scheduled = reported["scheduled_cents"]
# Loan: bad debt (4); card: bad debt (5); both: recovery in court (8).
is_loan = reported["business"].equals("1")
bad_debt = (is_loan.and_also(reported["account_status"].one_of("4", "8"))).or_also(
    reported["business"].equals("2").and_also(reported["account_status"].one_of("5", "8"))
)


def of_all_accounts(amount: Column, where: Expression | None = None) -> Expression:
    """Amount of all accounts together over three months, in yuan: mean of a report times accounts."""
    accounts = account.distinct(months=3, where=where)
    return amount.mean(months=3, where=where) * accounts / 100


def _class_level() -> Expression:
    """Five-class state as a number: 0 normal, 1 special mention, ... 4 loss; null when unknown."""
    state = reported["five_class"]
    worse = (state.one_of(*(str(k) for k in range(least, 6))) for least in range(2, 6))
    return call("how_many", *worse).only_if(state.one_of("1", "2", "3", "4", "5"))


credit_balance = of_all_accounts(balance)

FEATURES = (
    Feature(
        name="credit_accounts",
        theme=THEME,
        value=account.distinct(months=3, where=balance.more_than(0)),
        unit="accounts",
        direction=0,
        title_zh="近 3 个月有余额的信贷账户数",
        title_en="Credit accounts with a balance in 3 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 3 个月有余额的信贷账户共 {value} 户，偏多",
        too_high_en="{value} credit accounts had a balance in 3 months, many",
        too_low_zh="近 3 个月有余额的信贷账户共 {value} 户，偏少",
        too_low_en="{value} credit accounts had a balance in 3 months, few",
    ),
    Feature(
        name="credit_lenders",
        theme=THEME,
        value=reported["institution_code"].distinct(months=3, where=balance.more_than(0)),
        unit="lenders",
        direction=+1,
        title_zh="近 3 个月有余额的授信机构数",
        title_en="Lenders with a balance in 3 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 3 个月在 {value} 家机构有信贷余额，偏多",
        too_high_en="Credit was owed to {value} lender(s) in 3 months, many",
        too_low_zh="近 3 个月在 {value} 家机构有信贷余额，偏少",
        too_low_en="Credit was owed to {value} lender(s) in 3 months, few",
    ),
    Feature(
        name="credit_balance",
        theme=THEME,
        value=credit_balance,
        unit="CNY",
        direction=0,
        title_zh="近 3 个月平均信贷余额",
        title_en="Mean credit balance over 3 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 3 个月平均信贷余额为 {value} 元，偏高",
        too_high_en="The credit balance averaged {value} CNY over 3 months, high",
        too_low_zh="近 3 个月平均信贷余额为 {value} 元，偏低",
        too_low_en="The credit balance averaged {value} CNY over 3 months, low",
    ),
    Feature(
        name="credit_limit_revolving",
        theme=THEME,
        value=of_all_accounts(reported["limit_cents"], revolving),
        unit="CNY",
        direction=0,
        title_zh="循环授信额度",
        title_en="Limit of revolving accounts",
        null_zh=NO_RECORD_LIMIT_ZH,
        null_en=NO_RECORD_LIMIT_EN,
        too_high_zh="循环授信额度合计 {value} 元，偏高",
        too_high_en="Revolving limits come to {value} CNY, high",
        too_low_zh="循环授信额度合计 {value} 元，偏低",
        too_low_en="Revolving limits come to {value} CNY, low",
    ),
    Feature(
        name="credit_utilisation",
        theme=THEME,
        value=balance.sum(months=3, where=revolving)
        / reported["limit_cents"].sum(months=3, where=revolving),
        unit="fraction",
        direction=+1,
        title_zh="循环授信额度使用率",
        title_en="Use of revolving limits",
        null_zh=NO_RECORD_LIMIT_ZH,
        null_en=NO_RECORD_LIMIT_EN,
        too_high_zh="循环授信额度已使用 {value}，偏高",
        too_high_en="{value} of the revolving limits is used, high",
        too_low_zh="循环授信额度已使用 {value}，偏低",
        too_low_en="{value} of the revolving limits is used, low",
    ),
    Feature(
        name="loan_balance_share",
        theme=THEME,
        value=balance.sum(months=3, where=instalment)
        / reported["largest_debt_cents"].sum(months=3, where=instalment),
        unit="fraction",
        direction=0,
        title_zh="非循环贷款未偿还比例",
        title_en="Share of non-revolving loans not yet repaid",
        null_zh=NO_RECORD_LOAN_ZH,
        null_en=NO_RECORD_LOAN_EN,
        too_high_zh="非循环贷款尚有 {value} 未偿还，偏高",
        too_high_en="{value} of the non-revolving loans is not yet repaid, high",
        too_low_zh="非循环贷款尚有 {value} 未偿还，偏低",
        too_low_en="{value} of the non-revolving loans is not yet repaid, low",
    ),
    Feature(
        name="secured_balance_share",
        theme=THEME,
        value=balance.total(months=3, where=secured) / balance.sum(months=3),
        unit="fraction",
        direction=0,
        title_zh="抵质押贷款余额占比",
        title_en="Share of the balance that is secured",
        null_zh=NO_RECORD_BALANCE_ZH,
        null_en=NO_RECORD_BALANCE_EN,
        too_high_zh="信贷余额的 {value} 有抵押或质押，偏高",
        too_high_en="{value} of the balance is secured by mortgage or pledge, high",
        too_low_zh="信贷余额的 {value} 有抵押或质押，偏低",
        too_low_en="{value} of the balance is secured by mortgage or pledge, low",
    ),
    Feature(
        name="guaranteed_balance_share",
        theme=THEME,
        value=balance.total(months=3, where=guaranteed) / balance.sum(months=3),
        unit="fraction",
        direction=0,
        title_zh="保证类贷款余额占比",
        title_en="Share of the balance that others guarantee",
        null_zh=NO_RECORD_BALANCE_ZH,
        null_en=NO_RECORD_BALANCE_EN,
        too_high_zh="信贷余额的 {value} 由他人保证，偏高",
        too_high_en="{value} of the balance is guaranteed by others, high",
        too_low_zh="信贷余额的 {value} 由他人保证，偏低",
        too_low_en="{value} of the balance is guaranteed by others, low",
    ),
    Feature(
        name="overdue_balance_share",
        theme=THEME,
        value=reported["overdue_cents"].sum(months=3) / balance.sum(months=3),
        unit="fraction",
        direction=+1,
        title_zh="逾期金额占信贷余额比例",
        title_en="Overdue share of the balance",
        null_zh=NO_RECORD_BALANCE_ZH,
        null_en=NO_RECORD_BALANCE_EN,
        too_high_zh="信贷余额的 {value} 已逾期，偏高",
        too_high_en="{value} of the balance is overdue, high",
        too_low_zh="信贷余额的 {value} 已逾期，偏低",
        too_low_en="{value} of the balance is overdue, low",
    ),
    Feature(
        name="five_class_worst_12",
        theme=THEME,
        value=_class_level().largest(months=12),
        unit="levels",
        direction=+1,
        title_zh="近 12 个月最差五级分类（0 为正常，4 为损失）",
        title_en="Worst five-class state over 12 months (0 normal, 4 loss)",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月最差五级分类为 {value} 级（0 为正常，4 为损失），偏高",
        too_high_en="The worst five-class state over 12 months was level {value} of 4, high",
        too_low_zh="近 12 个月最差五级分类为 {value} 级（0 为正常，4 为损失），偏低",
        too_low_en="The worst five-class state over 12 months was level {value} of 4, low",
    ),
    Feature(
        name="credit_balance_growth",
        theme=THEME,
        value=balance.mean(months=3) / balance.mean(months=12, skip=3),
        unit="times",
        direction=0,
        title_zh="户均信贷余额增长倍数",
        title_en="Growth of the balance of an account",
        null_zh=NO_RECORD_BEFORE_ZH,
        null_en=NO_RECORD_BEFORE_EN,
        too_high_zh="近 3 个月户均信贷余额是此前 9 个月的 {value} 倍，偏高",
        too_high_en="The balance of an account in 3 months is {value} times that of the 9 before, high",
        too_low_zh="近 3 个月户均信贷余额是此前 9 个月的 {value} 倍，偏低",
        too_low_en="The balance of an account in 3 months is {value} times that of the 9 before, low",
    ),
    Feature(
        name="months_since_first_account",
        theme=THEME,
        value=months_since(opened_on.smallest()),
        unit="months",
        direction=-1,
        title_zh="首个信贷账户开立至今月数",
        title_en="Months since the first credit account",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="首个信贷账户开立至今 {value} 个月，偏长",
        too_high_en="The first credit account was opened {value} month(s) ago, long",
        too_low_zh="首个信贷账户开立至今 {value} 个月，偏短",
        too_low_en="The first credit account was opened {value} month(s) ago, short",
    ),
    Feature(
        name="months_since_last_account",
        theme=THEME,
        value=months_since(opened_on.largest()),
        unit="months",
        direction=-1,
        title_zh="最近一个信贷账户开立至今月数",
        title_en="Months since the latest credit account",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="最近一个信贷账户开立至今 {value} 个月，偏长",
        too_high_en="The latest credit account was opened {value} month(s) ago, long",
        too_low_zh="最近一个信贷账户开立至今 {value} 个月，偏短",
        too_low_en="The latest credit account was opened {value} month(s) ago, short",
    ),
    Feature(
        name="accounts_opened_12",
        theme=THEME,
        value=account.distinct(where=call("months_after", opened_on, 12).open_on_day()),
        unit="accounts",
        direction=+1,
        title_zh="近 12 个月新开信贷账户数",
        title_en="Credit accounts opened over 12 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 12 个月新开信贷账户 {value} 户，偏多",
        too_high_en="{value} credit account(s) were opened over 12 months, many",
        too_low_zh="近 12 个月新开信贷账户 {value} 户，偏少",
        too_low_en="{value} credit account(s) were opened over 12 months, few",
    ),
    Feature(
        name="scheduled_paid_share_6",
        theme=THEME,
        value=reported["paid_cents"].sum(months=6, where=scheduled.more_than(0))
        / scheduled.sum(months=6, where=scheduled.more_than(0)),
        unit="fraction",
        direction=-1,
        title_zh="近 6 个月实还占应还比例",
        title_en="Share of what was due that was paid over 6 months",
        null_zh=NO_RECORD_DUE_ZH,
        null_en=NO_RECORD_DUE_EN,
        too_high_zh="近 6 个月实还款占应还款的 {value}，偏高",
        too_high_en="{value} of what was due was paid over 6 months, high",
        too_low_zh="近 6 个月实还款占应还款的 {value}，偏低",
        too_low_en="{value} of what was due was paid over 6 months, low",
    ),
    Feature(
        name="scheduled_monthly",
        theme=THEME,
        value=of_all_accounts(scheduled),
        unit="CNY",
        direction=0,
        title_zh="近 3 个月月均应还款额",
        title_en="Mean payment due a month over 3 months",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="近 3 个月月均应还款 {value} 元，偏高",
        too_high_en="Payments due averaged {value} CNY a month over 3 months, high",
        too_low_zh="近 3 个月月均应还款 {value} 元，偏低",
        too_low_en="Payments due averaged {value} CNY a month over 3 months, low",
    ),
    Feature(
        name="bad_debt_accounts",
        theme=THEME,
        value=account.distinct(where=bad_debt),
        unit="accounts",
        direction=+1,
        title_zh="出现过呆账或司法追偿的账户数",
        title_en="Accounts that were bad debt or recovered in court",
        null_zh=NO_RECORD_ZH,
        null_en=NO_RECORD_EN,
        too_high_zh="有 {value} 户账户出现过呆账或司法追偿，偏多",
        too_high_en="{value} account(s) were bad debt or recovered in court, many",
        too_low_zh="有 {value} 户账户出现过呆账或司法追偿，偏少",
        too_low_en="{value} account(s) were bad debt or recovered in court, few",
    ),
)

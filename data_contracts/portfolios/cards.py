"""Credit card clients in Taiwan, April to September 2005 (UCI 350, Yeh and Lien 2009).

One row is one client; it yields a person, a card account, six monthly repayment records and one outcome.
The monthly status becomes the 24-month alphabet: -2 (card not used) is ``*``, -1 (paid in full) and 0
(revolving, at least the minimum was paid) are ``N``, k months late is ``min(k, 7)``; months before April
2005 are unknown, ``#``.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from data_contracts.contract import Contract
from data_contracts.finance.credit_account import CardAccount, CardRepayment
from data_contracts.finance.loan_outcome import LoanOutcome
from data_contracts.government.person import Person
from data_contracts.intake.mapping.columns import RecordMapping, SourceColumn
from data_contracts.portfolios.portfolio import Portfolio

MONTHS: tuple[tuple[date, str, str, str], ...] = (
    (date(2005, 4, 30), "PAY_6", "BILL_AMT6", "PAY_AMT6"),
    (date(2005, 5, 31), "PAY_5", "BILL_AMT5", "PAY_AMT5"),
    (date(2005, 6, 30), "PAY_4", "BILL_AMT4", "PAY_AMT4"),
    (date(2005, 7, 31), "PAY_3", "BILL_AMT3", "PAY_AMT3"),
    (date(2005, 8, 31), "PAY_2", "BILL_AMT2", "PAY_AMT2"),
    (date(2005, 9, 30), "PAY_0", "BILL_AMT1", "PAY_AMT1"),  # the source counts 0, 2, 3, ...
)
OBSERVED, OUTCOME = date(2005, 9, 30), date(2005, 10, 31)

ACCOUNT = "'CARD-' || ID"


def _status(column: str) -> str:
    return (
        f"CASE WHEN {column} = -2 THEN '*' WHEN {column} IN (-1, 0) THEN 'N' "
        f"WHEN {column} >= 1 THEN least({column}, 7)::VARCHAR END"
    )


def _cents(column: str) -> str:
    return f"CAST(round({column} * 100) AS BIGINT)"


def _record(
    contract: type[Contract], items: dict[str, str], known: date, **blame: str
) -> RecordMapping:
    return RecordMapping(contract, items, f"DATE '{known}'", blame)


def _month(place: int) -> RecordMapping:
    bill_on, status, billed, paid = MONTHS[place]
    history = " || ".join(_status(MONTHS[earlier][1]) for earlier in range(place + 1))
    return _record(
        CardRepayment,
        {
            "account_no": ACCOUNT,
            "subject_id": ACCOUNT,
            "bill_on": f"DATE '{bill_on}'",
            "status_24": f"lpad({history}, 24, '#')",
            "billed_cents": _cents(billed),
            "paid_cents": _cents(paid),
        },
        bill_on,
        status_24=status,
    )


CARDS = Portfolio(
    name="cards",
    title_zh="信用卡客户（台湾，2005 年）",
    title_en="Credit card clients (Taiwan, 2005)",
    subject_kind="individual",
    shipped=Path(__file__).with_name("cards.parquet"),
    source_zh="UCI 机器学习库 350 号数据集（Yeh 与 Lien，2009）",
    source_en="UCI Machine Learning Repository, data set 350 (Yeh and Lien, 2009)",
    licence="CC BY 4.0",
    currency="TWD",
    key=("ID",),
    columns=(
        SourceColumn("ID", "text", "客户编号", "Client number"),
        SourceColumn("LIMIT_BAL", "money", "授信额度", "Credit limit"),
        SourceColumn("SEX", "integer", "性别", "Sex"),
        SourceColumn("EDUCATION", "integer", "学历", "Education"),
        SourceColumn("MARRIAGE", "integer", "婚姻状况", "Marital status"),
        SourceColumn("AGE", "integer", "年龄", "Age"),
        *(SourceColumn(m[1], "integer", f"{m[0]:%Y-%m} 还款状态", f"Repayment status {m[0]:%Y-%m}") for m in MONTHS),
        *(SourceColumn(m[2], "money", f"{m[0]:%Y-%m} 账单金额", f"Bill {m[0]:%Y-%m}") for m in MONTHS),
        *(SourceColumn(m[3], "money", f"{m[0]:%Y-%m} 还款金额", f"Payment {m[0]:%Y-%m}") for m in MONTHS),
        SourceColumn("default_next_month", "integer", "次月是否违约", "Default next month"),
    ),
    records=(
        _record(
            Person,
            {
                "subject_id": ACCOUNT,
                # The codes 0, 5 and 6 of education and 0 of marriage are undocumented: unknown.
                "sex": "CASE SEX WHEN 1 THEN 'male' WHEN 2 THEN 'female' ELSE SEX::VARCHAR END",
                "education": "CASE WHEN EDUCATION = 1 THEN 'graduate_school' "
                "WHEN EDUCATION = 2 THEN 'university' WHEN EDUCATION = 3 THEN 'high_school' "
                "WHEN EDUCATION = 4 THEN 'other' WHEN EDUCATION IN (0, 5, 6) THEN NULL "
                "ELSE EDUCATION::VARCHAR END",
                "marital_status": "CASE MARRIAGE WHEN 1 THEN 'married' WHEN 2 THEN 'single' "
                "WHEN 3 THEN 'other' WHEN 0 THEN NULL ELSE MARRIAGE::VARCHAR END",
                "age": "AGE",
                "observed_on": f"DATE '{OBSERVED}'",
            },
            OBSERVED,
        ),
        _record(
            CardAccount,
            {
                "account_no": ACCOUNT,
                "subject_id": ACCOUNT,
                "credit_limit_cents": _cents("LIMIT_BAL"),
                "observed_on": f"DATE '{OBSERVED}'",
            },
            OBSERVED,
        ),
        *(_month(place) for place in range(len(MONTHS))),
        _record(
            LoanOutcome,
            {
                "account_no": ACCOUNT,
                "subject_id": ACCOUNT,
                "institution": "NULL::VARCHAR",
                "status": "CASE default_next_month WHEN 1 THEN 'DEFAULTED' WHEN 0 THEN 'PERFORMING' "
                "ELSE default_next_month::VARCHAR END",
                "outcome_on": f"DATE '{OUTCOME}'",
            },
            OUTCOME,
        ),
    ),
)  # fmt: skip

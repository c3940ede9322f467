"""Credit accounts by hand: a revolving line, an instalment loan and an account that went bad."""

from __future__ import annotations

from pathlib import Path

from features.definitions import credit_history, repayment_history
from tests.features.definitions.vectors import same, values_of

HEAD = """institution_code | business | account_no | subject_id | account_type | opened_on | bill_on | limit_cents
    | largest_debt_cents | guarantee_kind | scheduled_cents | paid_cents | balance_cents | overdue_periods
    | overdue_cents | overdue_91_180_cents | overdue_over_180_cents | overdue_count | five_class
    | account_status | status_24""".replace("\n", "")
# As of 1 July 2023. A revolving line R of 1,000 yuan at lender A, half used, reported in April, May and
# June; an instalment loan L of 4,000 yuan at lender B with 2,000 left, mortgaged, 500 due each month,
# nothing paid in June; and an account B that lender A wrote off in 2022, now at zero.
ROWS = """
A|2|R|PID-1|R2|2020-07-01|2023-04-10|100000|60000|4|1000|1000|50000|0|0|||0|1|1|////////////////////NNNN
A|2|R|PID-1|R2|2020-07-01|2023-05-10|100000|60000|4|1000|1000|50000|0|0|||0|1|1|///////////////////NNNNN
A|2|R|PID-1|R2|2020-07-01|2023-06-10|100000|60000|4|1000|1000|50000|0|0|||0|1|1|//////////////////NNNNNN
B|1|L|PID-1|D1|2023-01-15|2023-04-15|400000|400000|2|50000|50000|200000|0|0|||2|1|1|///////////////////NN12N
B|1|L|PID-1|D1|2023-01-15|2023-05-15|400000|400000|2|50000|50000|200000|0|0|0|0|2|2|1|//////////////////NN12NN
B|1|L|PID-1|D1|2023-01-15|2023-06-15|400000|400000|2|50000|0|200000|1|50000|3000|4000|3|2|1|/////////////////NN12NN1
A|1|B|PID-1|D1|2021-02-28|2022-03-31|10000|10000|4|0|0|10000|7|10000|0|10000|7|5|4|////////////////N1234567
"""
TABLE = {"credit_month": HEAD + ROWS}


def test_accounts_and_balances(tmp_path: Path) -> None:
    found = values_of(tmp_path, credit_history.FEATURES, TABLE, "PID-1", "2023-07-01")
    expected = {
        "credit_accounts": 2,
        "credit_lenders": 2,
        # six reports of 500 and 2,000 yuan, 1,250 on average, of two accounts
        "credit_balance": 2500.0,
        "credit_limit_revolving": 1000.0,
        "credit_utilisation": 0.5,
        "loan_balance_share": 0.5,
        "secured_balance_share": 0.8,
        "guaranteed_balance_share": 0.0,
        # 500 of the 7,500 yuan of six reports
        "overdue_balance_share": 500 / 7500,
        # special mention; the loss of March 2022 is more than a year ago
        "five_class_worst_12": 1,
        # nothing was reported from July 2022 to March 2023
        "credit_balance_growth": None,
        "months_since_first_account": 36,
        "months_since_last_account": 5,
        "accounts_opened_12": 1,
        # 30 of 30 yuan and 1,000 of 1,500 yuan
        "scheduled_paid_share_6": 1030 / 1530,
        "scheduled_monthly": (3 * 10 + 3 * 500) / 6 * 2,
        "bad_debt_accounts": 1,
    }
    same(found, expected)


def test_repayment_of_the_worst_account(tmp_path: Path) -> None:
    found = values_of(tmp_path, repayment_history.FEATURES, TABLE, "PID-1", "2023-07-01")
    expected = {
        # of the reports of May and June alone; account L in June: ... N N 1 2 N N 1
        "credit_arrears_now": 1,
        "credit_worst_arrears_6": 2,
        "credit_worst_arrears_24": 2,
        "credit_months_in_arrears_12": 3,
        "credit_months_in_arrears_24": 3,
        "credit_months_in_long_arrears_24": 0,
        # the June report has arrears in June itself
        "credit_months_since_arrears_24": 0,
        # the May report: (2 + 0 + 0) / 3 less 3 / 6
        "credit_arrears_trend": 2 / 3 - 3 / 6,
        "accounts_in_arrears_24": 1,
        "credit_months_unused_12": 0,
        # 500 yuan in one of six reports, of two accounts
        "overdue_amount": 500 / 6 * 2,
        "long_overdue_amount_12": 70.0,
        # the account that was written off
        "overdue_periods_ever": 7,
    }
    same(found, expected)


def test_a_month_is_not_seen_before_it_is_known(tmp_path: Path) -> None:
    late = HEAD + " | known\n" + "\n".join(
        f"{row}|{day}"
        for row, day in zip(
            ROWS.strip().splitlines()[:3], ("2023-05-05", "2023-06-05", "2023-07-05"), strict=True
        )
    )  # fmt: skip
    found = values_of(
        tmp_path, credit_history.FEATURES, {"credit_month": late}, "PID-1", "2023-07-04"
    )
    # the June report is not there yet, and the balance of the account is still known
    assert found["credit_balance"] == 500.0
    assert found["credit_accounts"] == 1


def test_nobody_without_records_has_a_value(tmp_path: Path) -> None:
    features = credit_history.FEATURES + repayment_history.FEATURES
    found = values_of(tmp_path, features, TABLE, "PID-2", "2023-07-01")
    assert set(found.values()) == {None}

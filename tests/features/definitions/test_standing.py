"""Hand-worked values of registration, reports, courts, penalties, licences and the environment."""

from __future__ import annotations

from pathlib import Path

from features.definitions import (
    business_standing,
    enforcement,
    environment,
    financial_position,
    judicial,
    penalty,
    pledge,
    public_rating,
    registration_history,
)
from tests.features.definitions.firm import agree, values


def test_registration_and_its_changes(tmp_path: Path) -> None:
    records = {
        "registration": """
            registered_on|established_on|registered_capital_cents|paid_in_capital_cents|size_class|legal_form|term_ends_on
            2020-01-01   |2019-12-15    |1000000                 |250000               |micro     |limited   |2024-06-14
        """,
        "registration_change": """
            changed_on | kind           | entry_no
            2021-01-01 | name           | 1
            2022-07-01 | representative | 2
            2023-03-01 | shareholders   | 3
            2023-03-01 | representative | 4
            2024-02-29 | address        | 5
        """,
    }
    expected = {
        "months_in_business": 54,
        "registered_capital": 10000,
        "paid_in_share": 0.25,
        "size_class": "micro",
        "legal_form": "limited",
        "operating_term_over": 1,
        "changes_24": 4,
        "representative_changes_24": 2,
        "owner_changes_24": 1,
        "address_changes_24": 1,
        "months_since_change": 3,
    }
    agree(values([registration_history], records, tmp_path), expected)


REPORTS = """
    year | filed_on   | on_time | employees | assets_cents | liabilities_cents | revenue_cents | net_profit_cents
    2020 | 2021-03-01 | no      | 90        | 1            | 1                 | 1             | 1
    2021 | 2022-03-01 | yes     | 10        | 500          | 100               | 1000          | 100
    2022 | 2023-08-01 | no      | 20        | 500          | 100               | 2000          | 100
    2023 | 2024-03-01 |         | 30        | 50000        | 20000             | 6000          | -300
"""


def test_standing_with_the_market_regulator(tmp_path: Path) -> None:
    records = {
        "abnormal_operation": """
            published_on | reason     | removed_on
            2019-07-01   | no_contact | 2020-01-01
            2022-07-01   | no_report  | 2022-12-01
            2024-06-01   | concealed  | 2024-06-15
        """,
        "serious_violation": "published_on | removed_on\n2022-01-01 | 2024-06-14",
        "annual_report": REPORTS,
    }
    # taken off on the day itself: still on it before the day began
    expected = {
        "abnormal_operation_open": 1,
        "abnormal_operations_36": 2,
        "unreachable_60": 2,
        "serious_violation_open": 0,
        "late_reports_36": 1,
        "months_since_report": 3,
        "reported_employees_trend": 1.5,
    }
    agree(values([business_standing], records, tmp_path), expected)


def test_financial_position(tmp_path: Path) -> None:
    head = (
        "period_start | period_end | period_kind | scope | opinion | total_assets_cents | total_liabilities_cents "
        "| current_assets_cents | current_liabilities_cents | short_loans_cents | long_loans_cents "
        "| receivables_cents | revenue_cents | net_profit_cents | operating_net_cents"
    )
    lines = (
        "2022-01-01 | 2022-12-31 | year | single | adverse | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1",
        "2023-01-01|2023-12-31|year|single|unqualified|1000|400|300|200|100|150|50|500|-25|100",
        # a group's and a quarter's statements are not of the enterprise's year
        "2023-01-01 | 2023-12-31 | year | group | adverse | 9 | 9 | 9 | 9 | 9 | 9 | 9 | 9 | 9 | 9",
        "2024-01-01 | 2024-03-31 | quarter | single | adverse | 9 | 9 | 9 | 9 | 9 | 9 | 9 | 9 | 9 | 9",
    )
    records = {"annual_report": REPORTS, "financial_statement": "\n".join((head, *lines))}
    expected = {
        "reported_debt_ratio": 0.4,
        "reported_margin": -0.05,
        "reported_revenue": 60,
        "reported_revenue_trend": 2,
        "statement_debt_ratio": 0.4,
        "current_ratio": 1.5,
        "statement_margin": -0.05,
        "operating_cash_margin": 0.2,
        "loans_to_revenue": 0.5,
        "receivables_to_revenue": 0.1,
        "audited_without_reservation": 1,
    }
    agree(values([financial_position], records, tmp_path), expected)


def test_pledges_that_stand_on_the_day(tmp_path: Path) -> None:
    records = {
        "registration": "registered_on | registered_capital_cents\n2020-01-01 | 100000",
        "equity_pledge": """
            pledged_on | status    | shares_cents | cancelled_on
            2022-01-01 | valid     | 20000        |
            2022-02-01 | cancelled | 30000        | 2023-01-01
            2022-03-01 | changed   | 5000         | 2024-06-14
        """,
        "movable_pledge": """
            pledged_on | status  | secured_cents | expires_on | cancelled_on
            2023-07-01 | valid   | 10000         | 2024-06-15 |
            2023-01-01 | valid   | 40000         | 2024-06-14 |
            2022-01-01 | changed |               |            |
        """,
    }
    expected = {
        "equity_pledges_open": 1,
        "equity_pledged_to_capital": 0.2,
        "movable_pledges_open": 2,
        "movables_secured": 100,
        "movable_pledges_12": 1,
    }
    agree(values([pledge], records, tmp_path), expected)


def test_cases_are_counted_once_though_announced_several_times(tmp_path: Path) -> None:
    records = {
        "court_case": """
            case_no | kind       | announced_on | role      | amount_cents | outcome | closed_on
            A       | filing     | 2023-01-01   | defendant | 10000        |         | 2023-09-01
            A       | judgment   | 2023-08-01   | defendant | 12000        | lost    | 2023-09-01
            B       | filing     | 2024-01-01   | defendant | 30000        |         |
            B       | hearing    | 2024-02-20   | defendant | 30000        |         |
            C       | judgment   | 2022-01-01   | defendant | 90000        | won     | 2022-02-01
            D       | filing     | 2023-01-01   | plaintiff | 70000        |         |
            E       | bankruptcy | 2021-01-01   | defendant |              |         | 2021-06-01
        """
    }
    expected = {
        "cases_against_24": 2,
        "cases_against_open": 1,
        "claimed_against_24": 400,
        "largest_claim_against_24": 300,
        "lost_share_36": 0.5,
        "cases_brought_24": 1,
        "court_cases_24": 3,
        "bankruptcy_cases_60": 1,
        "months_since_case_against": 3,
    }
    agree(values([judicial], records, tmp_path), expected)


def test_enforcement_and_its_lists(tmp_path: Path) -> None:
    records = {
        "enforcement": """
            case_no | kind        | filed_on   | amount_cents | unperformed_cents | closed_on
            A       | enforcement | 2024-01-01 | 10000        | 4000              |
            B       | enforcement | 2023-01-01 | 20000        |                   |
            C       | enforcement | 2023-02-01 | 70000        | 70000             | 2024-01-01
            A       | consumption | 2024-03-15 |              |                   |
            D       | no_assets   | 2021-01-01 |              |                   | 2021-01-01
        """,
        "dishonest_debtor": """
            case_no | published_on | removed_on
            A       | 2024-01-01   | 2024-06-14
            B       | 2023-01-01   | 2024-01-01
        """,
    }
    expected = {
        "enforcements_24": 3,
        "enforcements_open": 2,
        "unperformed_open": 240,
        "consumption_orders_open": 1,
        "closed_without_assets_60": 1,
        "months_since_enforcement": 3,
        "dishonest_debtor_open": 0,
        "dishonest_debtor_60": 2,
    }
    agree(values([enforcement], records, tmp_path), expected)


PENALTIES = """
    penalty_no | decided_on | theme       | kind        | fine_cents | confiscated_cents | repaired | ends_on
    1          | 2024-01-01 | environment | fine        | 10000      | 5000              | no       | 2024-12-31
    2          | 2023-01-01 | market      | warning     |            |                   | yes      | 2023-01-01
    3          | 2022-01-01 | safety      | stopped     | 20000      |                   |          | 2022-03-01
    4          | 2020-01-01 | tax         | banned      | 90000      |                   | no       | 2020-02-01
"""


def test_penalties(tmp_path: Path) -> None:
    # the second was repaired, and is seen no more
    expected = {
        "penalties_12": 1,
        "penalties_36": 2,
        "fined_36": 350,
        "penalty_themes_36": 2,
        "safety_penalties_36": 1,
        "market_penalties_36": 0,
        "labour_penalties_36": 0,
        "money_penalties_36": 0,
        "heavy_penalties_60": 2,
        "penalties_in_force": 1,
        "months_since_penalty": 5,
    }
    agree(values([penalty], {"penalty": PENALTIES}, tmp_path), expected)


def test_environment(tmp_path: Path) -> None:
    records = {
        "environment_rating": """
            year | assessed_on | grade  | points | key_polluter | monitored_days | exceeded_days | unremedied
            2022 | 2023-03-01  | green  | 95     | no           | 100            | 0             | no
            2023 | 2024-03-01  | yellow | 61.5   | yes          | 200            | 10            | yes
        """,
        "penalty": PENALTIES,
    }
    expected = {
        "environment_grade": 2,
        "environment_points": 61.5,
        "emission_excess_share": 0.05,
        "key_polluter": 1,
        "environment_unremedied": 1,
        "environment_penalties_36": 1,
        "environment_fined_60": 100,
    }
    agree(values([environment], records, tmp_path), expected)


def test_public_rating(tmp_path: Path) -> None:
    records = {
        "public_credit_rating": """
            scheme | kind          | rated_on   | grade | points | ended_on
            city   | comprehensive | 2023-02-01 | B     | 80     | 2024-02-01
            city   | comprehensive | 2024-02-01 | C     | 70     |
            list   | watch_list    | 2024-03-01 | none  |        |
            list   | black_list    | 2022-03-01 | none  |        | 2023-03-01
        """
    }
    expected = {
        "public_credit_grade": 2,
        "public_credit_points": 70,
        "public_credit_trend": -5,
        "public_lists_adverse": 1,
    }
    agree(values([public_rating], records, tmp_path), expected)

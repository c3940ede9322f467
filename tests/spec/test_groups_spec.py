"""Figures of a lender, an industry or everybody as of a day.

Each test is a table: what the suppliers sent (`known` is the day on which a row reached us, the event
itself where it is not said; a key that comes again is a correction), and the answers on some days. Every
answer is given by every engine and by the slow reading of the language.
"""

from __future__ import annotations

from collections.abc import Mapping

from features.expressions import EVERYONE, Group, Records, call, own
from tests.features.tables import Expect

registrations = Records("registration")
applications = Records("loan_application")
loans = Records("loan_account")
outcomes = Records("loan_outcome")
repayments = Records("card_repayment")


LENDER = Group("lender", (applications["institution"].latest(),), (own("institution"),))
SECTOR = Group(
    "sector",
    (call("sector", registrations["industry_code"].latest()),),
    (call("sector", registrations["industry_code"]),),
)
charged_off = outcomes["status"].equals("CHARGED_OFF")


class TestGroups:
    MARKET: Mapping[str, str] = {
        "loan_application": """
            application_no | subject_id | applied_on | institution
            1              | SBA-1      | 2005-01-01 | BANK A
        """,
        "registration": """
            subject_id | registered_on | industry_code
            SBA-1      | 2005-01-01    | 311111
            SBA-2      | 2004-01-01    | 332222
            SBA-3      | 2004-01-01    | 722222
        """,
        "loan_account": """
            account_no | subject_id | opened_on  | institution | amount_cents
            2          | SBA-2      | 2004-02-01 | BANK A      | 500
            3          | SBA-3      | 2004-03-01 | BANK A      | 300
            4          | SBA-4      | 2005-02-01 | BANK B      | 100
        """,
        "loan_outcome": """
            account_no | subject_id | outcome_on | institution | status
            2          | SBA-2      | 2005-03-01 | BANK A      | CHARGED_OFF
            3          | SBA-3      | 2005-03-01 | BANK A      | PAID_IN_FULL
        """,
    }

    def test_count_among_everyone(self, expect: Expect) -> None:
        expect(
            loans.count(months=12).among(EVERYONE),
            self.MARKET,
            {"2004-02-01": 0, "2004-02-02": 1, "2005-02-01": 2, "2005-02-02": 2, "2005-03-02": 1},
        )

    def test_sum_among_the_clients_of_the_same_lender(self, expect: Expect) -> None:
        # Null before the subject has a lender; then the other clients' loans, whoever they are.
        expect(
            loans["amount_cents"].sum().among(LENDER),
            self.MARKET,
            {"2005-01-01": None, "2005-01-02": 800},
        )

    def test_charge_offs_of_the_lender(self, expect: Expect) -> None:
        expect(
            outcomes.count(months=12, where=charged_off).among(LENDER),
            self.MARKET,
            {"2005-03-01": 0, "2005-03-02": 1, "2006-03-01": 1, "2006-03-02": 0},
        )

    def test_the_group_may_be_told_by_another_record_of_the_counted_subject(
        self, expect: Expect
    ) -> None:
        # SBA-1 and SBA-2 are both in manufacturing; SBA-4 has no registration and no sector.
        expect(loans.count().among(SECTOR), self.MARKET, {"2005-01-02": 1, "2005-06-01": 1})

    def test_the_condition_may_look_at_another_record_of_the_same_account(
        self, expect: Expect
    ) -> None:
        soon = outcomes["outcome_on"].at_most(call("months_after", loans["opened_on"], 12))
        expect(
            outcomes.count(where=charged_off.and_also(soon)).among(EVERYONE),
            self.MARKET
            | {
                "loan_outcome": """
                    account_no | outcome_on | status
                    2          | 2005-02-01 | CHARGED_OFF
                    3          | 2005-03-02 | CHARGED_OFF
                """
            },
            {"2005-02-01": 0, "2005-02-02": 1, "2005-06-01": 1},
        )

    def test_a_correction_that_is_not_yet_known_is_not_used(self, expect: Expect) -> None:
        expect(
            loans.count().among(LENDER),
            {
                "loan_application": self.MARKET["loan_application"],
                "loan_account": """
                    account_no | subject_id | opened_on  | known      | institution
                    2          | SBA-2      | 2004-02-01 | 2004-02-01 | BANK B
                    2          | SBA-2      | 2004-02-01 | 2005-06-01 | BANK A
                    3          | SBA-3      | 2004-03-01 | 2004-03-01 | BANK A
                    3          | SBA-3      | 2004-03-01 | 2005-07-01 | BANK B
                """,
            },
            {"2005-05-31": 1, "2005-06-01": 2, "2005-06-30": 2, "2005-07-01": 1},
        )

    def test_a_correction_of_the_joined_record_moves_the_counted_one(self, expect: Expect) -> None:
        expect(
            loans.count().among(SECTOR),
            {
                "registration": """
                    subject_id | registered_on | known      | industry_code
                    SBA-1      | 2004-01-01    | 2004-01-01 | 311111
                    SBA-2      | 2004-01-01    | 2004-01-01 | 722222
                    SBA-2      | 2004-01-01    | 2005-06-01 | 332222
                """,
                "loan_account": """
                    account_no | subject_id | opened_on
                    2          | SBA-2      | 2004-02-01
                """,
            },
            {"2005-05-31": 0, "2005-06-01": 1},
        )

    def test_a_correction_of_the_joined_record_takes_the_counted_one_away(
        self, expect: Expect
    ) -> None:
        expect(
            loans.count().among(SECTOR),
            {
                "registration": """
                    subject_id | registered_on | known      | industry_code
                    SBA-1      | 2004-01-01    | 2004-01-01 | 311111
                    SBA-2      | 2004-01-01    | 2004-01-01 | 332222
                    SBA-2      | 2004-01-01    | 2005-06-01 | 722222
                """,
                "loan_account": """
                    account_no | subject_id | opened_on
                    2          | SBA-2      | 2004-02-01
                """,
            },
            {"2005-05-31": 1, "2005-06-01": 0},
        )

    def test_a_joined_record_that_is_announced_has_not_happened_yet(self, expect: Expect) -> None:
        expect(
            loans.count().among(SECTOR),
            {
                "registration": """
                    subject_id | registered_on | known      | industry_code
                    SBA-1      | 2004-01-01    | 2004-01-01 | 311111
                    SBA-2      | 2005-01-01    | 2004-01-01 | 332222
                """,
                "loan_account": """
                    account_no | subject_id | opened_on
                    2          | SBA-2      | 2004-02-01
                """,
            },
            {"2004-06-01": 0, "2005-01-01": 0, "2005-01-02": 1},
        )

"""What each word of the declaration language means: records in, days asked, values expected."""

from __future__ import annotations

from collections.abc import Mapping

from features.expressions import Records, days_since, months_since
from tests.features.tables import Expect

registrations = Records("registration")
loans = Records("loan_account")
licences = Records("licence")

LOANS: Mapping[str, str] = {
    "loan_account": """
        account_no | opened_on  | known      | institution | amount_cents
        1          | 2005-01-10 | 2005-01-10 | BANK A      | 100
        2          | 2005-02-10 | 2005-02-10 | BANK B      | 200
        3          | 2005-03-10 | 2005-03-10 |             | 300
        4          | 2005-04-10 | 2005-04-10 | BANK A      | 400
    """
}
BANK, AMOUNT = loans["institution"], loans["amount_cents"]


class TestConditions:
    def test_one_of_holds_for_a_value_in_the_list_and_not_where_there_is_none(
        self, expect: Expect
    ) -> None:
        expect(
            loans.count(where=BANK.one_of("BANK A", "BANK C")),
            LOANS,
            {"2005-01-10": None, "2005-01-11": 1, "2005-03-11": 1, "2005-04-11": 2},
        )

    def test_one_of_is_null_where_the_value_is(self, expect: Expect) -> None:
        expect(
            BANK.latest().one_of("BANK A", "BANK C"),
            LOANS,
            {"2005-02-01": 1, "2005-02-11": 0, "2005-03-11": None},
        )

    def test_one_of_takes_numbers(self, expect: Expect) -> None:
        expect(loans.count(where=AMOUNT.one_of(100, 300)), LOANS, {"2005-05-01": 2})

    def test_or_also_holds_where_one_side_does_whatever_is_not_known_of_the_other(
        self, expect: Expect
    ) -> None:
        # Loan 3 has no bank: unknown or (300 >= 300) holds, unknown or (false) does not.
        either = BANK.equals("BANK B").or_also(AMOUNT.at_least(300))
        expect(loans.count(where=either), LOANS, {"2005-05-01": 3})

    def test_or_also_is_null_where_neither_side_can_say(self, expect: Expect) -> None:
        expect(
            BANK.latest().equals("BANK B").or_also(AMOUNT.latest().more_than(300)),
            LOANS,
            {"2005-02-01": 0, "2005-02-11": 1, "2005-03-11": None, "2005-04-11": 1},
        )

    def test_known_tells_whether_there_is_a_value(self, expect: Expect) -> None:
        expect(loans.count(where=BANK.known()), LOANS, {"2005-03-11": 2, "2005-04-11": 3})

    def test_otherwise_takes_the_place_of_a_missing_value(self, expect: Expect) -> None:
        expect(
            loans.count(where=BANK.otherwise("nobody").equals("nobody")),
            LOANS,
            {"2005-02-11": 0, "2005-03-11": 1},
        )

    def test_otherwise_may_be_another_value_of_the_subject(self, expect: Expect) -> None:
        expect(
            BANK.latest().otherwise(BANK.first()),
            LOANS,
            {"2005-01-01": None, "2005-02-11": "BANK B", "2005-03-11": "BANK A"},
        )


class TestAggregates:
    def test_distinct_counts_different_values_and_leaves_out_missing_ones(
        self, expect: Expect
    ) -> None:
        expect(
            BANK.distinct(),
            LOANS,
            {"2005-01-10": None, "2005-01-11": 1, "2005-03-11": 2, "2005-04-11": 2},
        )

    def test_distinct_is_zero_where_no_record_is_taken(self, expect: Expect) -> None:
        expect(BANK.distinct(months=1), LOANS, {"2005-04-10": 0, "2005-06-01": 0})

    def test_distinct_keeps_to_its_condition(self, expect: Expect) -> None:
        expect(BANK.distinct(where=AMOUNT.at_least(400)), LOANS, {"2005-05-01": 1})

    def test_first_is_the_earliest_event_not_the_earliest_news(self, expect: Expect) -> None:
        expect(
            AMOUNT.first(),
            {
                "loan_account": """
                    account_no | opened_on  | known      | amount_cents
                    1          | 2005-02-01 | 2005-02-01 | 1
                    2          | 2005-01-01 | 2005-03-01 | 2
                """
            },
            {"2005-02-01": None, "2005-02-28": 1, "2005-03-01": 2},
        )

    def test_first_of_two_on_one_day_is_the_one_known_earlier_then_the_smaller_key(
        self, expect: Expect
    ) -> None:
        expect(
            AMOUNT.first(),
            {
                "loan_account": """
                    account_no | opened_on  | known      | amount_cents
                    1          | 2005-01-01 | 2005-03-01 | 1
                    3          | 2005-01-01 | 2005-02-01 | 3
                    2          | 2005-01-01 | 2005-02-01 | 2
                """
            },
            {"2005-02-15": 2, "2005-03-15": 2},
        )

    def test_first_is_null_when_the_earliest_record_has_no_value(self, expect: Expect) -> None:
        expect(BANK.first(where=AMOUNT.at_least(300)), LOANS, {"2005-05-01": None})

    def test_total_is_zero_when_nothing_is_taken_and_null_when_nothing_is_known(
        self, expect: Expect
    ) -> None:
        expect(
            AMOUNT.total(months=1),
            LOANS,
            {"2005-01-10": None, "2005-02-10": 100, "2005-02-11": 200, "2005-06-01": 0},
        )


class TestAge:
    ESTABLISHED: Mapping[str, str] = {
        "registration": """
            registered_on | known      | established_on
            2004-01-31    | 2004-01-31 | 2004-01-31
        """
    }
    age = months_since(registrations["established_on"].latest())

    def test_a_month_is_whole_on_the_same_day_of_the_next(self, expect: Expect) -> None:
        expect(
            self.age,
            {
                "registration": """
                    registered_on | established_on
                    2004-01-15    | 2003-12-20
                """
            },
            {"2004-01-16": 0, "2004-01-19": 0, "2004-01-20": 1, "2004-12-19": 11, "2004-12-20": 12},
        )

    def test_in_a_month_that_is_too_short_its_last_day_is_meant(self, expect: Expect) -> None:
        expect(
            self.age,
            self.ESTABLISHED,
            {"2004-02-01": 0, "2004-02-28": 0, "2004-02-29": 1, "2004-03-30": 1, "2004-03-31": 2,
             "2005-02-27": 12, "2005-02-28": 13, "2004-04-30": 3},
        )  # fmt: skip

    def test_29_february_is_one_year_before_28_february(self, expect: Expect) -> None:
        expect(
            self.age,
            {"registration": "registered_on | established_on\n2004-02-29 | 2004-02-29"},
            {"2005-02-27": 11, "2005-02-28": 12, "2008-02-28": 47, "2008-02-29": 48},
        )

    def test_days_are_counted_over_leap_years(self, expect: Expect) -> None:
        expect(
            days_since(registrations["established_on"].latest()),
            self.ESTABLISHED,
            {"2004-02-01": 1, "2004-03-01": 30, "2005-01-31": 366},
        )

    def test_a_date_that_is_missing_or_lies_ahead_gives_no_age(self, expect: Expect) -> None:
        ahead: Mapping[str, str] = {
            "registration": """
                registered_on | known      | established_on
                2004-01-01    | 2004-01-01 |
                2004-01-01    | 2004-02-01 | 2004-03-01
            """
        }
        answers = {"2004-01-15": None, "2004-02-29": None, "2004-03-01": 0}
        expect(self.age, ahead, answers)

    def test_days_of_a_date_that_lies_ahead(self, expect: Expect) -> None:
        expect(
            days_since(registrations["established_on"].latest()),
            {"registration": "registered_on | established_on\n2004-01-01 | 2004-03-01"},
            {"2004-02-29": None, "2004-03-01": 0, "2004-03-02": 1},
        )

    def test_the_age_of_an_event_is_told_by_the_largest_or_smallest_of_its_days(
        self, expect: Expect
    ) -> None:
        expect(
            months_since(loans["opened_on"].largest(where=BANK.known())),
            LOANS,
            {"2005-01-01": None, "2005-04-10": 2, "2005-04-11": 0},
        )

    def test_the_smallest_of_days(self, expect: Expect) -> None:
        expect(months_since(loans["opened_on"].smallest()), LOANS, {"2005-05-10": 4})

    def test_the_age_of_each_record_can_be_asked_for(self, expect: Expect) -> None:
        expect(
            loans.count(where=months_since(loans["opened_on"]).at_least(2)),
            LOANS,
            {"2005-03-09": 0, "2005-03-10": 1, "2005-05-01": 2},
        )


class TestValidity:
    LICENCES: Mapping[str, str] = {
        "licence": """
            subject_id | licence_no | decided_on | valid_until
            SBA-1      | 1          | 2005-01-01 | 2005-03-31
            SBA-1      | 2          | 2005-02-01 |
        """
    }

    def test_what_ends_on_the_day_is_still_open_and_the_day_after_it_is_not(
        self, expect: Expect
    ) -> None:
        expect(
            licences.count(where=licences["valid_until"].open_on_day()),
            self.LICENCES,
            {"2005-02-01": 1, "2005-02-02": 2, "2005-03-31": 2, "2005-04-01": 1},
        )

    def test_before_day_is_its_opposite_for_dates_and_does_not_hold_without_one(
        self, expect: Expect
    ) -> None:
        expect(
            licences.count(where=licences["valid_until"].before_day()),
            self.LICENCES,
            {"2005-02-02": 0, "2005-03-31": 0, "2005-04-01": 1},
        )

    def test_an_end_that_is_corrected_counts_as_it_was_known(self, expect: Expect) -> None:
        expect(
            licences.count(where=licences["valid_until"].open_on_day()),
            {
                "licence": """
                    subject_id | licence_no | decided_on | known      | valid_until
                    SBA-1      | 1          | 2005-01-01 | 2005-01-01 | 2005-12-31
                    SBA-1      | 1          | 2005-01-01 | 2005-06-01 | 2005-05-15
                """
            },
            {"2005-05-31": 1, "2005-06-01": 0},
        )

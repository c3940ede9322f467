"""Corrections as they were known, and which of several records of a day is the latest.

Each test is a table: what the suppliers sent (`known` is the day on which a row reached us, the event
itself where it is not said; a key that comes again is a correction), and the answers on some days. Every
answer is given by every engine and by the slow reading of the language.
"""

from __future__ import annotations

from collections.abc import Mapping

from features.expressions import Records
from tests.features.tables import Expect

registrations = Records("registration")
loans = Records("loan_account")


class TestCorrections:
    CORRECTED: Mapping[str, str] = {
        "registration": """
            registered_on | known      | employees
            2005-01-01    | 2005-01-02 | 7
            2005-01-01    | 2005-03-10 | 9
            2005-01-01    | 2005-06-01 | 8
        """
    }

    def test_each_day_sees_the_version_that_was_known_then(self, expect: Expect) -> None:
        expect(
            registrations["employees"].latest(),
            self.CORRECTED,
            {"2005-01-02": 7, "2005-03-09": 7, "2005-03-10": 9, "2005-05-31": 9, "2005-06-01": 8},
        )

    def test_a_corrected_record_is_one_record(self, expect: Expect) -> None:
        expect(registrations.count(), self.CORRECTED, {"2005-02-01": 1, "2005-07-01": 1})

    def test_of_two_versions_known_on_one_day_the_higher_wins(self, expect: Expect) -> None:
        expect(
            registrations["employees"].latest(),
            {
                "registration": """
                    registered_on | known      | employees
                    2005-01-01    | 2005-02-01 | 7
                    2005-01-01    | 2005-02-01 | 9
                """
            },
            {"2005-02-01": 9},
        )

    def test_a_record_whose_date_is_corrected_into_the_future_is_not_seen_any_more(
        self, expect: Expect
    ) -> None:
        expect(
            registrations["employees"].latest(),
            {
                "registration": """
                    registered_on | known      | employees
                    2005-01-01    | 2005-01-01 | 7
                    2005-09-01    | 2005-03-01 | 7
                """
            },
            {"2005-02-28": 7, "2005-03-01": None, "2005-09-01": None, "2005-09-02": 7},
        )

    def test_a_record_that_was_moved_to_another_subject_is_gone(self, expect: Expect) -> None:
        expect(
            loans.count(),
            {
                "loan_account": """
                    account_no | subject_id | opened_on  | known
                    1          | SBA-1      | 2005-01-01 | 2005-01-01
                    2          | SBA-1      | 2005-01-01 | 2005-01-01
                    2          | SBA-2      | 2005-01-01 | 2005-04-01
                """
            },
            {"2005-03-31": 2, "2005-04-01": 1},
        )

"""What the law lets be seen, to the exact day: five years, repairs, written consent."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from features.expressions import EVERYONE, Records
from tests.features.tables import Expect

penalties = Records("penalty")
listings = Records("abnormal_operation")
cases = Records("court_case")
taxes = Records("tax_payment")
homes = Records("real_estate")
outcomes = Records("loan_outcome")


class TestFiveYears:
    """REG-05: an adverse record is gone from the day that lies five years after its end."""

    def test_the_day_before_and_the_day(self, expect: Expect) -> None:
        expect(
            penalties.count(),
            {
                "penalty": """
                    subject_id | penalty_no | decided_on | ends_on
                    SBA-1      | 1          | 2004-05-01 | 2005-03-10
                    SBA-1      | 2          | 2009-05-01 |
                """
            },
            {"2010-03-09": 2, "2010-03-10": 1, "2010-03-11": 1},
        )

    def test_years_after_29_february_end_on_the_28th(self, expect: Expect) -> None:
        expect(
            penalties.count(),
            {
                "penalty": """
                    subject_id | penalty_no | decided_on | ends_on
                    SBA-1      | 1          | 2003-05-01 | 2004-02-29
                """
            },
            {"2009-02-27": 1, "2009-02-28": None, "2009-03-01": None},
        )

    def test_what_has_not_ended_stays(self, expect: Expect) -> None:
        expect(
            listings.count(),
            {
                "abnormal_operation": """
                    subject_id | published_on | removed_on
                    SBA-1      | 2000-05-01   |
                """
            },
            {"2004-01-01": 1, "2024-01-01": 1},
        )

    def test_an_end_that_becomes_known_counts_from_its_own_day(self, expect: Expect) -> None:
        # Ended in 2005, which we learn in 2008: gone in 2010, not in 2013.
        expect(
            listings.count(),
            {
                "abnormal_operation": """
                    subject_id | published_on | known      | removed_on
                    SBA-1      | 2000-05-01   | 2000-05-01 |
                    SBA-1      | 2000-05-01   | 2008-01-01 | 2005-06-15
                """
            },
            {"2007-12-31": 1, "2010-06-14": 1, "2010-06-15": None},
        )

    def test_an_end_that_was_told_too_late_hides_the_record_with_the_news(
        self, expect: Expect
    ) -> None:
        expect(
            listings.count(),
            {
                "abnormal_operation": """
                    subject_id | published_on | known      | removed_on
                    SBA-1      | 2000-05-01   | 2000-05-01 |
                    SBA-1      | 2000-05-01   | 2012-01-01 | 2001-01-01
                """
            },
            {"2011-12-31": 1, "2012-01-01": None},
        )

    def test_what_speaks_against_nobody_does_not_expire(self, expect: Expect) -> None:
        expect(
            Records("registration")["employees"].latest(),
            {"registration": "registered_on | employees\n1990-01-01 | 7"},
            {"2020-01-01": 7},
        )

    def test_a_group_forgets_on_the_same_day(self, expect: Expect) -> None:
        expect(
            outcomes.count().among(EVERYONE),
            {
                "loan_outcome": """
                    account_no | subject_id | outcome_on | status
                    1          | SBA-2      | 2005-03-10 | CHARGED_OFF
                    2          | SBA-3      | 2004-02-29 | CHARGED_OFF
                """
            },
            {"2009-02-27": 2, "2009-02-28": 1, "2010-03-09": 1, "2010-03-10": 0},
        )


class TestRepairs:
    """REG-60: a repaired record is gone from the day on which the repair is known."""

    PENALTY = """
        subject_id | penalty_no | decided_on | ends_on
        SBA-1      | P-1        | 2020-05-01 |
        SBA-1      | P-2        | 2020-05-01 |
    """

    def test_with_the_day_on_which_the_repair_is_known(self, expect: Expect) -> None:
        expect(
            penalties.count(),
            {
                "penalty": self.PENALTY,
                "credit_repair": """
                    subject_id | repaired_contract | repaired_no | repaired_on | known      | result
                    SBA-1      | penalty           | P-1         | 2021-03-01  | 2021-03-04 | repaired
                """,
            },
            {"2021-03-03": 2, "2021-03-04": 1, "2021-03-05": 1},
        )

    def test_a_repair_decided_for_later_waits_for_its_day(self, expect: Expect) -> None:
        expect(
            penalties.count(),
            {
                "penalty": self.PENALTY,
                "credit_repair": """
                    subject_id | repaired_contract | repaired_no | repaired_on | known      | result
                    SBA-1      | penalty           | P-1         | 2021-03-10  | 2021-03-04 | repaired
                """,
            },
            {"2021-03-09": 2, "2021-03-10": 1},
        )

    def test_a_refusal_hides_nothing_until_it_is_overruled(self, expect: Expect) -> None:
        expect(
            penalties.count(),
            {
                "penalty": self.PENALTY,
                "credit_repair": """
                    subject_id | repaired_contract | repaired_no | repaired_on | known      | result
                    SBA-1      | penalty           | P-1         | 2021-03-01  | 2021-03-01 | refused
                    SBA-1      | penalty           | P-1         | 2021-06-01  | 2021-06-01 | repaired
                    SBA-1      | penalty           | P-1         | 2021-06-01  | 2021-09-01 | refused
                """,
            },
            {"2021-03-02": 2, "2021-05-31": 2, "2021-06-01": 1, "2021-08-31": 1, "2021-09-01": 2},
        )

    def test_a_list_is_named_by_its_day_and_other_subjects_and_kinds_are_left_alone(
        self, expect: Expect
    ) -> None:
        expect(
            listings.count(),
            {
                "abnormal_operation": """
                    subject_id | published_on | removed_on
                    SBA-1      | 2020-05-01   |
                    SBA-1      | 2020-06-01   |
                    SBA-1      | 2020-07-01   |
                """,
                "credit_repair": """
                    subject_id | repaired_contract  | repaired_no | repaired_on | result
                    SBA-1      | abnormal_operation | 2020-05-01  | 2021-03-01  | repaired
                    SBA-2      | abnormal_operation | 2020-06-01  | 2021-03-01  | repaired
                    SBA-1      | serious_violation  | 2020-07-01  | 2021-03-01  | repaired
                """,
            },
            {"2021-02-28": 3, "2021-03-01": 2},
        )

    def test_the_record_may_tell_of_its_repair_itself(self, expect: Expect) -> None:
        expect(
            penalties.count(),
            {
                "penalty": """
                    subject_id | penalty_no | decided_on | known      | repaired | repaired_on
                    SBA-1      | P-1        | 2020-05-01 | 2020-05-01 |          |
                    SBA-1      | P-1        | 2020-05-01 | 2021-03-04 | yes      | 2021-03-01
                    SBA-1      | P-2        | 2020-05-01 | 2020-05-01 | no       |
                    SBA-1      | P-2        | 2020-05-01 | 2021-04-01 | yes      |
                """
            },
            {"2021-03-03": 2, "2021-03-04": 1, "2021-03-31": 1, "2021-04-01": None},
        )

    def test_a_date_beside_not_repaired_tells_of_no_repair(self, expect: Expect) -> None:
        # A repair that was applied for and refused leaves its date; without the flag the date alone tells.
        expect(
            penalties.count(),
            {
                "penalty": """
                    subject_id | penalty_no | decided_on | known      | repaired | repaired_on
                    SBA-1      | P-1        | 2020-05-01 | 2020-05-01 | no       | 2023-01-01
                    SBA-1      | P-2        | 2020-05-01 | 2020-05-01 |          | 2023-01-01
                    SBA-1      | P-3        | 2020-05-01 | 2020-05-01 |          |
                    SBA-1      | P-3        | 2020-05-01 | 2022-03-04 | yes      |
                """
            },
            {"2022-03-03": 3, "2022-03-04": 2, "2022-12-31": 2, "2023-01-01": 1, "2023-06-01": 1},
        )

    def test_a_record_that_named_the_wrong_subject_is_gone_when_that_is_known(
        self, expect: Expect
    ) -> None:
        expect(
            Records("loan_outcome").count(),
            {
                "loan_outcome": """
                    account_no | subject_id | outcome_on | known      | status
                    1          | SBA-1      | 2020-05-01 | 2020-05-01 | DEFAULTED
                    1          | SBA-2      | 2020-05-01 | 2020-08-01 | DEFAULTED
                """
            },
            {"2020-07-31": 1, "2020-08-01": None},
        )


TRADER = "USCC-92110101MA01ABCDE1"
FARMER = "PID-1"


def consents(*rows: str) -> str:
    head = "consent_no | subject_id | kind | item_classes | adverse_notice | granted_on"
    return "\n".join([f"{head} | valid_until | revoked_on | known", *rows])


class TestWrittenConsent:
    """REG-03: of a person, what the law lists enters only while a written consent is in force."""

    TAX: Mapping[str, str] = {
        "tax_payment": f"""
            subject_id | tax_kind | period_ends_on | tax_paid_cents
            {TRADER}   | vat      | 2020-06-30     | 500
            SBA-1      | vat      | 2020-06-30     | 700
        """
    }
    paid = taxes["tax_paid_cents"].sum()

    def test_without_one_there_is_no_value_and_still_a_record(self, expect: Expect) -> None:
        expect(self.paid, self.TAX, {"2020-07-01": None}, subject=TRADER)

    def test_the_record_itself_is_no_secret(self, expect: Expect) -> None:
        expect(taxes.count(), self.TAX, {"2020-07-01": 1}, subject=TRADER)

    def test_an_enterprise_needs_none(self, expect: Expect) -> None:
        expect(self.paid, self.TAX, {"2020-07-01": 700})

    def test_it_counts_from_the_day_it_is_given_to_its_last(self, expect: Expect) -> None:
        expect(
            self.paid,
            {
                **self.TAX,
                "consent": consents(
                    f"1 | {TRADER} | written | income;tax_amount | yes "
                    "| 2021-01-10 | 2021-06-30 | | 2021-01-10"
                ),
            },
            {"2021-01-09": None, "2021-01-10": 500, "2021-06-30": 500, "2021-07-01": None},
            subject=TRADER,
        )

    def test_from_the_day_it_is_withdrawn_nothing_is_used(self, expect: Expect) -> None:
        expect(
            self.paid,
            {
                **self.TAX,
                "consent": consents(
                    f"1 | {TRADER} | written | tax_amount | yes | 2021-01-10 | | | 2021-01-10",
                    f"1 | {TRADER} | written | tax_amount | yes "
                    "| 2021-01-10 | | 2021-03-05 | 2021-03-01",
                ),
            },
            {"2021-03-04": 500, "2021-03-05": None},
            subject=TRADER,
        )

    def test_a_consent_that_turns_out_to_be_somebody_elses_is_lost(self, expect: Expect) -> None:
        expect(
            self.paid,
            {
                **self.TAX,
                "consent": consents(
                    f"1 | {TRADER} | written | tax_amount | yes | 2021-01-10 | | | 2021-01-10",
                    "1 | SBA-1 | written | tax_amount | yes | 2021-01-10 | | | 2021-03-01",
                ),
            },
            {"2021-02-28": 500, "2021-03-01": None},
            subject=TRADER,
        )

    def test_it_counts_only_once_it_has_reached_us(self, expect: Expect) -> None:
        expect(
            self.paid,
            {
                **self.TAX,
                "consent": consents(
                    f"1 | {TRADER} | written | tax_payment | yes | 2021-01-10 | | | 2021-02-01"
                ),
            },
            {"2021-01-31": None, "2021-02-01": 500},
            subject=TRADER,
        )

    @pytest.mark.parametrize(
        "row",
        [
            f"1 | {TRADER} | electronic | tax_amount | yes | 2021-01-10 | | | 2021-01-10",
            f"1 | {TRADER} | written | tax_amount | no | 2021-01-10 | | | 2021-01-10",
            f"1 | {TRADER} | written | income;tax_amounts | yes | 2021-01-10 | | | 2021-01-10",
            "1 | SBA-1 | written | tax_amount | yes | 2021-01-10 | | | 2021-01-10",
        ],
        ids=["not written", "not told of its effects", "for something else", "of somebody else"],
    )
    def test_any_other_consent_is_none(self, row: str, expect: Expect) -> None:
        expect(
            self.paid, {**self.TAX, "consent": consents(row)}, {"2021-02-01": None}, subject=TRADER
        )

    def test_a_condition_may_not_tell_what_the_value_may_not(self, expect: Expect) -> None:
        rich = taxes.count(where=taxes["tax_paid_cents"].more_than(100))
        expect(rich, self.TAX, {"2021-02-01": 0}, subject=TRADER)

    def test_where_key_or_event_need_it_the_whole_record_is_unseen(self, expect: Expect) -> None:
        expect(
            homes.count(),
            {
                "real_estate": f"""
                    subject_id | record_no | acquired_on | kind
                    {FARMER}   | R-1       | 2020-06-30  | house
                """,
                "consent": consents(
                    f"1 | {FARMER} | written | real_estate | yes "
                    "| 2021-01-10 | 2021-06-30 | | 2021-01-10"
                ),
            },
            {"2021-01-09": None, "2021-01-10": 1, "2021-07-01": None},
            subject=FARMER,
        )

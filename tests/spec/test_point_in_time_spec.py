"""What a feature is as of a day: records in, days asked, values expected.

Each test is a table: what the suppliers sent (`known` is the day on which a row reached us, the event
itself where it is not said; a key that comes again is a correction), and the answers on some days. Every
answer is given by the engine and by the slow reading of the language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from data_contracts.workspace import Workspace
from features.errors import FeaturesError
from features.expressions import EVERYONE, Group, Records, call, own
from features.point_in_time import build
from features.view import Feature, FeatureView
from tests.features.lakes import lake_of
from tests.features.oracle import Oracle
from tests.features.tables import TEXTS, Expect, view_of

registrations = Records("registration")
applications = Records("loan_application")
loans = Records("loan_account")
outcomes = Records("loan_outcome")
repayments = Records("card_repayment")

paid, billed = repayments["paid_cents"], repayments["billed_cents"]
status = repayments["status_24"].latest()

BILLS = {
    "card_repayment": """
        bill_on    | billed_cents | paid_cents
        2005-07-31 | 300          | 10
        2005-08-31 | 200          | 20
        2005-09-30 | 100          | 40
    """
}


class TestDayBoundaries:
    def test_an_event_on_the_day_itself_does_not_count_the_day_after_it_does(
        self, expect: Expect
    ) -> None:
        expect(
            paid.sum(),
            BILLS,
            {"2005-07-31": None, "2005-08-01": 10, "2005-09-30": 30, "2005-10-01": 70},
        )

    def test_what_is_known_on_the_day_itself_counts(self, expect: Expect) -> None:
        expect(
            registrations["employees"].latest(),
            {
                "registration": """
                    registered_on | known      | employees
                    2005-01-01    | 2005-03-10 | 7
                """
            },
            {"2005-03-09": None, "2005-03-10": 7, "2005-03-11": 7},
        )

    def test_what_is_announced_for_later_does_not_count_before_it_happens(
        self, expect: Expect
    ) -> None:
        expect(
            registrations["employees"].latest(),
            {
                "registration": """
                    registered_on | known      | employees
                    2005-06-01    | 2005-03-10 | 7
                """
            },
            {"2005-03-11": None, "2005-06-01": None, "2005-06-02": 7},
        )

    def test_a_day_is_a_day_of_the_workspace_and_not_of_greenwich(self, tmp_path: Path) -> None:
        # 16:30 in Greenwich on 9 March is half past midnight on the 10th in Shanghai: what became known on
        # the 10th counts. A moment itself is refused, so that nobody asks for the day of another zone.
        lake = lake_of(
            tmp_path / "lake",
            {"registration": "registered_on | known | employees\n2005-01-01 | 2005-03-10 | 7"},
        )
        view = view_of(registrations["employees"].latest())
        moments = pd.Series(pd.to_datetime(["2005-03-09T15:30Z", "2005-03-09T16:30Z"]))
        with pytest.raises(FeaturesError, match="a day of the workspace's time zone"):
            build(view, lake, pd.DataFrame({"subject_id": "SBA-1", "as_of": moments}))
        zone = Workspace(tmp_path).timezone
        local = moments.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
        found = build(view, lake, pd.DataFrame({"subject_id": "SBA-1", "as_of": local}))["asked"]
        assert [None if pd.isna(value) else value for value in found] == [None, 7]

    def test_a_window_of_months_ends_with_the_month_and_clamps_at_its_last_day(
        self, expect: Expect
    ) -> None:
        # 31 January plus one month is 28 February, the last day on which the record counts.
        expect(
            paid.sum(months=1),
            {"card_repayment": "bill_on | paid_cents\n2005-01-31 | 5"},
            {"2005-01-31": None, "2005-02-01": 5, "2005-02-28": 5, "2005-03-01": None},
        )

    def test_a_leap_year_has_its_29_february(self, expect: Expect) -> None:
        expect(
            paid.sum(months=12),
            {"card_repayment": "bill_on | paid_cents\n2004-02-29 | 5"},
            {"2005-02-28": 5, "2005-03-01": None},
        )


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


class TestAggregates:
    def test_sum_and_mean_over_months(self, expect: Expect) -> None:
        expect(paid.sum(months=2), BILLS, {"2005-10-01": 60, "2005-12-31": None})

    def test_mean(self, expect: Expect) -> None:
        expect(billed.mean(months=3), BILLS, {"2005-10-01": 200, "2005-11-15": 150})

    def test_largest(self, expect: Expect) -> None:
        expect(billed.largest(months=2), BILLS, {"2005-10-01": 200})

    def test_smallest(self, expect: Expect) -> None:
        expect(billed.smallest(), BILLS, {"2005-09-01": 200, "2005-10-01": 100})

    def test_latest_is_the_latest_event_not_the_latest_news(self, expect: Expect) -> None:
        expect(
            billed.latest(),
            {
                "card_repayment": """
                    bill_on    | known      | billed_cents
                    2005-08-31 | 2005-08-31 | 2
                    2005-07-31 | 2005-09-15 | 1
                """
            },
            {"2005-10-01": 2},
        )

    def test_latest_of_two_on_one_day_is_the_one_known_later_then_the_larger_key(
        self, expect: Expect
    ) -> None:
        expect(
            loans["amount_cents"].latest(),
            {
                "loan_account": """
                    account_no | opened_on  | known      | amount_cents
                    3          | 2005-01-01 | 2005-01-01 | 3
                    1          | 2005-01-01 | 2005-02-01 | 1
                    2          | 2005-01-01 | 2005-02-01 | 2
                """
            },
            {"2005-01-31": 3, "2005-02-01": 2},
        )

    def test_latest_is_null_when_the_latest_record_has_no_value(self, expect: Expect) -> None:
        expect(
            loans["institution"].latest(),
            {
                "loan_account": """
                    account_no | opened_on  | institution
                    1          | 2005-01-01 | BANK A
                    2          | 2005-02-01 |
                """
            },
            {"2005-01-15": "BANK A", "2005-02-15": None},
        )

    def test_count_is_zero_when_none_matches_and_null_when_nothing_is_known(
        self, expect: Expect
    ) -> None:
        expect(
            outcomes.count(months=12, where=outcomes["status"].equals("CHARGED_OFF")),
            {
                "loan_outcome": """
                    account_no | outcome_on | status
                    1          | 2005-01-01 | PAID_IN_FULL
                    2          | 2005-03-01 | CHARGED_OFF
                """
            },
            {
                "2005-01-01": None,
                "2005-01-02": 0,
                "2005-03-02": 1,
                "2006-03-01": 1,
                "2006-03-02": 0,
            },
        )

    def test_a_window_may_leave_out_the_last_months(self, expect: Expect) -> None:
        expect(billed.sum(months=2, skip=1), BILLS, {"2005-10-01": 200, "2005-11-01": 100})


class TestExpressions:
    def test_a_quotient_is_null_where_the_divisor_is_zero(self, expect: Expect) -> None:
        expect(
            paid.latest() / billed.latest(),
            {
                "card_repayment": """
                    bill_on    | billed_cents | paid_cents
                    2005-08-31 | 0            | 10
                    2005-09-30 | 40           | 10
                """
            },
            {"2005-09-01": None, "2005-10-01": 0.25},
        )

    def test_industry_sector_merges_the_numbers_of_one_sector(self, expect: Expect) -> None:
        expect(
            call("sector", registrations["industry_code"].latest()),
            {
                "registration": """
                    registered_on | known      | industry_code
                    2005-01-01    | 2005-01-01 | 722410
                    2005-01-01    | 2005-02-01 | 332721
                    2005-01-01    | 2005-03-01 | 492110
                    2005-01-01    | 2005-04-01 |
                """
            },
            {"2005-01-15": "72", "2005-02-15": "31", "2005-03-15": "48", "2005-04-15": None},
        )


# status of the last six months, oldest first | function | numbers | answer
STATUSES: tuple[tuple[str, str, tuple[int, ...], float | None], ...] = (
    ("NN123N", "arrears", (0,), 0),
    ("NN123N", "arrears", (1,), 3),
    ("NN#23N", "arrears", (3,), None),
    ("NN123N", "worst_arrears", (6,), 3),
    ("NN123N", "worst_arrears", (1,), 0),
    ("NN123G", "worst_arrears", (6,), 7),
    ("NN123N", "mean_arrears", (6,), 1),
    ("##123N", "mean_arrears", (6,), 1.5),
    ("NN123N", "months_in_arrears", (6, 1), 3),
    ("NN123N", "months_in_arrears", (6, 2), 2),
    ("###1/N", "months_in_arrears", (3, 1), 1),
    ("NN123N", "months_since_arrears", (6,), 1),
    ("NNN***", "months_since_arrears", (6,), 6),
    ("NN1234", "arrears_streak", (6,), 4),
    ("NN12N4", "arrears_streak", (6,), 1),
    ("####NN", "arrears_streak", (6,), 0),
    ("*NN**N", "months_unused", (6,), 3),
    ("##N**N", "months_unused", (6,), 2),
)


def test_repayment_status(tmp_path: Path) -> None:
    rows = [
        {"subject_id": f"CARD-{number}", "account_no": str(number), "bill_on": date(2005, 9, 30),
         "status_24": "#" * 18 + letters}
        for number, (letters, *_) in enumerate(STATUSES)
    ]  # fmt: skip
    asked = {
        (function, numbers): Feature(
            name=f"asked_{place}", theme="spec", value=call(function, status, *numbers), unit="months",
            direction=0, **TEXTS,
        )
        for place, (function, numbers) in enumerate(dict.fromkeys(case[1:3] for case in STATUSES))
    }  # fmt: skip
    lake = lake_of(tmp_path / "lake", {"card_repayment": rows})
    spine = pd.DataFrame({"subject_id": [row["subject_id"] for row in rows], "as_of": "2005-10-01"})
    found = build(FeatureView("spec", "individual", tuple(asked.values())), lake, spine)
    for number, (letters, function, numbers, answer) in enumerate(STATUSES):
        value = found.loc[number, asked[function, numbers].name]
        assert (None if pd.isna(value) else value) == answer, (letters, function, numbers)


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


class TestWithdrawals:
    """A record that its supplier deletes is seen until the day on which we learned of it."""

    def test_a_withdrawn_record_is_no_longer_seen(self, tmp_path: Path) -> None:
        lake = lake_of(
            tmp_path / "lake",
            {
                "card_repayment": """
                    bill_on    | paid_cents
                    2005-07-31 | 10
                    2005-08-31 | 20
                """
            },
        )
        rows = lake.read("card_repayment").to_pylist()
        first = {
            "account_no": [rows[0]["account_no"]],
            "bill_on": [rows[0]["bill_on"]],
            "_line": [1],
        }
        lake.commit(
            {},
            "f" * 64,
            withdrawals={"card_repayment": pa.table(first)},
            received_on=date(2005, 10, 15),
        )
        value = paid.sum()
        asked = Feature(name="asked", theme="spec", value=value, unit="times", direction=0, **TEXTS)
        view = FeatureView("spec", "enterprise", (asked,))
        days = ["2005-10-14", "2005-10-15"]
        found = build(view, lake, pd.DataFrame({"subject_id": "CARD-1", "as_of": days}))["asked"]
        assert list(found) == [30, 20]
        oracle = Oracle(lake, view.contracts)
        assert [
            oracle.vector(view, "CARD-1", date.fromisoformat(day))["asked"] for day in days
        ] == [30, 20]

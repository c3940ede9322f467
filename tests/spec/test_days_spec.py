"""What counts as of a day: the bounds of days, what was known, and records that were withdrawn.

Each test is a table: what the suppliers sent (`known` is the day on which a row reached us, the event
itself where it is not said; a key that comes again is a correction), and the answers on some days. Every
answer is given by every engine and by the slow reading of the language.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from data_contracts.workspace import Workspace
from features.errors import FeaturesError
from features.expressions import Records
from features.point_in_time import build
from features.view import Feature, FeatureView
from tests.features.lakes import lake_of
from tests.features.oracle import Oracle
from tests.features.tables import TEXTS, Expect, view_of

registrations = Records("registration")
repayments = Records("card_repayment")

paid = repayments["paid_cents"]

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

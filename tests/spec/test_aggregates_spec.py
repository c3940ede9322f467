"""Aggregates over a subject's records, and what is made of their values.

Each test is a table: what the suppliers sent (`known` is the day on which a row reached us, the event
itself where it is not said; a key that comes again is a correction), and the answers on some days. Every
answer is given by every engine and by the slow reading of the language.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from features.expressions import Records, call
from features.point_in_time import build
from features.view import Feature, FeatureView
from tests.features.lakes import lake_of
from tests.features.tables import TEXTS, Expect

registrations = Records("registration")
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

"""One exposure per group, flags with their approval, and defaults of neighbours: hand-worked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from features.relations.exposure import group_table
from features.relations.risk import default_weight, defaulted, neighbours
from features.relations.show import day_number
from tests.features.relations.village import (
    BEFORE,
    DAY,
    bill,
    firm,
    hold,
    known,
    lead,
    notice,
    on,
    person,
    vouch,
)

A, B, C, D = (firm(name) for name in "ABCD")
P = person(1)
MAY, JUNE = date(2021, 5, 31), date(2021, 6, 30)


def table(history, day=DAY, kind="risk"):  # type: ignore[no-untyped-def]
    return group_table(history, on(history, day), day_number(day), kind)


def test_a_group_has_one_exposure(tmp_path: Path) -> None:
    history = known(
        tmp_path,
        shareholder=[hold(P, A, 0.6), hold(A, B, 0.6)],
        guarantee=[vouch(B, C, 700), vouch(A, B, 50), vouch(B, D, 9, currency="USD")],
        credit_month=[
            bill(A, "1", MAY, 1_000, limit_cents=1_500),
            bill(A, "1", JUNE, 900, limit_cents=1_500),
            bill(B, "2", JUNE, 200, limit_cents=200, overdue_cents=5),
            bill(B, "3", JUNE, 5_000, account_status="3"),
            bill(B, "4", JUNE, -30),
            bill(B, "5", JUNE, 77, currency="USD"),
            bill(P, "6", JUNE, 40),
            bill(C, "7", JUNE, 8_000),
        ],
    )
    row = table(history, kind="control").iloc[0].to_dict()

    assert row["group_id"] == A
    assert (row["members"], row["firms"], row["persons"]) == (3, 2, 1)
    assert (row["balance_cents"], row["persons_balance_cents"]) == (1_140, 40)
    assert (row["limit_cents"], row["unused_cents"]) == (1_700, 600)
    assert (row["overdue_balance_cents"], row["guaranteed_out_cents"]) == (200, 700)
    assert row["foreign_accounts"] == 1
    assert table(history).iloc[0]["balance_cents"] == 9_140


def test_a_balance_is_that_of_the_newest_bill_that_was_known(tmp_path: Path) -> None:
    history = known(
        tmp_path,
        shareholder=[hold(A, B, 0.6)],
        credit_month=[
            bill(A, "1", MAY, 100),
            bill(A, "1", MAY, 150, known=date(2021, 6, 10)),
            bill(A, "1", JUNE, 80, known=date(2021, 7, 20)),
        ],
    )

    balances = {
        day: table(history, day).iloc[0]["balance_cents"]
        for day in (MAY, date(2021, 6, 1), date(2021, 6, 10), date(2021, 7, 19), date(2021, 7, 20))
    }
    assert list(balances.values()) == [0, 100, 150, 150, 80]


def test_a_withdrawn_bill_gives_way_to_the_one_before_it(tmp_path: Path) -> None:
    history = known(
        tmp_path,
        shareholder=[hold(A, B, 0.6)],
        credit_month=[
            bill(A, "1", MAY, 100),
            bill(A, "1", JUNE, 80),
            bill(A, "1", JUNE, 80, known=date(2021, 7, 20), withdrawn=True),
        ],
    )

    days = (JUNE, date(2021, 7, 1), date(2021, 7, 19), date(2021, 7, 20))
    assert [table(history, day).iloc[0]["balance_cents"] for day in days] == [100, 80, 80, 100]


def test_amounts_beyond_what_floats_hold_are_summed_exactly(tmp_path: Path) -> None:
    big = 2**53
    history = known(
        tmp_path,
        shareholder=[hold(A, B, 0.6)],
        credit_month=[bill(A, "1", JUNE, big), bill(B, "2", JUNE, 1)],
    )

    assert table(history).iloc[0]["balance_cents"] == big + 1


def test_only_an_approved_notice_that_stands_flags_the_whole_group(tmp_path: Path) -> None:
    history = known(
        tmp_path,
        shareholder=[hold(A, B, 0.6), hold(C, D, 0.6)],
        client_risk_notice=[
            notice(A, "N1", False),
            notice(A, "N1", True, known=date(2021, 6, 1)),
            notice(B, "N2", True, kind="multiple_lenders"),
            notice(C, "N3", False),
            notice(D, "N4", True, ended_on=date(2021, 8, 31)),
        ],
    )

    def marks(day: date) -> dict[str, tuple[bool, tuple[str, ...], tuple[str, ...]]]:
        rows = table(history, day).to_dict("records")
        return {r["group_id"]: (r["high_risk"], r["notices"], r["pending_notices"]) for r in rows}

    assert marks(date(2021, 5, 31)) == {A: (False, (), ("N1",)), C: (True, ("N4",), ("N3",))}
    assert marks(date(2021, 8, 31)) == {A: (True, ("N1",), ()), C: (True, ("N4",), ("N3",))}
    assert marks(date(2021, 9, 1))[C] == (False, (), ("N3",))


def test_a_default_is_a_bad_class_90_days_overdue_or_a_charge_off_within_24_months(
    tmp_path: Path,
) -> None:
    history = known(
        tmp_path,
        credit_month=[
            bill(A, "1", JUNE, 5, five_class="3"),
            bill(B, "2", JUNE, 5, overdue_91_180_cents=1),
            bill(C, "3", JUNE, 5, five_class="2", overdue_61_90_cents=1),
            bill(D, "4", JUNE, 5, five_class="4", account_status="3"),
        ],
        loan_outcome=[
            {"account_no": "9", "subject_id": P, "status": "CHARGED_OFF", "outcome_on": BEFORE},
        ],
    )

    def bad(day: date) -> set[str]:
        return {history.ids[c].as_py() for c in np.flatnonzero(defaulted(history, day_number(day)))}

    assert bad(JUNE) == {P}
    assert bad(date(2021, 7, 1)) == {A, B, P}
    assert bad(date(2022, 1, 1)) == {A, B, P}
    assert bad(date(2022, 1, 2)) == {A, B}  # 24 months after 2020-01-01 are over
    assert bad(date(2023, 6, 30)) == {A, B}
    assert bad(date(2023, 7, 1)) == set()


def test_neighbours_defaults_are_weighted_and_never_the_subjects_own(tmp_path: Path) -> None:
    # A holds B (weight 1), A and C share P (0.5), A guarantees D (0.8). B and D defaulted, and A itself.
    history = known(
        tmp_path,
        shareholder=[hold(A, B, 0.6)],
        key_person=[lead(P, A), lead(P, C)],
        guarantee=[vouch(A, D)],
        credit_month=[bill(who, who, JUNE, 5, five_class="5") for who in (A, B, D)],
    )
    near = neighbours(on(history), history.firms, history.settings)
    weight = default_weight(near, defaulted(history, day_number(DAY)))
    found = {history.ids[c].as_py(): round(float(weight[c]), 6) for c in range(len(history))}

    # A: (1 + .8) / (1 + .5 to C + .5 to P + .8); B: A alone; C: A .5 of A and P; P: A of A and C
    assert found == {A: round(1.8 / 2.8, 6), B: 1.0, C: 0.5, D: 1.0, P: 0.5}

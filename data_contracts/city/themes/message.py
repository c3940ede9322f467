"""The credit message: segment A of every account and month, borrowers (B, C, D), guarantors (E)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.city.city import City
from data_contracts.city.digits import texts
from data_contracts.city.generic import Piece
from data_contracts.city.lenders import ARCHETYPES, BULLET, INTEREST
from data_contracts.city.population import ENTERPRISE, FARMER, INDIVIDUAL
from data_contracts.city.repayment import month_of_loans
from data_contracts.city.themes.cards import card_months
from data_contracts.city.themes.lending import account_no, day_of_month, lender_items
from data_contracts.city.themes.shape import Builder, at, chosen, serials, whole


def _months(city: City) -> Iterator[Piece]:
    """Segment A of every living loan, month by month; then of the cards."""
    loans, found = city.loans, city.applications
    for month in range(city.settings.months):
        rows, made = month_of_loans(city.settings, loans, month)
        if not len(rows):
            continue
        subject, of = loans.subject[rows], loans.row[rows]
        archetype = found.archetype[of]
        state = np.select(
            [made["settled"], made["called"], made["overdue_periods"] > 0], [2, 3, 1], 0
        )
        frequency = loans.frequency[rows]
        fill = np.select([frequency == BULLET, frequency == INTEREST], [1, 2], 0)
        opened_day = day_of_month(loans.opened[rows])
        overdue = made["overdue_periods"]
        # The last month in which something was paid; before the first payment, the opening day.
        back = np.where(frequency == BULLET, made["after"], np.minimum(overdue, made["after"]))
        back = np.where(
            made["settled"], 0, np.where(overdue > 0, _unpaid_months(city, rows, month), back)
        )
        last_paid = city.settings.days(month - back, opened_day)
        months_overdue = np.where(overdue > 0, _unpaid_months(city, rows, month), 0)
        five = np.select(
            [made["called"], months_overdue >= 13, months_overdue >= 10, months_overdue >= 4,
             months_overdue >= 1],
            [4, 4, 3, 2, 1], 0,
        )  # fmt: skip
        kind = city.population.kind[subject]
        due = made["due_on"]
        yield {
            "_i": subject,
            "_known": np.maximum(made["bill_on"], city.settings.days(month, 99)) + 5,
            **lender_items(city, found.lender[of]),
            "business": at("1", np.zeros(len(rows))),
            "account_no": account_no(of),
            "contract_no": serials("HT", of),
            "account_type": at("D1 R1", frequency == INTEREST),
            "business_detail": at("41 41 51 91", kind),
            "opened_on": loans.opened[rows],
            "due_on": due,
            "bill_on": made["bill_on"],
            "last_payment_on": last_paid,
            "limit_cents": loans.amount[rows],
            "shared_limit_cents": np.zeros(len(rows), dtype=np.int64),
            "largest_debt_cents": loans.amount[rows],
            "guarantee_kind": pa.array([one.guarantee for one in ARCHETYPES]).take(
                pa.array(archetype)
            ),
            "frequency": pa.array(frequency.astype(object)),
            "months_total": _filled(loans.term[rows], fill),
            "months_left": _filled(made["left"], fill),
            "agreed_periods": _filled(loans.term[rows], fill),
            "agreed_cents": made["scheduled_cents"],
            **{name: made[name] for name in made if name.endswith("_cents")},
            "overdue_periods": overdue,
            "overdue_count": made["overdue_count"],
            "max_overdue_periods": made["max_overdue_periods"],
            "five_class": at("1 2 3 4 5", five),
            "account_status": at("1 2 3 4", state),
            "status_24": texts(loans.histories.status(rows, made["after"])),
            "owner_flag": at("1 2", made["opening"]),
            "format_generation": np.ones(len(rows), dtype=np.int64),
        }
    yield from card_months(city)


def _unpaid_months(city: City, rows: np.ndarray, month: int) -> np.ndarray:
    """Months since the last payment, for loans in arrears: those overdue and those since maturity."""
    loans = city.loans
    after = month - loans.month[rows]
    overdue = loans.histories.overdue[rows, after].astype(np.int64)
    unpaid = overdue + np.maximum(after - loans.term[rows], 0)
    return np.asarray(np.where(loans.frequency[rows] == BULLET, after, unpaid))


def _filled(numbers: np.ndarray, fill: np.ndarray) -> pa.Array:
    """Three digits, or the letter of the repayment: O once, U irregular."""
    digits = serials("", numbers, 3)
    return pc.if_else(pa.array(fill == 0), digits, at("O O U", fill))


def _borrowers(city: City) -> Iterator[Piece]:
    """Segments B, C and D with the first report of each person's account."""
    loans, found, people = city.loans, city.applications, city.population
    mine = np.flatnonzero(people.kind[loans.subject] != ENTERPRISE)
    if not len(mine):
        mine = np.arange(min(1, len(loans)))
    if not len(mine):
        return
    subject, of = loans.subject[mine], loans.row[mine]
    person = people.person[subject]
    count = len(mine)
    nothing = pa.nulls(count, pa.string())
    rng = city.random("theme", "borrower")
    yield {
        "_i": subject,
        "_whole": True,  # GL-03: the first report carries all three segments
        **lender_items(city, found.lender[of]),
        "business": at("1", np.zeros(count)),
        "account_no": account_no(of),
        "reported_on": city.settings.days(loans.month[mine], 99),
        "id_kind": at("0", np.zeros(count)),
        "other_id_hmac": nothing,
        "other_id_masked": nothing,
        "sex": at("1 2", people.persons.female[person]),
        "birth_on": people.persons.birth[person],
        "marital_status": chosen(rng, count, "10 90", [7, 3]),
        "spouse_id_hmac": nothing,
        "spouse_id_kind": nothing,
        "spouse_id_masked": nothing,
        "annual_income_cents": whole(people.revenue_cents[subject] * 0.3),
        "employed_since_year": np.full(count, 2015),
    }


def _guarantors(city: City) -> Iterator[Piece]:
    """Segment E: a person who guarantees a loan that is secured in part by a guarantee."""
    loans, found, people = city.loans, city.applications, city.population
    backed = np.array([one.guarantee in ("5", "7") for one in ARCHETYPES])[
        found.archetype[loans.row]
    ]
    mine = np.flatnonzero(backed)
    if not len(mine):
        mine = np.arange(min(1, len(loans)))
    if not len(mine):
        return
    others = people.rows(FARMER, INDIVIDUAL)
    rng = city.random("theme", "guarantor")
    chosen_rows = others[rng.integers(0, len(others), len(mine))]
    same = chosen_rows == loans.subject[mine]
    chosen_rows[same] = others[(np.searchsorted(others, chosen_rows[same]) + 1) % len(others)]
    of = loans.row[mine]
    yield {
        "_i": chosen_rows,
        **lender_items(city, found.lender[of]),
        "business": at("1", np.zeros(len(mine))),
        "account_no": account_no(of),
        "reported_on": city.settings.days(loans.month[mine], 99),
        "guarantor_no": np.ones(len(mine), dtype=np.int64),
        "name_masked": _masked_names(city, chosen_rows),
        "id_kind": at("0", np.zeros(len(mine))),
        "id_no_hmac": people.persons.sealed.take(pa.array(people.person[chosen_rows])),
        "amount_cents": loans.amount[mine],
        "state": at("1", np.zeros(len(mine))),
    }


def _masked_names(city: City, rows: np.ndarray) -> pa.Array:
    people = city.population
    whole_names = people.persons.name.take(pa.array(people.person[rows]))
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(whole_names, 0, 1), "**", "")


BUILDERS: dict[str, Builder] = {
    "credit_month": _months,
    "borrower": _borrowers,
    "guarantor": _guarantors,
}

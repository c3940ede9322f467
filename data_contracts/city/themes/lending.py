"""Credit as lenders report it: applications, decisions, loans, their months, outcomes and enquiries."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.city.city import City
from data_contracts.city.credit import NEVER
from data_contracts.city.generic import Piece
from data_contracts.city.lenders import ARCHETYPES, LENDERS
from data_contracts.city.repayment import LPR
from data_contracts.city.themes.cards import card_outcomes
from data_contracts.city.themes.shape import Builder, at, happened, last_day, serials, whole

SHOPPING, SHOPPING_SLOPE = 0.6, 0.7
"""Enquiries a year beside those of applications, and how they fall with activity (ours)."""

GUARANTEE_NAMES = {
    "1": "pledge",
    "2": "mortgage",
    "4": "credit",
    "5": "mixed",
    "7": "joint_households",
}


def application_no(rows: np.ndarray) -> pa.Array:
    """Numbers of applications, by their rows."""
    return serials("SQ", rows)


def account_no(rows: np.ndarray) -> pa.Array:
    """Numbers of loans, by the rows of their applications."""
    return serials("DK", rows)


def lender_items(city: City, lender: np.ndarray) -> Piece:
    """Name, code and region of lenders, by their rows."""
    names, codes = pa.array(city.lenders.name), pa.array(city.lenders.code)
    rows = pa.array(lender)
    return {
        "_lender": lender,
        "institution": names.take(rows),
        "institution_code": codes.take(rows),
        "institution_region": pa.array(list(city.lenders.regions)).take(rows),
    }


def _product(archetype: np.ndarray, lender: np.ndarray) -> Piece:
    codes = pa.array([one.code for one in ARCHETYPES]).take(pa.array(archetype))
    guarantee = pa.array([GUARANTEE_NAMES[one.guarantee] for one in ARCHETYPES])
    programme = pa.array([one.programme for one in ARCHETYPES])
    return {
        "product_id": pc.binary_join_element_wise(codes, serials("", lender + 1, 2), "-"),
        "product_version": np.ones(len(lender), dtype=np.int64),
        "guarantee_kind": guarantee.take(pa.array(archetype)),
        "programme": programme.take(pa.array(archetype)),
        "group_application_no": pa.nulls(len(lender), pa.string()),
    }


def _applications(city: City) -> Iterator[Piece]:
    found = city.applications
    if not len(found):
        return
    rng = city.random("theme", "loan_application")
    employees = city.population.employees[found.subject]
    yield {
        "_i": found.subject,
        "_known": found.applied + 1,
        **lender_items(city, found.lender),
        **_product(found.archetype, found.lender),
        "application_no": application_no(np.arange(len(found))),
        "amount_cents": found.asked,
        "guaranteed_cents": np.where(found.secured, whole(found.asked * 0.8), 0),
        "jobs_created": rng.poisson(np.minimum(employees * 0.05, 50)),
        "jobs_retained": np.minimum(employees, 1_000_000),
        "applied_on": found.applied,
        "purpose": _purpose(city, found.subject),
        "term_months": found.term,
        "rate_bp": (LPR + np.maximum(found.spread, -LPR + 1)).astype(np.int64),
    }


def _purpose(city: City, rows: np.ndarray) -> pa.Array:
    return at("working_capital working_capital farming consumption", city.population.kind[rows])


def _decisions(city: City) -> Iterator[Piece]:
    found = city.applications
    count = len(found)
    if not count:
        return
    lost = ~found.approved
    yield {
        "_i": found.subject,
        "_known": found.decided + 1,
        **lender_items(city, found.lender),
        **_product(found.archetype, found.lender),
        "decision_no": serials("JD", np.arange(count)),
        "application_no": application_no(np.arange(count)),
        "decision": at("approved rejected", lost),
        "amount_cents": (found.offered, lost),
        "term_months": (found.term, lost),
        "rate_bp": ((LPR + np.maximum(found.spread, -LPR + 1)).astype(np.int64), lost),
        "guarantee_kinds": pa.array([GUARANTEE_NAMES[one.guarantee] for one in ARCHETYPES]).take(
            pa.array(found.archetype)
        ),
        "reasons": (at("LOW_ACTIVITY", np.zeros(count)), ~lost),
        "decided_on": found.decided,
        "valid_until": (found.decided + 30, lost),
    }


def _accounts(city: City) -> Iterator[Piece]:
    loans, found = city.loans, city.applications
    if not len(loans):
        return
    rows = loans.row
    secured = found.secured[rows]
    yield {
        "_i": loans.subject,
        "_known": loans.opened + 1,
        **lender_items(city, found.lender[rows]),
        **_product(found.archetype[rows], found.lender[rows]),
        "account_no": account_no(rows),
        "application_no": application_no(rows),
        "amount_cents": loans.amount,
        "guaranteed_cents": np.where(secured, whole(loans.amount * 0.8), 0),
        "opened_on": loans.opened,
        "purpose": _purpose(city, loans.subject),
        "term_months": loans.term,
        "due_on": _due(city),
        "rate_bp": (LPR + np.maximum(found.spread[rows], -LPR + 1)).astype(np.int64),
    }


def day_of_month(days: np.ndarray) -> np.ndarray:
    """Day of the month, from 1, of days since 1970."""
    day = days.astype("M8[D]")
    return np.asarray((day - day.astype("M8[M]")).astype(np.int64) + 1)


def _due(city: City) -> np.ndarray:
    loans = city.loans
    return city.settings.days(loans.month + loans.term, day_of_month(loans.opened))


def _disbursements(city: City) -> Iterator[Piece]:
    loans, found = city.loans, city.applications
    if not len(loans):
        return
    rows = loans.row
    yield {
        "_i": loans.subject,
        "_known": loans.opened + 1,
        **lender_items(city, found.lender[rows]),
        "disbursement_no": serials("FK", rows),
        "account_no": account_no(rows),
        "application_no": application_no(rows),
        "amount_cents": loans.amount,
        "rate_bp": (LPR + np.maximum(found.spread[rows], -LPR + 1)).astype(np.int64),
        "purpose": _purpose(city, loans.subject),
        "disbursed_on": loans.opened,
        "due_on": _due(city),
    }


def outcome(city: City) -> tuple[np.ndarray, np.ndarray]:
    """Place in (CHARGED_OFF, PAID_IN_FULL, PERFORMING) of each loan on the day of the extract, and its day."""
    loans, settings = city.loans, city.settings
    day, end = day_of_month(loans.opened), last_day(city)
    called = settings.days(loans.month + np.minimum(loans.default_after, 600), day)
    paid = settings.days(loans.month + np.minimum(loans.settled_after, 600), day)
    lost = (loans.default_after < NEVER) & (called <= end)
    done = (loans.settled_after < NEVER) & (paid <= end)
    place = np.select([lost, done], [0, 1], 2)
    return place, np.select([lost, done], [called, paid], end)


def _outcomes(city: City) -> Iterator[Piece]:
    loans, found = city.loans, city.applications
    if len(loans):
        place, day = outcome(city)
        yield {
            "_i": loans.subject,
            "_known": day,
            **lender_items(city, found.lender[loans.row]),
            "account_no": account_no(loans.row),
            "status": at("CHARGED_OFF PAID_IN_FULL PERFORMING", place),
            "outcome_on": day,
            "loss_cents": (whole(loans.amount * 0.45), place != 0),
        }
    yield from card_outcomes(city)


def _enquiries(city: City) -> Iterator[Piece]:
    found = city.applications
    yield {
        "_i": found.subject,
        **lender_items(city, found.lender),
        "enquiry_no": serials("CX", np.arange(len(found))),
        "asked_by": pa.array(city.lenders.name).take(pa.array(found.lender)),
        "purpose": at("LOAN_APPROVAL", np.zeros(len(found))),
        "answered": np.ones(len(found), dtype=bool),
        "refusal": pa.nulls(len(found), pa.string()),
        "enquired_on": found.applied,
    }
    # Whoever is short of money asks around; not every enquiry becomes an application.
    rng = city.random("theme", "credit_enquiry")
    rows, days = happened(city, rng, np.arange(len(city.population)), SHOPPING, SHOPPING_SLOPE)
    yield {
        "_i": rows,
        **lender_items(city, rng.integers(0, LENDERS, len(rows))),
        "enquiry_no": serials("CX-S", np.arange(len(rows))),
        "purpose": at("LOAN_APPROVAL", np.zeros(len(rows))),
        "answered": np.ones(len(rows), dtype=bool),
        "refusal": pa.nulls(len(rows), pa.string()),
        "enquired_on": days,
    }


def _multi_lending(city: City) -> Iterator[Piece]:
    """Small lenders' platforms see some of the applications with their decisions, and the arrears that follow.

    Arrears are records of their own, known when they happen: a decision that they took the place of would tell
    by its absence, on the day of the loan, that the loan will go bad.
    """
    found = city.applications
    rng = city.random("theme", "multi_lending")
    rows = np.flatnonzero(rng.random(len(found)) < 0.3)
    rows = rows if len(rows) else np.arange(min(1, len(found)))
    if not len(rows):
        return
    lag = rng.integers(0, 3, len(rows))
    decided = found.decided[rows]
    yield {
        "_i": found.subject[rows],
        "record_no": serials("WD", rows),
        "event_kind": at("rejected approved", found.approved[rows].astype(int)),
        "occurred_on": decided,
        "ended_on": decided,
        "amount_cents": found.asked[rows],
        "overdue_days": np.zeros(len(rows), dtype=int),
        "_known": decided + lag,
    }
    bad = (found.default_after[rows] < NEVER) & found.approved[rows] & found.accepted[rows]
    arrears = city.settings.days(
        found.month[rows] + np.minimum(found.default_after[rows] - 1, 500), 20
    )
    bad &= arrears <= int(city.settings.days(city.settings.months - 1, 99))
    if not bad.any():
        return
    yield {
        "_i": found.subject[rows][bad],
        "record_no": serials("WD-O", rows[bad]),
        "event_kind": at("overdue", np.zeros(int(bad.sum()))),
        "occurred_on": arrears[bad],
        "ended_on": (arrears[bad], np.ones(int(bad.sum()), dtype=bool)),
        "amount_cents": found.asked[rows][bad],
        "overdue_days": np.full(int(bad.sum()), 60),
        "_known": arrears[bad] + lag[bad],
    }


def _collateral(city: City) -> Iterator[Piece]:
    loans, found, people = city.loans, city.applications, city.population
    mortgage = np.array([one.guarantee in ("1", "2") for one in ARCHETYPES])[
        found.archetype[loans.row]
    ]
    mine = np.flatnonzero(mortgage)
    mine = mine if len(mine) else np.arange(min(1, len(loans)))
    if not len(mine):
        return
    of, subject = loans.row[mine], loans.subject[mine]
    appraised = whole(loans.amount[mine] * 1.5)
    yield {
        "_i": subject,
        **lender_items(city, found.lender[of]),
        "collateral_no": serials("DB", of),
        "borrower_id": people.subject_id.take(pa.array(subject)),
        "account_no": account_no(of),
        "appraised_cents": appraised,
        "appraised_on": loans.opened[mine] - 20,
        "ltv_bp": np.full(len(mine), 6667),
        "secured_cents": loans.amount[mine],
        "registered_on": loans.opened[mine],
        "released_on": (loans.opened[mine], np.ones(len(mine), dtype=bool)),
    }


BUILDERS: dict[str, Builder] = {
    "loan_application": _applications,
    "credit_decision": _decisions,
    "loan_account": _accounts,
    "disbursement": _disbursements,
    "loan_outcome": _outcomes,
    "credit_enquiry": _enquiries,
    "multi_lending": _multi_lending,
    "collateral": _collateral,
}

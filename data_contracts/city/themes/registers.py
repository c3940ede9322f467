"""Registers: what enterprises, farmers and persons are, what they own and what they were granted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.city.city import City
from data_contracts.city.generic import Piece
from data_contracts.city.places import AREAS
from data_contracts.city.population import FARMER, INDIVIDUAL, SOLE_TRADER
from data_contracts.city.themes.shape import Builder, at, chosen, events, serials, whole

FIRMS = ("enterprise", "sole_trader")


def size_class(employees: np.ndarray) -> np.ndarray:
    """Place in (large, medium, small, micro) by employees alone, as for industries without a row of their own."""
    return np.select([employees >= 300, employees >= 100, employees >= 10], [0, 1, 2], 3)


def _registration(city: City) -> Iterator[Piece]:
    people, settings = city.population, city.settings
    rows = people.firms
    # The register tells each subject's first entry within reach: new firms when they are founded.
    entered = np.maximum(people.founded[rows], settings.days(0) - 400)
    rng = city.random("theme", "registration")
    employees = people.employees[rows]
    capital = whole(people.revenue_cents[rows] * 0.3 * np.exp(rng.normal(0, 0.6, len(rows))))
    sole = people.kind[rows] == SOLE_TRADER
    area = pa.array(people.area[rows])
    yield {
        "_i": rows,
        "_known": entered + 1,
        "industry_scheme": at("GBT4754", np.zeros(len(rows))),
        "industry_code": people.industry_codes().take(pa.array(rows)),
        "postal_code": pa.array([post for _, post, _ in AREAS]).take(area),
        "employees": employees,
        "new_business": entered - people.founded[rows] < 2 * 365,
        "franchise": rng.random(len(rows)) < 0.04,
        "urban": at("urban rural", rng.random(len(rows)) < 0.2),
        "registered_on": entered,
        "name": people.name.take(pa.array(rows)),
        "uscc": people.uscc.take(pa.array(rows)),
        "organisation_code": people.organisation_code.take(pa.array(rows)),
        "registration_no": people.registration_no.take(pa.array(rows)),
        "legal_form": at(
            "limited cooperative sole_trader",
            np.where(people.cooperative[rows], 1, np.where(sole, 2, 0)),
        ),
        "registered_capital_cents": capital,
        "paid_in_capital_cents": whole(capital * rng.uniform(0.2, 1, len(rows))),
        "established_on": people.founded[rows],
        "term_ends_on": people.founded[rows] + 365 * 30,
        "status": at("active", np.zeros(len(rows))),
        "status_on": entered,
        "size_class": at("large medium small micro", size_class(employees)),
    }


def _person(city: City) -> Iterator[Piece]:
    people, settings = city.population, city.settings
    rows = people.rows(INDIVIDUAL)
    person = people.person[rows]
    rng = city.random("theme", "person")
    seen = np.full(len(rows), int(settings.days(0)) - 30)
    yield {
        "_i": rows,
        "sex": at("male female", people.persons.female[person]),
        "age": ((seen - people.persons.birth[person]) / 365.25).astype(np.int64),
        "education": chosen(
            rng, len(rows), "graduate_school university high_school other", [1, 4, 4, 1]
        ),
        "marital_status": chosen(rng, len(rows), "married single other", [6, 3, 1]),
        "observed_on": seen,
        "_known": seen + 1,
    }


def _farm_entity(city: City) -> Iterator[Piece]:
    people = city.population
    rows = np.flatnonzero((people.kind == FARMER) | people.cooperative)
    coop = people.cooperative[rows]
    rng = city.random("theme", "farm_entity")
    yield {
        "_i": rows,
        "list_code": at("credit_files cooperatives", coop),
        "entry_no": serials("NH", rows),
        "published_on": np.maximum(people.founded[rows] + 60, int(city.settings.days(0)) - 300),
        "kind": at("household cooperative", coop),
        "branch": at("crops livestock", people.industry[rows]),
        "yearly_output": np.round(
            people.revenue_cents[rows] / 1e6 * rng.uniform(0.8, 1.2, len(rows)), 1
        ),
        "village_verified": rng.random(len(rows)) < 0.85,
    }


def _farm_land(city: City) -> Iterator[Piece]:
    people = city.population
    rows = np.flatnonzero((people.kind == FARMER) | people.cooperative)
    rng = city.random("theme", "farm_land")
    since = np.maximum(people.founded[rows] + 30, int(city.settings.days(0)) - 700)
    yield {
        "_i": rows,
        "right_no": serials("TDCB", rows),
        "area_mu": np.round(np.exp(rng.normal(2.2, 0.7, len(rows))), 1),
        "since_on": since,
        "until_on": since + 365 * 20,
        "mortgaged": rng.random(len(rows)) < 0.05,
    }


def _subsidy(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    years = days.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
    return {
        "kind": chosen(rng, len(rows), "land machinery grain livestock", [5, 1, 3, 1]),
        "year": years,
        "granted_on": days,
        "amount_cents": rng.integers(5, 80, len(rows)) * 10_000,
    }


def _real_estate(city: City) -> Iterator[Piece]:
    people = city.population
    rng = city.random("theme", "real_estate")
    share = np.array([0.35, 0.25, 0.5, 0.6])[people.kind]
    rows = np.flatnonzero(rng.random(len(people)) < share)
    first = int(city.settings.days(0))
    bought = np.minimum(np.maximum(people.founded[rows], first - 2500) + rng.integers(30, 900, len(rows)),
                        int(city.settings.days(city.settings.months - 1)))  # fmt: skip
    price = whole(np.exp(rng.normal(18.4, 0.6, len(rows))))
    yield {
        "_i": rows,
        "record_no": serials("BDC", rows),
        "acquired_on": np.maximum(bought, people.founded[rows]),
        "kind": at("plant shop house house", people.kind[rows]),
        "area_m2": np.round(price / 1_500_000, 1),
        "price_cents": price,
        "appraised_cents": whole(price * rng.uniform(0.9, 1.4, len(rows))),
        "owner_share": np.where(rng.random(len(rows)) < 0.8, 1.0, 0.5),
        "disposed_on": (bought, np.ones(len(rows), dtype=bool)),
    }


def _encumbrance(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    released = days + rng.integers(200, 1200, len(rows))
    return {
        "record_no": serials("BDC", rows),
        "document_no": serials("DY", np.arange(len(rows))),
        "entered_on": days,
        "secured_cents": whole(np.exp(rng.normal(18.0, 0.6, len(rows)))),
        "released_on": (released, released > int(city.settings.days(city.settings.months + 11))),
    }


def _patent(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    return {
        "patent_no": serials("CN-XQ", np.arange(len(rows))),
        "kind": chosen(rng, len(rows), "invention utility design", [3, 5, 2]),
        "applied_on": days,
        "granted_on": (days + 500, rng.random(len(rows)) < 0.5),
        "status": chosen(rng, len(rows), "pending valid lapsed", [5, 5, 1]),
        "pledged_on": (days + 600, np.ones(len(rows), dtype=bool)),
        "released_on": (days + 700, np.ones(len(rows), dtype=bool)),
    }


def _trademark(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    return {
        "trademark_no": serials("", np.arange(len(rows)) + 90_000_000, 8),
        "nice_class": rng.integers(1, 46, len(rows)),
        "applied_on": days,
        "status": chosen(rng, len(rows), "pending valid", [4, 6]),
        "pledged_on": (days + 600, np.ones(len(rows), dtype=bool)),
        "released_on": (days + 700, np.ones(len(rows), dtype=bool)),
    }


def _permits(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    return {
        "licence_no": serials("模拟许可第", np.arange(len(rows))),
        "decided_on": days,
        "valid_from": days + 1,
        "valid_until": days + 365 * 3,
    }


def _procurement(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    amount = whole(
        city.population.revenue_cents[rows] * 0.08 * np.exp(rng.normal(0, 0.6, len(rows)))
    )
    return {
        "contract_no": serials("模拟采合第", np.arange(len(rows))),
        "amount_cents": amount,
        "received_cents": whole(amount * rng.random(len(rows))),
        "signed_on": days,
        "published_on": days + 5,
        "performed_by": days + 180,
        "payment_by": days + 240,
        "assigned": rng.random(len(rows)) < 0.02,
        "breached": rng.random(len(rows)) < 0.01,
    }


CONSENTED = "income;deposit;securities;insurance;real_estate;tax_amount"
"""What needs a written consent (REG-03)."""


def _consent(city: City) -> Iterator[Piece]:
    """Everybody's consent to everything, before the first record: the city is a teaching example."""
    people = city.population
    rows = np.arange(len(people))
    granted = np.minimum(people.founded[rows], int(city.settings.days(0)) - 800)
    firm = serials("CN-", rows, 8)
    yield {
        "_i": rows,
        "consent_no": pc.coalesce(city.consent_no, firm),
        "kind": at("written", np.zeros(len(rows))),
        "legal_basis": at("consent", np.zeros(len(rows))),
        "recipient": at("PLATFORM", np.zeros(len(rows))),
        "item_classes": pa.array([CONSENTED], pa.string()).take(pa.array(np.zeros(len(rows), int))),
        "adverse_notice": np.ones(len(rows), dtype=bool),
        "granted_on": granted,
        "_known": granted,
        "valid_until": (granted, np.ones(len(rows), dtype=bool)),
        "revoked_on": (granted, np.ones(len(rows), dtype=bool)),
    }


BUILDERS: dict[str, Builder] = {
    "registration": _registration,
    "person": _person,
    "farm_entity": _farm_entity,
    "farm_land": _farm_land,
    "farm_subsidy": events("farm_subsidy", ("farmer",), 0.5, 0.0, _subsidy),
    "real_estate": _real_estate,
    "real_estate_encumbrance": events(
        "real_estate_encumbrance", (*FIRMS, "individual"), 0.04, 0.1, _encumbrance
    ),
    "patent": events("patent", ("enterprise",), 0.06, -0.2, _patent),
    "trademark": events("trademark", FIRMS, 0.05, -0.1, _trademark),
    "licence": events("licence", FIRMS, 0.12, 0.0, _permits),
    "procurement_contract": events(
        "procurement_contract", ("enterprise",), 0.05, -0.3, _procurement
    ),
    "consent": _consent,
}

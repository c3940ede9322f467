"""Adverse events: the likelier, the worse a subject is doing. Rates and slopes are ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.city.city import City
from data_contracts.city.generic import Piece
from data_contracts.city.themes.shape import (
    Builder,
    at,
    chosen,
    ended,
    events,
    happened,
    last_day,
    serials,
    whole,
)

FIRMS = ("enterprise", "sole_trader")
ANYONE = (*FIRMS, "farmer", "individual")

RATES: dict[str, tuple[tuple[str, ...], float, float, str, str, float]] = {
    # contract: whom, events a year, slope on activity, event, end, mean days until the end
    "registration_change": (FIRMS, 0.15, 0.1, "changed_on", "ended_on", 300),
    "abnormal_operation": (FIRMS, 0.030, 0.9, "published_on", "removed_on", 300),
    "serious_violation": (FIRMS, 0.003, 1.1, "published_on", "removed_on", 900),
    "inspection": (FIRMS, 0.20, 0.2, "inspected_on", "rectified_on", 40),
    "penalty": ((*FIRMS, "farmer"), 0.080, 0.9, "decided_on", "ends_on", 200),
    "compulsory_measure": (FIRMS, 0.008, 0.9, "decided_on", "lifted_on", 120),
    "dishonest_debtor": (ANYONE, 0.006, 1.2, "published_on", "removed_on", 500),
    "enforcement": (ANYONE, 0.035, 1.2, "filed_on", "closed_on", 300),
    "court_case": (ANYONE, 0.150, 0.9, "announced_on", "closed_on", 200),
    "tax_arrears": (FIRMS, 0.020, 1.0, "published_on", "cleared_on", 200),
    "tax_violation": (FIRMS, 0.003, 1.0, "published_on", "ended_on", 900),
    "social_security_arrears": (FIRMS, 0.040, 1.0, "since_on", "cleared_on", 150),
    "wage_arrears": (FIRMS, 0.008, 1.2, "listed_on", "cleared_on", 200),
    "client_risk_notice": (("enterprise",), 0.004, 1.2, "notified_on", "ended_on", 300),
}


def _builder(name: str) -> Builder:
    kinds, rate, slope, event, end, mean = RATES[name]

    def make(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
        piece: Piece = {event: days, end: ended(rng, days, mean, last_day(city))}
        own = _OWN.get(name)
        if own is not None:
            piece |= own(city, rows, days, rng)
        return piece

    return events(name, kinds, rate, slope, make)


def _numbered(prefix: str, item: str) -> Callable[..., Piece]:
    def make(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
        return {item: serials(prefix, np.arange(len(rows)))}

    return make


def _owed(
    city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator, share: float
) -> np.ndarray:
    """An amount of some share of a year's turnover."""
    scale = city.population.revenue_cents[rows] * share
    return whole(np.maximum(scale * np.exp(rng.normal(0, 0.8, len(rows))), 100_00))


def _court(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    years = days.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
    number = serials("", years * 1_000_000 + np.arange(len(rows)) % 1_000_000, 10)
    case = pc.binary_join_element_wise("（模拟）执字第", number, "号", "")
    return {"case_no": case, "amount_cents": _owed(city, rows, days, rng, 0.05)}


def _debtor(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    return {**_court(city, rows, days, rng), "filed_on": days - 90}


def _enforced(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    piece = _court(city, rows, days, rng)
    left = whole(piece["amount_cents"] * rng.random(len(rows)))
    return {**piece, "unperformed_cents": left}


def _arrears(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    owed = _owed(city, rows, days, rng, 0.01)
    return {"owed_cents": owed, "new_owed_cents": whole(owed * rng.random(len(rows)))}


def _insurance(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    people = city.population.employees[rows]
    months = rng.integers(1, 7, len(rows))
    return {"owed_cents": people * months * 120_000, "owed_months": months, "people": people}


def _wages(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    people = np.maximum(city.population.employees[rows] // 2, 1)
    return {"amount_cents": people * rng.integers(3, 30, len(rows)) * 100_000, "people": people}


def _fined(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    return {
        "penalty_no": serials("模拟罚字第", np.arange(len(rows))),
        "fine_cents": whole(np.exp(rng.normal(13, 1.2, len(rows)))),
    }


def _notice(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    exposure = _owed(city, rows, days, rng, 0.3)
    return {
        "notice_no": serials("KHFX", np.arange(len(rows))),
        "exposure_cents": exposure,
        "nonperforming_cents": whole(exposure * rng.random(len(rows))),
        "approved_by_head": np.ones(len(rows), dtype=bool),
    }


_OWN: dict[str, Callable[..., Piece]] = {
    "court_case": _court,
    "dishonest_debtor": _debtor,
    "enforcement": _enforced,
    "tax_arrears": _arrears,
    "social_security_arrears": _insurance,
    "wage_arrears": _wages,
    "penalty": _fined,
    "compulsory_measure": _numbered("模拟强字第", "decision_no"),
    "client_risk_notice": _notice,
}


def _changes(city: City) -> Iterator[Piece]:
    """Changes of the entry; a subject that closes is cancelled or, after trouble, revoked."""
    rng = city.random("theme", "registration_change")
    kinds, rate, slope, _, _, _ = RATES["registration_change"]
    rows, days = happened(city, rng, city.rows_of(kinds), rate, slope)
    ordinary = "name address capital representative shareholders key_staff scope"
    closed = np.flatnonzero((city.ends < city.settings.months) & (city.population.kind <= 1))
    gone = city.settings.days(city.ends[closed], rng.integers(1, 29, len(closed)))
    bad = city.activity(closed, city.ends[closed]) < -1
    both, when = np.concatenate([rows, closed]), np.concatenate([days, gone])
    last = np.arange(len(both)) >= len(rows)
    yield {
        "_i": both,
        "kind": pa.concat_arrays([chosen(rng, len(rows), ordinary), at("cancelled revoked", bad)]),
        "changed_on": when,
        # A change ends on its day; that a subject is gone does not.
        "ended_on": (when, last),
    }


def _repairs(city: City) -> Iterator[Piece]:
    """Repairs of penalties that ended, by the penalty's own number."""
    rng = city.random("theme", "credit_repair")
    for piece in BUILDERS["penalty"](city):
        until, lasts = piece["ends_on"]
        fit = ~lasts & (rng.random(len(lasts)) < 0.4)
        fit = fit if fit.any() else np.arange(len(lasts)) == 0
        rows = np.flatnonzero(fit & (city.population.kind[piece["_i"]] <= 1))
        if not len(rows):
            continue
        repaired = until[rows] + rng.integers(20, 90, len(rows))
        yield {
            "_i": piece["_i"][rows],
            "repaired_contract": at("penalty", np.zeros(len(rows))),
            "repaired_no": piece["penalty_no"].take(pa.array(rows)),
            "applied_on": until[rows] + 5,
            "repaired_on": repaired,
            "result": at("repaired", np.zeros(len(rows))),
        }
        return
    # In a small town nobody's penalty has ended yet: one repair of another kind stands for the rest.
    yield {"_i": city.population.firms[:1], "repaired_contract": at("other", np.zeros(1))}


BUILDERS: dict[str, Builder] = {
    **{name: _builder(name) for name in RATES},
    "registration_change": _changes,
    "credit_repair": _repairs,
}

"""Business as it runs: invoices, taxes, staff, trade; amounts move with activity, month by month.

``log(amount) = log(usual) + RESPONSE * activity + noise``; the response and the noise are ours.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data_contracts.city.city import City
from data_contracts.city.generic import Piece
from data_contracts.city.themes.shape import Builder, Make, at, events, monthly, serials, whole

FIRMS = ("enterprise", "sole_trader")
RESPONSE, WOBBLE = 0.35, 0.15
SPOILT, COST = 0.8, 0.25
"""How void and reversed invoices, and purchases for each yuan of sales, fall with activity (ours)."""
LATE_BASE, LATE_HEALTH = -2.6, 1.3
"""logit of the chance that a quarter's tax or a month's contribution is late (ours)."""


def turnover(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> np.ndarray:
    """Sales of a month in cents, with a season."""
    season = 1 + 0.12 * np.sin((city.settings.first_month + month) * np.pi / 6)
    usual = city.population.revenue_cents[rows] / 12 * season
    shift = RESPONSE * city.activity(rows, month) + rng.normal(0, WOBBLE, len(rows))
    return np.asarray(usual * np.exp(shift))


def _invoices(direction: str, share: float) -> Make:
    def make(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
        activity = city.activity(rows, month)
        cost = np.exp(-COST * activity) if direction == "in" else 1.0
        amount = whole(turnover(city, rows, month, rng) * share * cost)
        count = 1 + rng.poisson(np.minimum(amount / 1_500_000, 400))
        partners = np.clip((count * 0.4 * np.exp(0.1 * activity)).astype(np.int64), 1, count)
        top = np.clip(0.45 - 0.05 * activity + rng.normal(0, 0.12, len(rows)), 0.02, 1.0)
        red = whole(
            amount * np.clip(0.02 - 0.01 * activity + rng.normal(0, 0.01, len(rows)), 0, 0.5)
        )
        return {
            "direction": at(direction, np.zeros(len(rows))),
            "month_on": city.settings.days(np.full(len(rows), month), 1),
            "invoice_count": count,
            "void_count": rng.binomial(count, np.clip(0.02 * np.exp(-SPOILT * activity), 0, 0.5)),
            "red_count": rng.binomial(count, np.clip(0.02 * np.exp(-SPOILT * activity), 0, 0.5)),
            "amount_cents": amount,
            "tax_cents": whole(amount * 0.13),
            "red_cents": red,
            "partners": partners,
            "top_share": top,
            "top5_share": np.clip(top + 0.25, 0, 1),
            "active_days": np.minimum(count, rng.integers(10, 26, len(rows))),
        }

    return make


def _both_directions(city: City) -> Iterator[Piece]:
    yield from monthly("invoice_month/out", FIRMS, 0.9, _invoices("out", 1.0))(city)
    yield from monthly("invoice_month/in", FIRMS, 0.6, _invoices("in", 0.6))(city)


def _invoice(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    others = city.population.firms
    partner = others[rng.integers(0, len(others), len(rows))]
    amount = whole(np.exp(rng.normal(14.5, 1.0, len(rows))))
    tax = whole(amount * 0.13)
    return {
        "issued_on": days,
        "invoice_no": serials("", np.arange(len(rows)) + 10_000_000, 20),
        "counterparty_id": city.population.subject_id.take(pa.array(partner)),
        "amount_cents": amount,
        "tax_cents": tax,
        "total_cents": amount + tax,
    }


def _taxes(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    sales = whole(
        np.sum([turnover(city, rows, max(month - back, 0), rng) for back in range(3)], axis=0)
    )
    payable = whole(sales * 0.03)
    activity = city.activity(rows, month)
    late = rng.random(len(rows)) < 1 / (1 + np.exp(LATE_HEALTH * activity - LATE_BASE))
    ends = city.settings.days(np.full(len(rows), month), 99)
    return {
        "tax_kind": at("all", np.zeros(len(rows))),
        "period_starts_on": city.settings.days(np.full(len(rows), month - 2), 1),
        "period_ends_on": ends,
        "declared_on": ends + np.where(late, 25, 12),
        "payable_by": ends + 15,
        "tax_paid_on": ends + np.where(late, 27, 13),
        "status": at("on_time late", late),
        "sales_cents": sales,
        "tax_payable_cents": payable,
        "tax_paid_cents": payable,
        "late_fee_cents": np.where(late, whole(payable * 0.006), 0),
        "_known": ends + 30,
    }


STAFF = 0.2


def staff(city: City, rows: np.ndarray, month: int) -> np.ndarray:
    """Employees in a month: they follow the activity of the half year before."""
    months = np.clip(np.arange(month - 5, month + 1), 0, None)
    recent = city.health.activity[np.ix_(rows, months)].mean(axis=1)
    people = city.population.employees[rows] * np.exp(STAFF * recent.astype(float))
    return np.asarray(np.maximum(np.rint(people), 1), dtype=np.int64)


def _insured(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    people = staff(city, rows, month)
    joined = rng.binomial(people, 0.03)
    base = people * 450_000
    payable = whole(base * 0.36)
    logit = LATE_BASE - LATE_HEALTH * city.activity(rows, month)
    late = rng.random(len(rows)) < 1 / (1 + np.exp(-logit))
    return {
        "insurance": at("all", np.zeros(len(rows))),
        "month_on": city.settings.days(np.full(len(rows), month), 1),
        "insured_people": people,
        "paying_people": people,
        "joined_people": joined,
        "left_people": rng.binomial(people, 0.03),
        "base_cents": base,
        "payable_cents": payable,
        "contributed_cents": np.where(late, 0, payable),
        "contributed_on": (
            city.settings.days(np.full(len(rows), month), 20),
            late,
        ),
    }


def _fund(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    people = np.maximum(staff(city, rows, month) * 2 // 3, 1)
    payable = people * 90_000
    late = rng.random(len(rows)) < 1 / (1 + np.exp(3.5 + 0.8 * city.activity(rows, month)))
    return {
        "fund_account_no": serials("GJJ", rows),
        "month_on": city.settings.days(np.full(len(rows), month), 1),
        "people": people,
        "base_cents": people * 450_000,
        "payable_cents": payable,
        "contributed_cents": np.where(late, 0, payable),
        "fund_status": at("normal owed", late),
        "contributed_on": (city.settings.days(np.full(len(rows), month), 25), late),
    }


def _customs(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    amount = turnover(city, rows, month, rng)
    count = 1 + rng.poisson(4, len(rows))
    return {
        "month_on": city.settings.days(np.full(len(rows), month), 1),
        "customs_no": serials("44", rows % 10**8, 8),
        "export_cents": whole(amount * 0.4),
        "import_cents": whole(amount * 0.1),
        "declaration_count": count,
        "inspected_count": rng.binomial(count, 0.05),
    }


def _refund(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    applied = whole(
        city.population.revenue_cents[rows] * 0.01 * np.exp(rng.normal(0, 0.5, len(rows)))
    )
    return {
        "application_no": serials("TS", np.arange(len(rows))),
        "applied_on": days,
        "applied_cents": applied,
        "approved_cents": whole(applied * rng.uniform(0.8, 1, len(rows))),
        "approved_on": days + 12,
        "refunded_on": days + 20,
    }


def _platform(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    gross = whole(turnover(city, rows, month, rng) * 0.2)
    orders = 1 + rng.poisson(np.minimum(gross / 15_000, 5_000))
    back = rng.binomial(orders, 0.03)
    people = city.population
    return {
        "platform": at("模拟电商平台", np.zeros(len(rows))),
        "account": people.persons.sealed.take(pa.array(people.person[rows])),
        "month_end": city.settings.days(np.full(len(rows), month), 99),
        "orders": orders,
        "gross_cents": gross,
        "refunded_orders": back,
        "refunded_cents": np.minimum(whole(back * 12_000.0), gross),
        "buyers": np.maximum((orders * 0.7).astype(np.int64), 1),
        "rating": np.clip(
            4.5 + 0.1 * city.activity(rows, month) + rng.normal(0, 0.2, len(rows)), 1, 5
        ),
    }


BUILDERS: dict[str, Builder] = {
    "invoice_month": _both_directions,
    "invoice": events("invoice", FIRMS, 0.8, -0.2, _invoice),
    "tax_payment": monthly("tax_payment", FIRMS, 0.95, _taxes, every=3),
    "social_security": monthly("social_security", FIRMS, 0.8, _insured),
    "housing_fund": monthly("housing_fund", ("enterprise",), 0.15, _fund),
    "customs_trade": monthly("customs_trade", ("enterprise",), 0.06, _customs),
    "export_refund": events("export_refund", ("enterprise",), 0.15, -0.1, _refund),
    "platform_trade": monthly(
        "platform_trade", ("enterprise", "sole_trader", "farmer", "individual"), 0.05, _platform
    ),
}

"""Once a year: reports, statements, grades and ratings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from data_contracts.city.city import City
from data_contracts.city.generic import Piece
from data_contracts.city.themes.business import staff, turnover
from data_contracts.city.themes.shape import Builder, at, chosen, last_day, serials, whole, yearly

FIRMS = ("enterprise", "sole_trader")


def _year(city: City, month: int) -> int:
    """Calendar year of the twelve months before a month."""
    return 1970 + (city.settings.first_month + month - 1) // 12


def recent(city: City, rows: np.ndarray, month: int) -> np.ndarray:
    """Mean activity of the year before a month."""
    months = np.clip(np.arange(month - 12, month), 0, city.settings.months - 1)
    return np.asarray(city.health.activity[np.ix_(rows, months)].mean(axis=1), dtype=float)


def _books(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    """A year's accounts that add up; margins and leverage follow activity."""
    activity = recent(city, rows, month)
    revenue = whole(12 * turnover(city, rows, min(month, city.settings.months) - 1, rng))
    margin = np.clip(0.06 + 0.035 * activity + rng.normal(0, 0.03, len(rows)), -0.4, 0.4)
    assets = whole(revenue * np.exp(rng.normal(-0.2, 0.4, len(rows)))) + 100_00
    leverage = np.clip(0.55 - 0.08 * activity + rng.normal(0, 0.08, len(rows)), 0.05, 0.97)
    debts = whole(assets * leverage)
    profit = (revenue * margin // 100).astype(np.int64) * 100
    tax = whole(np.maximum(profit, 0) * 0.05)
    return {
        "assets": assets, "debts": debts, "equity": assets - debts, "revenue": revenue,
        "profit": profit, "tax": tax,
    }  # fmt: skip


def _report(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    books = _books(city, rows, month, rng)
    filed = city.settings.days(np.full(len(rows), month), 1) + rng.integers(10, 180, len(rows))
    people = staff(city, rows, min(month, city.settings.months) - 1)
    return {
        "year": np.full(len(rows), _year(city, month)),
        "filed_on": filed,
        "on_time": rng.random(len(rows)) < 0.93,
        "employees": people,
        "insured_people": np.maximum(people * 4 // 5, 1),
        "assets_cents": books["assets"],
        "liabilities_cents": books["debts"],
        "equity_cents": books["equity"],
        "revenue_cents": books["revenue"],
        "profit_cents": books["profit"],
        "net_profit_cents": books["profit"] - books["tax"],
        "tax_cents": books["tax"] + whole(books["revenue"] * 0.03),
    }


def _statement(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    books = _books(city, rows, month, rng)
    assets, debts, revenue, profit = (books[k] for k in ("assets", "debts", "revenue", "profit"))
    current, short = whole(assets * 0.55), whole(debts * 0.75)
    end = city.settings.days(np.full(len(rows), month - 1), 99)
    capital = whole(np.maximum(books["equity"], 0) * 0.6)
    operating = (profit * 0.9 // 100).astype(np.int64) * 100
    inflow = whole(revenue * 1.05)
    return {
        "period_start": city.settings.days(np.full(len(rows), month - 12), 1),
        "period_end": end,
        "_known": end + rng.integers(60, 150, len(rows)),
        "period_kind": at("year", np.zeros(len(rows))),
        "scope": at("single", np.zeros(len(rows))),
        "cash_cents": whole(current * 0.2),
        "receivables_cents": whole(current * 0.4),
        "inventory_cents": whole(current * 0.3),
        "current_assets_cents": current,
        "fixed_assets_cents": whole(assets * 0.4),
        "intangible_assets_cents": whole(assets * 0.03),
        "total_assets_cents": assets,
        "short_loans_cents": whole(debts * 0.4),
        "payables_cents": whole(debts * 0.3),
        "current_liabilities_cents": short,
        "long_loans_cents": whole(debts * 0.2),
        "total_liabilities_cents": debts,
        "paid_in_capital_cents": capital,
        "retained_cents": books["equity"] - capital,
        "equity_cents": books["equity"],
        "liabilities_and_equity_cents": assets,
        "revenue_cents": revenue,
        "cost_cents": whole(revenue * 0.8),
        "operating_profit_cents": operating,
        "total_profit_cents": profit,
        "income_tax_cents": books["tax"],
        "net_profit_cents": profit - books["tax"],
        "operating_in_cents": inflow,
        "operating_out_cents": inflow - operating,
        "operating_net_cents": operating,
    }


def _grade(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    score = 78 + 9 * recent(city, rows, month) + rng.normal(0, 7, len(rows))
    points = np.clip(score, 0, 100).astype(np.int64)
    fresh = city.health.begins[rows] > month - 12
    grade = np.select([fresh, points >= 90, points >= 70, points >= 40], [2, 0, 1, 3], 4)
    assessed = city.settings.days(np.full(len(rows), month + 3), 1) + rng.integers(0, 28, len(rows))
    return {
        "year": np.full(len(rows), _year(city, month)),
        "grade": at("A B M C D", grade),
        "points": points,
        "assessed_on": assessed,
        "ended_on": (assessed + 365, assessed + 365 > last_day(city)),
    }


def _environment(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    score = np.clip(80 + 6 * recent(city, rows, month) + rng.normal(0, 8, len(rows)), 0, 100)
    place = np.select([score >= 90, score >= 70, score >= 55, score >= 40], [0, 1, 2, 3], 4)
    assessed = city.settings.days(np.full(len(rows), month + 2), 1) + rng.integers(0, 28, len(rows))
    monitored = rng.integers(50, 300, len(rows))
    return {
        "year": np.full(len(rows), _year(city, month)),
        "assessed_on": assessed,
        "grade": at("green blue yellow red black", place),
        "points": np.round(score, 1),
        "monitored_days": monitored,
        "exceeded_days": rng.binomial(monitored, 0.02),
        "ended_on": (assessed + 365, assessed + 365 > last_day(city)),
    }


def _rating(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    score = np.clip(75 + 8 * recent(city, rows, month) + rng.normal(0, 8, len(rows)), 0, 100)
    rated = city.settings.days(np.full(len(rows), month + 1), 1) + rng.integers(0, 28, len(rows))
    return {
        "scheme": at("模拟公共信用综合评价", np.zeros(len(rows))),
        "kind": at("comprehensive", np.zeros(len(rows))),
        "year": np.full(len(rows), _year(city, month)),
        "rated_on": rated,
        "grade": at("A B C D", np.select([score >= 85, score >= 65, score >= 50], [0, 1, 2], 3)),
        "points": np.round(score, 1),
        "ended_on": (rated + 365, rated + 365 > last_day(city)),
    }


def _research(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    books = _books(city, rows, month, rng)
    people = staff(city, rows, min(month, city.settings.months) - 1)
    spent = whole(books["revenue"] * rng.uniform(0.02, 0.1, len(rows)))
    return {
        "year": np.full(len(rows), _year(city, month)),
        "declared_on": city.settings.days(np.full(len(rows), month + 4), 20),
        "spending_cents": spent,
        "deduction_cents": spent,
        "revenue_cents": books["revenue"],
        "research_staff": np.minimum(np.maximum(people // 6, 1), people),
        "staff": people,
    }


def _lists(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    day = city.settings.days(np.full(len(rows), month), 20)
    return {
        "list_code": chosen(rng, len(rows), "high_tech tech_sme specialised", [3, 5, 2]),
        "year": np.full(len(rows), _year(city, month)),
        "published_on": day,
        "certificate_no": serials("MN", rows),
        "valid_from": day,
        "valid_until": day + 365 * 3,
        "removed_on": (day, np.ones(len(rows), dtype=bool)),
    }


def _technology(city: City) -> Iterator[Piece]:
    """Lists of technology firms: one entry for each firm, in the first year that ends in the window."""
    yield next(yearly("technology_list", ("enterprise",), 0.06, _lists)(city))


BUILDERS: dict[str, Builder] = {
    "annual_report": yearly("annual_report", FIRMS, 0.9, _report),
    "financial_statement": yearly("financial_statement", ("enterprise",), 0.5, _statement),
    "tax_grade": yearly("tax_grade", FIRMS, 0.85, _grade),
    "environment_rating": yearly("environment_rating", ("enterprise",), 0.12, _environment),
    "public_credit_rating": yearly("public_credit_rating", ("enterprise",), 0.6, _rating),
    "research_spending": yearly("research_spending", ("enterprise",), 0.08, _research),
    "technology_list": _technology,
}

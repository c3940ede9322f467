"""Bills of power, water, gas and telephone: use follows activity, and so does paying in time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data_contracts.city.city import City
from data_contracts.city.generic import Piece
from data_contracts.city.themes.shape import Builder, Make, at, monthly, serials, whole

FIRMS = ("enterprise", "sole_trader")
USE_RESPONSE = 0.30
LATE_BASE, LATE_HEALTH = -2.6, 1.0
"""logit of the chance that a bill is not paid in its month (ours)."""


def _bill(prefix: str, quantity: str, price: float, scale: float) -> Make:
    def make(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
        activity = city.activity(rows, month)
        shift = USE_RESPONSE * activity + rng.normal(0, 0.2, len(rows))
        used = np.round(city.population.employees[rows] * scale * np.exp(shift), 1)
        due = whole(used * price) + 100
        late = rng.random(len(rows)) < 1 / (1 + np.exp(-(LATE_BASE - LATE_HEALTH * activity)))
        first = city.settings.days(np.full(len(rows), month), 1)
        billed = city.settings.days(np.full(len(rows), month), 99)
        settled = billed + np.where(
            late, rng.integers(25, 120, len(rows)), rng.integers(1, 15, len(rows))
        )
        never = late & (rng.random(len(rows)) < 0.15)
        founded = city.population.founded[rows]
        piece: Piece = {
            "customer_no": serials(prefix, rows),
            "month_on": first,
            "billed_on": billed,
            "account_opened_on": np.minimum(founded, first),
            "due_cents": due,
            "received_cents": np.where(late, 0, due),
            "arrears_cents": np.where(late, due, 0),
            "settled_on": (settled, never),
            quantity: used,
            # What was owed when the bill was closed is the fact of the record, whenever it is settled.
            "_known": billed + rng.integers(16, 25, len(rows)),
        }
        return piece

    return make


def _telecom(city: City, rows: np.ndarray, month: int, rng: np.random.Generator) -> Piece:
    activity = city.activity(rows, month)
    late = rng.random(len(rows)) < 1 / (1 + np.exp(-(LATE_BASE - 0.7 * activity)))
    billed = rng.integers(30, 300, len(rows)) * 100
    bill = city.settings.days(np.full(len(rows), month), 99)
    people = city.population
    return {
        "operator": at("模拟电信", np.zeros(len(rows))),
        "phone": city.sealed("mobile").take(pa.array(people.person[rows])),
        "bill_on": bill,
        "due_on": bill + 20,
        "billed_cents": billed,
        "paid_cents": np.where(late, 0, billed),
        "arrears_cents": np.where(late, billed, 0),
        "state": at("normal suspended", late & (activity < -1)),
        "ended_on": (bill, ~late),
    }


BUILDERS: dict[str, Builder] = {
    "electricity_bill": monthly(
        "electricity_bill", FIRMS, 0.7, _bill("DL", "used_kwh", 70.0, 260.0)
    ),
    "water_bill": monthly("water_bill", FIRMS, 0.5, _bill("SW", "used_m3", 420.0, 9.0), every=2),
    "gas_bill": monthly("gas_bill", FIRMS, 0.12, _bill("RQ", "used_m3", 380.0, 30.0)),
    "telecom_bill": monthly(
        "telecom_bill", ("sole_trader", "farmer", "individual"), 0.3, _telecom, every=2
    ),
}

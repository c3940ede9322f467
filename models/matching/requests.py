"""What a borrower asks for: one checked request, or many as arrays of codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import numpy as np

from models.errors import ModelsError
from models.matching.loans import Loans, day_number

_FORMS = {
    "region": (re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}"), "country-division such as US-CA"),
    "postal_code": (
        re.compile(r"[0-9]{5,6}"),
        "five or six digits, leading zeros kept, such as 06062",
    ),
    "industry_code": (
        re.compile(r"[0-9A-Z]{2,6}"),
        "two to six digits or capital letters such as 722410",
    ),
    "programme": (re.compile(r"[a-z][a-z_]{0,39}"), "a programme's code such as standard"),
}
_LARGEST = 10**16  # cents; beyond it an amount is a typing error (ours)


@dataclass(frozen=True)
class Request:
    """One borrower's wish and what is known of the borrower. None = not known or not asked for.

    Attributes
    ----------
    region : str or None
        Country and division, such as "US-CA".
    postal_code, industry_code, programme : str or None
        A programme "unknown" is read as None: no programme is asked for.
    amount_cents : int or None
    new_business, franchise : bool or None
    employees : int or None
    """

    region: str | None = None
    postal_code: str | None = None
    industry_code: str | None = None
    programme: str | None = None
    amount_cents: int | None = None
    new_business: bool | None = None
    franchise: bool | None = None
    employees: int | None = None

    @property
    def area(self) -> str | None:
        """First three characters of the postal code."""
        return self.postal_code[:3] if self.postal_code else None

    @property
    def sector(self) -> str | None:
        """First two characters of the industry code."""
        return self.industry_code[:2] if self.industry_code else None

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Request:
        """Check a mapping and make a request of it.

        Raises
        ------
        ModelsError
            Names the field that is not known or has the wrong form; never its value.
        """
        known = [f.name for f in fields(cls)]
        for name in values:
            if name not in known:
                raise ModelsError(
                    f"A request has no field {name!r}; it may have: {', '.join(known)}."
                )
        checked = {name: _checked(name, values.get(name)) for name in known}
        if checked["programme"] == "unknown":
            checked["programme"] = None
        return cls(**checked)


def _checked(name: str, value: Any) -> Any:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if name in _FORMS:
        form, text = _FORMS[name]
        if not isinstance(value, str) or not form.fullmatch(value):
            raise ModelsError(f"The field {name!r} of the request must be {text}.")
        return value
    if name in ("new_business", "franchise"):
        if not isinstance(value, bool | np.bool_):
            raise ModelsError(f"The field {name!r} of the request must be true, false or absent.")
        return bool(value)
    if isinstance(value, float | np.floating) and np.isfinite(value) and value == int(value):
        value = int(value)  # a frame with gaps turns whole numbers into floats
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise ModelsError(f"The field {name!r} of the request must be a whole number.")
    low = 1 if name == "amount_cents" else 0
    if not low <= value <= _LARGEST:
        raise ModelsError(f"The field {name!r} of the request must be from {low} to {_LARGEST}.")
    return int(value)


def checked_day(name: str, value: Any) -> int:
    """Day number of a date field; a ModelsError names the field otherwise."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ModelsError(f"{name} must be a date, such as date(2007, 1, 31).")
    return day_number(value)


@dataclass(frozen=True)
class Requests:
    """Many requests as codes in the vocabularies of `Loans`; `day` is the day as of which each is answered.

    Numbers: amount in cents (-1 = not known), new and franchise 1 / 0 / -1, employees -1 = not known.
    """

    day: np.ndarray
    region: np.ndarray
    postal: np.ndarray
    area: np.ndarray
    programme: np.ndarray
    sector: np.ndarray
    industry: np.ndarray
    amount: np.ndarray
    new: np.ndarray
    franchise: np.ndarray
    employees: np.ndarray

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: np.ndarray | slice) -> Requests:
        """Some of the requests, or repeats of them."""
        return Requests(*(getattr(self, f.name)[rows] for f in fields(self)))

    @classmethod
    def of_loans(cls, loans: Loans, rows: np.ndarray) -> Requests:
        """What the borrowers of past loans asked for, as of each loan's own day."""
        same = [f.name for f in fields(cls) if f.name != "day"]
        return cls(loans.event[rows], *(getattr(loans, name)[rows] for name in same))

    @classmethod
    def of_request(cls, loans: Loans, request: Request, day: int) -> Requests:
        """A single request as of a day."""
        texts = {
            "region": request.region,
            "postal": request.postal_code,
            "area": request.area,
            "programme": request.programme,
            "sector": request.sector,
            "industry": request.industry_code[:4] if request.industry_code else None,
        }
        codes = {n: np.array([loans.vocabularies[n].code(v)], np.int32) for n, v in texts.items()}
        flags = {"new": request.new_business, "franchise": request.franchise}
        return cls(
            day=np.array([day], np.int32),
            **codes,
            amount=np.array(
                [-1 if request.amount_cents is None else request.amount_cents], np.int64
            ),
            **{n: np.array([-1 if v is None else int(v)], np.int8) for n, v in flags.items()},
            employees=np.array([-1 if request.employees is None else request.employees], np.int32),
        )

"""Loans as arrays of codes: who lent whom what, and from which day on a request may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from models.errors import ModelsError
from models.matching.lenders import lender_kind

NEVER = 65_535
"""A day after every other (2149-06-06): the loan has not been superseded."""

UNKNOWN = 0
"""Code of a value that is not recorded; known values count from 1, a value never met is `len(vocabulary) + 1`."""

VOCABULARIES = (
    "lender",
    "region",
    "postal",
    "area",
    "programme",
    "sector",
    "industry",
    "lender_region",
)
COLUMNS = (
    "institution",
    "opened_on",
    "known_on",
    "region",
    "postal_code",
    "industry_code",
    "programme",
    "amount_cents",
    "new_business",
    "franchise",
    "employees",
    "institution_region",
)

_EPOCH = np.datetime64("1970-01-01", "D")


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return int((np.datetime64(day, "D") - _EPOCH).astype(int))


def date_of(number: int) -> date:
    """The date of a day number."""
    found = (_EPOCH + np.timedelta64(int(number), "D")).item()
    assert isinstance(found, date)
    return found


def month_start(day: int) -> int:
    """Day number of the first day of the month of a day."""
    return day_number(date_of(day).replace(day=1))


@dataclass(frozen=True)
class Vocabulary:
    """Known values of one field in code order (code = position + 1)."""

    values: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_code", {v: i + 1 for i, v in enumerate(self.values)})

    @property
    def size(self) -> int:
        """Number of codes, with unknown (0) and never met (the last)."""
        return len(self.values) + 2

    def code(self, value: str | None) -> int:
        """Code of a value: 0 if it is not recorded, the last code if it was never met."""
        if value is None:
            return UNKNOWN
        codes: dict[str, int] = getattr(self, "_code")  # noqa: B009
        return codes.get(value, self.size - 1)

    def codes(self, values: pd.Series) -> np.ndarray:
        """Codes of a column; nulls are unknown."""
        index = pd.Index(self.values)
        found = index.get_indexer(pd.Index(values.astype(object)))
        coded = np.where(found < 0, self.size - 1, found + 1)
        return np.where(values.isna().to_numpy(), UNKNOWN, coded).astype(np.int32)


@dataclass(frozen=True)
class Loans:
    """Loans sorted by event day. All arrays have one entry per loan version.

    Attributes
    ----------
    event : int32
        Day of the loan. A request of day T may see it from `seen` on: the first day T with event < T and known <= T.
    seen, until : int32
        Visible to requests with `seen <= T < until`; `until` is the day on which a correction became known, or `NEVER`.
    lender, region, postal, area, programme, sector, industry, lender_region : int32
        Codes in `vocabularies`. The area is the first three characters of the postal code, the sector the first two of
        the industry code, the industry its first four.
    amount : int64
        Cents.
    new, franchise : int8
        1 yes, 0 no, -1 not recorded.
    employees : int32
        -1 if not recorded.
    """

    event: np.ndarray
    seen: np.ndarray
    until: np.ndarray
    lender: np.ndarray
    region: np.ndarray
    postal: np.ndarray
    area: np.ndarray
    programme: np.ndarray
    sector: np.ndarray
    industry: np.ndarray
    lender_region: np.ndarray
    amount: np.ndarray
    new: np.ndarray
    franchise: np.ndarray
    employees: np.ndarray
    vocabularies: Mapping[str, Vocabulary]

    def __len__(self) -> int:
        return len(self.event)

    @property
    def lenders(self) -> tuple[str, ...]:
        """Names of the lenders; code = position + 1."""
        return self.vocabularies["lender"].values

    def visible(self, day: int, since: int | None = None) -> np.ndarray:
        """Positions of the loans that a request of `day` may see, with event days from `since` on."""
        end = int(np.searchsorted(self.event, day, "left"))
        start = 0 if since is None else int(np.searchsorted(self.event, since, "left"))
        rows = np.arange(start, max(start, end))
        return rows[(self.seen[rows] <= day) & (day < self.until[rows])]

    def known_by(self, day: int) -> Loans:
        """The part that had become known by a day, with later corrections forgotten."""
        rows = np.flatnonzero(self.seen <= day)
        parts = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name in _ARRAYS}
        parts["until"] = np.where(parts["until"] <= day, parts["until"], NEVER).astype(np.int32)
        return Loans(**parts, vocabularies=self.vocabularies)

    def to_arrow(self) -> pa.Table:
        """One column of whole numbers per array; the codes are told by `vocabularies`."""
        return pa.table({name: pa.array(getattr(self, name)) for name in _ARRAYS})

    @classmethod
    def from_arrow(cls, table: pa.Table, vocabularies: Mapping[str, Sequence[str]]) -> Loans:
        """The inverse of `to_arrow`, with the vocabularies' values in code order."""
        arrays = {
            n: table.column(n).combine_chunks().to_numpy(zero_copy_only=False) for n in _ARRAYS
        }
        return cls(
            **arrays, vocabularies={n: Vocabulary(tuple(vocabularies[n])) for n in VOCABULARIES}
        )


_ARRAYS = tuple(f.name for f in fields(Loans) if f.name != "vocabularies")


def _days(frame: pd.DataFrame, column: str) -> np.ndarray:
    days = pd.to_datetime(frame[column]).to_numpy().astype("datetime64[D]")
    return np.asarray((days - _EPOCH).astype(np.int64))


def _flags(values: pd.Series) -> np.ndarray:
    return np.asarray(values.map({True: 1, False: 0}).fillna(-1).astype(np.int8))


def _prefix(values: pd.Series, length: int) -> pd.Series:
    return values.astype("string").str.slice(0, length).astype(object)


def _coded(values: pd.Series) -> tuple[np.ndarray, Vocabulary]:
    vocabulary = Vocabulary(tuple(sorted({str(v) for v in values.dropna().unique()})))
    return vocabulary.codes(values), vocabulary


def loans_from_frame(frame: pd.DataFrame) -> Loans:
    """Code a table of loans; receivers, placeholders and loans without a lender are left out.

    Parameters
    ----------
    frame : DataFrame
        The columns `COLUMNS` and, optionally, `until_on`: the day on which a correction became known. `programme` may
        hold "unknown", which counts as not recorded: an undecipherable code must not turn into a programme.

    Returns
    -------
    Loans

    Raises
    ------
    ModelsError
        A column is missing, or a date or amount is absent or out of range.
    """
    missing = [c for c in COLUMNS if c not in frame]
    if missing:
        raise ModelsError(
            f"The table of loans lacks the column {missing[0]!r}; expected: {', '.join(COLUMNS)}."
        )
    names = frame["institution"].dropna().unique()
    kinds = {name: lender_kind(str(name)) for name in names}
    frame = frame[frame["institution"].map(kinds) == "lender"]
    for column in ("opened_on", "known_on", "amount_cents"):
        if frame[column].isna().any():
            raise ModelsError(
                f"The column {column!r} of the loans has empty cells; every loan needs one."
            )
    event = _days(frame, "opened_on")
    if len(event) and not (event.min() > 0 and event.max() < NEVER - 1):
        raise ModelsError(
            "The column 'opened_on' of the loans must lie between 1970-01-02 and 2149-06-04."
        )
    amount = frame["amount_cents"].to_numpy().astype(np.int64)
    if (amount <= 0).any():
        raise ModelsError(
            "The column 'amount_cents' of the loans must be above zero: cents, whole numbers."
        )
    seen = np.maximum(event + 1, _days(frame, "known_on"))
    until = np.full(len(frame), NEVER)
    if "until_on" in frame:
        corrected = frame["until_on"].notna().to_numpy()
        until[corrected] = _days(frame[corrected], "until_on")

    programme = frame["programme"].where(frame["programme"] != "unknown", None)
    texts = {
        "lender": frame["institution"],
        "region": frame["region"],
        "postal": frame["postal_code"],
        "area": _prefix(frame["postal_code"], 3),
        "programme": programme,
        "sector": _prefix(frame["industry_code"], 2),
        "industry": _prefix(frame["industry_code"], 4),
        "lender_region": frame["institution_region"],
    }
    coded = {name: _coded(values) for name, values in texts.items()}
    arrays: dict[str, np.ndarray] = {name: codes for name, (codes, _) in coded.items()}
    employees = pd.to_numeric(frame["employees"]).fillna(-1).clip(-1, 1_000_000).astype(np.int32)
    arrays |= {
        "event": event.astype(np.int32),
        "seen": seen.astype(np.int32),
        "until": until.astype(np.int32),
        "amount": amount,
        "new": _flags(frame["new_business"]),
        "franchise": _flags(frame["franchise"]),
        "employees": employees.to_numpy(),
    }
    # Ordered by all of their content: the order of incoming rows is the engine's choice and must not matter.
    rest = [name for name in _ARRAYS if name not in ("event", "seen")]
    order = np.lexsort([arrays[name] for name in (*rest, "seen", "event")])
    return Loans(
        **{name: values[order] for name, values in arrays.items()},
        vocabularies={name: vocabulary for name, (_, vocabulary) in coded.items()},
    )

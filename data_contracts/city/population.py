"""Who lives in the city: enterprises, sole traders, farmers, individuals, and the persons behind them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.city.clock import Settings, yyyymmdd
from data_contracts.city.digits import (
    organisation_codes,
    registration_numbers,
    resident_ids,
    texts,
    usccs,
)
from data_contracts.city.places import (
    AREAS,
    BIRTH_AREAS,
    BRAND,
    GIVEN,
    INDUSTRIES,
    MARK,
    SURNAMES,
)

ENTERPRISE, SOLE_TRADER, FARMER, INDIVIDUAL = range(4)
KINDS = ("enterprise", "sole_trader", "farmer", "individual")
SHARES = (0.45, 0.25, 0.15, 0.15)
"""Shares of the kinds (ours)."""

COOPERATIVES = 0.02
"""Share of the enterprises that are farmers' cooperatives (class 93)."""


@dataclass(frozen=True)
class Persons:
    """Natural persons: those who are subjects, owners of sole traders, and key persons.

    ``birth`` are days since 1970; ``sealed`` is what stands for the resident id, as a workspace would
    store it under the city's own key.
    """

    resident_id: pa.Array
    sealed: pa.Array
    subject_id: pa.Array
    name: pa.Array
    mobile: pa.Array
    female: np.ndarray
    birth: np.ndarray
    area: np.ndarray

    def __len__(self) -> int:
        """Number of persons."""
        return len(self.birth)


@dataclass(frozen=True)
class Population:
    """Subjects in the order enterprise, sole trader, farmer, individual; one row each.

    ``person`` is the row of the person that a subject is, or that owns the sole trader, or that is the
    legal representative of the enterprise. ``founded`` are days since 1970 (a person's: the day on
    which the city first knew it). ``revenue_cents`` is a year's, ``industry`` a row of ``INDUSTRIES``.
    """

    kind: np.ndarray
    subject_id: pa.Array
    uscc: pa.Array
    organisation_code: pa.Array
    registration_no: pa.Array
    name: pa.Array
    person: np.ndarray
    industry: np.ndarray
    area: np.ndarray
    founded: np.ndarray
    employees: np.ndarray
    revenue_cents: np.ndarray
    cooperative: np.ndarray
    quality: np.ndarray
    persons: Persons

    def __len__(self) -> int:
        """Number of subjects."""
        return len(self.kind)

    def rows(self, *kinds: int) -> np.ndarray:
        """Rows of the subjects of these kinds."""
        return np.flatnonzero(np.isin(self.kind, kinds))

    @property
    def firms(self) -> np.ndarray:
        """Rows that have a unified social credit code."""
        return self.rows(ENTERPRISE, SOLE_TRADER)

    def industry_codes(self) -> pa.Array:
        """Industry classes of four digits."""
        return pa.array([found.code for found in INDUSTRIES]).take(pa.array(self.industry))

    def area_codes(self) -> pa.Array:
        """Area codes of six digits."""
        return pa.array([code for code, _, _ in AREAS]).take(pa.array(self.area))


def populate(settings: Settings) -> Population:
    """Make the subjects and persons of a city.

    Examples
    --------
    >>> found = populate(Settings(60, 1, 12))
    >>> len(found), bool(pc.all(pc.starts_with(found.uscc.drop_null(), "9")).as_py())
    (60, True)
    """
    rng = settings.random("population")
    total = settings.subjects
    counts = [round(total * share) for share in SHARES[:-1]]
    kind = np.repeat(np.arange(4), [*counts, total - sum(counts)]).astype(np.int8)
    firm = kind <= SOLE_TRADER
    area = rng.choice(len(AREAS), total, p=_shares(share for _, _, share in AREAS))
    industry = rng.choice(len(INDUSTRIES), total, p=_shares(one.weight for one in INDUSTRIES))
    cooperative = (kind == ENTERPRISE) & (rng.random(total) < COOPERATIVES)
    industry[cooperative | (kind == FARMER)] = rng.integers(
        0, 2, int((cooperative | (kind == FARMER)).sum())
    )
    # Two years of the window see new firms; most are older, with a long tail.
    age = np.minimum(rng.gamma(1.6, 4.2, total), 40) * 365.25
    latest = (np.datetime64(settings.day(max(settings.months * 2 // 3, 1))) - _EPOCH).astype(int)
    founded = (latest - age).astype(np.int64)
    median = np.array([one.employees for one in INDUSTRIES])[industry]
    size = rng.normal(0.0, 1.0, total)
    scale = np.select([kind == ENTERPRISE, kind == SOLE_TRADER], [1.0, 0.22], 0.06)
    employees = np.maximum(1, np.exp(np.log(median * scale + 0.5) + 0.9 * size)).astype(np.int64)
    employees = np.where(kind <= SOLE_TRADER, np.minimum(employees, 20_000), 1)
    each = np.array([one.revenue for one in INDUSTRIES])[industry] * 1000 * 100
    income = np.where(kind == FARMER, 9_000_000, 11_000_000) * np.exp(0.5 * size)
    revenue = np.where(firm, employees * each * np.exp(rng.normal(0, 0.45, total)), income)
    persons = _persons(settings, total, cooperative)
    codes = np.array([int(code) for code, _, _ in AREAS])[area]
    organisations = organisation_codes(np.arange(total) + 1_000_003 * (settings.seed % 800))
    heads = np.select([cooperative, kind == SOLE_TRADER], [93, 92], 91)
    known = pa.array(firm)
    uscc = pc.if_else(known, texts(usccs(heads, codes, organisations)), None)
    sequence = np.where(kind == SOLE_TRADER, 60_000_000, 0) + np.arange(total)
    registration = pc.if_else(known, texts(registration_numbers(codes, sequence)), None)
    person = np.arange(total)  # the first persons, in the order of the subjects
    subject_id = pc.if_else(
        known, pc.binary_join_element_wise("USCC", uscc, "-"), persons.subject_id.slice(0, total)
    )
    return Population(
        kind=kind,
        subject_id=subject_id,
        uscc=uscc,
        organisation_code=pc.if_else(known, texts(organisations), None),
        registration_no=registration,
        name=_names(rng, kind, industry, cooperative, persons.name.slice(0, total)),
        person=person,
        industry=industry,
        area=area,
        founded=founded,
        employees=employees,
        revenue_cents=np.maximum(revenue, 2_000_000).astype(np.int64),
        cooperative=cooperative,
        quality=rng.normal(0.0, 1.0, total),
        persons=persons,
    )


_EPOCH = np.datetime64("1970-01-01", "D")


def _shares(weights: Iterable[float]) -> np.ndarray:
    found = np.array(list(weights), dtype=float)
    return np.asarray(found / found.sum())


def _names(
    rng: np.random.Generator,
    kind: np.ndarray,
    industry: np.ndarray,
    cooperative: np.ndarray,
    persons: pa.Array,
) -> pa.Array:
    """Distinct names of firms, marked as simulated; persons keep their own."""
    total, base = len(kind), len(BRAND)
    width = 3 if total * 4 < base**3 else 4
    # An affine walk through all combinations: distinct, and not in alphabetical order.
    walk = (np.arange(total, dtype=np.int64) * 999_983 + int(rng.integers(base**width))) % (
        base**width
    )
    letters_of = pa.array(list(BRAND))
    places = [letters_of.take(pa.array(walk // base**place % base)) for place in range(width)]
    words = pa.array([one.title for one in INDUSTRIES]).take(pa.array(industry))
    tails = pa.array(["（模拟）有限公司", "（模拟）经营部", "（模拟）专业合作社"])
    tail = tails.take(pa.array(np.where(cooperative, 2, np.where(kind == SOLE_TRADER, 1, 0))))
    firm = pc.binary_join_element_wise("信桥", *places, words, tail, "")
    return pc.if_else(pa.array(kind <= SOLE_TRADER), firm, persons)


def seal(settings: Settings, values: pa.Array) -> pa.Array:
    """Keyed hashes under the city's own key, in the form in which a workspace stores what it seals."""
    key = f"simulated-city-{settings.seed}".encode()
    return pa.array(
        [
            hmac.new(key, one.encode(), hashlib.sha256).hexdigest()[:32]
            for one in values.to_pylist()
        ],
        pa.string(),
    )


def _persons(settings: Settings, subjects: int, cooperative: np.ndarray) -> Persons:
    """One person for each subject and as many again for shareholders and managers of half of them."""
    rng = settings.random("persons")
    total = subjects + subjects // 2
    female = rng.random(total) < 0.45
    oldest = (np.datetime64(settings.day(0)) - _EPOCH).astype(int)
    # 23 to 62 years old at the start of the window: of age in every record.
    birth = (oldest - (23 + 39 * rng.beta(1.8, 2.2, total)) * 365.25).astype(np.int64)
    areas = rng.choice(np.array([int(code) for code in BIRTH_AREAS]), total)
    # The serial makes a number unique among those born on one day in one area.
    keys = np.lexsort((female, birth, areas))
    group = areas[keys] * 100_000_000 + yyyymmdd(birth[keys])
    first = np.r_[True, (group[1:] != group[:-1]) | (female[keys][1:] != female[keys][:-1])]
    starts = np.maximum.accumulate(np.where(first, np.arange(total), 0))
    rank = np.empty(total, dtype=np.int64)
    rank[keys] = np.arange(total) - starts
    sequence = np.minimum(rank * 2 + np.where(female, 2, 1), np.where(female, 998, 999))
    found = texts(resident_ids(areas, yyyymmdd(birth), sequence))
    sealed = seal(settings, found)
    surnames, given = pa.array(list(SURNAMES)), pa.array(list(GIVEN))
    name = pc.binary_join_element_wise(
        surnames.take(pa.array(rng.integers(0, len(SURNAMES), total))),
        MARK,
        given.take(pa.array(rng.integers(0, len(GIVEN), total))),
        "",
    )
    digits = np.char.zfill((np.arange(total) % 10**8).astype("U8"), 8)
    mobile = pc.binary_join_element_wise("199", pa.array(digits.astype(object)), "")
    return Persons(
        resident_id=found,
        sealed=sealed,
        subject_id=pc.binary_join_element_wise("PID", sealed, "-"),
        name=name,
        mobile=mobile,
        female=female,
        birth=birth,
        area=areas,
    )

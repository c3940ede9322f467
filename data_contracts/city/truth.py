"""What is true of the city: probabilities and fates of applications, relations, identities, lenders."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.city.city import City
from data_contracts.city.clock import dates
from data_contracts.city.credit import NEVER
from data_contracts.city.lenders import ARCHETYPES
from data_contracts.city.population import KINDS
from data_contracts.city.themes.lending import account_no, application_no
from data_contracts.city.themes.relations import relate
from data_contracts.city.write import file_of
from data_contracts.errors import ContractsError

HORIZON = 12
"""Months within which a default counts."""


def applications(city: City) -> pa.Table:
    """One row for each application: probabilities, decision, fate; a default beyond the horizon is kept."""
    found, people = city.applications, city.population
    rows = np.arange(len(found))
    loan = found.approved & found.accepted
    default = loan & (found.default_after < NEVER)
    within = default & (found.default_after <= HORIZON)
    month = city.settings.months_of(found.opened) + np.minimum(found.default_after, 600)
    day = (found.opened.astype("M8[D]") - found.opened.astype("M8[D]").astype("M8[M]")).astype(int)
    return pa.table(
        {
            "application_no": application_no(rows),
            "account_no": pc.if_else(pa.array(loan), account_no(rows), None),
            "subject_id": people.subject_id.take(pa.array(found.subject)),
            "kind": pa.array(KINDS).take(pa.array(people.kind[found.subject].astype(np.int64))),
            "institution_code": pa.array(city.lenders.code).take(pa.array(found.lender)),
            "archetype": pa.array([one.code for one in ARCHETYPES]).take(pa.array(found.archetype)),
            "applied_on": dates(found.applied),
            "opened_on": dates(found.opened, ~loan),
            "latent": pa.array(found.x, pa.float64()),
            "seen": pa.array(found.seen, pa.float64()),
            "leverage": pa.array(found.leverage, pa.float64()),
            "young": pa.array(found.young, pa.bool_()),
            "secured": pa.array(found.secured, pa.bool_()),
            "p_true": pa.array(found.p_true, pa.float64()),
            "p_observable": pa.array(found.p_observable, pa.float64()),
            "p_approve": pa.array(found.p_approve, pa.float64()),
            "p_accept": pa.array(found.p_accept, pa.float64()),
            "approved": pa.array(found.approved, pa.bool_()),
            "accepted": pa.array(found.accepted, pa.bool_()),
            "loan": pa.array(loan, pa.bool_()),
            "default_within_12": pa.array(within, pa.bool_(), mask=~loan),
            "default_after_months": pa.array(found.default_after, pa.int64(), mask=~default),
            "default_on": dates(city.settings.days(month, day + 1), ~default),
        }
    )


def relations(city: City) -> pa.Table:
    """Edges between subjects and persons: parent, guarantor, key person; circles are numbered."""
    people, found = city.population, relate(city)
    children = np.flatnonzero(found.parent >= 0)
    ids, persons = people.subject_id, people.persons.subject_id
    parts = [
        ("parent", ids.take(pa.array(found.parent[children])), ids.take(pa.array(children)), None),
        (
            "guarantor",
            ids.take(pa.array(found.guarantor)),
            ids.take(pa.array(found.debtor)),
            found.circle,
        ),
        ("key_person", persons.take(pa.array(found.leader)), ids.take(pa.array(found.led)), None),
    ]
    return pa.concat_tables(
        pa.table(
            {
                "relation": pa.array([name] * len(left), pa.string()),
                "from_id": left,
                "to_id": right,
                "circle": pa.nulls(len(left), pa.int64())
                if circle is None
                else pa.array(circle, pa.int64(), mask=circle < 0),
            }
        )
        for name, left, right, circle in parts
    )


def identities(city: City) -> pa.Table:
    """The same subject under its codes and under spellings of its name that records may carry."""
    people = city.population
    firms = pa.array(people.firms)
    ids, names = people.subject_id.take(firms), people.name.take(firms)
    narrow = pc.replace_substring(pc.replace_substring(names, "（", "("), "）", ")")
    spaced = pc.replace_substring(names, "有限公司", " 有限 公司")
    short = pc.replace_substring(names, "有限公司", "公司")
    written = [
        ("USCC", people.uscc.take(firms)),
        ("ORG", people.organisation_code.take(firms)),
        ("REG", people.registration_no.take(firms)),
        ("NAME", names),
        ("NAME", narrow),
        ("NAME", spaced),
        ("NAME", short),
    ]
    parts = []
    for place, (scheme, text) in enumerate(written):
        number = (
            text if scheme != "NAME" else pa.array([_name_hash(one) for one in text.to_pylist()])
        )
        parts.append(
            pa.table(
                {
                    "subject_id": ids,
                    "alias": pc.binary_join_element_wise(scheme, number, "-"),
                    "written": text,
                    "variant": pa.array([place] * len(ids), pa.int64()),
                }
            )
        )
    return pa.concat_tables(parts)


def _name_hash(name: str) -> str:
    """First 32 hex digits of SHA-256 of the name, as it stands."""
    return hashlib.sha256(name.encode("utf-8")).hexdigest()[:32]


def lenders(city: City) -> pa.Table:
    """What the lenders do: caution, margin, popularity, products."""
    found = city.lenders
    return pa.table(
        {
            "institution_code": pa.array(found.code),
            "name": pa.array(found.name),
            "caution": pa.array(found.caution),
            "margin_bp": pa.array(found.margin),
            "popularity": pa.array(found.popularity),
            "products": pa.array(
                [";".join(one.code for one, is_offered in zip(ARCHETYPES, offered, strict=True) if is_offered)
                 for offered in found.offers]
            ),
        }
    )  # fmt: skip


@dataclass(frozen=True)
class BayesAuc:
    """The best possible AUC, its 95 % interval for a sample of these loans, and what was realised.

    ``expected`` is computed from the probabilities alone; ``realised`` from the outcomes.
    """

    column: str
    loans: int
    rate: float
    expected: float
    low: float
    high: float
    realised: float


def bayes_auc(folder: Path, column: str = "p_true") -> BayesAuc:
    """Bayes-optimal AUC for default within twelve months among the loans of a city.

    Parameters
    ----------
    folder
        Where the city was written.
    column
        ``p_true`` (given the latent state) or ``p_observable`` (given the records' signal).

    Returns
    -------
    BayesAuc
        The interval is that of the realised AUC of the true probabilities, were the outcomes drawn again
        (200 draws).
    """
    path = file_of(Path(folder) / "truth", "applications")
    if not path.is_file():
        raise ContractsError("this folder holds no city.", file=folder, hint="xinqiao city build")
    table = pq.read_table(path, columns=[column, "loan", "default_within_12"])
    table = table.filter(table["loan"])
    p = table[column].to_numpy()
    outcome = table["default_within_12"].to_numpy(zero_copy_only=False).astype(bool)
    rng = np.random.default_rng(0)
    drawn = [auc(p, rng.random(len(p)) < p) for _ in range(200)]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return BayesAuc(
        column=column,
        loans=len(p),
        rate=float(outcome.mean()) if len(p) else float("nan"),
        expected=weighted_auc(p),
        low=float(low),
        high=float(high),
        realised=auc(p, outcome),
    )


def weighted_auc(p: np.ndarray) -> float:
    """Chance that of two, one that defaults ranks above one that does not, defaults drawn from p itself.

    Examples
    --------
    >>> round(weighted_auc(np.array([0.2, 0.8])), 4)
    0.8
    """
    ordered = np.sort(np.asarray(p, dtype=float))
    _, starts = np.unique(ordered, return_index=True)
    ends = np.r_[starts[1:], len(ordered)]
    bad = np.add.reduceat(ordered, starts) if len(ordered) else np.zeros(0)
    good = (ends - starts) - bad
    below = np.cumsum(good) - good
    total = bad.sum() * good.sum()
    return float((bad * (below + good / 2)).sum() / total) if total else float("nan")


def auc(score: np.ndarray, outcome: np.ndarray) -> float:
    """Area under the curve of a score that is high where the outcome is true; ties count half.

    Examples
    --------
    >>> auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    bad = int(outcome.sum())
    good = len(outcome) - bad
    if not bad or not good:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[outcome].sum() - bad * (bad + 1) / 2) / (bad * good))

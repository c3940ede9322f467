"""Relations: shareholders, parents, key persons that firms share, guarantees and their circles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.city.city import City
from data_contracts.city.generic import Piece
from data_contracts.city.population import ENTERPRISE
from data_contracts.city.themes.shape import Builder, at, events, serials, whole

GROUPED = 0.12
"""Share of the enterprises that belong to a group, whose parent is an enterprise."""
CIRCLE = 0.01
"""Share of the enterprises that stand in a circle of guarantees of three to six."""


@dataclass(frozen=True)
class Relations:
    """Who holds, leads and guarantees whom; all arrays of one group are of equal length.

    ``parent`` is for each subject the row of its parent, or -1. ``circles`` number the circles of
    guarantees: ``guarantor`` guarantees for ``debtor``; -1 in ``circle`` is a guarantee outside any.
    ``led`` and ``leader`` pair enterprises with rows of persons.
    """

    parent: np.ndarray
    guarantor: np.ndarray
    debtor: np.ndarray
    circle: np.ndarray
    led: np.ndarray
    leader: np.ndarray
    position: np.ndarray


def relate(city: City) -> Relations:
    """Draw the relations of a city; equal cities have equal ones."""
    rng = city.random("relations")
    people = city.population
    firms = people.rows(ENTERPRISE)
    parent = np.full(len(people), -1)
    if len(firms) >= 4:
        # The largest tenth are parents; nobody is above a parent, so that there is no ring of owners.
        order = firms[np.argsort(-people.revenue_cents[firms], kind="stable")]
        tops = order[: max(len(order) // 10, 1)]
        rest = order[len(tops) :]
        member = rest[rng.random(len(rest)) < GROUPED]
        parent[member] = tops[rng.integers(0, len(tops), len(member))]
    shuffled = rng.permutation(firms)
    inside = shuffled[: int(max(round(len(firms) * CIRCLE), min(3, len(firms))))]
    guarantor, debtor, circle = [], [], []
    start, number = 0, 0
    while len(inside) - start >= 3:
        size = min(int(rng.integers(3, 7)), len(inside) - start)
        if len(inside) - start - size in (1, 2):
            size = len(inside) - start
        ring = inside[start : start + size]
        guarantor.append(ring)
        debtor.append(np.roll(ring, -1))
        circle.append(np.full(size, number))
        start, number = start + size, number + 1
    single = shuffled[rng.random(len(shuffled)) < 0.06]
    other = firms[rng.integers(0, len(firms), len(single))]
    apart = single != other
    guarantor.append(single[apart])
    debtor.append(other[apart])
    circle.append(np.full(int(apart.sum()), -1))
    # Each enterprise has its own representative; a third also has a director from a smaller pool, so
    # that some persons stand behind several firms.
    pool = len(people) + np.arange(max(len(people.persons) - len(people), 1) // 3 + 1)
    pool = np.minimum(pool, len(people.persons) - 1)
    second = firms[rng.random(len(firms)) < 0.35]
    return Relations(
        parent=parent,
        guarantor=np.concatenate(guarantor),
        debtor=np.concatenate(debtor),
        circle=np.concatenate(circle),
        led=np.concatenate([firms, second]),
        leader=np.concatenate(
            [people.person[firms], pool[rng.integers(0, len(pool), len(second))]]
        ),
        position=np.concatenate([np.zeros(len(firms)), np.ones(len(second))]).astype(np.int64),
    )


def _since(city: City, rows: np.ndarray) -> np.ndarray:
    return np.asarray(np.maximum(city.population.founded[rows], int(city.settings.days(0)) - 400))


def _shareholders(city: City) -> Iterator[Piece]:
    """A parent holds 51 to 90 %, else the representative 40 to 100 %; a second person some of the rest."""
    people, rng = city.population, city.random("theme", "shareholder")
    found = relate(city)
    firms = people.rows(ENTERPRISE)
    owned = found.parent[firms] >= 0
    first = np.where(owned, rng.uniform(0.51, 0.9, len(firms)), rng.uniform(0.4, 1.0, len(firms)))
    first = np.round(first, 4)
    capital = whole(people.revenue_cents[firms] * 0.3)
    parent = pa.array(np.where(owned, found.parent[firms], 0))
    person = pa.array(people.person[firms])
    ids = pc.if_else(
        pa.array(owned), people.subject_id.take(parent), people.persons.subject_id.take(person)
    )
    firm_name = pc.if_else(pa.array(owned), people.name.take(parent), None)
    masked = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(people.persons.name.take(person), 0, 1), "**", ""
    )
    yield {
        "_i": firms,
        "holder_id": ids,
        "holder_kind": at("person enterprise", owned),
        "holder_name": firm_name,
        "person_name": pc.if_else(pa.array(owned), None, masked),
        "subscribed_cents": whole(capital * first),
        "contributed_cents": whole(capital * first * 0.5),
        "share": first,
        "since_on": _since(city, firms),
        "until_on": (firms, np.ones(len(firms), dtype=bool)),
    }
    partner = firms[rng.random(len(firms)) < 0.4]
    place = np.searchsorted(firms, partner)
    share = np.floor((1 - first[place]) * rng.uniform(0.2, 1.0, len(partner)) * 10_000) / 10_000
    kept = share > 0
    partner, place, share = partner[kept], place[kept], share[kept]
    extra = len(people) + rng.integers(0, len(people.persons) - len(people), len(partner))
    yield {
        "_i": partner,
        "holder_id": people.persons.subject_id.take(pa.array(extra)),
        "holder_kind": at("person", np.zeros(len(partner))),
        "holder_name": pa.nulls(len(partner), pa.string()),
        "person_name": pc.binary_join_element_wise(
            pc.utf8_slice_codeunits(people.persons.name.take(pa.array(extra)), 0, 1), "**", ""
        ),
        "subscribed_cents": whole(capital[place] * share),
        "contributed_cents": whole(capital[place] * share * 0.5),
        "share": share,
        "since_on": _since(city, partner),
        "until_on": (partner, np.ones(len(partner), dtype=bool)),
    }


def _key_persons(city: City) -> Iterator[Piece]:
    people, found = city.population, relate(city)
    leader = pa.array(found.leader)
    yield {
        "_i": found.led,
        "person_id": people.persons.subject_id.take(leader),
        "person_name": pc.binary_join_element_wise(
            pc.utf8_slice_codeunits(people.persons.name.take(leader), 0, 1), "**", ""
        ),
        "position": at("representative director", found.position),
        "since_on": _since(city, found.led),
        "until_on": (found.led, np.ones(len(found.led), dtype=bool)),
    }


def _guarantees(city: City) -> Iterator[Piece]:
    people, found = city.population, relate(city)
    rng = city.random("theme", "guarantee")
    count = len(found.guarantor)
    first = np.maximum(people.founded[found.guarantor], people.founded[found.debtor]) + 30
    since = np.clip(
        first, int(city.settings.days(0)), int(city.settings.days(city.settings.months - 1))
    )
    amount = whole(people.revenue_cents[found.debtor] * 0.15) + 100_00
    yield {
        "_i": found.guarantor,
        "guarantee_no": serials("BZ", np.arange(count)),
        "guaranteed_id": people.subject_id.take(pa.array(found.debtor)),
        "account_no": pa.nulls(count, pa.string()),
        "joint_group_no": pa.nulls(count, pa.string()),
        "kind": at("joint", np.zeros(count)),
        "amount_cents": amount,
        "from_on": since,
        "until_on": since + 365 * rng.integers(1, 4, count),
        "state": at("live", np.zeros(count)),
        "compensated_on": (since, np.ones(count, dtype=bool)),
        "compensated_cents": (np.zeros(count, dtype=np.int64), np.ones(count, dtype=bool)),
    }


def _equity(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    return {"pledge_no": serials("GQ", np.arange(len(rows))), "pledged_on": days,
            "cancelled_on": (days, np.ones(len(rows), dtype=bool))}  # fmt: skip


def _movable(city: City, rows: np.ndarray, days: np.ndarray, rng: np.random.Generator) -> Piece:
    return {"pledge_no": serials("DC", np.arange(len(rows))), "pledged_on": days,
            "expires_on": days + 365, "cancelled_on": (days, np.ones(len(rows), dtype=bool))}  # fmt: skip


BUILDERS: dict[str, Builder] = {
    "shareholder": _shareholders,
    "key_person": _key_persons,
    "guarantee": _guarantees,
    "equity_pledge": events("equity_pledge", ("enterprise",), 0.01, 0.2, _equity),
    "movable_pledge": events("movable_pledge", ("enterprise", "sole_trader"), 0.03, 0.1, _movable),
}

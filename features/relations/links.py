"""Why subjects are in one group: their links, in words, and the shortest way to each from one of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb
import numpy as np

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake
from features.relations.control import REASONS
from features.relations.groups import Kind, Network
from features.relations.history import Column, History, visible

LinkKind = Literal["control", "common", "guarantee"]


@dataclass(frozen=True)
class Link:
    """A relation of one subject to another: who controls, leads or guarantees whom."""

    kind: LinkKind
    left: int
    right: int
    zh: str
    en: str


def links(history: History, network: Network, members: Column, kind: Kind = "risk") -> list[Link]:
    """Links that join the members of a group; strongest kind first."""
    inside = np.zeros(len(history), dtype=bool)
    inside[members] = True
    found = [*_control(network, inside)]
    if kind == "risk":
        found += _common(history, network, inside)
        found += _guarantees(network, inside)
    return found


def _control(network: Network, inside: Column) -> list[Link]:
    control = network.control
    found = []
    for row in np.flatnonzero(inside[control.controller] & inside[control.firm]):
        share, reason = float(control.share[row]), REASONS[int(control.reason[row])]
        zh, en = {
            "shares": (f"控股 {share:.2%}", f"holds {share:.2%}"),
            "position": ("实际控制人", "actual controller"),
            "together": (f"与关联方合计控股 {share:.2%}", f"holds {share:.2%} with its group"),
        }[reason]
        found.append(Link("control", int(control.controller[row]), int(control.firm[row]), zh, en))
    return found


def _common(history: History, network: Network, inside: Column) -> list[Link]:
    person, firm = network.common
    pairs = set(zip(person.tolist(), firm.tolist(), strict=True))
    titles = next(c.item.codes for c in contract_of("key_person").columns() if c.name == "position")
    positions = network.positions
    held: dict[tuple[int, int], list[tuple[str, str]]] = {}
    common = positions["common"].astype(bool)
    for row in np.flatnonzero(common & inside[positions["person"]] & inside[positions["firm"]]):
        pair = int(positions["person"][row]), int(positions["firm"][row])
        if pair in pairs:
            held.setdefault(pair, []).append(titles[str(positions["position"][row])])
    return [
        Link(
            "common", left, right, "、".join(zh for zh, _ in told), ", ".join(en for _, en in told)
        )
        for (left, right), told in held.items()
    ]


def _guarantees(network: Network, inside: Column) -> list[Link]:
    given = network.guarantees
    chosen = network.joining & inside[given["guarantor"]] & inside[given["debtor"]]
    return [
        Link(
            "guarantee",
            int(given["guarantor"][row]),
            int(given["debtor"][row]),
            f"担保 {int(given['amount'][row]) / 1_000_000:,.2f} 万元",
            f"guarantees {int(given['amount'][row]) / 100:,.0f} {_currency(given['summed'][row])}",
        )
        for row in np.flatnonzero(chosen)
    ]


def _currency(summed: object) -> str:
    """Currency of an amount, as far as the group's sum knows it."""
    return "CNY" if bool(summed) else "(other currency)"


def ways(subject: int, found: list[Link]) -> dict[int, tuple[int, Link] | None]:
    """Each subject that links lead to, with the one before it on the shortest way and the link.

    In the order in which they are reached; the subject itself is first and has None.
    """
    near: dict[int, list[tuple[int, Link]]] = {}
    for link in found:
        near.setdefault(link.left, []).append((link.right, link))
        near.setdefault(link.right, []).append((link.left, link))
    reached: dict[int, tuple[int, Link] | None] = {subject: None}
    queue = deque([subject])
    while queue:
        here = queue.popleft()
        for other, link in near.get(here, ()):
            if other not in reached:
                reached[other] = here, link
                queue.append(other)
    return reached


def names(lake: Lake, day: date, subjects: list[str]) -> dict[str, str]:
    """Names of enterprises as they were registered on a day."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT subject_id, name FROM {visible(lake, 'registration')} "
            "WHERE start <= $day AND $day < stop AND name IS NOT NULL "
            "AND list_contains($subjects, subject_id)",
            {"day": day, "subjects": subjects},
        ).fetchall()
    return {str(subject): str(name) for subject, name in rows}


def label(history: History, code: int, named: dict[str, str]) -> str:
    """What a subject is called: its name, or the end of its id for a person."""
    subject = str(history.ids[code].as_py())
    if code >= history.firms:
        return f"自然人 person …{subject[-6:]}"
    return named.get(subject, subject)

"""What of a person is seen only with a written consent (REG-03), as Ibis expressions.

Income, deposits, securities, insurance, real estate and tax amounts of a natural person enter a feature only
on days on which the lake holds a written consent of that person, given after notice of its adverse effects,
that names the class or the contract. Without one the value is null; where the item tells the record itself
(its key or its event), the whole record is unseen. Enterprises need none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis

from data_contracts.catalogue import contract as contract_of
from data_contracts.contract import PERSONS
from data_contracts.lawful import CONSENT
from features.expressions import Aggregate, Column
from features.owners import owner_of
from features.policy import consent_class
from features.visibility import versions

PERSON_PREFIXES = ("PID-", "CARD-", "USCC-92")
"""Subjects that are natural persons: their own numbers, and the codes of sole traders (class 92)."""

_ASKED = (
    "kind", "adverse_notice", "item_classes", "granted_on", "valid_until", "revoked_on"
)  # fmt: skip

Need = tuple[str, str]
"""A contract and the class of its items that need written consent."""


def needed_consents(aggregates: Iterable[Aggregate]) -> tuple[Need, ...]:
    """Contracts and classes that subjects' own aggregates read, sorted."""
    found: set[Need] = set()
    for aggregate in aggregates:
        if aggregate.group is not None:
            continue
        contract = aggregate.contract
        found |= {(contract, one) for one in record_classes(contract)}
        for part in aggregate.walk():
            if isinstance(part, Column):
                one = consent_class(contract, part.name)
                found |= {(contract, one)} if one else set()
    return tuple(sorted(found))


def record_classes(contract: str) -> tuple[str, ...]:
    """Classes of consent without which a person's whole record is unseen: those of its key and event."""
    about = contract_of(contract).about
    classes = (consent_class(contract, name) for name in (*about.key, about.event))
    return tuple(sorted({one for one in classes if one}))


def flag_name(contract: str, one: str) -> str:
    """Column of the spine that tells whether a consent is in force."""
    return f"_consent_{contract}_{one}"


def with_consents(spine: Any, needed: Iterable[Need]) -> Any:
    """Spine with a flag for each contract and class: whether a written consent is in force on the day."""
    held = versions(CONSENT, _ASKED)
    held = held.filter(held.kind == "written", held.adverse_notice)
    in_force = spine.join(
        held,
        [
            spine[owner_of(spine)] == held.subject_id,
            held._from <= spine._as_of,
            held._until.isnull() | (spine._as_of < held._until),
            held.granted_on <= spine._as_of,
            held.valid_until.isnull() | (held.valid_until >= spine._as_of),
            held.revoked_on.isnull() | (held.revoked_on > spine._as_of),
        ],
    )
    listed = ibis.literal(";") + in_force.item_classes + ";"
    flags = in_force.group_by("_row").aggregate(
        **{
            flag_name(contract, one): (
                listed.contains(f";{one};") | listed.contains(f";{contract};")
            ).any()
            for contract, one in needed
        }
    )
    names = [flag_name(*need) for need in needed]
    joined = spine.left_join(flags, "_row")
    return joined.select(spine, **{name: joined[name].fill_null(False) for name in names})


def allowed(contract: str, one: str, seen: Any) -> Any:
    """Whether an item of this class may be seen in a row of the spine that is joined to records."""
    consented = seen[flag_name(contract, one)]
    if all(kind in PERSONS for kind in contract_of(contract).about.subject_kinds):
        return consented
    owner = seen[owner_of(seen)]
    person = ibis.or_(*(owner.startswith(prefix) for prefix in PERSON_PREFIXES))
    return consented | ~person

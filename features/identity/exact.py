"""Claims from equal codes and equal names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from features.identity.claims import NEVER, Claim
from features.identity.codes import (
    agreement,
    organisation_code,
    organisation_codes,
    scheme,
    subject_of,
)
from features.identity.evidence import Evidence
from features.identity.names import parts_of
from features.identity.settings import SCORES

Span = tuple[date, date]


@dataclass(frozen=True)
class Alias:
    """A name of a subject."""

    subject: str
    name: str
    normal: str
    key: str
    former: bool
    since: date
    until: date


@dataclass
class Index:
    """Evidence in the order in which claims look it up.

    Attributes
    ----------
    seen : dict
        Subject to the first day it was known.
    names, codes, older : dict
        Subject to its names, to the codes written beside it, and to the subject ids that these give.
    addresses : dict
        Subject to one address.
    """

    seen: dict[str, date]
    names: dict[str, list[Alias]] = field(default_factory=lambda: defaultdict(list))
    codes: dict[str, list[tuple[str, Span]]] = field(default_factory=lambda: defaultdict(list))
    older: dict[str, list[tuple[str, Span]]] = field(default_factory=lambda: defaultdict(list))
    addresses: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, evidence: Evidence) -> Index:
        """Index evidence by subject."""
        found = cls(dict(_rows(evidence.seen)))
        for subject, name, normal, key, former, since, until in _rows(evidence.named):
            alias = Alias(subject, name, normal, key, former, since, until or NEVER)
            found.names[subject].append(alias)
        for subject, code, kind, since, until in _rows(evidence.coded):
            span = (since, until or NEVER)
            found.codes[subject].append((code, span))
            other = subject_of(code, kind)
            if other is not None and other != subject:
                found.older[subject].append((other, span))
        for subject, address in _rows(evidence.addressed):
            found.addresses.setdefault(subject, address)
        return found


def exact_claims(index: Index) -> Iterator[Claim]:
    """All claims from equal codes and names; order carries no meaning."""
    yield from _code_claims(index)
    yield from _name_claims(index)


def _code_claims(index: Index) -> Iterator[Claim]:
    enterprises: dict[str, list[str]] = defaultdict(list)
    for subject in index.seen:
        if scheme(subject) == "USCC":
            enterprises[organisation_code(subject[5:])].append(subject)
    pairs: list[tuple[str, str, Span]] = []
    for subject, since in index.seen.items():
        if scheme(subject) in ("ORG", "TAX"):
            pairs += [
                (subject, target, (max(since, index.seen[target]), NEVER))
                for code in organisation_codes(subject)
                for target in enterprises.get(code, ())
            ]
    for holder, others in index.older.items():
        for other, (since, until) in others:
            # A record that carries both numbers: the lower rank is the older number of the higher.
            for subject, target in ((other, holder), (holder, other)):
                if scheme(holder) == "NAME" or not {subject, target} <= index.seen.keys():
                    continue
                first = max(since, index.seen[subject])
                pairs.append((subject, target, (first, until)))
    for subject, target, span in dict.fromkeys(pairs):
        yield from _unless_named_otherwise(index, subject, target, span)


def _unless_named_otherwise(index: Index, subject: str, target: str, span: Span) -> Iterator[Claim]:
    """A code claim, held while both sides have names and none of them agree."""
    score = SCORES["code"]
    mine, theirs = index.names.get(subject, []), index.names.get(target, [])
    since, until = span
    both = agree = NEVER
    for left in mine:
        for right in theirs:
            day = max(left.since, right.since)
            both = min(both, day)
            if day < agree and alike(left.name, right.name):
                agree = day
    if agree <= both:
        yield Claim(subject, target, since, until, "code", score)
        return
    held = (max(since, both), min(until, agree))
    yield Claim(subject, target, since, min(until, both), "code", score)
    yield Claim(subject, target, *held, "code", score, "other name")
    yield Claim(subject, target, max(since, agree), until, "code", score)


def alike(left: str, right: str) -> bool:
    """Whether two names may belong to one enterprise: its brand is kept, or one is short for the other.

    Examples
    --------
    >>> alike("首钢总公司", "首钢集团有限公司"), alike("北京太洋药业股份有限公司", "北京中通吉物流有限公司")
    (True, False)
    """
    if left == right:
        return True
    one, other = parts_of(left), parts_of(right)
    short, long = sorted((one.brand, other.brand), key=len)
    if len(short) >= 2 and short in long:
        return True
    if len(short) == len(long) >= 3:
        return sum(a != b for a, b in zip(short, long, strict=True)) <= 1
    return False


def _name_claims(index: Index) -> Iterator[Claim]:
    mentions = [
        alias for aliases in index.names.values() for alias in aliases
        if scheme(alias.subject) != "USCC" and not alias.former
    ]  # fmt: skip
    wanted = {alias.key for alias in mentions}
    owners: dict[str, list[Alias]] = defaultdict(list)
    for subject, aliases in index.names.items():
        if scheme(subject) != "NAME":
            for alias in aliases:
                if alias.key in wanted:
                    owners[alias.key].append(alias)
    for mention in mentions:
        for owner in owners.get(mention.key, ()):
            if owner.subject == mention.subject:
                continue
            since, until = max(mention.since, owner.since), min(mention.until, owner.until)
            how = (
                "former"
                if owner.former
                else "name"
                if owner.normal == mention.normal
                else "spelling"
            )
            yield from _unless_coded_otherwise(
                index, Claim(mention.subject, owner.subject, since, until, how, SCORES[how])
            )


def _unless_coded_otherwise(index: Index, claim: Claim) -> Iterator[Claim]:
    """A name claim, held from the day on which a code that is not the target's was known.

    Whether an old number is another's is known only from the day on which the target's own was.
    """
    other = claim.until
    if scheme(claim.target) == "USCC":
        number = claim.target[5:]
        for text, (since, _) in written_codes(index, claim.subject):
            if agreement(text, number) == "differs":
                other = min(other, max(since, claim.since))
            elif (
                agreement(text, number, old := registration_number(index, claim.target))
                == "differs"
            ):
                told = _told_of(index, claim.target, str(old))
                other = min(other, max(since, told, claim.since))
    yield Claim(claim.subject, claim.target, claim.since, other, claim.how, claim.score)
    if other < claim.until:
        yield Claim(
            claim.subject, claim.target, other, claim.until, claim.how, claim.score, "other code"
        )


def registration_number(index: Index, subject: str) -> str | None:
    """Registration number that records tell of an enterprise: the one told first."""
    found = [
        (span[0], one[4:]) for one, span in index.older.get(subject, ()) if scheme(one) == "REG"
    ]
    return min(found)[1] if found else None


def _told_of(index: Index, subject: str, number: str) -> date:
    return min(span[0] for one, span in index.older[subject] if one == f"REG-{number}")


def written_codes(index: Index, subject: str) -> Sequence[tuple[str, Span]]:
    """Codes written beside a subject, its own number among them."""
    found = list(index.codes.get(subject, ()))
    kind, _, number = subject.partition("-")
    if kind in ("ORG", "REG"):
        found.append((number, (index.seen.get(subject, date.min), NEVER)))
    return found


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)

"""Claims that a subject is an enterprise, each with the days on which it holds, and what becomes of them.

A claim rests on an equal code, an equal name or a decision. On each day the best kind of claim counts: if it
names one enterprise and nothing speaks against it, the subject is linked; if it names several, or a code or
name speaks against it, the pair is a doubt and waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from features.identity.codes import RANKS, scheme
from features.identity.settings import HELD, SCORES

NEVER = date.max
"""Stands for an open end while intervals are compared."""

ORDER = (*SCORES, "similar")


@dataclass(frozen=True, order=True)
class Claim:
    """That `subject` is `target`, from `since` until the day before `until`.

    Attributes
    ----------
    how : str
        `confirmed`, `code`, `name`, `spelling`, `former` or `similar`.
    against : str
        What speaks against it: `""`, `other name`, `other code` or `several`.
    """

    subject: str
    target: str
    since: date
    until: date
    how: str
    score: float
    against: str = ""


def judge(claims: Iterable[Claim]) -> tuple[list[Claim], list[Claim]]:
    """Sort claims into links and doubts, day by day.

    Returns
    -------
    tuple
        Links, of which a subject has at most one on any day; and doubts. Both in order, without gaps or
        overlaps among equal ones.
    """
    by_subject: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.since < claim.until:
            if RANKS[scheme(claim.target)] >= RANKS[scheme(claim.subject)]:
                continue  # links lead to lasting codes only, so that there is no circle
            by_subject.setdefault(claim.subject, []).append(claim)
    links: list[Claim] = []
    doubts: list[Claim] = []
    for subject in sorted(by_subject):
        mine = by_subject[subject]
        for since, until in segments((c.since, c.until) for c in mine):
            active = [c for c in mine if c.since <= since < c.until]
            linked, doubted = _on_one_day(active)
            links += [replace(c, since=since, until=until) for c in linked]
            doubts += [replace(c, since=since, until=until) for c in doubted]
    return joined(links), joined(doubts)


def _on_one_day(active: Sequence[Claim]) -> tuple[list[Claim], list[Claim]]:
    if not active:
        return [], []
    kind = min(ORDER.index(c.how) for c in active)
    best = [c for c in active if ORDER.index(c.how) == kind]
    rank = min(RANKS[scheme(c.target)] for c in best)
    best = [c for c in best if RANKS[scheme(c.target)] == rank]
    targets = {c.target: c for c in sorted(best, reverse=True, key=lambda c: c.against)}
    if len(targets) > 1:
        score = round(0.9 / len(targets), 4)
        several = [replace(c, score=score, against="several") for c in targets.values()]
        return [], sorted(several)
    (only,) = targets.values()
    if only.against:
        return [], [replace(only, score=min(only.score, HELD))]
    return [only], []


def segments(spans: Iterable[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """Days between which nothing changes.

    Examples
    --------
    >>> a, b, c = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
    >>> list(segments([(a, c), (b, c)])) == [(a, b), (b, c)]
    True
    """
    days = sorted({day for span in spans for day in span})
    yield from pairwise(days)


def joined(claims: Iterable[Claim]) -> list[Claim]:
    """Claims that follow each other without a change, as one."""
    found: list[Claim] = []
    for claim in sorted(
        claims, key=lambda c: (c.subject, c.target, c.how, c.against, c.score, c.since)
    ):
        last = found[-1] if found else None
        if (
            last
            and last.until == claim.since
            and replace(last, since=claim.since, until=claim.until) == claim
        ):
            found[-1] = replace(last, until=claim.until)
        else:
            found.append(claim)
    return sorted(found)


def canonical(links: Sequence[Claim]) -> list[Claim]:
    """Links that lead to the end: a subject's target is itself linked no further on those days.

    The score of a chain is the product of its links' scores, `how` the weakest of them.

    Examples
    --------
    >>> day = date(2024, 1, 1)
    >>> chain = [Claim("NAME-a", "REG-b", day, NEVER, "name", 0.99), Claim("REG-b", "USCC-c", day, NEVER, "code", 1.0)]
    >>> [(c.subject, c.target) for c in canonical(chain)]
    [('NAME-a', 'USCC-c'), ('REG-b', 'USCC-c')]
    """
    by_subject: dict[str, list[Claim]] = {}
    for link in links:
        by_subject.setdefault(link.subject, []).append(link)
    done: dict[str, list[Claim]] = {}
    for subject in sorted(by_subject, key=lambda s: (RANKS[scheme(s)], s)):  # targets come first
        done[subject] = [
            end for link in by_subject[subject] for end in _ends(link, done.get(link.target, []))
        ]
    return joined(end for ends in done.values() for end in ends)


def _ends(link: Claim, further: Sequence[Claim]) -> Iterator[Claim]:
    spans = [(max(link.since, f.since), min(link.until, f.until), f) for f in further]
    spans = sorted((s for s in spans if s[0] < s[1]), key=lambda s: s[0])
    start = link.since
    for since, until, onward in spans:
        if start < since:
            yield replace(link, since=start, until=since)
        how = max(link.how, onward.how, key=ORDER.index)
        score = round(link.score * onward.score, 6)
        yield Claim(link.subject, onward.target, since, until, how, score)
        start = until
    if start < link.until:
        yield replace(link, since=start)


def decided(
    claims: Iterable[Claim], decisions: Mapping[tuple[str, str], Sequence[tuple[date, str]]]
) -> list[Claim]:
    """Claims after people's decisions: a rejected pair ends on its day, a confirmed one begins.

    Parameters
    ----------
    claims
        What records claim.
    decisions
        (subject, target) -> (day, `confirmed`, `rejected` or `open`) in the order in which they were made.
    """
    found: list[Claim] = []
    for claim in claims:
        made = decisions.get((claim.subject, claim.target), ())
        spans = _while(made, ("open", "confirmed"), free_before=True)
        for since, until in spans:
            low, high = max(since, claim.since), min(until, claim.until)
            if low < high:
                found.append(replace(claim, since=low, until=high))
    for (subject, target), made in decisions.items():
        for since, until in _while(made, ("confirmed",), free_before=False):
            found.append(Claim(subject, target, since, until, "confirmed", SCORES["confirmed"]))
    return found


def last_state(made: Sequence[tuple[date, str]]) -> str:
    """State after the last of several decisions; the later one of a day stands."""
    return max(enumerate(made), key=lambda step: (step[1][0], step[0]))[1][1]


def _while(
    made: Sequence[tuple[date, str]], states: tuple[str, ...], *, free_before: bool
) -> list[tuple[date, date]]:
    """Spans of days on which the last decision was one of these."""
    ordered = sorted(enumerate(made), key=lambda pair: (pair[1][0], pair[0]))
    last: dict[date, str] = {
        day: state for _, (day, state) in ordered
    }  # the later of one day stands
    days = sorted(last)
    spans = [(date.min, days[0] if days else NEVER)] if free_before else []
    for place, day in enumerate(days):
        if last[day] in states:
            spans.append((day, days[place + 1] if place + 1 < len(days) else NEVER))
    return spans

"""One code or name: which enterprise it is on a day, real-time (C12: 准确匹配代码名称)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.identity.claims import canonical, decided, judge
from features.identity.codes import RANKS, scheme, subject_of
from features.identity.evidence import read_evidence
from features.identity.exact import Alias, Index, exact_claims
from features.identity.names import key_of, may_be_person, name_subject, normal_name
from features.identity.review import ReviewStore
from features.identity.settings import SCORES

LONGEST = 200
"""Longest text that is asked for; names end far below it."""


@dataclass(frozen=True)
class Answer:
    """An enterprise that a code or name may be; `linked` where records of it count for the enterprise."""

    target: str
    name: str
    how: str
    score: float
    linked: bool


def lookup(lake: Lake, text: str, day: date, store: ReviewStore | None = None) -> list[Answer]:
    """Say which enterprises a code, a name or a subject id may be, the best first.

    Parameters
    ----------
    lake : Lake
    text : str
        A unified code, organisation code, taxpayer or registration number, a name, or a subject id.
    day : date
        What was known later does not count.
    store : ReviewStore, optional
        Decisions and believed similar names.

    Raises
    ------
    FeaturesError
        For an empty text, one too long, or the name of a natural person.
    """
    asked = normal_name(text)
    if not asked or len(asked) > LONGEST:
        raise FeaturesError(
            "there is nothing to look up.", expected=f"a code or name of up to {LONGEST} characters"
        )
    subject = _subject(asked)
    index = Index.of(read_evidence(lake, day))
    if subject not in index.seen:
        index.seen[subject] = day
        if scheme(subject) == "NAME":
            index.names[subject] = [
                Alias(subject, asked, asked, key_of(asked), False, day, date.max)
            ]
    claims = list(exact_claims(index))
    made = store.decisions().until(day) if store else {}
    if store:
        claims += store.similar_links(day)
    links, doubts = judge(decided(claims, made))
    ends = canonical(links)
    found = [
        Answer(one.target, _name(index, one.target), one.how, one.score, linked)
        for some, linked in ((ends, True), (doubts, False))
        for one in some
        if one.subject == subject and one.since <= day < one.until
    ]
    if scheme(subject) == "USCC" and subject in _known(index, day):
        found.append(Answer(subject, _name(index, subject), "code", SCORES["code"], True))
    return sorted(found, key=lambda a: (not a.linked, -a.score, a.target))


def _subject(asked: str) -> str:
    head, _, number = asked.partition("-")
    if head in RANKS and number:
        return asked
    if head == "PID" or may_be_person(asked):
        raise FeaturesError(
            "natural persons are never looked up by name or number.",
            expected="a code or name of an organisation",
        )
    return subject_of(asked) or name_subject(asked)


def _known(index: Index, day: date) -> set[str]:
    return {subject for subject in index.names if index.seen.get(subject, date.max) <= day}


def _name(index: Index, subject: str) -> str:
    names = sorted(index.names.get(subject, ()), key=lambda a: (a.former, a.since), reverse=False)
    return names[0].name if names else ""

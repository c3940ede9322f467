"""From evidence to links and doubts: equal codes and names first, similar names for what is left."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from data_contracts.intake.lake import Lake
from features.identity.claims import Claim, canonical, decided, judge, last_state
from features.identity.codes import RANKS, agreement, scheme
from features.identity.evidence import read_evidence
from features.identity.exact import Index, exact_claims, registration_number, written_codes
from features.identity.review import Decisions
from features.identity.settings import LinkSettings
from features.identity.similar import Candidate, Named, similar


@dataclass(frozen=True)
class Linked:
    """What became of the subjects of a lake on a day.

    Attributes
    ----------
    as_of : date
    links : list of Claim
        Subject to its enterprise, through to the end, with the days on which each holds.
    doubts : list of Claim
        Pairs that a person has to look at: several enterprises, another code, another name.
    candidates : list of Candidate
        Pairs of similar names from `settings.review` on.
    accepted : list of Claim
        Those of `candidates` that are believed from `as_of` on.
    index : Index
        The evidence, for reports.
    """

    as_of: date
    links: list[Claim]
    doubts: list[Claim]
    candidates: list[Candidate]
    accepted: list[Claim]
    index: Index


def link(
    lake: Lake,
    as_of: date,
    *,
    settings: LinkSettings | None = None,
    decisions: Decisions | None = None,
    by_similarity: bool = True,
) -> Linked:
    """Link the subjects of a lake as they are known on a day.

    Parameters
    ----------
    lake : Lake
    as_of : date
        Records, decisions and earlier runs known later do not count.
    settings : LinkSettings, optional
    decisions : Decisions, optional
        What people decided; with it, confirmed pairs are linked and rejected ones are not.
    by_similarity : bool
        Whether names that only resemble each other are scored, with splink.

    Returns
    -------
    Linked
    """
    settings = settings or LinkSettings()
    made = decisions.until(as_of) if decisions else {}
    index = Index.of(read_evidence(lake, as_of))
    claims = decided(exact_claims(index), made)
    links, doubts = judge(claims)
    candidates: list[Candidate] = []
    accepted: list[Claim] = []
    if by_similarity:
        held = {c.subject for c in (*links, *doubts) if c.since <= as_of < c.until}
        candidates = similar_candidates(index, held, settings)
        rejected = {pair for pair, steps in made.items() if last_state(steps) == "rejected"}
        candidates = [c for c in candidates if (c.subject, c.target) not in rejected]
        accepted = _accepted(index, candidates, as_of, settings)
        links, _ = judge([*claims, *accepted])
    return Linked(as_of, canonical(links), doubts, candidates, accepted, index)


def similar_candidates(index: Index, held: set[str], settings: LinkSettings) -> list[Candidate]:
    """Candidates by similarity for all subjects that hold no link and no doubt.

    Parameters
    ----------
    index : Index
    held : set of str
        Subjects that need no candidates; enterprises among them are no targets either.
    settings : LinkSettings
    """
    mentions: list[Named] = []
    targets: list[Named] = []
    for subject in sorted(index.names):
        if subject in held:
            continue
        address = index.addresses.get(subject)
        named = [
            Named(subject, name, address)
            for name in sorted({alias.name for alias in index.names[subject]})
        ]
        if RANKS[scheme(subject)] > 0:
            mentions += named
        if scheme(subject) != "NAME":
            targets += named
    return similar(mentions, targets, settings)


def _accepted(
    index: Index, candidates: list[Candidate], as_of: date, settings: LinkSettings
) -> list[Claim]:
    best: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        best[candidate.subject].append(candidate)
    found = []
    for subject, mine in best.items():
        first = mine[0]
        second = mine[1].score if len(mine) > 1 else 0.0
        if first.score < settings.accept or first.score - second < settings.margin:
            continue
        levels = dict(first.levels)
        if levels["brand"] != "same" or levels["area"] == "other":
            continue  # another brand or another province is for a person to judge, whatever the score
        if speaks_against(index, subject, first.target):
            continue
        found.append(Claim(subject, first.target, as_of, date.max, "similar", first.score))
    return found


def speaks_against(index: Index, subject: str, target: str) -> bool:
    """Whether a code written beside a subject is another enterprise's."""
    if scheme(target) != "USCC":
        return scheme(subject) == scheme(target)
    old = registration_number(index, target)
    return any(
        agreement(text, target[5:], old) == "differs" for text, _ in written_codes(index, subject)
    )

"""Which enterprise a subject is, on a day or through time, for features, rules and reports.

The mapping is a table `subject_id, canonical_id, since, until, score, how`: the subject's records count for the
canonical subject on each day T with `since <= T < until` (null: no end yet). What codes and equal names prove
holds from the day on which all of its evidence was known; a decision or a similar name from the day on which
it was made or believed. So nothing learned later changes what held before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from data_contracts.intake.lake import Lake
from features.identity.claims import NEVER, Claim, canonical, decided, judge
from features.identity.evidence import Evidence, read_evidence
from features.identity.exact import Index, exact_claims
from features.identity.review import ReviewStore

MAPPING = pa.schema(
    [
        ("subject_id", pa.string()), ("canonical_id", pa.string()), ("since", pa.date32()),
        ("until", pa.date32()), ("score", pa.float64()), ("how", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Resolution:
    """Who is who on a day.

    Attributes
    ----------
    as_of : date
    links : Mapping[str, Claim]
        Subject to its link; subjects that are their own canonical subject are absent.

    Examples
    --------
    >>> day = date(2024, 1, 1)
    >>> found = Resolution(day, {"ORG-1": Claim("ORG-1", "USCC-1", day, NEVER, "code", 1.0)})
    >>> found.canonical("ORG-1"), found.canonical("PID-7")
    ('USCC-1', 'PID-7')
    """

    as_of: date
    links: Mapping[str, Claim]

    def canonical(self, subject: str) -> str:
        """Canonical subject; the subject itself if it is linked to none."""
        link = self.links.get(subject)
        return link.target if link else subject

    def aliases(self, subject: str) -> tuple[str, ...]:
        """All subjects that are this one, itself first."""
        return (subject, *sorted(s for s, link in self.links.items() if link.target == subject))

    def score(self, subject: str) -> float:
        """Score of a subject's link; 1 for a subject that is its own."""
        link = self.links.get(subject)
        return link.score if link else 1.0


def timeline(
    lake: Lake,
    as_of: date | None = None,
    store: ReviewStore | None = None,
    evidence: Evidence | None = None,
) -> list[Claim]:
    """Links of all subjects through time, each leading to the end of its chain.

    Parameters
    ----------
    lake : Lake
    as_of : date, optional
        Nothing known later counts; all that is known if absent.
    store : ReviewStore, optional
        Decisions and believed similar names.
    evidence : Evidence, optional
        What the lake says, where it was read already.

    Returns
    -------
    list of Claim
        At most one for a subject on any day; the targets are linked no further on those days.
    """
    claims = list(exact_claims(Index.of(evidence or read_evidence(lake, as_of))))
    day = as_of or NEVER
    made = store.decisions().until(day) if store else {}
    if store:
        claims += store.similar_links(day)
    links, _ = judge(decided(claims, made))
    return canonical(links)


def resolve(lake: Lake, as_of: date, store: ReviewStore | None = None) -> Resolution:
    """Say who is who on a day, from what was known by then.

    Parameters
    ----------
    lake : Lake
    as_of : date
    store : ReviewStore, optional
        Decisions and believed similar names.

    Returns
    -------
    Resolution
    """
    held = [c for c in timeline(lake, as_of, store) if c.since <= as_of < c.until]
    return Resolution(as_of, {claim.subject: claim for claim in held})


def mapping_table(links: list[Claim]) -> pa.Table:
    """Links as the table that plans join (:data:`MAPPING`)."""
    return pa.Table.from_pylist(
        [
            {
                "subject_id": c.subject, "canonical_id": c.target, "since": c.since,
                "until": None if c.until == NEVER else c.until, "score": c.score, "how": c.how,
            }
            for c in links
        ],
        MAPPING,
    )  # fmt: skip


def store_of(features_dir: Path) -> ReviewStore:
    """Review store of a workspace's features folder."""
    return ReviewStore(features_dir / "identity")

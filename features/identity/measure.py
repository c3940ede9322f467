"""How often links are right: precision and recall by score band, with 95 % intervals (Wilson)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.errors import FeaturesError
from features.identity.claims import NEVER, judge
from features.identity.codes import scheme
from features.identity.exact import Alias, Index, exact_claims
from features.identity.link import similar_candidates
from features.identity.names import key_of, name_subject, normal_name
from features.identity.settings import LinkSettings

BANDS = (1.0, 0.98, 0.96, 0.94, 0.8, 0.5, 0.3, 0.15)
"""Lower bounds of the score bands (ours)."""


@dataclass(frozen=True)
class Band:
    """Proposals of one score band.

    Attributes
    ----------
    low : float
        Lowest score of the band.
    proposed, right : int
        Pairs, and those that are true.
    precision : tuple
        Share of right ones, with its 95 % interval: (value, low, high).
    recall : tuple
        Share of all true pairs that score at least `low`, with its 95 % interval.
    """

    low: float
    proposed: int
    right: int
    precision: tuple[float, float, float]
    recall: tuple[float, float, float]


def wilson(hits: int, total: int) -> tuple[float, float, float]:
    """A share with its 95 % interval.

    Examples
    --------
    >>> [round(x, 3) for x in wilson(9, 10)]
    [0.9, 0.596, 0.982]
    """
    if not total:
        return (float("nan"), 0.0, 1.0)
    z, p = 1.959964, hits / total
    middle, spread = p + z * z / (2 * total), z * sqrt(p * (1 - p) / total + z * z / (4 * total**2))
    scale = 1 + z * z / total
    return (p, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


def bands(
    proposals: Iterable[tuple[str, str, float]],
    truth: Mapping[str, str],
    edges: Sequence[float] = BANDS,
) -> list[Band]:
    """Precision of each score band and recall down to it.

    Parameters
    ----------
    proposals
        (subject, enterprise, score): the best proposal of each subject.
    truth
        Subject to its true enterprise; a proposal for a subject that is absent here is wrong.
    edges
        Lower bounds, the highest first; the last band holds everything from its bound on.
    """
    listed = sorted(proposals, key=lambda p: -p[2])
    found, above, high = [], 0, float("inf")
    for low in edges:
        mine = [p for p in listed if low <= p[2] < high]
        right = sum(truth.get(subject) == target for subject, target, _ in mine)
        above += right
        found.append(
            Band(low, len(mine), right, wilson(right, len(mine)), wilson(above, len(truth)))
        )
        high = low
    return found


def proposals(index: Index, settings: LinkSettings | None = None) -> list[tuple[str, str, float]]:
    """Best proposal for each subject without a unified code, whatever its score.

    Parameters
    ----------
    index : Index
    settings : LinkSettings, optional
        Its `review` bounds what is proposed.
    """
    settings = settings or LinkSettings()
    links, doubts = judge(exact_claims(index))
    held = [c for c in (*links, *doubts) if c.until == NEVER]
    best: dict[str, tuple[str, str, float]] = {}
    for c in held:
        best[c.subject] = max(
            best.get(c.subject, ("", "", 0.0)), (c.subject, c.target, c.score), key=lambda p: p[2]
        )
    for candidate in similar_candidates(index, {c.subject for c in held}, settings):
        best.setdefault(candidate.subject, (candidate.subject, candidate.target, candidate.score))
    return list(best.values())


def read_truth(path: Path) -> list[dict[str, str]]:
    """Aliases of a simulated city: `subject_id, alias, written`.

    Raises
    ------
    FeaturesError
        When the file is not such a table, or is not labelled as simulated.
    """
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise FeaturesError(f"{path} can not be read.", expected="a Parquet file") from error
    if (table.schema.metadata or {}).get(b"simulated") is None:
        raise FeaturesError(
            f"{path} is not labelled as simulated.", hint="truth/ of a simulated city"
        )
    lacking = {"subject_id", "alias", "written"} - set(table.schema.names)
    if lacking:
        raise FeaturesError(f"{path} lacks {', '.join(sorted(lacking))}.")
    rows: list[dict[str, str]] = table.select(["subject_id", "alias", "written"]).to_pylist()
    return rows


def with_aliases(
    index: Index, rows: Iterable[Mapping[str, str]], since: date
) -> tuple[Index, dict[str, str]]:
    """Add the aliases of a simulated city's truth, as if each stood in a record of some supplier.

    Parameters
    ----------
    index : Index
        Evidence of the city's lake.
    rows
        `subject_id, alias, written` of `truth/simulated_identities.parquet`. Its digests are of names as they
        are written; a mapping normalises a name first, and so does this.
    since : date
        Day on which the aliases become known.

    Returns
    -------
    tuple
        The index, and the truth: alias to the enterprise.
    """
    truth: dict[str, str] = {}
    for row in rows:
        subject = name_subject(row["written"]) if scheme(row["alias"]) == "NAME" else row["alias"]
        if scheme(subject) == "USCC":
            continue
        truth[subject] = row["subject_id"]
        index.seen.setdefault(subject, since)
        if scheme(subject) == "NAME":
            written = row["written"]
            alias = Alias(
                subject, written, normal_name(written), key_of(written), False, since, NEVER
            )
            index.names[subject] = [alias]
    return index, truth


def hidden_codes(index: Index, share: float = 0.1, seed: int = 1) -> tuple[Index, dict[str, str]]:
    """Hide codes that are known, to see whether the names alone lead back to them.

    Of each enterprise with several names one name is kept under its code and one loses it: these have a true
    answer. Of the others a share loses its code altogether: no answer is right for them, as nothing of
    theirs is left under a code.

    Parameters
    ----------
    index : Index
    share : float
        Of the enterprises with one name that are taken out.
    seed : int
        Of the drawing.

    Returns
    -------
    tuple
        The index without those codes, and the truth: subject of the name to the enterprise.
    """
    rng = np.random.default_rng(seed)
    names: dict[str, list[Alias]] = defaultdict(list)
    truth: dict[str, str] = {}
    seen: dict[str, date] = {}

    def hide(alias: Alias) -> str:
        subject = name_subject(alias.name)
        names[subject] = [replace(alias, subject=subject, former=False, until=NEVER)]
        seen[subject] = alias.since
        return subject

    for subject in sorted(s for s in index.names if scheme(s) == "USCC"):
        distinct = list({a.key: a for a in index.names[subject]}.values())
        if len(distinct) == 1 and rng.random() < share:
            hide(distinct[0])
            continue
        hidden = distinct[int(rng.integers(len(distinct)))] if len(distinct) > 1 else None
        names[subject] = [a for a in index.names[subject] if hidden is None or a.key != hidden.key]
        seen[subject] = index.seen[subject]
        if hidden is not None:
            truth[hide(hidden)] = subject
    return Index(seen, names), truth

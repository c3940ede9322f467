"""Scores: a stored vector, a look-up model, an exact answer, one committed decision.

The answer is composed by one pure function of the decision's id, the vector and the model, so that a
replay of the stored decision must give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from models.credit_line import CreditLineSettings
from serving.actions import RECOMPUTED, SCORED, UNKNOWN_SUBJECT
from serving.asked import Asked
from serving.audit import Audit, Caller, Entry
from serving.bodies import ScoreRequest, Subject
from serving.champions import Champions, Loaded
from serving.credit import credit_line
from serving.errors import FieldError, InvalidRequest, UnknownSubject
from serving.ledger import Ledger
from serving.moments import Clock, answer_text, canonical, moment_text, new_id, plain
from serving.reasons import what_would_help, why
from serving.texts import DISCLAIMER, SCALE_NOTE

if TYPE_CHECKING:
    from features.online.vectors import StoredVector
    from serving.shadow import Shadow


@dataclass(frozen=True)
class Vector:
    """A subject's feature values as of a day.

    Attributes
    ----------
    view : str
        The feature view.
    values : mapping
        Value of each feature; null is None.
    as_of : date
        Only records with ``event < as_of`` and ``known <= as_of`` entered.
    digest : str
        SHA-256 of the values, from the features room.
    made : StoredVector, optional
        The vector with all that says how it was made, as the log of served vectors wants it.
    """

    view: str
    values: Mapping[str, Any]
    as_of: date
    digest: str
    made: StoredVector | None = field(default=None, repr=False, compare=False)


class Vectors(Protocol):
    """What scoring needs of the features room."""

    def stored(self, subject: Subject) -> Vector:
        """The vector of the portfolio's scoring date; UnknownSubject when there is none."""

    def recomputed(self, subject: Subject, as_of: date) -> Vector:
        """The vector as of a day, from the lake; UnknownSubject when nothing was known by then."""

    def log(self, vector: Vector, request: str) -> None:
        """Write down that a vector is handed out for a request."""

    def digest(self, values: Mapping[str, Any]) -> str:
        """Digest of a vector's values."""


@dataclass(frozen=True)
class Scored:
    """An answer and the bytes in which it is sent and stored."""

    answer: dict[str, Any]
    text: str


@dataclass(frozen=True)
class Replay:
    """Whether a stored decision came out the same again."""

    decision_id: str
    identical: bool
    stored: str
    replayed: str


def compose_score(
    score_id: str, vector: Vector, loaded: Loaded, asked: Asked, informational: bool
) -> dict[str, Any]:
    """Compose the answer of POST /v1/scores.

    Parameters
    ----------
    score_id : str
        Id of the decision.
    vector : Vector
        What is scored.
    loaded : Loaded
        The additive model; a higher score is better.
    asked : Asked
        Which parts the answer has.
    informational : bool
        True when the vector was recomputed for a given day.

    Returns
    -------
    dict
        ``base`` plus all ``points`` is ``margin``, the unrounded and unclipped score.
    """
    from models.scale import band

    model = loaded.model
    explained = model.explain(vector.values)
    rounded = band(explained.score)
    missing = [name for name in model.inputs if vector.values[name] is None]
    scale = model.scale
    return {
        "score_id": score_id,
        "score": explained.score,
        "grade": rounded.grade,
        "grade_zh": rounded.zh,
        "grade_en": rounded.en,
        "probability_of_default": explained.probability,
        "margin": explained.margin,
        "log_odds": explained.log_odds,
        "base": explained.base,
        "contributions": [
            {
                "features": list(part.features),
                "values": [plain(value) for value in part.values],
                "points": part.points,
            }
            for part in explained.contributions
        ],
        **why(loaded, explained, asked.max_reasons),
        **_on_request(vector, loaded, explained.probability, asked),
        "model": {"name": loaded.name, "version": loaded.version},
        "as_of": vector.as_of.isoformat(),
        "flags": {
            "informational": informational,
            "clipped": not scale.low <= explained.margin <= scale.high,
        },
        "scale": {
            "low": scale.low,
            "high": scale.high,
            "score_at": scale.score_at,
            "odds_at": scale.odds_at,
            "points_to_double": scale.points_to_double,
            "note_zh": SCALE_NOTE.zh,
            "note_en": SCALE_NOTE.en,
        },
        "vector_digest": vector.digest,
        "data_quality": {
            "inputs": len(model.inputs),
            "missing": len(missing),
            "missing_features": missing,
        },
        "disclaimer": {"zh": DISCLAIMER.zh, "en": DISCLAIMER.en},
    }


def _on_request(vector: Vector, loaded: Loaded, probability: float, asked: Asked) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if asked.recourse:
        out["recourse"] = what_would_help(loaded, vector.values, asked.target)
    if asked.credit is not None:
        out["credit_line"] = credit_line(probability, asked.credit)
    return out


class ScoringService:
    """Answers POST /v1/scores, in process as over HTTP."""

    def __init__(
        self,
        vectors: Vectors,
        champions: Champions,
        ledger: Ledger,
        audit: Audit,
        clock: Clock,
        today: Any,
        max_reasons: int,
        credit_line: CreditLineSettings,
        views: Mapping[str, str],
        shadow: Shadow | None = None,
    ) -> None:
        self._views = views
        self._shadow = shadow
        self._vectors = vectors
        self._champions = champions
        self._ledger = ledger
        self._audit = audit
        self._clock = clock
        self._today = today
        self._max_reasons = max_reasons
        self._credit_line = credit_line

    def score(self, request: ScoreRequest, caller: Caller) -> Scored:
        """Score a subject; the decision and its audit entry are durable when this returns.

        Raises
        ------
        UnknownSubject
            When no records of the subject were received for this kind.
        InvalidRequest
            When ``as_of`` lies in the future.
        NotReady
            When the model is not loaded.
        """
        subject = request.subject
        if request.as_of is not None and request.as_of > self._today():
            fields = (FieldError("as_of", "不能晚于今天", "must not be later than today"),)
            raise InvalidRequest("Not valid: as_of.", "以下内容不符合要求：as_of。", fields)
        loaded = self._champions.default_model(self._views[subject.kind])
        try:
            if request.as_of is None:
                vector = self._vectors.stored(subject)
            else:
                vector = self._vectors.recomputed(subject, request.as_of)
        except UnknownSubject:
            self.note_unknown(subject, request.purpose, caller)
            raise
        if request.as_of is None:
            return self._decide(request, vector, loaded, caller)
        return self._inform(request, vector, loaded, caller)

    def note_unknown(self, subject: Subject, purpose: str, caller: Caller) -> None:
        """Write down that somebody asked for a subject of whom nothing is known."""
        about = self._audit.subject_digest(subject.kind, subject.id)
        self._ledger.record_act(
            Entry(caller, UNKNOWN_SUBJECT, subject=about, details={"purpose": purpose})
        )

    def replay(self, score_id: str) -> Replay:
        """Compute a stored score again from its vector and model version; compare byte for byte.

        Raises
        ------
        NotFound
            When there is no such score.
        """
        row = self._ledger.decision(score_id)
        values = json.loads(row.vector)
        vector = Vector(
            self._views[row.subject_kind],
            values,
            date.fromisoformat(row.as_of),
            self._vectors.digest(values),
        )
        loaded = self._champions.version(row.model_name, row.model_version)
        asked = Asked.read(row.request)
        text = answer_text(compose_score(score_id, vector, loaded, asked, informational=False))
        return Replay(score_id, text == row.answer, row.answer, text)

    def _decide(
        self, request: ScoreRequest, vector: Vector, loaded: Loaded, caller: Caller
    ) -> Scored:
        now = self._clock()
        score_id = new_id("scr", now)
        asked = Asked.of(request, self._max_reasons, self._credit_line)
        answer = compose_score(score_id, vector, loaded, asked, informational=False)
        text = answer_text(answer)
        subject = request.subject
        row = {
            "decision_id": score_id,
            "kind": "score",
            "client_id": caller.client_id,
            "user_id": caller.user_id or None,
            "subject_kind": subject.kind,
            "subject_id": subject.id,
            "purpose": request.purpose,
            "request": asked.text(),
            "model_name": loaded.name,
            "model_version": loaded.version,
            "vector_digest": vector.digest,
            "vector": canonical(vector.values),
            "as_of": vector.as_of.isoformat(),
            "answer": text,
            "created_at": moment_text(now),
        }
        self._vectors.log(vector, score_id)
        self._ledger.record_decision(row, self._entry(SCORED, request, score_id, caller))
        if self._shadow is not None:
            p = answer["probability_of_default"]
            self._shadow.offer(score_id, vector.view, vector.values, loaded, p)
        return Scored(answer, text)

    def _inform(
        self, request: ScoreRequest, vector: Vector, loaded: Loaded, caller: Caller
    ) -> Scored:
        score_id = new_id("inf", self._clock())
        asked = Asked.of(request, self._max_reasons, self._credit_line)
        answer = compose_score(score_id, vector, loaded, asked, informational=True)
        self._vectors.log(vector, score_id)
        self._ledger.record_act(self._entry(RECOMPUTED, request, score_id, caller))
        return Scored(answer, answer_text(answer))

    def _entry(self, action: str, request: ScoreRequest, score_id: str, caller: Caller) -> Entry:
        about = self._audit.subject_digest(request.subject.kind, request.subject.id)
        details: dict[str, str] = {"purpose": request.purpose}
        if request.as_of is not None:
            details["as_of"] = request.as_of.isoformat()
        return Entry(caller, action, about, score_id, details)

"""Recommendations: eligibility first, then rank; every product with why or why not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from serving.actions import MATCHED
from serving.audit import Audit, Caller, Entry
from serving.bodies import RecommendationRequest, Subject
from serving.champions import Champions, Loaded
from serving.errors import UnknownSubject
from serving.ledger import Ledger
from serving.moments import Clock, answer_text, canonical, moment_text, new_id
from serving.offers import offers_for
from serving.records import Dossier
from serving.scoring import Replay, Scored, Vector
from serving.subjects import Subjects
from serving.texts import OFFERS_DISCLAIMER


def load_ranking(folder: Path) -> Any:
    """Read the folder of a ranking artefact."""
    from models.matching.ranking import Ranking

    return Ranking.load(folder)


def compose_recommendation(
    recommendation_id: str,
    vector: Vector,
    dossier: Dossier,
    loaded: Loaded | None,
    asked: dict[str, Any],
) -> dict[str, Any]:
    """Compose the answer of POST /v1/recommendations; the same arguments give the same answer.

    Parameters
    ----------
    recommendation_id : str
        Id of the decision.
    vector, dossier : Vector, Dossier
        What was known of the subject.
    loaded : Loaded or None
        The ranking; None where no products are matched for this kind of subject.
    asked : dict
        ``amount`` (main units or None), ``k`` and ``personalised``.
    """
    answer: dict[str, Any] = {
        "recommendation_id": recommendation_id,
        "items": [],
        "not_eligible": [],
        "personalised": asked["personalised"],
        "amount": asked["amount"],
        "currency": None,
        "model": None,
        "as_of": vector.as_of.isoformat(),
        "note_zh": None,
        "note_en": None,
        "disclaimer": {"zh": OFFERS_DISCLAIMER.zh, "en": OFFERS_DISCLAIMER.en},
    }
    if loaded is None:
        from models.matching.answers import no_products

        nothing = no_products(vector.view)
        return answer | {"note_zh": nothing.note_zh, "note_en": nothing.note_en}
    answer["model"] = {"name": loaded.name, "version": loaded.version}
    answer.update(offers_for(loaded.model, dossier, asked))
    return answer


class RecommendingService:
    """Answers POST /v1/recommendations, in process as over HTTP."""

    def __init__(
        self,
        subjects: Subjects,
        champions: Champions,
        ledger: Ledger,
        audit: Audit,
        clock: Clock,
        note_unknown: Callable[[Subject, str, Caller], None],
        default_k: int,
        views: Mapping[str, str],
    ) -> None:
        self._views = views
        self._subjects = subjects
        self._champions = champions
        self._ledger = ledger
        self._audit = audit
        self._clock = clock
        self._note_unknown = note_unknown
        self._default_k = default_k
        self._one_match = threading.Lock()  # the ranking keeps its product tables without a lock

    def recommend(
        self, request: RecommendationRequest, caller: Caller, score_id: str | None = None
    ) -> Scored:
        """Match products; the answer and its audit entry are durable when this returns.

        Parameters
        ----------
        request : RecommendationRequest
            Whom for, what for, how much, how many.
        caller : Caller
            Who asks.
        score_id : str, optional
            The score it was asked for together with.

        Raises
        ------
        UnknownSubject
            When no records of the subject were received for this kind.
        NotReady
            When the ranking is not loaded.
        """
        subject = request.subject
        loaded = self._champions.ranking() if self._views[subject.kind] == "enterprise" else None
        try:
            vector = self._subjects.stored(subject)
        except UnknownSubject:
            self._note_unknown(subject, request.purpose, caller)
            raise
        dossier = self._dossier(subject, vector.as_of, loaded)
        asked = {
            "amount": request.amount,
            "k": request.k or self._default_k,
            "personalised": request.personalised,
        }
        now = self._clock()
        made = new_id("rec", now)
        with self._one_match:
            answer = compose_recommendation(made, vector, dossier, loaded, asked)
        text = answer_text(answer)
        row = {
            "decision_id": made,
            "kind": "recommendation",
            "client_id": caller.client_id,
            "user_id": caller.user_id or None,
            "subject_kind": subject.kind,
            "subject_id": subject.id,
            "purpose": request.purpose,
            "request": canonical(asked),
            "model_name": loaded.name if loaded else None,
            "model_version": loaded.version if loaded else None,
            "vector_digest": vector.digest,
            "vector": canonical(vector.values),
            "as_of": vector.as_of.isoformat(),
            "answer": text,
            "score_id": score_id,
            "created_at": moment_text(now),
        }
        self._subjects.log(vector, made)
        about = self._audit.subject_digest(subject.kind, subject.id)
        details = {"purpose": request.purpose, "personalised": request.personalised}
        self._ledger.record_decision(row, Entry(caller, MATCHED, about, made, details))
        return Scored(answer, text)

    def replay(self, recommendation_id: str) -> Replay:
        """Match again from the stored vector, the lake and the model version; compare the bytes."""
        row = self._ledger.decision(recommendation_id)
        subject = Subject.model_construct(kind=row.subject_kind, id=row.subject_id)
        values = json.loads(row.vector)
        as_of = date.fromisoformat(row.as_of)
        digest = self._subjects.digest(values)
        vector = Vector(self._views[row.subject_kind], values, as_of, digest)
        loaded = None
        if row.model_name is not None:
            loaded = self._champions.version(row.model_name, row.model_version)
        dossier = self._dossier(subject, as_of, loaded)
        asked = json.loads(row.request)
        with self._one_match:
            answer = compose_recommendation(recommendation_id, vector, dossier, loaded, asked)
        text = answer_text(answer)
        return Replay(recommendation_id, text == row.answer, row.answer, text)

    def _dossier(self, subject: Subject, as_of: date, loaded: Loaded | None) -> Dossier:
        if loaded is None:
            return Dossier(subject.kind, subject.id, as_of, {})
        return self._subjects.dossier(subject, as_of)

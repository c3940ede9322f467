"""How tests ask the app, and what a well-formed problem is."""

from __future__ import annotations

from typing import Any

from serving import answers
from serving.audit import Caller
from serving.problems import PROBLEMS

BANK = Caller("demo-bank")


def ask(kind: str, subject_id: str, **more: Any) -> dict[str, Any]:
    return {"subject": {"kind": kind, "id": subject_id}, "purpose": "LOAN_APPROVAL", **more}


def problem(response: Any, status: int) -> dict[str, Any]:
    """A well-formed problem of a status."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    answers.ProblemAnswer.model_validate(body)
    assert body["status"] == status
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["type"].removeprefix("/problems#") in PROBLEMS
    return body

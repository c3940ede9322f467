"""POST /v1/scores."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from serving.access import Access
from serving.answers import PROBLEM_ANSWERS, ScoreAnswer
from serving.audit import Caller
from serving.bodies import ScoreRequest
from serving.routes.common import Answered, answer, body_of
from serving.scoring import ScoringService


def router(access: Access, scoring: ScoringService) -> APIRouter:
    """The route of the scoring service."""
    routes = APIRouter(tags=["评分 Scores"])

    def act(body: ScoreRequest, caller: Caller) -> Answered:
        return Answered(scoring.score(body, caller).text)

    @routes.post(
        "/v1/scores",
        summary="评分并说明原因 Score a subject and say why",
        responses={200: {"model": ScoreAnswer}, **PROBLEM_ANSWERS},
        openapi_extra=body_of(ScoreRequest),
        response_class=Response,
    )
    async def post_score(request: Request) -> Response:
        """Score a subject on its stored vector, or recompute it for information with ``as_of``."""
        return await answer(request, access, ScoreRequest, act)

    return routes

"""POST /v1/recommendations."""

from __future__ import annotations

from anyio import CapacityLimiter
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from serving.access import Access
from serving.answers import PROBLEM_ANSWERS, RecommendationAnswer
from serving.audit import Caller
from serving.bodies import RecommendationRequest
from serving.recommending import RecommendingService
from serving.routes.common import SLOW_AT_ONCE, Answered, answer, body_of


def router(access: Access, recommending: RecommendingService) -> APIRouter:
    """The route of the recommending service."""
    routes = APIRouter(tags=["产品 Products"])

    threads = CapacityLimiter(SLOW_AT_ONCE)

    def act(body: RecommendationRequest, caller: Caller) -> Answered:
        return Answered(recommending.recommend(body, caller).text)

    @routes.post(
        "/v1/recommendations",
        summary="匹配产品并说明原因 Match products and say why and why not",
        responses={200: {"model": RecommendationAnswer}, **PROBLEM_ANSWERS},
        openapi_extra=body_of(RecommendationRequest),
        response_class=Response,
    )
    async def post_recommendation(request: Request) -> Response:
        """Match products: eligibility first, then rank. ``personalised: false`` leaves ranking out."""
        return await answer(request, access, RecommendationRequest, act, threads)

    return routes

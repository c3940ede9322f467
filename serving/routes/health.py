"""GET /healthz and GET /readyz; both without a key."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from serving.answers import HealthAnswer, ReadyAnswer
from serving.moments import answer_text
from serving.readiness import Readiness


def router(readiness: Readiness) -> APIRouter:
    """The probes."""
    routes = APIRouter(tags=["运行状态 Health"])

    @routes.get(
        "/healthz",
        summary="进程是否存活 Is the process alive",
        responses={200: {"model": HealthAnswer}},
        response_class=Response,
    )
    async def healthz(request: Request) -> Response:
        """Answer as long as the process can."""
        return Response(answer_text({"status": "alive"}), media_type="application/json")

    @routes.get(
        "/readyz",
        summary="能否提供服务 Can it serve",
        responses={200: {"model": ReadyAnswer}, 503: {"model": ReadyAnswer}},
        response_class=Response,
    )
    async def readyz(request: Request) -> Response:
        """Tell whether models, vectors and database are there, and which versions are in use."""
        told = await run_in_threadpool(readiness.check)
        status = 200 if told["status"] == "ready" else 503
        return Response(answer_text(told), status, media_type="application/json")

    return routes

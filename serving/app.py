"""The FastAPI app: routes of the bank API and the portal, every error as a problem or a page."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from serving import answers, bodies
from serving.errors import ServingError
from serving.middleware import Envelope
from serving.portal import pages
from serving.portal.routes import portal_router
from serving.problems import Problem, problem_of, problem_of_status, problem_response
from serving.routes import docs, health, recommendations, reports, returns, scores
from serving.services import Services

DESCRIPTION = """
信桥以政务与金融记录给出可解释的信用评分、匹配的贷款产品与按规则生成的信用报告。
Xinqiao gives explainable credit scores, matched loan products and rule-based credit reports.

每次查询须写明目的；每个决策均可重放。 Every query names its purpose; every decision can be replayed.
评分刻度由我们自行设定。 The score scale is ours.
"""

_REQUESTS: tuple[type[bodies.Body], ...] = (
    bodies.ScoreRequest,
    bodies.RecommendationRequest,
    bodies.ReportRequest,
    bodies.BankDecisionRequest,
    bodies.OutcomeRequest,
)


def create_app(services: Services) -> FastAPI:
    """Make the app over services that are wired already."""
    app = FastAPI(
        title="信桥 Xinqiao",
        version="0.1.0",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        license_info={"name": "Apache-2.0"},
    )
    app.include_router(scores.router(services.access, services.scoring))
    app.include_router(recommendations.router(services.access, services.recommending))
    app.include_router(reports.router(services.access, services.reporting))
    app.include_router(returns.router(services.access, services.returns))
    app.include_router(health.router(services.readiness))
    app.include_router(docs.router())
    app.include_router(portal_router(services))
    app.add_exception_handler(ServingError, _serving_error)
    app.add_exception_handler(HTTPException, _framework_error)
    app.add_middleware(
        Envelope, max_body_bytes=services.settings.max_body_bytes, answer=_problem_answer
    )
    setattr(app, "openapi", lambda: _openapi(app))  # noqa: B010 - a method, to mypy
    return app


def _problem_answer(scope: Scope, problem: Problem, request_id: str) -> Response:
    """A page for people, problem details for programs."""
    path = scope["path"]
    if path == "/" or path.startswith("/portal"):
        return pages.problem_page(Request(scope), problem, request_id)
    return problem_response(problem, request_id)


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


async def _serving_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServingError)
    return _problem_answer(request.scope, problem_of(error), _request_id(request))


async def _framework_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem = problem_of_status(error.status_code, error.headers)
    return _problem_answer(request.scope, problem, _request_id(request))


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema:
        return app.openapi_schema
    schema = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    described: tuple[type[BaseModel], ...] = (*_REQUESTS, answers.ProblemAnswer)
    for model in described:
        made = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(made.pop("$defs", {}))
        schemas[model.__name__] = made
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    app.openapi_schema = schema
    return schema

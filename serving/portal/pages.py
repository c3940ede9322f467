"""Rendering of pages: templates, language, cookies."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from serving.portal.texts import text
from serving.problems import Problem

LANGUAGE_COOKIE = "xinqiao_language"
_HERE = Path(__file__).parent
STATIC = _HERE / "static"


@cache
def environment() -> Environment:
    """The templates; every value is escaped."""
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def language_of(request: Request) -> str:
    """``?lang=`` first, then the cookie, then Chinese."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in ("zh", "en"):
            return str(wish)
    return "zh"


def page(request: Request, template: str, values: dict[str, Any], *, status: int = 200) -> Response:
    """Render a page in the visitor's language and remember a language chosen by ``?lang=``."""
    language = language_of(request)
    context: dict[str, Any] = {
        "lang": language,
        "path": "/portal",
        "here": "",
        "visitor": None,
        "form_token": "",
        "error": None,
        "t": lambda key, **more: text(key, language, **more),
    }
    html = environment().get_template(template).render(context | values)
    response = HTMLResponse(html, status)
    if request.query_params.get("lang") == language:
        remember_language(response, language)
    return response


def remember_language(response: Response, language: str) -> None:
    """Keep the language for a year; the cookie says nothing else."""
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=31_536_000, path="/", httponly=True, samesite="lax"
    )


def problem_page(request: Request, problem: Problem, request_id: str) -> Response:
    """An error as a page: human sentences, the status, the request id."""
    english = language_of(request) == "en"
    values = {
        "status": problem.kind.status,
        "heading": problem.kind.title_en if english else problem.kind.title_zh,
        "detail": problem.detail_en if english else problem.detail_zh,
        "request_id": request_id,
    }
    response = page(request, "problem.html", values, status=problem.kind.status)
    response.headers.update(problem.headers)
    return response

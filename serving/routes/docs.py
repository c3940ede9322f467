"""/docs: the API's description with Swagger UI, served by us; no file comes from elsewhere.

The scripts are those that BentoML's installation carries; they are found without importing it.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from serving.problems import PROBLEMS

_FILES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
}
_START = """window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null,
  defaultModelsExpandDepth: 0, docExpansion: "list", tryItOutEnabled: true
});
"""
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>信桥 API · Xinqiao API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="docs"></div>
<noscript><p>此页需要 JavaScript；接口描述见 <a href="/openapi.json">/openapi.json</a>。
This page needs JavaScript; the description itself is at <a href="/openapi.json">/openapi.json</a>.</p>
</noscript>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def _folder() -> Path:
    spec = find_spec("bentoml")
    if spec is None or spec.origin is None:
        raise HTTPException(404)
    return Path(spec.origin).parent / "_internal" / "server" / "static_content"


def router() -> APIRouter:
    """The documentation pages."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/docs")
    async def docs(request: Request) -> Response:
        return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _CSP})

    @routes.get("/docs/start.js")
    async def start(request: Request) -> Response:
        return Response(_START, media_type="text/javascript")

    @routes.get("/docs/{name}")
    async def file(request: Request, name: str) -> Response:
        path = _folder() / name
        if name not in _FILES or not path.exists():
            raise HTTPException(404)
        headers = {"Cache-Control": "public, max-age=86400"}
        return FileResponse(path, media_type=_FILES[name], headers=headers)

    @routes.get("/problems")
    async def problems(request: Request) -> Response:
        rows = "".join(
            f'<section id="{p.slug}"><h2>{p.status} · {p.title_zh} · {p.title_en}</h2>'
            f"<p>例 Example: {p.example}</p><p>反例 Not: {p.no_example}</p></section>"
            for p in PROBLEMS.values()
        )
        head = '<meta charset="utf-8"><title>问题类型 Problem types</title>'
        head += '<link rel="stylesheet" href="/static/portal.css">'
        page = f'<!doctype html><html lang="zh-CN"><head>{head}</head><body><main class="page">'
        return HTMLResponse(f"{page}<h1>问题类型 Problem types</h1>{rows}</main></body></html>")

    return routes

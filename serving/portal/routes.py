"""Routes of the portal: sign in, look a subject up, read the decision, make and read the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from data_contracts.rendering.html import CSP
from serving.access import Visitor
from serving.bodies import KINDS, PURPOSES
from serving.errors import (
    Forbidden,
    InvalidRequest,
    NotFound,
    NotReady,
    Throttled,
    Unauthorised,
    UnknownSubject,
)
from serving.moments import is_record_id
from serving.portal.desk import Desk
from serving.portal.pages import STATIC, language_of, page, remember_language
from serving.portal.texts import text
from serving.services import Services

SESSION_COOKIE = "xinqiao_session"
BEFORE_COOKIE = "xinqiao_before"
_STATIC = {"portal.css": "text/css", "icon.svg": "image/svg+xml"}
_FORM_BYTES = 16_384

Act = Callable[[Visitor, dict[str, str]], Response]


def portal_router(services: Services) -> APIRouter:
    """Every page of the portal."""
    routes = APIRouter(include_in_schema=False)
    access, desk = services.access, Desk(services)
    secure = services.settings.cookie_secure

    def visitor_of(request: Request) -> Visitor | None:
        return access.visitor(request.cookies.get(SESSION_COOKIE))

    def shown(
        request: Request,
        visitor: Visitor,
        template: str,
        values: dict[str, Any],
        status: int = 200,
        path: str = "/portal",
    ) -> Response:
        common = {"visitor": visitor, "form_token": access.form_token(visitor), "path": path}
        return page(request, template, common | values, status=status)

    async def reading(request: Request, act: Callable[[Visitor], Response]) -> Response:
        """Run ``act`` for a visitor who is signed in; send others to the login page."""

        def work() -> Response:
            visitor = visitor_of(request)
            return act(visitor) if visitor else _to_login(request)

        return await run_in_threadpool(work)

    async def sending(request: Request, act: Act) -> Response:
        """Run ``act`` on a form of a visitor who is signed in and sent our form token."""
        form = await _form(request)

        def work() -> Response:
            visitor = visitor_of(request)
            if visitor is None:
                return _to_login(request)
            access.check_form(access.form_token(visitor), form.get("form_token"))
            return act(visitor, form)

        return await run_in_threadpool(work)

    def lookup_page(
        request: Request, visitor: Visitor, chosen: dict[str, str], error: str | None, status: int
    ) -> Response:
        language = language_of(request)
        label = 1 if language == "en" else 0
        values = {
            "here": "lookup",
            "kinds": [(code, labels[label]) for code, labels in KINDS.items()],
            "purposes": [(code, labels[label]) for code, labels in PURPOSES.items()],
            "chosen": {"kind": "enterprise", "subject": "", "purpose": "LOAN_APPROVAL"} | chosen,
            "examples": desk.examples(language),
            "error": error,
        }
        return shown(request, visitor, "lookup.html", values, status)

    @routes.get("/")
    async def root(request: Request) -> Response:
        return RedirectResponse("/portal", 303)

    @routes.get("/static/{name}")
    async def static(request: Request, name: str) -> Response:
        if name not in _STATIC:
            raise NotFound("There is no such file.", "没有这个文件。")
        headers = {"Cache-Control": "public, max-age=3600"}
        return FileResponse(STATIC / name, media_type=_STATIC[name], headers=headers)

    @routes.get("/portal")
    async def look_up(request: Request) -> Response:
        return await reading(request, lambda v: lookup_page(request, v, {}, None, 200))

    @routes.get("/portal/login")
    async def login_page(request: Request) -> Response:
        return _login_page(request, services, None, 200)

    @routes.post("/portal/login")
    async def log_in(request: Request) -> Response:
        form = await _form(request)

        def work() -> Response:
            _, expected = access.before_login(request.cookies.get(BEFORE_COOKIE))
            access.check_form(expected, form.get("form_token"))
            address = request.client.host if request.client else ""
            name = _clean(form.get("user", ""), 64)
            try:
                cookie = access.log_in(name, form.get("password", "")[:256], address[:64])
            except Unauthorised:
                wrong = text("wrong_login", language_of(request))
                return _login_page(request, services, wrong, 401)
            except Throttled as error:
                told = error.detail_en if language_of(request) == "en" else error.detail_zh
                refused = _login_page(request, services, told, 429)
                refused.headers["Retry-After"] = str(error.retry_after_seconds)
                return refused
            done = RedirectResponse("/portal", 303)
            done.set_cookie(
                SESSION_COOKIE,
                cookie,
                max_age=int(services.settings.session_hours * 3600),
                path="/portal",
                httponly=True,
                samesite="lax",
                secure=secure,
            )
            done.delete_cookie(BEFORE_COOKIE, path="/portal")
            return done

        return await run_in_threadpool(work)

    @routes.post("/portal/logout")
    async def log_out(request: Request) -> Response:
        def act(visitor: Visitor, form: dict[str, str]) -> Response:
            access.log_out(visitor)
            done = RedirectResponse("/portal/login", 303)
            done.delete_cookie(SESSION_COOKIE, path="/portal")
            return done

        return await sending(request, act)

    @routes.post("/portal/lookup")
    async def do_look_up(request: Request) -> Response:
        def act(visitor: Visitor, form: dict[str, str]) -> Response:
            language = language_of(request)
            chosen = {key: _clean(form.get(key, ""), 80) for key in ("kind", "subject", "purpose")}
            chosen["subject"] = chosen["subject"].strip()
            try:
                score_id = desk.look_up(visitor, chosen)
            except InvalidRequest as error:
                of_id = any(f.field == "subject.id" for f in error.fields)
                told = text("bad_subject" if of_id else "bad_choice", language)
                return lookup_page(request, visitor, chosen, told, 422)
            except UnknownSubject:
                told = text("missing_subject", language)
                return lookup_page(request, visitor, chosen, told, 404)
            except NotReady:
                return lookup_page(request, visitor, chosen, text("not_ready", language), 503)
            return RedirectResponse(f"/portal/decisions/{score_id}", 303)

        return await sending(request, act)

    @routes.get("/portal/decisions/{score_id}")
    async def decision(request: Request, score_id: str) -> Response:
        def act(visitor: Visitor) -> Response:
            view = desk.decision(visitor, _checked(score_id), language_of(request))
            path = f"/portal/decisions/{score_id}"
            return shown(request, visitor, "decision.html", {"d": view}, path=path)

        return await reading(request, act)

    @routes.post("/portal/decisions/{score_id}/report")
    async def make_report(request: Request, score_id: str) -> Response:
        def act(visitor: Visitor, form: dict[str, str]) -> Response:
            desk.make_report(visitor, _checked(score_id), language_of(request))
            return RedirectResponse(f"/portal/decisions/{score_id}#report", 303)

        return await sending(request, act)

    @routes.get("/portal/reports/{report_id}")
    async def read_report(request: Request, report_id: str) -> Response:
        def act(visitor: Visitor) -> Response:
            file = services.reporting.read(
                _checked(report_id),
                visitor.caller,
                "pdf" if request.query_params.get("format") == "pdf" else "html",
                language_of(request),
            )
            headers = {"Content-Security-Policy": CSP, **file.headers}
            return Response(file.content, media_type=file.media_type, headers=headers)

        return await reading(request, act)

    @routes.get("/portal/{rest:path}")
    async def no_page(request: Request, rest: str) -> Response:
        raise NotFound("There is no such page.", "没有这个页面。")

    return routes


def _login_page(request: Request, services: Services, error: str | None, status: int) -> Response:
    cookie, token = services.access.before_login(request.cookies.get(BEFORE_COOKIE))
    values = {"form_token": token, "error": error, "path": "/portal/login"}
    response = page(request, "login.html", values, status=status)
    response.set_cookie(
        BEFORE_COOKIE,
        cookie,
        path="/portal",
        httponly=True,
        samesite="lax",
        secure=services.settings.cookie_secure,
    )
    return response


def _to_login(request: Request) -> Response:
    response = RedirectResponse("/portal/login", 303)
    if request.query_params.get("lang") in ("zh", "en"):
        remember_language(response, language_of(request))
    return response


def _checked(record_id: str) -> str:
    if not is_record_id(record_id):
        raise NotFound("There is no such record.", "没有这条记录。")
    return record_id


def _clean(value: str, longest: int) -> str:
    """Cut a form value and drop what cannot be printed; too long stays too long for the check."""
    return "".join(c for c in value[: longest + 1] if c.isprintable())


async def _form(request: Request) -> dict[str, str]:
    """Fields of a URL-encoded form; our forms send nothing else."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if media != "application/x-www-form-urlencoded" or len(body) > _FORM_BYTES:
        raise Forbidden("This form cannot be read.", "无法读取此表单。")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise Forbidden("This form cannot be read.", "无法读取此表单。") from None
    return dict(pairs)

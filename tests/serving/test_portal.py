"""The portal without a browser: login, forms, language, escaping, errors as sentences."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from serving.app import create_app
from serving.portal.gauge import gauge
from serving.portal.texts import TEXTS
from serving.services import Services
from serving.settings import Settings
from serving.wiring import build
from tests.serving.inprocess import TestClient
from tests.serving.workspace import SmallWorld

pytestmark = pytest.mark.xdist_group("serving-world")


@pytest.fixture
def browser(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), follow_redirects=False) as made:
        yield made


def form_token(page: str) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def sign_in(browser: TestClient, services: Services) -> str:
    """Sign in; give the form token of the session."""
    token = form_token(browser.get("/portal/login").text)
    keys = services.keys
    form = {"form_token": token, "user": keys.portal_user, "password": keys.portal_password}
    response = browser.post("/portal/login", data=form)
    assert (response.status_code, response.headers["location"]) == (303, "/portal")
    return form_token(browser.get("/portal").text)


def look_up(browser: TestClient, token: str, **form: str) -> Any:
    base = {"form_token": token, "kind": "enterprise", "purpose": "LOAN_APPROVAL"}
    return browser.post("/portal/lookup", data={**base, **form})


@pytest.mark.parametrize(
    "path",
    ["/portal", "/portal/decisions/scr_" + "0" * 32, "/portal/reports/rep_" + "0" * 32],
)
def test_pages_send_strangers_to_the_login(browser: TestClient, path: str) -> None:
    response = browser.get(path)
    assert (response.status_code, response.headers["location"]) == (303, "/portal/login")


def test_a_wrong_password_is_refused_in_words(browser: TestClient, services: Services) -> None:
    token = form_token(browser.get("/portal/login").text)
    form = {"form_token": token, "user": services.keys.portal_user, "password": "wrong"}
    response = browser.post("/portal/login", data=form)
    assert response.status_code == 401
    assert "用户名或密码不正确" in response.text
    assert (
        "set-cookie" not in response.headers
        or "xinqiao_session" not in response.headers["set-cookie"]
    )
    english = browser.post("/portal/login?lang=en", data=form)
    assert "Wrong user name or password." in english.text


def test_the_session_cookie_is_signed_http_only_and_same_site(
    browser: TestClient, services: Services
) -> None:
    token = form_token(browser.get("/portal/login").text)
    keys = services.keys
    form = {"form_token": token, "user": keys.portal_user, "password": keys.portal_password}
    cookies = browser.post("/portal/login", data=form).headers.get_list("set-cookie")
    session = next(c for c in cookies if c.startswith("xinqiao_session="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "Path=/portal" in session
    assert re.match(r"xinqiao_session=[\w-]{43}\.[0-9a-f]{64};", session)


def test_forms_without_their_token_are_refused(browser: TestClient, services: Services) -> None:
    keys = services.keys
    form = {"user": keys.portal_user, "password": keys.portal_password}
    assert browser.post("/portal/login", data=form).status_code == 403
    sign_in(browser, services)
    for token in ("", "0" * 64):
        response = look_up(browser, token, subject="SBA-1")
        assert response.status_code == 403
        assert "表单已过期" in response.text
    assert browser.post("/portal/logout", data={"form_token": "x"}).status_code == 403
    assert browser.get("/portal").status_code == 200  # still signed in


def test_a_cross_site_json_post_is_no_form(browser: TestClient, services: Services) -> None:
    token = sign_in(browser, services)
    response = browser.post("/portal/lookup", json={"form_token": token, "subject": "SBA-1"})
    assert response.status_code == 403
    big = look_up(browser, token, subject="x" * 20_000)
    assert big.status_code == 403


def test_looking_up_decides_once_and_shows_the_stored_decision(
    browser: TestClient, services: Services, world: SmallWorld
) -> None:
    token = sign_in(browser, services)
    response = look_up(browser, token, subject=world.enterprises[0])
    assert response.status_code == 303
    address = response.headers["location"]
    assert world.enterprises[0] not in address
    score_id = address.rpartition("/")[2]
    row = services.ledger.decision(score_id)
    assert (row.client_id, row.user_id) == ("demo-bank", services.keys.portal_user)
    before = services.audit.head().seq
    pages = [browser.get(address).text for _ in range(2)]
    assert services.audit.head().seq == before + 2  # two views, no new decision
    import json

    answer = json.loads(row.answer)
    for page in pages:
        assert f">{answer['score']}<" in page
        assert world.enterprises[0] in page
        assert page.count('class="bar-fill"') >= len(answer["reasons"])
        for reason in answer["reasons"]:
            assert reason["text_zh"] in page
        assert f"{answer['margin']:.2f}" in page
    assert services.scoring.replay(score_id).identical


def test_the_language_switch_is_remembered(
    browser: TestClient, services: Services, world: SmallWorld
) -> None:
    token = sign_in(browser, services)
    address = look_up(browser, token, subject=world.enterprises[0]).headers["location"]
    chinese = browser.get(address).text
    assert '<html lang="zh-CN">' in chinese
    assert "评分原因" in chinese
    english = browser.get(f"{address}?lang=en").text
    assert '<html lang="en">' in english
    assert "Reasons" in english
    assert "评分原因" not in english
    assert '<html lang="en">' in browser.get(address).text  # the cookie
    assert '<html lang="zh-CN">' in browser.get(f"{address}?lang=zh").text
    assert '<html lang="zh-CN">' in browser.get(f"{address}?lang=fr").text


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"subject": "SBA-0"}, 404, "没有收到该主体的记录"),
        ({"subject": ""}, 422, "1 至 64 个可见字符"),
        ({"subject": "x" * 70}, 422, "1 至 64 个可见字符"),
        ({"subject": "SBA-1", "kind": "company"}, 422, "请从列表中选择"),
        ({"subject": "SBA-1", "purpose": "FUN"}, 422, "请从列表中选择"),
        ({"subject": "<script>alert(1)</script>"}, 404, "没有收到该主体的记录"),
    ],
)
def test_bad_look_ups_are_told_in_words_and_keep_what_was_typed(
    browser: TestClient, services: Services, form: dict[str, str], status: int, told: str
) -> None:
    token = sign_in(browser, services)
    response = look_up(browser, token, **form)
    assert response.status_code == status
    assert told in response.text
    assert "<script" not in response.text
    if len(form["subject"]) < 64 and "<" not in form["subject"]:
        assert f'value="{form["subject"]}"' in response.text


def test_a_report_is_made_once_and_read_in_both_forms(
    browser: TestClient, services: Services, world: SmallWorld
) -> None:
    token = sign_in(browser, services)
    address = look_up(browser, token, subject=world.individuals[0], kind="individual").headers[
        "location"
    ]
    for _ in range(2):
        made = browser.post(f"{address}/report", data={"form_token": token})
        assert made.headers["location"] == f"{address}#report"
    links = set(re.findall(r"/portal/reports/(rep_[0-9a-f]{32})", browser.get(address).text))
    assert len(links) == 1
    report = f"/portal/reports/{links.pop()}"
    html = browser.get(f"{report}?format=html&lang=zh")
    assert "信用报告" in html.text
    assert "style-src 'sha256-" in html.headers["content-security-policy"]
    assert browser.get(f"{report}?format=pdf&lang=en").content.startswith(b"%PDF-")


def test_another_institutions_decision_is_not_found(
    browser: TestClient, services: Services, world: SmallWorld
) -> None:
    from serving.audit import Caller
    from serving.bodies import ScoreRequest, Subject
    from serving.tables import clients

    with services.database.write() as connection:
        connection.execute(
            clients.insert().prefix_with("OR IGNORE"),
            {
                "client_id": "other-bank",
                "name_zh": "他行",
                "name_en": "Other",
                "salt": "00",
                "key_hash": "00",
                "active": True,
                "created_at": "2026-01-01T00:00:00.000000Z",
            },
        )
    request = ScoreRequest(
        subject=Subject(kind="enterprise", id=world.enterprises[0]), purpose="SELF"
    )
    theirs = services.scoring.score(request, Caller("other-bank")).answer["score_id"]
    token = sign_in(browser, services)
    for path in (f"/portal/decisions/{theirs}", "/portal/decisions/nonsense", "/portal/nothing"):
        response = browser.get(path)
        assert response.status_code == 404
        assert "返回查询页" in response.text
    made = browser.post(f"/portal/decisions/{theirs}/report", data={"form_token": token})
    assert made.status_code == 404


def test_logging_out_ends_the_session(browser: TestClient, services: Services) -> None:
    token = sign_in(browser, services)
    cookie = browser.cookies.get("xinqiao_session")
    response = browser.post("/portal/logout", data={"form_token": token})
    assert response.headers["location"] == "/portal/login"
    browser.cookies.set("xinqiao_session", str(cookie), path="/portal")
    assert browser.get("/portal").status_code == 303


def test_examples_are_of_public_portfolios_only(browser: TestClient, services: Services) -> None:
    sign_in(browser, services)
    listed = re.findall(r'name="subject" value="([^"]+)"', browser.get("/portal").text)
    assert len(listed) == 6
    assert all(re.fullmatch(r"(SBA|CARD)-\d+", subject_id) for subject_id in listed)


def test_a_report_shows_every_section_and_no_protected_attribute(
    services: Services, world: SmallWorld
) -> None:
    from serving.audit import Caller
    from serving.bodies import ReportRequest, Subject

    bank = Caller("demo-bank")
    for kind, subject_id in (
        ("enterprise", world.enterprises[0]),
        ("individual", world.individuals[0]),
    ):
        request = ReportRequest(subject=Subject(kind=kind, id=subject_id), purpose="SELF")  # type: ignore[arg-type]
        made = services.reporting.create(request, bank)
        html = services.reporting.read(made["report_id"], bank, "html", "zh").content.decode()
        places = [
            html.index(title)
            for title in (
                "一、基本信用状况",
                "二、风险提示",
                "三、信用趋势",
                "四、评分与原因",
                "五、匹配产品",
                "附：术语、数据来源与声明",
            )
        ]
        assert places == sorted(places)
        for protected in ("性别", "学历", "婚姻", "年龄"):
            assert protected not in html
        english = services.reporting.read(made["report_id"], bank, "html", "en").content.decode()
        visible = re.sub(r"<style>.*?</style>", "", english, flags=re.S).replace("信桥", "")
        assert not re.search("[\u4e00-\u9fff]", visible)


def test_the_pdf_holds_the_texts(services: Services, world: SmallWorld) -> None:
    import io

    from pypdf import PdfReader

    from serving.audit import Caller
    from serving.bodies import ReportRequest, Subject

    bank = Caller("demo-bank")
    subject = Subject(kind="enterprise", id=world.enterprises[0])
    made = services.reporting.create(ReportRequest(subject=subject, purpose="SELF"), bank)
    for language, titles in (
        ("zh", ("信用报告", "基本信用状况", "风险提示", "信用趋势", "评分与原因", "匹配产品")),
        ("en", ("Credit report", "Risk hints", "Credit trend", "Matched products")),
    ):
        pdf = services.reporting.read(made["report_id"], bank, "pdf", language).content
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        text = text.replace("\u200b", "")  # the renderer lets long words break
        for title in titles:
            assert title in text
        assert world.enterprises[0] in text
        assert made["report_id"] in text
        assert str(made["score"]) in text


def test_a_score_stands_without_the_ranking(own: Services, world: SmallWorld) -> None:
    shutil.rmtree(own.workspace.models_dir / "served" / "enterprise-lender-ranking")
    bare = build(Settings(workspace=own.workspace.root, pull_models=False))
    with TestClient(create_app(bare), follow_redirects=False) as browser:
        token = sign_in(browser, bare)
        address = look_up(browser, token, subject=world.enterprises[0]).headers["location"]
        assert "产品匹配暂不可用" in browser.get(address).text
    bare.close()


def test_gauge_by_hand() -> None:
    left, top, right = (gauge(score, 300, 900, ()) for score in (300, 600, 900))
    assert (left.dot_x, left.dot_y) == (30.0, 145.0)
    assert (top.dot_x, top.dot_y) == (150.0, 25.0)
    assert (right.dot_x, right.dot_y) == (270.0, 145.0)
    beyond = gauge(1200, 300, 900, (420.0,))
    assert (beyond.dot_x, beyond.tone) == (270.0, "best")
    assert len(beyond.ticks) == 1


def test_every_text_has_both_languages_and_is_used() -> None:
    from pathlib import Path

    import serving.portal as room

    folder = Path(room.__file__).parent
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.suffix in (".py", ".html") and path.name != "texts.py"
    )
    for key, both in TEXTS.items():
        assert re.search("[\u4e00-\u9fff]", both.zh), key
        assert not re.search("[\u4e00-\u9fff]", both.en), key
        assert set(re.findall(r"{\w+}", both.zh)) == set(re.findall(r"{\w+}", both.en)), key
        family = re.sub(r"\d", "%d", key)
        assert f'"{key}"' in sources or f"'{key}'" in sources or f"'{family}'" in sources, key

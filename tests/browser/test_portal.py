"""The portal in a real headless Chromium: log-in, look-up, language, keyboard, labels, contrast, no errors."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from serving.keys import load_keys
from serving.process import ServerProcess
from tests.serving.workspace import SmallWorld, world_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("serving-browser")]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "chromium"
)
MEASURE = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    return world_of(tmp_path_factory, "browser")


@pytest.fixture(scope="module")
def server(world: SmallWorld) -> Iterator[ServerProcess]:
    with ServerProcess(world.workspace) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, server: ServerProcess) -> Iterator[Page]:
    """A page of a fresh visitor; anything it loads from elsewhere and any script error fails."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=server.url)
    made = context.new_page()
    made.set_default_timeout(20_000)
    elsewhere: list[str] = []
    errors: list[str] = []
    made.on(
        "request",
        lambda r: None if r.url.startswith((server.url, "data:")) else elsewhere.append(r.url),
    )
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.on(
        "console",
        lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None,
    )
    yield made
    context.close()
    assert elsewhere == []
    assert errors == []


def sign_in(page: Page, world: SmallWorld) -> None:
    keys = load_keys(world.workspace)
    page.goto("/portal")
    page.get_by_label(re.compile("用户名|User name")).fill(keys.portal_user)
    page.get_by_label(re.compile("密码|Password")).fill(keys.portal_password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal")


def look_up(page: Page, kind: str, subject_id: str) -> None:
    page.goto("/portal")
    page.get_by_label("主体类别").select_option(kind)
    page.get_by_label("主体编号").fill(subject_id)
    page.locator("#lookup").get_by_role("button", name="查询").click()
    page.wait_for_url("**/portal/decisions/*")


def check_page(page: Page) -> None:
    """Every control labelled, contrast at least 4.5 (3 for large text), one h1, a language."""
    found: dict[str, Any] = page.evaluate(MEASURE)
    assert found["unlabelled"] == []
    assert found["faint"] == []
    assert found["headings"] == 1
    assert found["language"] in ("zh-CN", "en")
    assert found["overflow"] <= 0


def test_a_person_signs_in_looks_up_and_reads_the_report(
    page: Page, world: SmallWorld, tmp_path: Path
) -> None:
    sign_in(page, world)
    expect(page.get_by_role("heading", level=1)).to_have_text("查询信用主体")
    check_page(page)
    look_up(page, "enterprise", world.enterprises[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("信用评分结果")
    for title in ("评分原因", "匹配产品", "信用报告"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    gauge = page.get_by_role("img").first
    score = str(page.locator(".gauge-score").text_content())
    assert score in str(gauge.locator("title").text_content())
    assert page.locator(".bars-poor .bar-fill, .bars-good .bar-fill").count() >= 1
    page.locator("summary", has_text="全部得分构成").click()
    expect(page.get_by_role("table", name="全部得分构成")).to_be_visible()
    check_page(page)
    page.screenshot(path=tmp_path / "decision.png", full_page=True)
    assert (tmp_path / "decision.png").stat().st_size > 50_000
    page.get_by_role("button", name="生成报告").click()
    link = page.get_by_role("link", name="查看网页版")
    expect(link).to_be_visible()
    pdf = page.get_by_role("link", name="查看 PDF").get_attribute("href")
    fetched = page.request.get(str(pdf))
    assert fetched.body().startswith(b"%PDF-")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("信用报告")
    expect(page.get_by_text("二、风险提示")).to_be_visible()


def test_the_products_say_why_and_why_not(page: Page, world: SmallWorld) -> None:
    sign_in(page, world)
    look_up(page, "enterprise", world.enterprises[0])
    assert page.locator(".offer").count() >= 1
    expect(page.locator(".offer").first.get_by_text("推荐理由")).to_be_visible()
    page.locator("summary", has_text="不符合条件的产品").click()
    first = page.locator(".refused > li").first
    expect(first.get_by_text("不符合的条件")).to_be_visible()
    assert re.search(r"E-[A-Z]+", first.inner_text())


def test_a_card_client_is_told_why_there_are_no_products(page: Page, world: SmallWorld) -> None:
    sign_in(page, world)
    look_up(page, "individual", world.individuals[0])
    assert page.locator(".offer").count() == 0
    expect(page.locator(".note")).to_contain_text("信用卡")
    check_page(page)


def test_the_language_switch(page: Page, world: SmallWorld) -> None:
    sign_in(page, world)
    look_up(page, "enterprise", world.enterprises[0])
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Credit score result")
    words = page.locator("main").inner_text()
    assert not re.search("[\u4e00-\u9fff]", words)
    check_page(page)
    page.goto("/portal")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look up a subject")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_the_keyboard_alone_is_enough(page: Page, world: SmallWorld) -> None:
    keys = load_keys(world.workspace)
    page.goto("/portal/login")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("用户名")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.type(keys.portal_user)
    page.keyboard.press("Tab")
    page.keyboard.type(keys.portal_password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal")
    page.get_by_label("主体编号").focus()
    page.keyboard.type(world.enterprises[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/decisions/*")
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details").first).to_have_attribute("open", "")


def test_wrong_login_and_unknown_subject_are_told_in_words(page: Page, world: SmallWorld) -> None:
    page.goto("/portal/login")
    page.get_by_label("用户名").fill("somebody")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_have_text("用户名或密码不正确。")
    check_page(page)
    sign_in(page, world)
    page.get_by_label("主体编号").fill("SBA-0")
    page.locator("#lookup").get_by_role("button", name="查询").click()
    expect(page.get_by_role("alert")).to_contain_text("没有收到该主体的记录")
    check_page(page)
    page.goto("/portal/nothing")
    expect(page.get_by_role("link", name="返回查询页")).to_be_visible()
    check_page(page)


def test_a_phone_shows_it_without_scrolling_sideways(page: Page, world: SmallWorld) -> None:
    sign_in(page, world)
    page.set_viewport_size({"width": 360, "height": 740})
    check_page(page)
    look_up(page, "enterprise", world.enterprises[0])
    check_page(page)


def test_an_example_is_one_click_away(page: Page, world: SmallWorld) -> None:
    sign_in(page, world)
    page.locator("button.row").first.click()
    page.wait_for_url("**/portal/decisions/*")
    expect(page.locator(".gauge-score")).to_be_visible()


def test_the_api_description_opens(page: Page) -> None:
    page.goto("/docs")
    page.get_by_text("/v1/scores").first.click()
    expect(page.get_by_text("LOAN_APPROVAL").first).to_be_visible()

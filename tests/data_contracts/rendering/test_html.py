"""HTML: self-contained, accessible, and no value is ever markup."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.documents import (
    Bar,
    BarChart,
    Bullets,
    Document,
    KeyValues,
    Note,
    Paragraph,
    Table,
    Text,
    render_html,
)
from data_contracts.rendering.html import CSP
from data_contracts.rendering.text import clean

VOID = {"meta", "img", "br", "wbr", "rect", "line"}


class Outline(HTMLParser):
    """Elements, attributes and text of a page; raises where elements are not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_is_whole_and_semantic(report: Document) -> None:
    outline = Outline(render_html(report, "en"))
    assert outline.all("html") == [{"lang": "en"}]
    assert [name for name, _ in outline.elements if re.fullmatch("h[1-6]", name)] == [
        "h1",
        "h2",
        "h3",
        "h4",
    ]
    assert {a.get("scope") for a in outline.all("th")} == {"col", "row"}
    assert len(outline.all("caption")) == 1
    assert all(a["alt"] for a in outline.all("img"))
    charts = [a for a in outline.all("svg") if a.get("role") == "img"]
    assert len(charts) == 3
    titles = {a["id"] for a in outline.all("title") if "id" in a}
    assert {a["aria-labelledby"] for a in charts} == titles
    assert "Enterprise credit report" in "".join(outline.text)
    assert "企业" not in "".join(outline.text).replace("信桥", "")


def test_chinese_is_the_default(report: Document) -> None:
    page = render_html(report)
    assert page == render_html(report, "zh")
    assert '<html lang="zh-CN">' in page
    assert "Basic status" not in page


def test_nothing_comes_from_outside(report: Document) -> None:
    page = render_html(report)
    assert not re.search(r"<script|javascript:|@import|url\(", page)
    for attributes in Outline(page).elements:
        for name in ("src", "href"):
            assert (attributes[1].get(name) or "data:").startswith("data:")


def test_the_security_policy_fits_the_page(report: Document) -> None:
    (style,) = re.findall("<style>(.*?)</style>", render_html(report), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in CSP
    assert " style=" not in render_html(report)


def test_bars_lie_on_their_side_of_zero() -> None:
    chart = BarChart((Bar("down", -2.0), Bar("up", 1.0)))
    outline = Outline(render_html(Document(Text("题", "T"), blocks=(chart,)), "en"))
    down, up = outline.all("rect")
    zero = float(outline.all("line")[0]["x1"] or "")
    assert float(down["x"] or "") + float(down["width"] or "") <= zero + 0.11
    assert float(up["x"] or "") >= zero - 0.11
    assert abs(float(down["width"] or "") - 2 * float(up["width"] or "")) < 0.3
    assert "-2.0" in outline.text
    assert "+1.0" in outline.text


EVIL = st.text(max_size=40) | st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;b&gt;", "]]>", "</title>", "</style>",
     "<!--", "' onload='x", "\ud800", "a\x00b", "\u202egnp", "字" * 60, "x" * 200]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(evil=EVIL)
def test_no_value_is_markup(evil: str) -> None:
    """Elements are those of a harmless value, and the value's text is there in full."""

    def page(value: str) -> Outline:
        return Outline(
            render_html(
                Document(
                    Text(value, value), value, reference=value, footer=value, meta=((value, value),),
                    blocks=(
                        Paragraph(value), Note(value, "bad", value), KeyValues(((value, value),)),
                        Bullets((value,)), BarChart((Bar(value, 1.0, value),), value, value, value, value),
                        Table((value,), ((value,),), value),
                    ),
                ), "en",
            )
        )  # fmt: skip

    def tags(outline: Outline) -> list[str]:
        # Line breaks, and lines of a label, follow the length of a value.
        return [name for name, _ in outline.elements if name not in ("br", "wbr", "text")]

    found = page(evil)
    if evil:
        assert tags(found) == tags(page("harmless"))
    expected = re.sub(r"\s", "", clean(evil))
    assert expected in re.sub(r"\s", "", "".join(found.text))
    assert not {n for _, attributes in found.elements for n in attributes if n.startswith("on")}


def test_a_page_can_be_written_whatever_the_values() -> None:
    document = Document(Text("\ud800", "x"), blocks=(Paragraph("\udfff\x07"),))
    assert "\ufffd" in render_html(document).encode("utf-8").decode()

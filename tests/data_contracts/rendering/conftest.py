"""A document with every kind of block."""

from __future__ import annotations

import struct
import zlib
from datetime import date

import pytest

from data_contracts.documents import (
    Bar,
    BarChart,
    Bullets,
    Document,
    Heading,
    Image,
    KeyValues,
    Note,
    PageBreak,
    Paragraph,
    Table,
    Text,
)

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>'


def png() -> bytes:
    """One black pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"\0\0")), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture
def report() -> Document:
    return Document(
        Text("企业信用报告", "Enterprise credit report"),
        Text("由规则生成", "Composed by rule"),
        meta=((Text("编号", "Number"), "XQ-1"), (Text("截至", "As of"), date(2008, 9, 30))),
        created=date(2008, 9, 30),
        reference="XQ-1",
        footer=Text("仅供审批", "For approval only"),
        blocks=(
            Heading(Text("一、基本状况", "1. Basic status")),
            KeyValues(((Text("员工", "Employees"), 4), (Text("行业", "Industry"), None), ("k", "v"))),
            KeyValues((("single", "column"),), columns=1),
            Paragraph(Text("正文第一行\n第二行", "First line\nsecond line")),
            Paragraph("explained", small=True),
            Heading(Text("小节", "Section"), 2),
            Heading("third", 3),
            Bullets((Text("甲", "first"), "second")),
            Bullets(("one", "two"), numbered=True),
            Note(Text("偏高", "High"), "warn", "R-1"),
            *(Note("text", tone) for tone in ("info", "good", "bad")),
            BarChart(
                (Bar(Text("贷款机构核销率", "Lender's charge-offs"), -38.4), Bar("zero", 0.0), Bar("up", 9.9)),
                Text("影响", "Effects"), Text("分", "points"), Text("提高", "raises"), Text("降低", "lowers"),
            ),
            BarChart(()),
            BarChart((Bar("only down", -1.0),)),
            Table(
                (Text("产品", "Product"), Text("金额", "Amount")),
                tuple((f"BANK {n}", n * 1000) for n in range(60)),
                Text("匹配产品", "Matched products"), ("left", "right"), row_headers=True,
            ),
            Table(("a", "b"), (), widths=(1.0, 2.0)),
            PageBreak(),
            Image(png(), Text("一个点", "One dot"), Text("图", "Figure"), width=0.5),
            Image(SVG, "a bar"),
        ),
    )  # fmt: skip

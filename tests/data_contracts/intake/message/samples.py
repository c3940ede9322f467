"""Messages made by hand, byte by byte, and by the writer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from data_contracts.intake.message import MessageName, write_message

NAME = "C10102110000122024010011000"
GENERATED = datetime(2024, 2, 1, 8, 30, 0)

ACCOUNT: dict[str, str] = {
    "institution_code": "C1010211000012",
    "business_detail": "91",
    "contract_no": "合同2023-1",
    "account_no": "ACC-1",
    "area_code": "110000",
    "opened_on": "20230131",
    "due_on": "20250131",
    "currency": "CNY",
    "limit_yuan": "100000",
    "guarantee_kind": "4",
    "frequency": "03",
    "months_total": "024",
    "months_left": "012",
    "bill_on": "20240131",
    "last_payment_on": "20240130",
    "scheduled_yuan": "4500",
    "paid_yuan": "4500",
    "balance_yuan": "52000",
    "overdue_periods": "0",
    "overdue_yuan": "0",
    "overdue_count": "2",
    "max_overdue_periods": "1",
    "five_class": "1",
    "account_status": "1",
    "status_24": "/" * 11 + "*" + "N" * 12,
    "owner_flag": "1",
    "name": "张三",
    "id_kind": "0",
    "id_number": "11010519491231002X",
    "consent_no": "SQ-7",
}


def header(count: int = 1, kind: str = "1", bills: str = "2024013120240131") -> bytes:
    """A header of 147 bytes, written out."""
    text = f"1.3C1010211000012202402010830001.0{int(kind == '2')}{kind}{count:010d}{bills}"
    return text.encode().ljust(147)


def account_record(**changes: str) -> bytes:
    """A record of one segment A, its widths written out as in the published layout."""
    value = {**ACCOUNT, **changes}

    def text(name: str, width: int) -> bytes:
        return value.get(name, "").encode("gb18030").ljust(width)

    def number(name: str, width: int) -> bytes:
        return value[name].encode().rjust(width, b"0") if name in value else b" " * width

    body = b"".join(
        [
            text("institution_code", 14), text("business_detail", 2), text("contract_no", 60),
            text("account_no", 40), text("area_code", 6), text("opened_on", 8), text("due_on", 8),
            text("currency", 3), number("limit_yuan", 10), number("shared_limit_yuan", 10),
            number("largest_debt_yuan", 10), text("guarantee_kind", 1), text("frequency", 2),
            text("months_total", 3), text("months_left", 3), text("agreed_periods", 3),
            number("agreed_yuan", 10), text("bill_on", 8), text("last_payment_on", 8),
            number("scheduled_yuan", 10), number("paid_yuan", 10), number("balance_yuan", 10),
            number("overdue_periods", 2), number("overdue_yuan", 10),
            number("overdue_31_60_yuan", 10), number("overdue_61_90_yuan", 10),
            number("overdue_91_180_yuan", 10), number("overdue_over_180_yuan", 10),
            number("overdue_count", 3), number("max_overdue_periods", 2), text("five_class", 1),
            text("account_status", 1), text("status_24", 24), text("owner_flag", 1),
            text("name", 30), text("id_kind", 1), text("id_number", 18), text("consent_no", 22),
            text("negative_notice_on", 8),
        ]
    )  # fmt: skip
    return b"0407A" + body


def table(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as a text table, with ``_line`` numbers from 1 unless given."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != "_line"))
    lines = [row.get("_line", at) for at, row in enumerate(rows, 1)]
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    return pa.table({"_line": pa.array(lines, pa.int64()), **columns})


def written(folder: Path, segments: dict[str, pa.Table], kind: str = "1", **more: Any) -> Path:
    """Write a message of a class."""
    name = MessageName("C1010211000012", "202401", "001", kind)
    return write_message(folder, name, segments, generated=GENERATED, **more)

"""What can be wrong with a record of a message, and how a reader keeps account of it."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data_contracts.intake.message.layout import Field

Bytes = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.int64]

LONGEST_VALUE = 200
"""Bytes of an original value that are kept."""

BROKEN_RULES = MappingProxyType(
    {
        "MSG-01": ("记录长度与其前四位数字不符", "The record has not the length that its first four digits say"),
        "MSG-02": ("未知的段标", "The segment tag is not known"),
        "MSG-03": ("此段不得出现在此处", "This segment may not stand here"),
        "MSG-04": ("字段不是 GB18030 编码", "The field is not GB18030"),
        "MSG-05": ("数字字段含有非数字字符", "A number field holds something else than digits"),
        "MSG-06": ("日期字段不是 YYYYMMDD 形式的日期", "A date field holds no date as YYYYMMDD"),
        "MSG-07": ("代码字段只能含 ASCII 字符", "A code field holds something else than ASCII"),
        "MSG-08": ("记录含有控制字符或换行符不一致", "The record holds a control character or another line end"),
        "MSG-09": ("必填字段为空", "A field that must be filled is blank"),
        "MSG-10": ("段不完整", "The record ends inside a segment"),
        "MSG-11": ("记录的金融机构代码与报文的不一致", "The record is of another institution than the message"),
    }
)  # fmt: skip
"""Rule id -> Chinese and English text."""

BROKEN_SCHEMA = pa.schema(
    [
        pa.field("line", pa.int64(), nullable=False),
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("segment", pa.string()),
        pa.field("field", pa.string()),
        pa.field("value", pa.string()),
        pa.field("reason_zh", pa.string(), nullable=False),
        pa.field("reason_en", pa.string(), nullable=False),
    ]
)


class Faults:
    """Faults of the records of one block; records count from 0 within it."""

    def __init__(self, records: int) -> None:
        self.hit = np.zeros(records, dtype=bool)
        self._found: list[tuple[int, str, str | None, str | None, str | None]] = []

    def add(self, records: Indices, rule_id: str, segment: str | None = None) -> None:
        """Note a fault of whole records or segments."""
        self.hit[records] = True
        self._found += [(record, rule_id, segment, None, None) for record in records.tolist()]

    def add_values(
        self, records: Indices, rule_id: str, segment: str, field: Field, values: Bytes
    ) -> None:
        """Note a fault of one field, with its bytes (one row a record); personal ones are hidden."""
        self.hit[records] = True
        for record, row in zip(records.tolist(), values, strict=True):
            self._found.append((record, rule_id, segment, field.name, shown(row.tobytes(), field)))

    def table(self, first: int) -> pa.Table:
        """All faults in order of their records; ``first`` is the number of the first record."""
        found = sorted(self._found, key=lambda fault: fault[0])
        return pa.table(
            {
                "line": pa.array([first + fault[0] for fault in found], pa.int64()),
                "rule_id": pa.array([fault[1] for fault in found], pa.string()),
                "segment": pa.array([fault[2] for fault in found], pa.string()),
                "field": pa.array([fault[3] for fault in found], pa.string()),
                "value": pa.array([fault[4] for fault in found], pa.string()),
                "reason_zh": pa.array([BROKEN_RULES[fault[1]][0] for fault in found], pa.string()),
                "reason_en": pa.array([BROKEN_RULES[fault[1]][1] for fault in found], pa.string()),
            },
            schema=BROKEN_SCHEMA,
        )


def shown(value: bytes, field: Field) -> str:
    """The original value as quarantine may keep it: a personal one as stars of its length."""
    stripped = value.rstrip(b" ")
    if field.personal:
        return "*" * len(stripped)
    text = stripped[:LONGEST_VALUE].decode("gb18030", errors="replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)

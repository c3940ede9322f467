"""What a message says, in the message's own words: segment, field and text of the values that were hit.

The judge sees records of contracts, whose dates and cents the supplier never wrote. Feedback names the
field of the layout and shows its bytes as text. Personal fields stay masked as the judge masked them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import duckdb
import numpy as np
import pyarrow as pa

from data_contracts.checks import sql_text
from data_contracts.intake.judge.judge import LONGEST_VALUE, RESIDENT_ID
from data_contracts.intake.judge.judge_all import Judged
from data_contracts.intake.message.faults import Indices
from data_contracts.intake.message.feedback import index_of
from data_contracts.intake.message.layout import LENGTH_DIGITS, Layout
from data_contracts.intake.message.reader import Message

_RECORDS_A_PART = 20_000
_BASES = {"delete": "X", "rekey": "K"}


def place_of(layout: Layout, contract: str, column: str, kind: str = "records") -> str:
    """Segment and field that an item of a contract comes from; the item itself if there is none.

    Examples
    --------
    >>> from data_contracts.intake.message.standard import STANDARD
    >>> place_of(STANDARD, "credit_month", "overdue_cents")
    'A.overdue_yuan'
    """
    asked = f"{_BASES[kind]}.{column}" if kind in _BASES else column
    index = index_of(asked, layout, contract)
    tag, number = index[:-2], int(index[-2:])
    if tag not in layout.segments or not number:
        return column
    return f"{tag}.{layout.segments[tag].fields[number - 1].name}"


def name_originals(
    connection: duckdb.DuckDBPyConnection,
    message: Message,
    judged: Sequence[Judged],
    warnings: pa.Table,
) -> dict[str, dict[str, str]]:
    """Put the message's own words into the tables ``broken`` of the judged contracts.

    Makes the table ``originals`` (contract, line, col, place, value) of all values that were hit.

    Parameters
    ----------
    connection, judged
        The judge's tables.
    message
        The message.
    warnings
        Hits that no plan sees: contract, line, column.

    Returns
    -------
    dict
        Contract -> column -> segment and field.
    """
    layout = message.layout
    connection.register("warned", warnings)
    asked = ['SELECT contract, line, "column" AS col FROM warned']
    for part in judged:
        name = sql_text(part.contract)
        asked.append(f'SELECT {name}, line, "column" FROM {part.table("broken")}')
        asked.append(f"SELECT {name}, line, item FROM {part.table('reviewed')}")
    connection.execute(f"CREATE TABLE asked AS {' UNION '.join(asked)}")
    connection.unregister("warned")
    kinds = {part.contract: part.mapped.message for part in judged}
    hidden = {part.contract: part.mapped.plan.hidden for part in judged}
    places: dict[str, dict[str, str]] = {}
    shown: dict[str, list[tuple[str, str]]] = {}
    for contract, column in connection.execute(
        "SELECT DISTINCT contract, col FROM asked"
    ).fetchall():
        place = place_of(layout, contract, column or "", kinds.get(contract, "records"))
        places.setdefault(contract, {})[column] = place
        tag, _, name = place.partition(".")
        open_field = name and not layout.segments[tag].field(name).personal
        if open_field and column not in hidden.get(contract, {}):
            shown.setdefault(place, []).append((contract, column))
    _store_places(connection, places)
    _store_texts(connection, message, shown)
    for part in judged:
        _rename(connection, part)
    return places


def _store_places(connection: duckdb.DuckDBPyConnection, places: dict[str, dict[str, str]]) -> None:
    rows = [(c, column, place) for c, named in places.items() for column, place in named.items()]
    table = pa.table(
        {
            name: pa.array([row[at] for row in rows], pa.string())
            for at, name in enumerate(("contract", "col", "place"))
        }
    )
    connection.register("part", table)
    connection.execute("CREATE TABLE places AS SELECT * FROM part")
    connection.unregister("part")


def _store_texts(
    connection: duckdb.DuckDBPyConnection,
    message: Message,
    shown: dict[str, list[tuple[str, str]]],
) -> None:
    connection.execute("CREATE TABLE texts (line BIGINT, place VARCHAR, value VARCHAR)")
    found = connection.execute("SELECT DISTINCT line FROM asked ORDER BY line").fetchnumpy()
    lines = np.asarray(found["line"], dtype=np.int64)
    texts = _texts(message, lines, set(shown))
    while rows := list(islice(texts, _RECORDS_A_PART)):
        table = pa.table(
            {
                "line": pa.array([row[0] for row in rows], pa.int64()),
                "place": pa.array([row[1] for row in rows], pa.string()),
                "value": pa.array([row[2] for row in rows], pa.string()),
            }
        )
        connection.register("part", table)
        connection.execute("INSERT INTO texts SELECT * FROM part")
        connection.unregister("part")
    open_places = [pair for listed in shown.values() for pair in listed]
    listed = ", ".join(f"({sql_text(c)}, {sql_text(n)})" for c, n in open_places)
    may = f"(a.contract, a.col) IN ({listed})" if listed else "FALSE"
    # A free text may tell somebody's number: it is hidden wherever it stands.
    shown_text = (
        f"left(regexp_replace(t.value, '{RESIDENT_ID}', '{'*' * 18}', 'g'), {LONGEST_VALUE})"
    )
    connection.execute(
        "CREATE TABLE originals AS SELECT a.contract, a.line, a.col, p.place, "
        f"string_agg({shown_text}, ' / ') FILTER ({may}) AS value FROM asked AS a "
        "JOIN places AS p ON p.contract = a.contract AND p.col IS NOT DISTINCT FROM a.col "
        "LEFT JOIN texts AS t ON t.line = a.line AND t.place = p.place GROUP BY ALL"
    )


def _texts(message: Message, lines: Indices, wanted: set[str]) -> Iterator[tuple[int, str, str]]:
    layout = message.layout
    by_tag: dict[str, list[tuple[str, int, int]]] = {}
    for place in sorted(wanted):
        tag, _, name = place.partition(".")
        segment = layout.segments[tag]
        begin = segment.offsets[name]
        by_tag.setdefault(tag, []).append((place, begin, begin + segment.field(name).width))
    for line, record in message.raw_records(lines) if by_tag else ():
        at = LENGTH_DIGITS
        while at < len(record) and chr(record[at]) in layout.segments:
            segment = layout.segments[chr(record[at])]
            for place, begin, end in by_tag.get(segment.tag, ()):
                text = record[at + 1 + begin : at + 1 + end].decode("gb18030", "replace").strip(" ")
                yield line, place, text
            at += 1 + segment.width


def _rename(connection: duckdb.DuckDBPyConnection, part: Judged) -> None:
    broken, name = part.table("broken"), sql_text(part.contract)
    connection.execute(
        f'CREATE TABLE {part.schema}.renamed AS SELECT b.line, b.rule_id, o.place AS "column", '
        "coalesce(o.value, string_agg(DISTINCT b.value, ' / ')) AS value, b.told "
        f"FROM {broken} AS b JOIN originals AS o ON o.contract = {name} AND o.line = b.line "
        'AND o.col IS NOT DISTINCT FROM b."column" GROUP BY b.line, b.rule_id, o.place, o.value, b.told'
    )
    connection.execute(f"DROP TABLE {broken}")
    connection.execute(f"ALTER TABLE {part.schema}.renamed RENAME TO broken")

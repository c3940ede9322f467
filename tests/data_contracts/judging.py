"""Judging one record as the intake and as the interface do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args

import duckdb
import pyarrow as pa
import pytest
from pydantic import ValidationError

from data_contracts.checks import checks
from data_contracts.contract import Contract
from data_contracts.item import Identifier

IDENTIFIERS = get_args(Identifier)
"""Their checks have tests of their own and no counterpart in pydantic."""

Judge = Callable[..., set[str]]


@pytest.fixture(scope="session")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


@pytest.fixture
def judge(engine: duckdb.DuckDBPyConnection) -> Judge:
    """Ids of the item rules and rules between items that a record breaks, by SQL.

    Pydantic must refuse the record exactly if one of them is an ERROR.
    """

    def judged(contract: type[Contract], record: dict[str, Any], **changed: Any) -> set[str]:
        record = {**record, **changed}
        name = contract.about.name + "."
        own = [c for c in checks(contract) if c.rule_id.startswith(name)]
        own = [c for c in own if c.rule_id.rpartition(".")[2] not in IDENTIFIERS]
        records = pa.Table.from_pylist([record], schema=contract.arrow_schema())
        engine.register("records", records)
        hits = engine.sql("SELECT " + ", ".join(c.broken for c in own) + " FROM records").fetchall()
        broken = [check for check, hit in zip(own, hits[0], strict=True) if hit]
        try:
            contract.model_validate(record)
            accepted = True
        except ValidationError:
            accepted = False
        assert accepted == all(check.severity == "REVIEW" for check in broken)
        return {check.rule_id.removeprefix(name) for check in broken}

    return judged

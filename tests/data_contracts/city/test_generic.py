"""Any contract can be filled from its declaration alone."""

from __future__ import annotations

import re

import duckdb
import numpy as np
import pytest

from data_contracts.catalogue import all_contracts
from data_contracts.checks import checks
from data_contracts.city.city import City
from data_contracts.city.clock import Settings
from data_contracts.city.generic import complete
from data_contracts.city.patterns import pool

SMALL = City.found(Settings(60, 5, 6))
RULE = re.compile(r"^(LR|DR|XM|PUB|BI|GL)-")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, contract in all_contracts().items()
        if "institution" not in contract.about.subject_kinds
    ],
)
def test_a_declaration_is_enough_for_records_without_errors(name):
    contract = all_contracts()[name]
    rows = np.arange(60) if "enterprise" not in contract.about.subject_kinds else np.arange(40)
    table = complete(contract, {"_i": rows}, SMALL, SMALL.random("test"))
    assert table.num_rows == len(rows)
    connection = duckdb.connect()
    connection.register("made", table)
    for check in checks(contract):
        if check.severity == "ERROR" and not RULE.match(check.rule_id):
            hits = connection.execute(f"SELECT count(*) FROM made WHERE {check.broken}").fetchone()
            # Between amounts only those of a theme add up.
            if check.sql.count('"') == 2:
                assert hits == (0,), check.rule_id


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{2}-[0-9]{1,3}$",
        "^(a|bc)(;(a|bc))*$",
        "^[^x]{3}$",
        "^[!-~]{24}$",
        "^INST-[A-HZ][0-9]{13}$",
    ],
)
def test_drawn_texts_match_their_pattern(pattern):
    found = pool(pattern)
    assert found
    assert all(re.fullmatch(pattern, text) for text in found)

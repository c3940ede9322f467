"""The examples in the room's docstrings hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import data_contracts

MODULES = [m.name for m in pkgutil.walk_packages(data_contracts.__path__, "data_contracts.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_some_examples_are_there() -> None:
    found = doctest.DocTestFinder()
    counts = [len(t.examples) for n in MODULES for t in found.find(importlib.import_module(n))]
    assert sum(counts) >= 10

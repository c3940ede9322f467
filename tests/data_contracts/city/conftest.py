"""One clean and one spoilt city, small, made once for each worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_contracts.city.build import build_city
from data_contracts.city.city import City
from data_contracts.city.clock import Settings
from data_contracts.city.dirty import Wishes

SMALL = Settings(300, 7, 12)
LENDING = ("credit_month", "card_repayment", "borrower", "guarantor")
"""Contracts that published rules speak of."""


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a clean city."""
    return build_city(SMALL, tmp_path_factory.mktemp("city") / "clean").folder


@pytest.fixture(scope="session")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the same city with dirty, late and corrected records."""
    wishes = Wishes(dirty=0.06, late=0.02, corrected=0.03)
    return build_city(SMALL, tmp_path_factory.mktemp("city") / "spoilt", wishes).folder


@pytest.fixture(scope="session")
def lending(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a larger city, only its lending, much of it wrong: even the rarest way fits some record."""
    folder = tmp_path_factory.mktemp("city") / "lending"
    return build_city(Settings(2500, 5, 26), folder, Wishes(dirty=0.12), only=LENDING).folder


@pytest.fixture(scope="session")
def town() -> City:
    """A larger city that is only held in memory."""
    return City.found(Settings(20_000, 11, 36))

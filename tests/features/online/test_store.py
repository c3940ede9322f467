"""The store on SQLite: what every database must do, and what a file must do beside."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from features.errors import FeaturesError
from features.online.store import OnlineStore
from tests.features.online.store_checks import CHECKS, FRAME, whole


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "online.db"


@pytest.fixture
def store(path: Path) -> Iterator[OnlineStore]:
    made = OnlineStore(path)
    yield made
    made.close()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_sqlite(check: Callable[[OnlineStore], None], store: OnlineStore) -> None:
    check(store)


@pytest.mark.parametrize(
    "change",
    [
        "vector = replace(vector, '0.3', '0.4')",
        "as_of = '2005-10-02'",
        "subject_id = 'A-9'",
        "sequence = 8",
        "definition = 'other'",
        "about = replace(about, '2005-09-03', '2005-09-04')",
        "built_at = '2005-10-01 00:00:00.000000'",
    ],
)
def test_an_altered_vector_is_refused(change: str, store: OnlineStore, path: Path) -> None:
    store.put_vectors([whole("A-1"), whole("A-2")])
    with sqlite3.connect(path) as raw:
        raw.execute(f"UPDATE feature_vectors SET {change} WHERE subject_id = 'A-1'")
    with pytest.raises(FeaturesError, match="was altered") as caught:
        store.get("v", "A-9" if "A-9" in change else "A-1")
    assert "A-1" not in str(caught.value)
    assert store.get("v", "A-2") is not None


def test_values_of_another_subject_are_refused(store: OnlineStore, path: Path) -> None:
    """Their digest fits them: only the seal over the whole row sees it."""
    store.put("v", FRAME)
    with sqlite3.connect(path) as raw:
        raw.execute(
            "UPDATE feature_vectors SET (vector, digest, seal) = (SELECT vector, digest, seal "
            "FROM feature_vectors WHERE subject_id = 'A-2') WHERE subject_id = 'A-1'"
        )
    with pytest.raises(FeaturesError, match="was altered"):
        store.get("v", "A-1")


@pytest.mark.parametrize(
    "act", ["UPDATE served_vectors SET request = 'x'", "DELETE FROM served_vectors"]
)
def test_the_log_can_not_be_altered(act: str, store: OnlineStore, path: Path) -> None:
    store.log(whole(), "scr_1")
    with sqlite3.connect(path) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(act)
    assert [row.request for row in store.served()] == ["scr_1"]


def test_the_file_is_readable_by_its_owner_alone(store: OnlineStore, path: Path) -> None:
    store.log(whole(), "scr_1")
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_a_store_that_is_no_database_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "online.db").write_text(
        "this is no database, but it is long enough to be read as one"
    )
    with pytest.raises(FeaturesError, match="the online store does not answer"):
        OnlineStore(tmp_path / "online.db").count()


def test_a_store_of_another_version_is_named(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "online.db") as raw:
        raw.execute("CREATE TABLE feature_vectors (view TEXT, subject_id TEXT, vector TEXT)")
    with pytest.raises(FeaturesError, match="form of another version"):
        OnlineStore(tmp_path / "online.db").count()


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(FeaturesError, match="can not be kept in mysql"):
        OnlineStore("mysql://u:secret@h/db")


def test_naming_a_store_touches_nothing(tmp_path: Path) -> None:
    OnlineStore(tmp_path / "online.db")
    assert list(tmp_path.iterdir()) == []

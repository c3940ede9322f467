"""The online store on a real PostgreSQL: the same as on SQLite, and by the same commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from data_contracts.workspace import Workspace
from features.cli import app
from features.errors import FeaturesError
from features.online.store import OnlineStore
from tests.features.lakes import add, lake_of
from tests.features.online.shelf_checks import SHELF_CHECKS
from tests.features.online.store_checks import CHECKS, whole
from tests.features.test_definitions import CARD

CORRECTED = {
    "card_repayment": "account_no | bill_on | billed_cents | status_24\n1 | 2005-09-30 | 1 | ########################"
}


@pytest.fixture
def store(postgres_url: str) -> Iterator[OnlineStore]:
    made = OnlineStore(postgres_url)
    yield made
    made.close()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_postgresql(check: Callable[[OnlineStore], None], store: OnlineStore) -> None:
    check(store)


@pytest.mark.parametrize("check", SHELF_CHECKS, ids=lambda check: check.__name__)
def test_the_shelf_on_postgresql(
    check: Callable[[OnlineStore, Path], None], store: OnlineStore, tmp_path: Path
) -> None:
    check(store, tmp_path)


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE served_vectors SET request = 'x'",
        "DELETE FROM served_vectors",
        "TRUNCATE served_vectors",
    ],
)
def test_the_log_can_not_be_altered(act: str, store: OnlineStore, postgres_url: str) -> None:
    store.log(whole(), "scr_1")
    with (
        psycopg.connect(postgres_url) as raw,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        raw.execute(act)
    assert [row.request for row in store.served()] == ["scr_1"]


def test_an_altered_vector_is_refused(store: OnlineStore, postgres_url: str) -> None:
    store.put_vectors([whole()])
    with psycopg.connect(postgres_url) as raw:
        raw.execute("UPDATE feature_vectors SET vector = replace(vector, '0.3', '0.4')")
    with pytest.raises(FeaturesError, match="was altered"):
        store.get("v", "A-1")


def test_two_stores_may_make_the_tables_at_once(postgres_url: str) -> None:
    import threading

    stores = [OnlineStore(postgres_url) for _ in range(4)]
    counts: list[int] = []
    threads = [threading.Thread(target=lambda s=s: counts.append(s.count())) for s in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in stores:
        one.close()
    assert counts == [0] * 4


def test_a_server_that_is_not_there_is_an_error_without_its_address() -> None:
    with pytest.raises(FeaturesError, match="does not answer") as caught:
        OnlineStore("postgresql+psycopg://u:secret@127.0.0.1:1/none").count()
    assert "secret" not in str(caught.value)


def test_the_commands_take_a_url(postgres_url: str, store: OnlineStore, tmp_path: Path) -> None:
    lake = lake_of(Workspace(tmp_path).lake_dir, CARD)
    place = ["--workspace", str(tmp_path), "--store", postgres_url]
    made = CliRunner().invoke(app, ["materialise", "individual", *place])
    assert made.exit_code == 0, made.stderr
    vector = store.get("individual", "CARD-1")
    assert vector is not None
    store.log(vector, "scr_1")
    add(lake, CORRECTED)
    proved = CliRunner().invoke(app, ["verify", *place])
    assert proved.exit_code == 0, proved.stdout
    assert "Mismatches: 0" in proved.stdout

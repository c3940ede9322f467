"""Keys, passwords, sessions and form tokens."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from serving.errors import Forbidden, Throttled, Unauthorised
from serving.keys import enter_keys, load_keys
from serving.tables import audit, clients, users
from tests.serving.helpers import Operations, operations


@pytest.fixture
def ops(tmp_path: Path) -> Operations:
    return operations(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Operations:
    return operations(tmp_path_factory.mktemp("access"))


def test_the_key_is_taken_from_either_header(ops: Operations) -> None:
    key = ops.keys.api_key
    assert ops.access.client(f"Bearer {key}", None).client_id == "demo-bank"
    assert ops.access.client(f"bearer {key}", None).client_id == "demo-bank"
    assert ops.access.client(None, key).client_id == "demo-bank"
    assert ops.access.client(f"Bearer {key}", key).client_id == "demo-bank"


@pytest.mark.parametrize(
    ("authorization", "api_key"),
    [
        (None, None),
        ("", ""),
        ("Bearer", None),
        ("Basic {key}", None),
        ("Bearer {key}x", None),
        (None, "{key}"[:-1] + "x}"),
        ("Bearer {key}", "another"),
        (None, "xq_nobody_" + "0" * 64),
        (None, "xq__"),
        (None, "xq_demo-bank_"),
        (None, "钥" * 20),
        (None, "xq_demo-bank_" + "0" * 5000),
        (None, "xq_\0_" + "0" * 64),
    ],
)
def test_any_other_key_is_refused_in_the_same_words(
    shared: Operations, authorization: str | None, api_key: str | None
) -> None:
    def fill(value: str | None) -> str | None:
        return value.replace("{key}", shared.keys.api_key) if value else value

    with pytest.raises(Unauthorised) as caught:
        shared.access.client(fill(authorization), fill(api_key))
    with pytest.raises(Unauthorised) as plain:
        shared.access.client(None, None)
    assert caught.value.detail_en == plain.value.detail_en


@given(st.text(max_size=300))
def test_no_text_but_the_key_opens(shared: Operations, offered: str) -> None:
    with pytest.raises(Unauthorised):
        shared.access.client(None, offered)
    with pytest.raises(Unauthorised):
        shared.access.client(offered, None)


def test_a_client_that_was_closed_is_refused_at_once(ops: Operations) -> None:
    with ops.database.write() as connection:
        connection.execute(update(clients).values(active=False))
    with pytest.raises(Unauthorised):
        ops.access.client(None, ops.keys.api_key)


def test_secrets_are_files_of_the_owner_alone_and_hashes_in_the_database(ops: Operations) -> None:
    folder = ops.workspace.secrets_dir
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("api_key", "portal_password", "session_key", "subject_key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert sorted(p.name for p in folder.iterdir()) == [
        "api_key",
        "portal_password",
        "portal_user",
        "session_key",
        "subject_key",
    ]
    with ops.database.read() as connection:
        stored = str(connection.execute(select(clients)).all())
        stored += str(connection.execute(select(users)).all())
    assert ops.keys.api_key not in stored
    assert ops.keys.api_key.rpartition("_")[2] not in stored
    assert ops.keys.portal_password not in stored
    for secret in (ops.keys.api_key, ops.keys.portal_password):
        assert secret not in repr(ops.keys)


def test_a_second_start_keeps_the_keys_and_writes_nothing(ops: Operations) -> None:
    before = ops.audit.head()
    again = load_keys(ops.workspace)
    assert again == ops.keys
    enter_keys(again, ops.database, ops.audit, ops.clock)
    assert ops.audit.head() == before


def test_a_lost_key_file_gives_a_new_key_and_closes_the_old_one(ops: Operations) -> None:
    (ops.workspace.secrets_dir / "api_key").unlink()
    fresh = load_keys(ops.workspace)
    assert fresh.api_key != ops.keys.api_key
    enter_keys(fresh, ops.database, ops.audit, ops.clock)
    assert ops.access.client(None, fresh.api_key).client_id == "demo-bank"
    with pytest.raises(Unauthorised):
        ops.access.client(None, ops.keys.api_key)


def log_in(ops: Operations) -> str:
    return ops.access.log_in(ops.keys.portal_user, ops.keys.portal_password, "127.0.0.1")


def test_a_session_opens_ends_by_time_and_by_logging_out(ops: Operations) -> None:
    cookie = log_in(ops)
    visitor = ops.access.visitor(cookie)
    assert visitor is not None
    assert (visitor.user_id, visitor.client_id) == ("demo", "demo-bank")
    ops.clock.forward(hours=8, seconds=1)
    assert ops.access.visitor(cookie) is None
    second = log_in(ops)
    visitor = ops.access.visitor(second)
    assert visitor is not None
    ops.access.log_out(visitor)
    assert ops.access.visitor(second) is None


def test_a_user_who_left_has_no_session_any_more(ops: Operations) -> None:
    cookie = log_in(ops)
    with ops.database.write() as connection:
        connection.execute(update(users).values(active=False))
    assert ops.access.visitor(cookie) is None
    with pytest.raises(Unauthorised):
        log_in(ops)


@pytest.mark.parametrize(
    "change", ["", "x", ".", "a.b", "{token}", "{token}.", "{cookie}0", "钥.钥"]
)
def test_a_forged_cookie_is_no_session(ops: Operations, change: str) -> None:
    cookie = log_in(ops)
    forged = change.replace("{token}", cookie.rpartition(".")[0]).replace("{cookie}", cookie)
    assert ops.access.visitor(forged) is None
    assert ops.access.visitor(None) is None


def test_a_session_is_bound_to_the_signing_key(ops: Operations) -> None:
    cookie = log_in(ops)
    (ops.workspace.secrets_dir / "session_key").unlink()
    other = operations(ops.workspace.root)
    assert other.access.visitor(cookie) is None


def test_wrong_name_and_wrong_password_sound_the_same(ops: Operations) -> None:
    told = set()
    for name, password in ((ops.keys.portal_user, "wrong"), ("nobody", ops.keys.portal_password)):
        with pytest.raises(Unauthorised) as caught:
            ops.access.log_in(name, password, "127.0.0.1")
        told.add(caught.value.detail_zh)
    assert len(told) == 1


def test_five_failures_close_the_door_for_that_name_and_address(ops: Operations) -> None:
    for _ in range(5):
        with pytest.raises(Unauthorised):
            ops.access.log_in(ops.keys.portal_user, "wrong", "10.0.0.1")
    with pytest.raises(Throttled) as caught:  # even the right password
        ops.access.log_in(ops.keys.portal_user, ops.keys.portal_password, "10.0.0.1")
    assert caught.value.retry_after_seconds == 15 * 60
    assert ops.access.log_in(ops.keys.portal_user, ops.keys.portal_password, "10.0.0.2")
    ops.clock.forward(minutes=15, seconds=1)
    assert ops.access.log_in(ops.keys.portal_user, ops.keys.portal_password, "10.0.0.1")


def test_many_names_from_one_address_are_throttled_too(tmp_path: Path) -> None:
    ops = operations(tmp_path, login_failures_of_address=6)
    for n in range(6):
        with pytest.raises(Unauthorised):
            ops.access.log_in(f"name-{n}", "wrong", "10.0.0.1")
    with pytest.raises(Throttled):
        ops.access.log_in("name-7", "wrong", "10.0.0.1")


def test_failures_are_audited_without_the_name_that_was_typed(ops: Operations) -> None:
    with pytest.raises(Unauthorised):
        ops.access.log_in("my-password-by-mistake", "x", "10.0.0.1")
    with ops.database.read() as connection:
        last = connection.execute(select(audit).order_by(audit.c.seq.desc())).mappings().first()
    assert last is not None
    assert last["action"] == "AA-08"
    assert "my-password-by-mistake" not in str(dict(last))


def test_form_tokens_belong_to_one_session(ops: Operations) -> None:
    one = ops.access.visitor(log_in(ops))
    two = ops.access.visitor(log_in(ops))
    assert one is not None
    assert two is not None
    ops.access.check_form(ops.access.form_token(one), ops.access.form_token(one))
    for sent in (None, "", "x", "钥", ops.access.form_token(two)):
        with pytest.raises(Forbidden):
            ops.access.check_form(ops.access.form_token(one), sent)


def test_the_login_page_keeps_its_nonce_and_refuses_a_forged_one(ops: Operations) -> None:
    cookie, token = ops.access.before_login(None)
    assert ops.access.before_login(cookie) == (cookie, token)
    assert ops.access.before_login("forged.0000")[1] != token

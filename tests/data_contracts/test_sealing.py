"""Sealing: the same seal everywhere, masks that hide, a key that is made once and never shown."""

from __future__ import annotations

import hashlib
import hmac
import multiprocessing
import stat
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.sealing import KEY_FILE, SealKey
from data_contracts.workspace import Workspace

KEY = SealKey(bytes(range(32)))
NUMBER = "11010519491231002X"


def test_the_seal_is_hmac_sha256_of_the_normal_form() -> None:
    expected = hmac.new(bytes(range(32)), NUMBER.encode(), hashlib.sha256).hexdigest()[:32]
    assert KEY.hmac(NUMBER) == expected
    assert KEY.hmac(" １1010519491231002x\n") == expected
    assert SealKey(bytes(32)).hmac(NUMBER) != expected


@pytest.mark.parametrize(
    ("kind", "text", "masked"),
    [
        ("resident_id", NUMBER, "110***********002X"),
        ("resident_id", "110105491231002", "110********1002"),
        ("mobile", "13800138000", "138****8000"),
        ("phone", "13800138000", "138****8000"),
        ("bank_card", "6222021234567894", "622202******7894"),
        ("name", "王小明", "王*明"),
        ("name", "王明", "王*"),
        ("name", "王", "*"),
        ("name", "", ""),
        ("mobile", "138001", "1****1"),
        ("email", "a" * 1000, "a************A".upper()),
    ],
)
def test_masks(kind: str, text: str, masked: str) -> None:
    assert KEY.mask(kind, text) == masked


@settings(max_examples=60)
@given(st.text(max_size=40), st.sampled_from(["resident_id", "mobile", "bank_card", "name"]))
def test_a_mask_is_short_and_hides_something(text: str, kind: str) -> None:
    masked = KEY.mask(kind, text)
    assert len(masked) <= 64
    assert masked == "" or "*" in masked


@settings(max_examples=60)
@given(st.lists(st.none() | st.text(max_size=20)))
def test_arrays_equal_single_values(texts: list[str | None]) -> None:
    array = pa.array(texts, pa.string())
    sealed = [None if text is None else KEY.hmac(text) for text in texts]
    masked = [None if text is None else KEY.mask("mobile", text) for text in texts]
    assert KEY.hmac_array(array).to_pylist() == sealed
    assert KEY.hmac_array(pa.chunked_array([array, array], pa.string())).to_pylist() == sealed * 2
    assert KEY.hmac_array(array.dictionary_encode()).to_pylist() == sealed
    assert KEY.mask_array("mobile", array.cast(pa.large_string())).to_pylist() == masked


def test_empty_arrays() -> None:
    assert KEY.hmac_array(pa.chunked_array([], pa.string())).type == pa.string()
    assert len(KEY.hmac_array(pa.array([], pa.string()))) == 0


def test_sql_functions() -> None:
    with duckdb.connect() as connection:
        SealKey(bytes(32)).register(connection)
        KEY.register(connection)  # again, with another key
        found = connection.execute(
            "SELECT xq_hmac(x), xq_mask('mobile', x), xq_mask(k, x) FROM "
            "(VALUES ('13800138000', 'mobile'), (NULL, 'mobile'), ('13800138000', 'name')) t(x, k)"
        ).fetchall()
    seal = KEY.hmac("13800138000")
    assert found == [
        (seal, "138****8000", "138****8000"),
        (None, None, None),
        (seal, "138****8000", "1*********0"),
    ]


def test_the_key_is_kept_outside_the_lake_and_for_the_owner_alone(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws")
    first = SealKey.of(workspace)
    path = workspace.secrets_dir / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert workspace.lake_dir not in path.parents
    assert SealKey.of(workspace).hmac("x") == first.hmac("x")
    assert [entry.name for entry in workspace.secrets_dir.iterdir()] == [KEY_FILE]
    assert path.read_text().strip() not in repr(first) + str(first)
    assert "x0" not in repr(first)


def test_two_workspaces_have_two_keys(tmp_path: Path) -> None:
    one, two = (SealKey.of(Workspace(tmp_path / name)) for name in ("one", "two"))
    assert one.hmac(NUMBER) != two.hmac(NUMBER)


@pytest.mark.parametrize("content", [b"", b"00", b"z" * 64, b"\xff" * 64, b"0" * 63])
def test_a_damaged_key_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    workspace = Workspace(tmp_path).create()
    (workspace.secrets_dir / KEY_FILE).write_bytes(content)
    with pytest.raises(ContractsError, match="damaged") as caught:
        SealKey.of(workspace)
    assert "backup" in str(caught.value)
    assert "zzzz" not in str(caught.value)
    assert (workspace.secrets_dir / KEY_FILE).read_bytes() == content


def test_a_key_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    (workspace.secrets_dir / KEY_FILE).mkdir()
    with pytest.raises(ContractsError, match="cannot be read"):
        SealKey.of(workspace)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ContractsError, match="32 bytes"):
        SealKey(b"short")


def _seal(root: str) -> str:
    return SealKey.of(Workspace(Path(root))).hmac("x")


def test_processes_that_start_at_once_end_with_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        seals = pool.map(_seal, [str(tmp_path)] * 6, chunksize=1)
    assert len(set(seals)) == 1

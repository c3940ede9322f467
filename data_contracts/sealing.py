"""Sealing of personal identifiers: a keyed HMAC to match by, a mask to show, never the value itself.

The key is made at first use and kept beside the lake, never in it: whoever holds only the lake can neither
read the identifiers nor try all of them. Whoever loses the key can no longer match new records with old
ones, so it belongs into the backup.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.errors import ContractsError
from data_contracts.identifiers.result import normalise
from data_contracts.workspace import Workspace

KEY_FILE = "seal_key"
HEX_DIGITS = 32
"""Length of a seal: SHA-256 cut to 128 bits, so that two subjects never share one by chance."""

_KEY = re.compile("[0-9a-f]{64}")

_SHOWN = {"resident_id": (3, 4), "mobile": (3, 4), "phone": (3, 4), "bank_card": (6, 4)}
"""Characters shown at the start and at the end, by kind; all others show one and one."""

_LEAST_HIDDEN = 4
_MOST_STARS = 12


@dataclass(frozen=True)
class SealKey:
    """The key of a workspace; its bytes stay out of ``repr`` and of every error.

    Examples
    --------
    >>> key = SealKey(bytes(32))
    >>> key
    SealKey()
    >>> key.hmac(" 11010519491231002x") == key.hmac("11010519491231002X")
    True
    >>> key.mask("resident_id", "11010519491231002X"), key.mask("name", "王小明")
    ('110***********002X', '王*明')
    """

    _key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a key of another length than 32 bytes."""
        if len(self._key) != 32:
            raise ContractsError("the seal key is damaged.", expected="32 bytes")

    @classmethod
    def of(cls, workspace: Workspace) -> SealKey:
        """Read the key of a workspace, making it at first use (0600, atomically).

        Raises
        ------
        ContractsError
            For a key file that is damaged or may not be read: a new key would not match old seals.
        """
        path = workspace.secrets_dir / KEY_FILE
        try:
            if not path.exists():
                workspace.create()
                _make(path)
            text = path.read_bytes().strip().decode("ascii", "replace")
        except OSError as error:
            raise ContractsError(
                f"the seal key cannot be read or made: {error.strerror}.", file=path
            ) from error
        if not _KEY.fullmatch(text):
            raise ContractsError(
                "the seal key is damaged.",
                expected="64 hexadecimal digits",
                hint="restore it from the backup; with a new key the sealed records match no more",
                file=path,
            )
        return cls(bytes.fromhex(text))

    def hmac(self, text: str) -> str:
        """Seal of a text in normal form: HMAC-SHA256, first 32 hexadecimal digits."""
        message = normalise(text).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, message, "sha256").hex()[:HEX_DIGITS]

    def mask(self, kind: str, text: str) -> str:
        """Masked form of a text: what may be shown of it.

        A resident id and a phone show their first 3 and last 4 characters, a bank card its first 6 and
        last 4, anything else its first and last one; a text too short to hide four characters that way
        shows one and one, and one of two or fewer characters hides the last or all.
        """
        normal = normalise(text)
        head, tail = _SHOWN.get(kind, (1, 1))
        if len(normal) < head + tail + _LEAST_HIDDEN:
            head, tail = 1, 1
        if len(normal) <= head + tail:
            head, tail = (1, 0) if len(normal) == 2 else (0, 0)
        stars = "*" * min(len(normal) - head - tail, _MOST_STARS)
        return normal[:head] + stars + normal[len(normal) - tail :]

    def hmac_array(self, values: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Seals of an Arrow array of texts; null stays null, each distinct text is sealed once."""
        return _each(values, self.hmac)

    def mask_array(self, kind: str, values: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Masked forms of an Arrow array of texts; null stays null."""
        return _each(values, lambda text: self.mask(kind, text))

    def register(self, connection: Any) -> None:
        """Make the SQL functions ``xq_hmac(text)`` and ``xq_mask(kind, text)`` in a connection.

        Registering again replaces them, with another key too.
        """
        for name, function, arguments in (
            ("xq_hmac", self.hmac_array, ["VARCHAR"]),
            ("xq_mask", self._mask_by_kind, ["VARCHAR", "VARCHAR"]),
        ):
            with contextlib.suppress(Exception):
                connection.remove_function(name)  # raises where there is none yet
            connection.create_function(name, function, arguments, "VARCHAR", type="arrow")

    def _mask_by_kind(self, kinds: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.Array:
        named = kinds.unique().to_pylist()
        if len(named) == 1 and named[0] is not None:
            return self.mask_array(named[0], values)
        pairs = zip(kinds.to_pylist(), values.to_pylist(), strict=True)
        masked = [
            None if kind is None or text is None else self.mask(kind, text) for kind, text in pairs
        ]
        return pa.array(masked, pa.string())


def _each(values: pa.Array | pa.ChunkedArray, function: Callable[[str], str]) -> pa.Array:
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], pa.string())
    coded = whole.dictionary_encode() if not pa.types.is_dictionary(whole.type) else whole
    texts = coded.dictionary.cast(pa.string()).to_pylist()
    changed = pa.array([None if text is None else function(text) for text in texts], pa.string())
    return pc.take(changed, coded.indices)


def _make(path: Path) -> None:
    """Write a new key whole beside its place and link it there: of two makers the first wins."""
    draft = path.with_name(f".{KEY_FILE}.{os.getpid()}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()

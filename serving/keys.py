"""Keys of a workspace: made at its first start, kept in files only the owner may read, never logged.

The database holds salted hashes only. If the files are lost, new keys are made and the old ones stop
working; if the database is lost, the same keys are entered again.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data_contracts.workspace import Workspace
from serving.actions import KEY_ISSUED
from serving.audit import Audit, Caller, Entry
from serving.database import Database
from serving.errors import NotReady
from serving.moments import Clock, moment_text
from serving.tables import clients, users

DEMO_CLIENT = "demo-bank"
DEMO_USER = "demo"
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}  # about 50 ms and 16 MiB a try


@dataclass(frozen=True)
class Keys:
    """Keys of a workspace; the values stay out of ``repr``.

    Attributes
    ----------
    api_key : str
        Of the demo's bank client, ``xq_<client>_<64 hex digits>``.
    portal_user, portal_password : str
        Of the demo's portal user.
    session_key, subject_key : bytes
        Sign the portal's cookies; digest the subjects in the audit chain.
    """

    api_key: str = field(repr=False)
    portal_user: str
    portal_password: str = field(repr=False)
    session_key: bytes = field(repr=False)
    subject_key: bytes = field(repr=False)


def load_keys(workspace: Workspace) -> Keys:
    """Read the keys of a workspace, making those that are missing."""
    workspace.create()
    folder = workspace.secrets_dir
    return Keys(
        api_key=_kept(folder / "api_key", f"xq_{DEMO_CLIENT}_{secrets.token_hex(32)}"),
        portal_user=_kept(folder / "portal_user", DEMO_USER),
        portal_password=_kept(folder / "portal_password", secrets.token_urlsafe(12)),
        session_key=bytes.fromhex(_kept(folder / "session_key", secrets.token_hex(32))),
        subject_key=bytes.fromhex(_kept(folder / "subject_key", secrets.token_hex(32))),
    )


def enter_keys(keys: Keys, database: Database, audit: Audit, clock: Clock) -> None:
    """Enter the demo's client and portal user, or bring their hashes in line with the files."""
    caller = Caller("xinqiao")
    now = moment_text(clock())
    with database.write() as connection:
        client = _row(connection, clients, "client_id", DEMO_CLIENT)
        if client is None or not key_matches(keys.api_key, client.salt, client.key_hash):
            salt = secrets.token_hex(16)
            values = {"salt": salt, "key_hash": key_hash(keys.api_key, salt)}
            if client is None:
                names = {"name_zh": "演示银行", "name_en": "Demonstration bank"}
                row = {"client_id": DEMO_CLIENT, **names, "active": True, "created_at": now}
                connection.execute(insert(clients), row | values)
            else:
                same = clients.c.client_id == DEMO_CLIENT
                connection.execute(update(clients).where(same).values(values))
            audit.append(connection, [Entry(caller, KEY_ISSUED, object_id=DEMO_CLIENT)])
        user = _row(connection, users, "user_id", keys.portal_user)
        if user is None or not password_matches(
            keys.portal_password, user.salt, user.password_hash
        ):
            salt = secrets.token_hex(16)
            values = {"salt": salt, "password_hash": password_hash(keys.portal_password, salt)}
            if user is None:
                row = {"user_id": keys.portal_user, "client_id": DEMO_CLIENT, "active": True}
                connection.execute(insert(users), row | {"created_at": now} | values)
            else:
                same = users.c.user_id == keys.portal_user
                connection.execute(update(users).where(same).values(values))
            audit.append(connection, [Entry(caller, KEY_ISSUED, object_id=keys.portal_user)])


def key_hash(api_key: str, salt: str) -> str:
    """Salted hash of an API key; a fast hash is enough for 256 random bits."""
    return hmac.new(bytes.fromhex(salt), api_key.encode(), hashlib.sha256).hexdigest()


def key_matches(api_key: str, salt: str, expected: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(key_hash(api_key, salt), expected)


def password_hash(password: str, salt: str) -> str:
    """Salted scrypt hash of a password, slow on purpose."""
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"), salt=bytes.fromhex(salt), **_SCRYPT
    ).hex()


def password_matches(password: str, salt: str, expected: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(password_hash(password, salt), expected)


def _row(connection: Connection, table: Any, key: str, value: str) -> Any:
    return connection.execute(select(table).where(table.c[key] == value)).first()


def _kept(path: Path, fresh: str) -> str:
    """The content of a secret file; written with ``fresh`` when absent, by one process only."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    if not path.exists():
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(fresh + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(part, path)  # atomic and never over another process's file
        part.unlink()
    content = path.read_text(encoding="utf-8").strip()
    if not content:
        raise NotReady(
            f"The secret file {path.name} is empty; remove it and start again to make a new one.",
            f"密钥文件 {path.name} 为空；请删除后重新启动以生成新的密钥。",
        )
    return content

"""Who may come in: API keys of clients, log-in, sessions and form tokens of the portal."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from serving.actions import LOGGED_IN, LOGGED_OUT, LOGIN_FAILED
from serving.audit import Audit, Caller, Entry
from serving.database import Database
from serving.errors import Forbidden, Throttled, Unauthorised
from serving.keys import Keys, key_matches, password_matches
from serving.moments import Clock, digest, moment_text
from serving.settings import Settings
from serving.tables import clients, login_failures, sessions, users

# Compared when the client or user is unknown, so that both refusals take the same time.
_NOBODY_SALT = "00" * 16
_NOBODY_HASH = "00" * 32
_NOBODY_PASSWORD = "00" * 64
_LONGEST_KEY = 200
_CLIENT = select(clients.c.salt, clients.c.key_hash, clients.c.active).where(
    clients.c.client_id == bindparam("wanted")
)


@dataclass(frozen=True)
class Visitor:
    """A person logged in to the portal."""

    user_id: str
    client_id: str
    token: str

    @property
    def caller(self) -> Caller:
        """The visitor as the audit trail names them."""
        return Caller(self.client_id, self.user_id)


class Access:
    """Checks keys and passwords; keeps sessions."""

    def __init__(
        self, database: Database, audit: Audit, keys: Keys, settings: Settings, clock: Clock
    ) -> None:
        self._database = database
        self._audit = audit
        self._key = keys.session_key
        self._settings = settings
        self._clock = clock

    def client(self, authorization: str | None, api_key: str | None) -> Caller:
        """The client whose key stands in ``Authorization: Bearer`` or ``X-API-Key``.

        Raises
        ------
        Unauthorised
            Without a key, with an unknown one, or when both headers carry different keys.
        """
        offered = set()
        if authorization is not None:
            scheme, _, value = authorization.partition(" ")
            offered.add(value.strip() if scheme.lower() == "bearer" else "")
        if api_key is not None:
            offered.add(api_key.strip())
        key = offered.pop() if len(offered) == 1 else ""
        client_id = ""
        if key.startswith("xq_") and len(key) <= _LONGEST_KEY and key.isascii():
            client_id = key[3:].rpartition("_")[0]
        salt, expected = _NOBODY_SALT, _NOBODY_HASH
        active = False
        if client_id and "\0" not in client_id:
            with self._database.read() as connection:
                found = connection.execute(_CLIENT, {"wanted": client_id}).first()
            if found is not None:
                salt, expected, active = found.salt, found.key_hash, bool(found.active)
        if not (key_matches(key[:_LONGEST_KEY], salt, expected) and active):
            raise Unauthorised(
                "Send the API key of an active client as `Authorization: Bearer <key>` or `X-API-Key`.",
                "请以 Authorization: Bearer <密钥> 或 X-API-Key 提供有效机构的 API 密钥。",
            )
        return Caller(client_id)

    def log_in(self, name: str, password: str, address: str) -> str:
        """Open a session for the right name and password.

        Returns
        -------
        str
            The session cookie's value (token and signature).

        Raises
        ------
        Throttled
            After too many failures of this name from this address, or of this address.
        Unauthorised
            For a wrong name or password; the two cannot be told apart.
        """
        who = self._sign("login", name)
        self._refuse_if_throttled(who, address)
        with self._database.read() as connection:
            found = connection.execute(select(users).where(users.c.user_id == name)).first()
        salt = found.salt if found else _NOBODY_SALT
        expected = found.password_hash if found else _NOBODY_PASSWORD
        right = password_matches(password, salt, expected)
        now = self._clock()
        if found is None or not right or not found.active:
            with self._database.write() as connection:
                row = {"who": who, "address": address, "at": moment_text(now)}
                connection.execute(insert(login_failures), row)
                caller = Caller(found.client_id if found else "", found.user_id if found else "")
                self._audit.append(connection, [Entry(caller, LOGIN_FAILED)])
            raise Unauthorised("Wrong user name or password.", "用户名或密码不正确。")
        token = secrets.token_urlsafe(32)
        with self._database.write() as connection:
            self._forget_old(connection)
            ends = now + timedelta(hours=self._settings.session_hours)
            row = {"token_hash": digest(token), "user_id": found.user_id}
            row |= {"created_at": moment_text(now), "expires_at": moment_text(ends)}
            connection.execute(insert(sessions), row)
            done = Entry(Caller(found.client_id, found.user_id), LOGGED_IN)
            self._audit.append(connection, [done])
        return f"{token}.{self._sign('session', token)}"

    def visitor(self, cookie: str | None) -> Visitor | None:
        """The person whose session a cookie carries, or None when it is unsigned, unknown or over."""
        token = self._signed_part("session", cookie)
        if token is None:
            return None
        wanted = (
            select(users.c.user_id, users.c.client_id)
            .join(sessions, sessions.c.user_id == users.c.user_id)
            .join(clients, clients.c.client_id == users.c.client_id)
            .where(
                sessions.c.token_hash == digest(token),
                sessions.c.expires_at > moment_text(self._clock()),
                users.c.active,
                clients.c.active,
            )
        )
        with self._database.read() as connection:
            found = connection.execute(wanted).first()
        return Visitor(found.user_id, found.client_id, token) if found else None

    def log_out(self, visitor: Visitor) -> None:
        """End the visitor's session."""
        with self._database.write() as connection:
            ended = sessions.c.token_hash == digest(visitor.token)
            connection.execute(delete(sessions).where(ended))
            self._audit.append(connection, [Entry(visitor.caller, LOGGED_OUT)])

    def before_login(self, cookie: str | None) -> tuple[str, str]:
        """Cookie and form token of the login page, which has no session yet."""
        nonce = self._signed_part("before", cookie) or secrets.token_urlsafe(16)
        return f"{nonce}.{self._sign('before', nonce)}", self._sign("form", nonce)

    def form_token(self, visitor: Visitor) -> str:
        """Token that every form of the visitor must send back."""
        return self._sign("form", visitor.token)

    def check_form(self, expected: str, sent: str | None) -> None:
        """Refuse a form that did not come from our page (cross-site request forgery)."""
        if not sent or not hmac.compare_digest(expected.encode(), sent.encode()):
            raise Forbidden(
                "This form has expired. Go back, reload the page and try again.",
                "表单已过期，请返回并刷新页面后重试。",
            )

    def _refuse_if_throttled(self, who: str, address: str) -> None:
        window = timedelta(minutes=self._settings.login_window_minutes)
        since = moment_text(self._clock() - window)
        recent = select(func.count()).select_from(login_failures)
        recent = recent.where(login_failures.c.address == address, login_failures.c.at > since)
        with self._database.read() as connection:
            of_name = connection.execute(recent.where(login_failures.c.who == who)).scalar_one()
            of_address = connection.execute(recent).scalar_one()
        if (
            of_name >= self._settings.login_failures
            or of_address >= self._settings.login_failures_of_address
        ):
            minutes = self._settings.login_window_minutes
            raise Throttled(
                f"Too many failed attempts. Try again in {minutes} minutes.",
                f"登录失败次数过多，请 {minutes} 分钟后再试。",
                minutes * 60,
            )

    def _forget_old(self, connection: Connection) -> None:
        now = self._clock()
        connection.execute(delete(sessions).where(sessions.c.expires_at < moment_text(now)))
        window = timedelta(minutes=self._settings.login_window_minutes)
        old = login_failures.c.at < moment_text(now - window)
        connection.execute(delete(login_failures).where(old))

    def _sign(self, what: str, value: str) -> str:
        message = f"{what}\x1f{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()

    def _signed_part(self, what: str, cookie: str | None) -> str | None:
        value, _, signature = (cookie or "").rpartition(".")
        if not value or not signature.isascii() or not value.isascii():
            return None
        good = hmac.compare_digest(self._sign(what, value), signature)
        return value if good else None

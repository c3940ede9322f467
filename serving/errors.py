"""What can go wrong while serving. Each error names a row of the table in ``serving/problems.py``.

An error carries a sentence in Chinese and in English, names the field where there is one, and never
carries a subject's id, a name, a key or any other value that the caller sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One field of a request that cannot be taken, with the form that is expected."""

    field: str
    detail_zh: str
    detail_en: str


class ServingError(Exception):
    """Base of this room's errors.

    Parameters
    ----------
    detail_en, detail_zh : str
        One sentence: what is wrong, the form expected, a hint.
    fields : tuple of FieldError
        The fields at fault, if the error is about fields.
    """

    problem: ClassVar[str] = "internal"

    def __init__(self, detail_en: str, detail_zh: str, fields: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail_en)
        self.detail_en = detail_en
        self.detail_zh = detail_zh
        self.fields = fields


class Unauthorised(ServingError):
    """No API key, or one that does not belong to an active client."""

    problem = "unauthorised"


class Forbidden(ServingError):
    """The caller is known but this form or page is not theirs to use."""

    problem = "forbidden"


class NotFound(ServingError):
    """There is no such page, report or decision for this caller."""

    problem = "not-found"


class UnknownSubject(NotFound):
    """No records of this subject were received for this kind, or none were visible at that date."""

    problem = "unknown-subject"


class InvalidRequest(ServingError):
    """A field of the request breaks its form."""

    problem = "invalid-request"


class TooLarge(ServingError):
    """The request body is larger than the service reads."""

    problem = "too-large"


class UnsupportedMedia(ServingError):
    """The request body is not JSON."""

    problem = "unsupported-media"


class NotAcceptable(ServingError):
    """The report is offered as HTML and PDF, and the caller accepts neither."""

    problem = "not-acceptable"


class Throttled(ServingError):
    """Too many failed attempts; wait before the next one."""

    problem = "throttled"

    def __init__(self, detail_en: str, detail_zh: str, retry_after_seconds: int) -> None:
        super().__init__(detail_en, detail_zh)
        self.retry_after_seconds = retry_after_seconds


class NotReady(ServingError):
    """Something the answer needs (a model, the database) is not there yet."""

    problem = "not-ready"


class AuditBroken(ServingError):
    """The audit chain does not verify: an entry was changed, removed or added by another hand."""

    problem = "internal"

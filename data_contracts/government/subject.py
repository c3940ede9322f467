"""Whom a record is about: the same items in every contract of a bureau, declared once.

A public record often carries only a name: its ``subject_id`` is then ``NAME-<hash>``, and ``subject_name`` and
``subject_code`` let identity resolution link it to the enterprise. Both are copies of the registration's
facts (一数一源).
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from data_contracts.government.shapes import consented, public, restricted


class PublicSubject(BaseModel):
    """The subject of a lawfully published record."""

    subject_id: str = public.subject_id("主体编号", "Subject id")
    subject_name: str | None = public.text(
        "主体名称",
        "Name of the subject",
        200,
        description="As the supplier wrote it; of enterprises and sole traders, not of natural persons.",
        copy_of="registration.name",
    )
    subject_code: str | None = public.text(
        "主体代码",
        "Code of the subject",
        40,
        description="As the supplier wrote it: a unified social credit code, or an organisation code or "
        "registration number of before.",
        identifier="organisation_no",
        severity="REVIEW",
        copy_of="registration.uscc",
    )


class RestrictedSubject(BaseModel):
    """The subject of a record about enterprises that is for authorised users only."""

    subject_id: str = restricted.subject_id("主体编号", "Subject id")
    subject_name: str | None = restricted.text(
        "主体名称", "Name of the subject", 200, copy_of="registration.name"
    )
    subject_code: str | None = restricted.text(
        "主体代码",
        "Code of the subject",
        40,
        description="As the supplier wrote it: a unified social credit code, or an organisation code or "
        "registration number of before.",
        identifier="organisation_no",
        severity="REVIEW",
        copy_of="registration.uscc",
    )


class ConsentSubject(BaseModel):
    """The subject of a record that is served with consent; it may be a natural person (REG-01)."""

    subject_id: str = consented.subject_id("主体编号", "Subject id", personal=True)
    subject_name: str | None = consented.text(
        "主体名称",
        "Name of the subject",
        200,
        description="Of enterprises and sole traders; null for a natural person.",
        personal=True,
        copy_of="registration.name",
    )
    subject_code: str | None = consented.text(
        "主体代码",
        "Code of the subject",
        40,
        description="As the supplier wrote it; null for a natural person.",
        personal=True,
        identifier="organisation_no",
        severity="REVIEW",
        copy_of="registration.uscc",
    )
    consent_no: str | None = consented.text(
        "授权编号",
        "Consent number",
        64,
        description="The consent under which the record is served; null if the batch has a public source.",
    )


class NoticedSubject(ConsentSubject):
    """A subject of adverse records: a person is told before they are reported (REG-04)."""

    negative_notice_on: date | None = consented.day(
        "不良信息告知日期",
        "Notified of the adverse record on",
        description="Of a natural person whose record is adverse; null otherwise.",
    )

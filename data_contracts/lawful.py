"""What the law asks of a record about a person before it may enter the lake (征信业管理条例 13–15).

REG-01: a consent in force, or a lawful public source. REG-03: income, deposits, securities, insurance, real
estate and tax amounts only with a written consent that tells of the adverse effects. REG-04: adverse
information only after the person was told. What may never be collected at all is refused when a contract is
declared (``prohibited``). Enterprises are no persons; sole traders and farmers are.
"""

from __future__ import annotations

from dataclasses import dataclass

from data_contracts.checks import sql_name, sql_text
from data_contracts.contract import PERSONS, Contract
from data_contracts.subject_id import ORGANISATIONS

CONSENT = "consent"
"""The contract of consents, which needs no other consent."""

ADVERSE = (
    "overdue_periods",
    "overdue_cents",
    "arrears_cents",
    "owed_cents",
    "unpaid_cents",
)
"""A record that has one of these items is adverse when one of them is above zero; a record of an adverse
contract without any of them always is (our reading)."""

_LAST = "right(new.status_24, 1) IN ('1', '2', '3', '4', '5', '6', '7', 'D', 'Z', 'G', 'B')"
ADVERSE_WHEN = {
    "tax_grade": "new.grade = 'D'",
    "real_estate_encumbrance": "new.kind = 'seizure'",
    "card_repayment": _LAST,
    "credit_month": (
        "new.overdue_periods > 0 OR new.overdue_cents > 0 OR new.five_class IN ('3', '4', '5') "
        f"OR new.account_status = CASE new.business WHEN '1' THEN '4' ELSE '5' END OR {_LAST}"
    ),
}
"""Contracts whose records are adverse by what they say."""

RECEIVED = "coalesce(getvariable('load_date')::DATE, current_date)"
"""SQL of the day on which the batch reached us: taking a record in is what needs the consent, so that a
consent that was withdrawn before does not serve, whatever day the supplier writes."""


@dataclass(frozen=True)
class LawfulCheck:
    """A rule of the law over incoming records and the consents that the lake holds.

    ``broken`` is a SQL condition over ``new`` (the records), in which ``{consents}`` stands for the
    relation of consents.
    """

    rule_id: str
    column: str
    broken: str
    text_zh: str
    text_en: str
    severity: str = "ERROR"

    def sql(self, new: str, consents: str) -> str:
        """SELECT of the ``_line`` of the records that break the rule."""
        condition = self.broken.replace("{consents}", consents)
        return f"SELECT new._line FROM {new} AS new WHERE {condition}"


def person_sql(contract: type[Contract], relation: str = "new") -> str:
    """SQL condition: whether the subject of a record counts as a natural person.

    Where a contract is about enterprises too, the subject's id tells; what is not proven to be an
    organisation counts as a person.
    """
    about = contract.about
    if all(kind in PERSONS for kind in about.subject_kinds):
        return "TRUE"
    if not about.personal:
        return "FALSE"
    subject = f"{relation}.{sql_name(about.subject)}"
    return f"(NOT regexp_matches({subject}, {sql_text(ORGANISATIONS)}))"


def lawful_checks(
    contract: type[Contract], public_source: str | None = None
) -> tuple[LawfulCheck, ...]:
    """Checks of the law for the records of one batch.

    Parameters
    ----------
    contract
        Their contract.
    public_source
        Where the batch was lawfully published; it then needs no consent (REG-01) and no notice (REG-04).
    """
    about = contract.about
    if not about.needs_consent or public_source or about.name == CONSENT:
        return ()
    person = person_sql(contract)
    names = set(contract.model_fields)
    own = "consent_no" in names
    found = [
        LawfulCheck(
            "REG-01",
            "consent_no" if own else about.subject,
            f"{person} AND NOT {_consented(contract, own, '', about.name)}",
            "个人信息须有接收日有效、涵盖该类信息的授权，或公开来源",
            "A record about a person needs a consent for this kind of information that is in force on the "
            "day of receipt, or a public source",
        )
    ]
    for column in contract.columns():
        if column.item.written_consent is None:
            continue
        written = "AND c.kind = 'written' AND c.adverse_notice"
        found.append(
            LawfulCheck(
                "REG-03",
                column.name,
                f"{person} AND new.{sql_name(column.name)} IS NOT NULL "
                f"AND NOT {_consented(contract, own, written, column.item.written_consent)}",
                f"{column.item.title_zh}须有书面授权，并已告知不良后果",
                f"{column.item.title_en} needs a written consent that tells of the adverse effects",
            )
        )
    if about.negative and "negative_notice_on" in names:
        items = [name for name in ADVERSE if name in names]
        above = " OR ".join(f"coalesce(new.{sql_name(name)}, 0) > 0" for name in items)
        adverse = ADVERSE_WHEN.get(about.name) or above or "TRUE"
        found.append(
            LawfulCheck(
                "REG-04",
                "negative_notice_on",
                f"{person} AND ({adverse}) "
                f"AND NOT coalesce(new.negative_notice_on <= {RECEIVED}, FALSE)",
                "报送个人不良信息前须告知本人",
                "A person must be told before adverse information about them is reported",
            )
        )
    return tuple(found)


def hits_sql(
    contract: type[Contract], new: str, consents: str, public_source: str | None = None
) -> str | None:
    """SELECT of ``_line``, ``rule_id`` and ``col`` of every hit of the law; None when none can occur."""
    parts = [
        f"SELECT _line, {sql_text(check.rule_id)} AS rule_id, {sql_text(check.column)} AS col "
        f"FROM ({check.sql(new, consents)})"
        for check in lawful_checks(contract, public_source)
    ]
    return " UNION ALL ".join(parts) or None


def _consented(contract: type[Contract], own: bool, more: str, kind: str) -> str:
    """SQL condition: a consent of the subject for this kind of information is in force on receipt."""
    subject = sql_name(contract.about.subject)
    number = "AND c.consent_no = new.consent_no" if own else ""
    if contract.about.sensitivity == "separate-consent":
        more += " AND c.legal_basis = 'separate_consent'"
    return (
        f"EXISTS (SELECT 1 FROM {{consents}} AS c WHERE c.subject_id = new.{subject} {number} "
        f"AND list_contains(string_split(c.item_classes, ';'), {sql_text(kind)}) "
        f"AND c.granted_on <= {RECEIVED} AND coalesce(c.valid_until >= {RECEIVED}, TRUE) "
        f"AND coalesce(c.revoked_on > {RECEIVED}, TRUE) {more})"
    )

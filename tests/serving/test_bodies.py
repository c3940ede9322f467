"""Request bodies: what is taken, what is refused, and that a refusal repeats nothing of what was sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.bodies import (
    KINDS,
    PURPOSES,
    RecommendationRequest,
    ReportRequest,
    ScoreRequest,
    parse,
)
from serving.errors import InvalidRequest

GOOD = {"subject": {"kind": "enterprise", "id": "SBA-1"}, "purpose": "LOAN_APPROVAL"}


def raw(**changes: object) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def fields_of(body: bytes, model: type = ScoreRequest) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        parse(model, body)
    return {f.field: f.detail_en for f in caught.value.fields}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_kind_and_purpose_is_taken(kind: str, purpose: str) -> None:
    subject = {"kind": kind, "id": "企业-1"}
    request = parse(ScoreRequest, raw(subject=subject, purpose=purpose))
    assert (request.subject.kind, request.purpose, request.as_of) == (kind, purpose, None)


def test_the_purposes_are_those_of_the_rule() -> None:
    assert list(PURPOSES) == [
        "LOAN_APPROVAL",
        "CARD_APPROVAL",
        "GUARANTOR_REVIEW",
        "POST_LOAN",
        "SELF",
        "JUDICIAL",
        "OBJECTION",
        "SUPERVISION",
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b'"text"', "body"),
        (b"\xff\xfe{}", "body"),
        (b"[" * 100_000, "body"),
        (b'{"subject":' * 5_000, "body"),
        (b"{}", "subject"),
        (raw(subject=None), "subject"),
        (raw(subject="SBA-1"), "subject"),
        (raw(subject={"kind": "enterprise"}), "subject.id"),
        (raw(subject={"id": "SBA-1"}), "subject.kind"),
        (raw(subject={"kind": "company", "id": "SBA-1"}), "subject.kind"),
        (raw(subject={"kind": "enterprise", "id": 5}), "subject.id"),
        (raw(subject={"kind": "enterprise", "id": ""}), "subject.id"),
        (raw(subject={"kind": "enterprise", "id": "a\0b"}), "subject.id"),
        (raw(subject={"kind": "enterprise", "id": " a"}), "subject.id"),
        (raw(subject={"kind": "enterprise", "id": "a\n"}), "subject.id"),
        (raw(subject={"kind": "enterprise", "id": "a" * 65}), "subject.id"),
        (raw(subject={"kind": "enterprise", "id": "a" * 1_000_000}), "subject.id"),
        (raw(subject={"kind": "enterprise", "id": "a", "name": "x"}), "subject.name"),
        (raw(purpose="CURIOSITY"), "purpose"),
        (raw(purpose="loan_approval"), "purpose"),
        (raw(purpose=None), "purpose"),
        (raw(as_of="yesterday"), "as_of"),
        (raw(as_of=20080101), "as_of"),
        (raw(as_of="2008-01-01T00:00:00"), "as_of"),
        (raw(as_of="2008-02-30"), "as_of"),
        (raw(as_of="0001-01-01"), "as_of"),
        (raw(colour="blue"), "colour"),
    ],
)
def test_a_bad_score_request_names_its_field(body: bytes, field: str) -> None:
    assert field in fields_of(body)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": "5"}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": 1e13}, "amount"),
        ({"k": 0}, "k"),
        ({"k": 51}, "k"),
        ({"k": 2.5}, "k"),
        ({"personalised": "yes"}, "personalised"),
        ({"personalised": 1}, "personalised"),
    ],
)
def test_a_bad_recommendation_request_names_its_field(
    change: dict[str, object], field: str
) -> None:
    assert list(fields_of(raw(**change), RecommendationRequest)) == [field]


def test_infinite_amounts_are_refused() -> None:
    for number in (b"NaN", b"Infinity", b"1e999"):
        body = raw(amount=5).replace(b'"amount": 5', b'"amount": ' + number)
        assert "amount" in fields_of(body, RecommendationRequest)


def test_a_report_has_two_languages() -> None:
    assert parse(ReportRequest, raw()).language == "zh"
    assert parse(ReportRequest, raw(language="en")).language == "en"
    assert list(fields_of(raw(language="fr"), ReportRequest)) == ["language"]


def test_a_refusal_repeats_no_value() -> None:
    secret = "440301199001011234"
    body = raw(subject={"kind": secret, "id": secret + "\0"}, purpose=secret, as_of=secret)
    with pytest.raises(InvalidRequest) as caught:
        parse(ScoreRequest, body)
    told = caught.value.detail_en + caught.value.detail_zh + str(caught.value.fields)
    assert secret not in told


def test_an_unknown_key_is_named_cut_and_cleaned() -> None:
    fields = fields_of(raw(**{"<script>" * 50: 1}))
    assert len(fields) == 1
    (name,) = fields
    assert len(name) <= 40
    assert "<" not in name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["subject", "purpose", "as_of", "kind", "id", "k", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_taken_or_refused_by_name(value: object) -> None:
    body = json.dumps(value).encode()
    for model in (ScoreRequest, RecommendationRequest, ReportRequest):
        refused: InvalidRequest | None = None
        try:
            assert parse(model, body).subject.id
        except InvalidRequest as error:
            refused = error
        if refused is not None:
            assert refused.fields
            assert all(f.field and f.detail_zh and f.detail_en for f in refused.fields)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_name(body: bytes) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse(ScoreRequest, body)
    assert caught.value.fields

"""What a deployment answers for: the public portfolios by default, the firms of a city on demand."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from serving.portal.examples import choose_examples
from serving.served import PUBLIC, VIEWS, models_of
from serving.services import Services
from serving.settings import Settings
from serving.wiring import build

pytestmark = pytest.mark.xdist_group("serving-world")


def test_every_kind_of_subject_has_a_view_and_every_view_a_model() -> None:
    for views in VIEWS.values():
        assert set(views) == set(PUBLIC)
        assert models_of(views)
    assert models_of(PUBLIC)[-1] == "enterprise-lender-ranking"


def test_a_city_deployment_waits_for_the_model_of_its_firms_alone(own: Services) -> None:
    made = build(
        Settings(workspace=own.workspace.root, pull_models=False, serves="city-firms")
    )  # fmt: skip
    try:
        told = made.readiness.check()
        assert told["reasons"] == ["city-firm-default: no champion is registered"]
        assert choose_examples(made) == ()
    finally:
        made.close()


def test_what_is_not_served_at_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINQIAO_SERVES", "city-firms")
    assert Settings().serves == "city-firms"
    monkeypatch.setenv("XINQIAO_SERVES", "everything")
    with pytest.raises(ValidationError, match="serves"):
        Settings()

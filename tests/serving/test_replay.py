"""Replay gives the same bytes, and shows it when a decision, a model or a report is not the same."""

from __future__ import annotations

import json
import shutil

import pytest
from sqlalchemy import update

from models.scorer import AdditiveModel
from serving.audit import Caller
from serving.bodies import RecommendationRequest, ReportRequest, ScoreRequest, Subject
from serving.errors import AuditBroken, NotFound
from serving.services import Services
from serving.tables import decisions
from tests.serving.workspace import SmallWorld, register

pytestmark = pytest.mark.xdist_group("serving-world")
BANK = Caller("demo-bank")


def firm(world: SmallWorld, place: int = 0) -> Subject:
    return Subject(kind="enterprise", id=world.enterprises[place])


def score(services: Services, subject: Subject) -> str:
    request = ScoreRequest(subject=subject, purpose="LOAN_APPROVAL")
    return str(services.scoring.score(request, BANK).answer["score_id"])


def test_a_score_replays_byte_for_byte(own: Services, world: SmallWorld) -> None:
    for place in range(10):
        score_id = score(own, firm(world, place))
        replayed = own.scoring.replay(score_id)
        assert replayed.identical
        assert replayed.stored == replayed.replayed
        assert json.loads(replayed.stored)["score_id"] == score_id
    person = Subject(kind="individual", id=world.individuals[0])
    assert own.scoring.replay(score(own, person)).identical


def test_the_same_subject_twice_gives_the_same_answer(own: Services, world: SmallWorld) -> None:
    request = ScoreRequest(subject=firm(world), purpose="LOAN_APPROVAL")
    one, two = (own.scoring.score(request, BANK).answer for _ in range(2))
    assert one.pop("score_id") != two.pop("score_id")
    assert one == two


def test_recommendations_replay_byte_for_byte(own: Services, world: SmallWorld) -> None:
    for subject in (firm(world), Subject(kind="individual", id=world.individuals[0])):
        request = RecommendationRequest(subject=subject, purpose="LOAN_APPROVAL", amount=50_000.0)
        answer = own.recommending.recommend(request, BANK).answer
        assert own.recommending.replay(answer["recommendation_id"]).identical


def test_a_changed_vector_shows(own: Services, world: SmallWorld) -> None:
    score_id = score(own, firm(world))
    row = own.ledger.decision(score_id)
    values = json.loads(row.vector)
    values["loan_amount"] = values["loan_amount"] * 50
    with own.database.write() as connection:
        changed = update(decisions).where(decisions.c.decision_id == score_id)
        connection.execute(changed.values(vector=json.dumps(values)))
    assert not own.scoring.replay(score_id).identical
    assert not own.audit.verify().ok


def test_old_decisions_replay_with_their_own_model_version(
    own: Services, world: SmallWorld
) -> None:
    """A second champion scores differently; the first decision still replays with the first."""
    first = score(own, firm(world))
    old = own.champions.default_model("enterprise").model
    assert isinstance(old, AdditiveModel)
    folder = own.workspace.root / "second"
    old.recalibrated(0.9, 0.3).save(folder)
    origin = world.workspace.mlflow_artifacts
    shutil.copytree(origin, own.workspace.mlflow_artifacts, dirs_exist_ok=True)
    assert register(own.workspace, "enterprise-default", folder) == "2"
    from serving.model_store import ModelStore

    ModelStore(own.workspace).pull()
    own.champions.load()
    second = score(own, firm(world))
    answers = [json.loads(own.ledger.decision(name).answer) for name in (first, second)]
    assert [answer["model"]["version"] for answer in answers] == ["1", "2"]
    assert answers[0]["margin"] != answers[1]["margin"]
    assert own.scoring.replay(first).identical
    assert own.scoring.replay(second).identical


def test_replaying_nothing_is_not_found(own: Services) -> None:
    with pytest.raises(NotFound):
        own.scoring.replay("scr_" + "0" * 32)


def report(own: Services, subject: Subject) -> str:
    return str(
        own.reporting.create(ReportRequest(subject=subject, purpose="SELF"), BANK)["report_id"]
    )


def test_a_report_gives_the_same_bytes_even_when_its_files_are_lost(
    own: Services, world: SmallWorld
) -> None:
    report_id = report(own, firm(world))
    before = {
        (form, lang): own.reporting.read(report_id, BANK, form, lang).content
        for form in ("html", "pdf")
        for lang in ("zh", "en")
    }
    assert own.reporting.replay(report_id).identical
    score(own, firm(world))  # a later score of the same subject must not enter
    shutil.rmtree(own.workspace.reports_dir / report_id)
    for (form, lang), content in before.items():
        assert own.reporting.read(report_id, BANK, form, lang).content == content


def test_a_report_file_that_was_changed_is_not_shown(own: Services, world: SmallWorld) -> None:
    report_id = report(own, firm(world))
    path = own.workspace.reports_dir / report_id / "zh.html"
    path.write_text(
        path.read_text(encoding="utf-8").replace("信用报告", "信用好"), encoding="utf-8"
    )
    with pytest.raises(AuditBroken):
        own.reporting.read(report_id, BANK, "html", "zh")
    assert own.reporting.read(report_id, BANK, "html", "en").content


def test_a_report_makes_a_score_a_match_and_a_report_entry(
    own: Services, world: SmallWorld
) -> None:
    before = own.audit.head().seq
    report_id = report(own, firm(world))
    own.reporting.read(report_id, BANK, "pdf", "en")
    from sqlalchemy import select

    from serving.tables import audit

    with own.database.read() as connection:
        rows = connection.execute(
            select(audit.c.action).where(audit.c.seq > before).order_by(audit.c.seq)
        )
        assert [row.action for row in rows] == ["AA-01", "AA-03", "AA-04", "AA-05"]
    assert own.audit.verify().ok

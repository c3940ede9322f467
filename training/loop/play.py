"""The months, one by one: score, decide, report, watch; after a calibration alarm retrain and put forward.

All parts are real but the city: the lake and its intake, the service over HTTP with its audit, the export of what it
was told, the registry with its gates, the monitoring. Simulated data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.catalogue import view as feature_view
from features.online.refresh import materialise
from features.online.store import OnlineStore
from training.errors import TrainingError
from training.labels import decisions_on_file
from training.loop.bank import Bank, account_records, month_end, outcome_records
from training.loop.forward import UNPROVEN, put_forward
from training.loop.plan import DEVELOPER, Event, Plan, Progress, Story, retraining
from training.loop.service import Service, run
from training.monitor.alarms import raised
from training.monitor.months import months_of
from training.monitor.report import write_month
from training.monitor.run import measured, watched_version
from training.monitor.settings import MonitorSettings
from training.registry import Registry
from training.run import TrainingResult, train_portfolio
from training.settings import TrainingSettings
from training.tracking import Tracking


def play(
    workspace: Workspace,
    plan: Plan,
    progress: Progress | None = None,
    service_of: Callable[[Workspace], Service] = Service,
) -> Story:
    """Play all months in a new workspace.

    Raises
    ------
    TrainingError
        When the workspace holds records already, the history gives no model, or a part refuses what it is given.
    """
    tell = progress or (lambda step, done, total: None)
    settings = plan.settings()
    bank = Bank.found(workspace, plan, settings.label.months, progress)
    player = _Player(workspace, bank, settings, Registry(Tracking(workspace)), Story(plan))
    tell("first model 首个模型", 0, 1)
    player.begin()
    tell("first model 首个模型", 1, 1)
    last = plan.months + plan.follow_up
    with service_of(workspace) as service:
        for played in range(1, last + 1):
            tell("months 逐月", played - 1, last)
            if played <= plan.months:
                player.decide(service, played)
            player.report(service, played)
            player.watch(service, played)
        tell("months 逐月", last, last)
    player.end()
    return player.story


@dataclass
class _Player:
    workspace: Workspace
    bank: Bank
    settings: TrainingSettings
    registry: Registry
    story: Story
    granted: pd.DataFrame = field(default_factory=pd.DataFrame)
    open: pd.DataFrame = field(default_factory=pd.DataFrame)
    first_score: str = ""
    rang: int | None = None  # matured month whose calibration alarm has not been answered yet

    def month(self, played: int) -> int:
        """Month of the city of a month that is played, counted from 1."""
        return self.story.plan.first + played - 1

    def name(self, played: int) -> str:
        """Such as 2022-03."""
        return f"{self.bank.settings.day(self.month(played)):%Y-%m}"

    def day(self, played: int) -> pd.Timestamp:
        """Its last day."""
        return month_end(self.bank.settings, self.month(played))

    # ---- before the first month ---------------------------------------------------------------

    def begin(self) -> None:
        """The history: loans without a score, the first model from those that matured, and the first vectors."""
        plan, bank = self.story.plan, self.bank
        loans = bank.decided(plan.warm_up, plan.first - 1)
        day = self.day(0)
        bank.hand_in("loan_account", account_records(loans), day)
        self.open = loans.assign(scored=False)
        self._hand_in_outcomes(day)
        trained = self._train(self.settings)
        try:
            self._forward(trained, 0, "首个模型", "the first model")
        except TrainingError as refused:
            self._tell(0, "refused", str(refused), str(refused), trained.candidate)
            self._forward(trained, 0, "首个模型（演示豁免）", "the first model, waived", UNPROVEN)
        self._vectors(bank.decided(plan.first))

    # ---- a month ------------------------------------------------------------------------------

    def decide(self, service: Service, played: int) -> None:
        """Score all who applied, refuse the worst tenth by the champion's test rows, report the decisions."""
        applied = self.bank.decided(self.month(played)).reset_index(drop=True)
        self._vectors(applied)
        answers = service.score(applied["subject_id"])
        versions = {int(answer["model"]["version"]) for answer in answers}
        if versions != {self._champion()}:
            raise TrainingError(f"{self.name(played)} was scored by version {versions}.")
        self.first_score = self.first_score or answers[0]["score_id"]
        cut = self._cut_off()
        approved = pd.Series([answer["margin"] >= cut for answer in answers])
        service.post(
            [
                (f"/v1/scores/{answer['score_id']}/decision", _decision(row, answer, cut))
                for row, answer in zip(applied.to_dict("records"), answers, strict=True)
            ]
        )
        probability = pd.Series([answer["probability_of_default"] for answer in answers])
        new = applied.assign(
            scored=True, played=played, version=min(versions), probability=probability
        )[approved]
        self.granted = pd.concat([self.granted, new], ignore_index=True)
        self.open = pd.concat([self.open, new[self.open.columns]], ignore_index=True)
        self.story.rows.append(
            {
                "month": self.name(played),
                "played": played,
                "version": min(versions),
                "applications": len(applied),
                "granted": len(new),
                "predicted": float(new["probability"].mean()),
            }
        )

    def report(self, service: Service, played: int) -> None:
        """Report how loans stand at the end of the month, and bring all that was told back into the lake."""
        due = self._hand_in_outcomes(self.day(played))
        service.post(
            [
                (f"/v1/accounts/{one['account_no']}/outcome", {k: one[k] for k in ("status", "outcome_on")})
                for one in outcome_records(due)
            ]
        )  # fmt: skip
        service.export(self.name(played), self.bank.institution_code)

    def watch(self, service: Service, played: int) -> None:
        """Watch the month and the one that has just matured; answer a calibration alarm by a retraining."""
        matured = played - self.settings.label.months
        plan = self.story.plan
        seen = [n for n in (matured, played) if 1 <= n <= plan.months]
        if not seen:
            return
        limits = MonitorSettings()
        watched, settings = watched_version(self.registry, self.settings.model_name, limits)
        wanted = [self.name(n) for n in seen]
        history = measured(watched, months_of(self.workspace, settings, wanted))
        folder = self.workspace.root / "monitoring" / self.name(played)
        write_month(watched, history, folder, self.day(played).date(), simulated=True)
        for about, figures in zip(seen, history, strict=True):
            told = {event.what for event in self.story.events if event.about == about}
            for alarm in raised(watched, figures):
                if alarm.id in told:
                    continue  # its drift was told when the month was new
                self._tell(played, alarm.id, alarm.text.zh, alarm.text.en, self._champion(), about)
                if alarm.id == "M-04" and self.rang is None:
                    self.rang = about
        if self.rang is not None and self.rang < matured and played <= plan.months:
            self._retrain(service, played, matured - self.rang)

    def _retrain(self, service: Service, played: int, months: int) -> None:
        said = "校准告警 M-04 后重训", "retrained after the calibration alarm M-04"
        try:
            trained = self._train(retraining(self.settings, months))
            self._forward(trained, played, *said)
        except TrainingError as refused:
            # The champion stays; next month there is more to learn from.
            self._tell(played, "refused", str(refused), str(refused))
            return
        self.rang = None
        service.wait_for(trained.candidate)

    # ---- the end ------------------------------------------------------------------------------

    def end(self) -> None:
        """Labels of the granted loans, as the lake has them; the audit chain is verified and a score replayed."""
        labels = decisions_on_file(Lake(self.workspace.lake_dir), self.settings)
        ripe = labels[labels["known"] & labels["mature"] & labels["followed"]]
        ripe = ripe.rename(columns={"as_of": "opened_on"})[["subject_id", "opened_on", "bad"]]
        loans = self.granted.merge(ripe, on=["subject_id", "opened_on"], validate="one_to_one")
        self.story.loans = loans[["played", "version", "probability", "bad"]]
        root = str(self.workspace.root.resolve())
        verified = run("audit", "verify", "--workspace", root).strip()
        replayed = run("audit", "replay", self.first_score, "--workspace", root).strip()
        self.story.audit = f"{verified}; replay of the first score: {replayed}"

    # ---- parts --------------------------------------------------------------------------------

    def _vectors(self, applied: pd.DataFrame) -> None:
        spine = applied.rename(columns={"decided_on": "as_of"})[["subject_id", "as_of"]]
        store = OnlineStore(self.workspace.online_store)
        try:
            view = feature_view(self.settings.view)
            materialise(view, Lake(self.workspace.lake_dir), store, spine=spine)
        finally:
            store.close()

    def _hand_in_outcomes(self, day: pd.Timestamp) -> pd.DataFrame:
        """Take the loans with a last word out of those that are open; give back those that the service knows."""
        due = self.bank.standing(self.open, day)
        self.open = self.open.drop(due.index)
        self.bank.hand_in("loan_outcome", outcome_records(due[~due["scored"]]), day)
        return due[due["scored"]]

    def _champion(self) -> int:
        number = self.registry.champion(self.settings.model_name)
        assert number is not None
        return number

    def _cut_off(self) -> float:
        watched, _ = watched_version(self.registry, self.settings.model_name, MonitorSettings())
        return watched.reference.edges[0]

    def _train(self, settings: TrainingSettings) -> TrainingResult:
        tracking = self.registry.tracking
        return train_portfolio(self.workspace, settings, developer=DEVELOPER, tracking=tracking)

    def _forward(
        self,
        trained: TrainingResult,
        played: int,
        zh: str,
        en: str,
        waived: dict[str, str] | None = None,
    ) -> None:
        put_forward(self.registry, trained, self.day(played).date(), en, waived)
        told = f"{self.settings.model_name}/{trained.candidate}"
        self._tell(
            played, "promoted", f"{told} 上线（{zh}）", f"{told} is live ({en})", trained.candidate
        )

    def _tell(
        self,
        played: int,
        what: str,
        zh: str,
        en: str,
        version: int | None = None,
        about: int | None = None,
    ) -> None:
        self.story.events.append(Event(self.name(played), played, what, zh, en, version, about))


def _decision(row: dict[str, Any], answer: dict[str, Any], cut: float) -> dict[str, Any]:
    """What the bank decides on a score; a refusal names the reasons that the answer gave."""
    day = f"{row['decided_on']:%Y-%m-%d}"
    if answer["margin"] < cut:
        reasons = [reason["code"] for reason in answer["reasons"]] or ["SCORE_BELOW_CUT_OFF"]
        return {
            "decision": "rejected",
            "method": "automatic",
            "decided_on": day,
            "reasons": reasons,
        }
    return {
        "decision": "approved",
        "method": "automatic",
        "decided_on": day,
        "amount_cents": int(row["amount_cents"]),
        "rate_bp": int(row["rate_bp"]),
        "term_months": int(row["term_months"]),
        "account_no": row["account_no"],
        "opened_on": f"{row['opened_on']:%Y-%m-%d}",
    }

"""Everything the app needs, wired; made by ``serving/wiring.py`` and by tests."""

from __future__ import annotations

from dataclasses import dataclass

from data_contracts.workspace import Workspace
from serving.access import Access
from serving.audit import Audit
from serving.champions import Champions
from serving.database import Database
from serving.keys import Keys
from serving.ledger import Ledger
from serving.readiness import Readiness
from serving.recommending import RecommendingService
from serving.registry_watch import RegistryWatch
from serving.reporting import ReportingService
from serving.returns import ReturnsService
from serving.scoring import ScoringService
from serving.settings import Settings
from serving.shadow import Shadow
from serving.subjects import Subjects


@dataclass(frozen=True)
class Services:
    """The parts of one running service."""

    workspace: Workspace
    settings: Settings
    keys: Keys
    database: Database
    audit: Audit
    ledger: Ledger
    access: Access
    champions: Champions
    subjects: Subjects
    scoring: ScoringService
    recommending: RecommendingService
    reporting: ReportingService
    returns: ReturnsService
    readiness: Readiness
    shadow: Shadow
    watch: RegistryWatch

    def close(self) -> None:
        """End the threads and give back connections."""
        self.watch.close()
        self.shadow.close()
        self.database.close()
        self.subjects.close()

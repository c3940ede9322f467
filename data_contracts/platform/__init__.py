"""Contracts of the platform itself: who takes part, what was agreed, judged and waived."""

from __future__ import annotations

from data_contracts.contract import Contract
from data_contracts.platform.acceptance import Acceptance
from data_contracts.platform.branch import Branch
from data_contracts.platform.consent import Consent
from data_contracts.platform.institution import Institution
from data_contracts.platform.policy_article import PolicyArticle
from data_contracts.platform.waiver import Waiver

CONTRACTS: tuple[type[Contract], ...] = (
    Institution,
    Branch,
    PolicyArticle,
    Consent,
    Waiver,
    Acceptance,
)
"""Who takes part, what holds, what was agreed, what was judged."""

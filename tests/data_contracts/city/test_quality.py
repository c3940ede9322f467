"""Precision and recall of the rules on a spoilt city."""

from __future__ import annotations

import pytest

from data_contracts.city.quality import rule_quality
from data_contracts.errors import ContractsError


def test_every_rule_finds_all_that_was_meant_for_it(spoilt):
    found = {one.rule_id: one for one in rule_quality(spoilt)}
    assert sum(one.meant for one in found.values()) > 100
    missed = [rule for rule, one in found.items() if one.caught < one.meant]
    assert missed == []


def test_record_rules_hit_dirty_records_only(spoilt):
    across = ("XM-", "GL-", "DR-03")
    judged = [one for one in rule_quality(spoilt) if not one.rule_id.startswith(across)]
    assert len(judged) > 50
    assert [one.rule_id for one in judged if one.hits > one.dirty_hits] == []


def test_a_clean_city_hits_nothing(clean):
    assert rule_quality(clean) == []


def test_a_folder_without_a_city_is_refused(tmp_path):
    with pytest.raises(ContractsError, match="no city"):
        rule_quality(tmp_path)

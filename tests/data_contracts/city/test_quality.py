"""Precision and recall of the rules on a spoilt city."""

from __future__ import annotations

import pytest

from data_contracts.city.quality import rule_quality
from data_contracts.errors import ContractsError
from data_contracts.rules import ALL_RULES


def test_every_rule_finds_all_that_was_meant_for_it(spoilt):
    found = {one.rule_id: one for one in rule_quality(spoilt)}
    assert sum(one.meant for one in found.values()) > 100
    missed = [rule for rule, one in found.items() if one.caught < one.meant]
    assert missed == []


def test_record_rules_hit_dirty_records_only(spoilt):
    across = ("XM-", "GL-", "DR-03")
    judged = [
        one for one in rule_quality(spoilt) if one.hits and not one.rule_id.startswith(across)
    ]
    assert len(judged) > 50
    assert [one.rule_id for one in judged if one.hits > one.dirty_hits] == []


def test_a_clean_city_hits_nothing_and_says_why_there_is_no_figure(clean):
    found = rule_quality(clean)
    assert {one.rule_id for one in found} == {rule.id for rule in ALL_RULES}
    assert {(one.meant, one.hits, one.recall, one.precision) for one in found} == {
        (0, 0, None, None)
    }
    assert all(all(one.reason) for one in found)


def test_every_published_rule_has_its_figures_or_a_reason(lending):
    found = {one.rule_id: one for one in rule_quality(lending)}
    for rule in ALL_RULES:
        one = found[rule.id]
        if rule.kind in ("record", "cross-record") and rule.id not in ("PUB-212", "PUB-221"):
            assert one.recall == 1.0, rule.id
            assert one.precision == 1.0 or rule.id == "XM-01", rule.id
            assert one.reason == ("", "")
        else:
            assert (one.recall, one.precision) == (None, None), rule.id
            assert all(one.reason), rule.id
    assert found["XM-01"].hits > found["XM-01"].meant > 100


def test_a_folder_without_a_city_is_refused(tmp_path):
    with pytest.raises(ContractsError, match="no city"):
        rule_quality(tmp_path)

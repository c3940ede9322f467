"""What was published holds: no breaking change without a new major version, and no stale file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from data_contracts.catalogue import all_contracts
from data_contracts.errors import ContractsError
from data_contracts.export.compatibility import missing_version
from data_contracts.export.odcs import odcs, odcs_text
from data_contracts.export.published import (
    REFRESH,
    SUFFIX,
    publish,
    published_files,
    read_published,
)
from data_contracts.finance.disbursement import Disbursement
from data_contracts.finance.guarantee import Guarantee

PUBLISHED = published_files()


def test_every_contract_is_published_and_none_is_dropped() -> None:
    assert set(PUBLISHED) == set(all_contracts()), f"refresh with `{REFRESH}`"


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_contract_is_kept_or_its_version_says_otherwise(name: str) -> None:
    declared = all_contracts()[name]
    if PUBLISHED[name].read_text(encoding="utf-8") != odcs_text(declared):
        assert missing_version(read_published(PUBLISHED[name]), declared) == ""
        pytest.fail(f"the published file is older than the contract; refresh with `{REFRESH}`")


def test_publishing_writes_what_has_changed_only(tmp_path: Path) -> None:
    first = publish((Disbursement, Guarantee), tmp_path)
    assert [path.name for path in first] == ["disbursement" + SUFFIX, "guarantee" + SUFFIX]
    assert publish((Disbursement, Guarantee), tmp_path) == []
    first[1].write_text(first[1].read_text(encoding="utf-8") + "# \n", encoding="utf-8")
    assert publish((Disbursement, Guarantee), tmp_path) == [first[1]]


def test_publishing_refuses_a_breaking_change_and_writes_nothing(tmp_path: Path) -> None:
    publish((Guarantee,), tmp_path)
    path = tmp_path / ("guarantee" + SUFFIX)
    document = read_published(path)
    document["schema"][0]["properties"].append(
        {**document["schema"][0]["properties"][0], "name": "was_here"}
    )
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(ContractsError, match=r"needs version 2\.0.*was_here: the item is dropped"):
        publish((Disbursement, Guarantee), tmp_path)
    assert path.read_bytes() == before
    assert not (tmp_path / ("disbursement" + SUFFIX)).exists()


@pytest.mark.parametrize("content", [b"- a list", b"kind: Pod", b"a: [", b"\xff\xfe\x00", b""])
def test_a_file_that_is_no_published_contract_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / ("toy" + SUFFIX)
    path.write_bytes(content)
    with pytest.raises(ContractsError, match="published contract"):
        read_published(path)


def test_ids_of_the_contracts_differ() -> None:
    ids = [odcs(contract)["id"] for contract in all_contracts().values()]
    assert len(set(ids)) == len(ids)

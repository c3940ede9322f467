"""The artefact: the same bytes every time, refused when altered."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from models.errors import ModelsError
from models.matching.ranking import Ranking

ASKED = {"region": "US-CA", "postal_code": "94016", "amount_cents": 2_500_000}


@pytest.fixture
def folder(town_ranking: Ranking, tmp_path: Path) -> Path:
    town_ranking.save(tmp_path / "ranking")
    return tmp_path / "ranking"


def test_round_trip_gives_the_same_answers_and_bytes(
    town_ranking: Ranking, folder: Path, tmp_path: Path
) -> None:
    again = Ranking.load(folder)
    assert again.recommend(ASKED).to_dict() == town_ranking.recommend(ASKED).to_dict()
    assert again.facts == town_ranking.facts
    again.save(tmp_path / "again")
    names = sorted(p.name for p in folder.iterdir())
    assert names == [
        "loans.parquet",
        "manifest.json",
        "products.parquet",
        "trees.txt",
        "vocabularies.json",
    ]
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_the_manifest_tells_version_and_digests(town_ranking: Ranking, folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["version_date"] == town_ranking.version_date.isoformat()
    assert manifest["products"] == pq.read_table(folder / "products.parquet").num_rows == 6
    assert set(manifest["sha256"]) == {p.name for p in folder.iterdir()} - {"manifest.json"}


def test_no_subject_is_named(folder: Path) -> None:
    columns = pq.read_table(folder / "loans.parquet").column_names
    assert not [c for c in columns if "subject" in c or "name" in c or c.endswith("_no")]


@pytest.mark.parametrize(
    "name", ["loans.parquet", "trees.txt", "products.parquet", "vocabularies.json"]
)
def test_an_altered_file_is_refused(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(bytes(content))
    with pytest.raises(ModelsError, match=name):
        Ranking.load(folder)


def test_an_altered_manifest_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "window_days": 30}))
    with pytest.raises(ModelsError, match=r"manifest\.json"):
        Ranking.load(folder)


@pytest.mark.parametrize("name", ["manifest.json", "trees.txt"])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelsError, match=name):
        Ranking.load(folder)


def test_a_truncated_manifest_is_refused(folder: Path) -> None:
    content = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelsError, match=r"manifest\.json"):
        Ranking.load(folder)

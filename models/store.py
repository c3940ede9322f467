"""Additive models as folders of JSON: byte-stable, digested, certified.

``model.json`` holds everything that scores; ``manifest.json`` its SHA-256, the schema's digest and the
certificate. A folder that was altered, or whose certificate does not hold, is refused.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ModelsError
from models.reasons.reference import Reference
from models.scale import Scale
from models.schema import Schema, canonical
from models.table import Table

if TYPE_CHECKING:
    from models.glassbox.certificate import Certificate
    from models.scorer import AdditiveModel

FORMAT = 1


def save(model: AdditiveModel, folder: Path) -> None:
    """Write model.json and manifest.json.

    Raises
    ------
    ModelsError
        When the certificate does not hold: such a model is not worth keeping.
    """
    from models.glassbox.certificate import certify

    certificate = certify(model)
    if not certificate.holds:
        raise ModelsError(f"The model is not saved: {'; '.join(certificate.faults)}.")
    text = canonical(
        {
            "kind": model.kind,
            "schema": model.schema.to_spec(),
            "intercept": model.intercept,
            "tables": [table.to_json() for table in model.tables],
            "scale": model.scale.to_json(),
            "typical": dict(model.typical),
            "notes": dict(model.notes),
            "prohibited": list(model.prohibited),
            # Absent in models that have none, so that their bytes stay what they were.
            **({"reference": model.reference.to_json()} if model.reference else {}),
        }
    )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(text, encoding="utf-8")
    (folder / "manifest.json").write_text(_manifest(model, text, certificate), encoding="utf-8")


def _manifest(model: AdditiveModel, text: str, certificate: Certificate) -> str:
    return canonical(
        {
            "format": FORMAT,
            "kind": model.kind,
            "sha256": {"model.json": sha256(text.encode()).hexdigest()},
            "schema_sha256": model.schema.digest,
            "certificate": certificate.to_json(),
        }
    )


def load(folder: Path) -> AdditiveModel:
    """Read a folder that `save` wrote.

    Raises
    ------
    ModelsError
        When a file is absent, altered or of another format, or the certificate does not hold.
    """
    from models.glassbox.certificate import certify
    from models.scorer import AdditiveModel

    folder = Path(folder)
    try:
        manifest: dict[str, Any] = json.loads(
            (folder / "manifest.json").read_text(encoding="utf-8")
        )
        text = (folder / "model.json").read_text(encoding="utf-8")
        if manifest["format"] != FORMAT:
            raise ModelsError(f"The folder holds format {manifest['format']}; {FORMAT} is known.")
        if sha256(text.encode()).hexdigest() != manifest["sha256"]["model.json"]:
            raise ModelsError("model.json was altered after the model was saved.")
        content = json.loads(text)
        model = AdditiveModel(
            schema=Schema.from_spec(content["schema"]),
            tables=tuple(Table.from_json(table) for table in content["tables"]),
            intercept=content["intercept"],
            scale=Scale.from_json(content["scale"]),
            kind=content["kind"],
            typical=content["typical"],
            notes=content["notes"],
            prohibited=tuple(content["prohibited"]),
            reference=Reference.from_json(content["reference"]) if "reference" in content else None,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelsError(
            "The folder is not a whole saved model: model.json or manifest.json is absent or broken."
        ) from error
    certificate = certify(model)
    if not certificate.holds:
        raise ModelsError(f"The model is refused: {'; '.join(certificate.faults)}.")
    if manifest != json.loads(_manifest(model, text, certificate)):
        raise ModelsError("manifest.json was altered: it does not describe these tables.")
    return model

"""YAML of mappings, read safely: no objects, no aliases, no surprises, and every key knows its line.

YAML 1.1 turns ``yes``, ``on``, ``01`` and ``2099-12-31`` into other things than they look like. In a
mapping they are codes and words of a supplier, so they stay texts; only true, false, null and plain
numbers have types.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from data_contracts.errors import ContractsError
from data_contracts.intake.readers.guards import regular_file

LARGEST_BYTES = 256 * 1024
DEEPEST = 12

_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null")}

Path_ = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """The safe loader with the scalar types of YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (the shape that the base class has)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(0|[1-9][0-9]{0,17})$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+[.][0-9]+$"), list("-0123456789")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(null|~|)$"), ["n", "~", ""])


def read_yaml(path: Path) -> tuple[dict[str, Any], dict[Path_, int]]:
    """Read a YAML file whose top is a mapping.

    Returns
    -------
    tuple
        The values, and the line of each key by its path.

    Raises
    ------
    ContractsError
        For a file that is missing, too large, not UTF-8 or not YAML; for aliases (a few lines of them
        can stand for gigabytes), tags, keys that occur twice and nesting without end.
    """
    text = _text(Path(path))
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise _refused(path, event.start_mark, "anchors and aliases are not read")
        node = yaml.compose(text, Loader=_Loader)
        lines: dict[Path_, int] = {}
        loader = _Loader("")
        found = _value(Path(path), loader, node, (), lines) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ContractsError(
            f"the file is no well-formed YAML: {error.problem or 'a fault'}.",
            hint="indent with blanks, and put texts with : or # in quotes",
            file=path,
            line=line,
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ContractsError("the file is no well-formed YAML.", file=path) from error
    if not isinstance(found, dict):
        raise ContractsError(
            "the file holds no mapping.", expected="keys such as contract: and items:", file=path
        )
    return found, lines


def _text(path: Path) -> str:
    if path.is_file() and not path.stat().st_size:
        return ""
    regular_file(path)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ContractsError(
                "the file is too large for a mapping.",
                expected=f"at most {LARGEST_BYTES // 1024} KiB",
                file=path,
            )
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ContractsError(
            f"the mapping cannot be read: {error.strerror or 'it is damaged'}.",
            hint="check the path",
            file=path,
        ) from error
    except UnicodeDecodeError as error:
        raise ContractsError(
            "the mapping is not UTF-8.", hint="save the file as UTF-8", file=path
        ) from error


def _value(
    path: Path, loader: yaml.SafeLoader, node: yaml.Node, place: Path_, lines: dict[Path_, int]
) -> Any:
    lines[place] = node.start_mark.line + 1
    if len(place) > DEEPEST:
        raise _refused(path, node.start_mark, "the file nests too deep")
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _refused(path, key_node.start_mark, "a key is no text")
            key = str(key_node.value)
            if key in found:
                raise _refused(path, key_node.start_mark, f"the key {key!r} occurs twice")
            found[key] = _value(path, loader, value_node, (*place, key), lines)
            lines[(*place, key)] = key_node.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(path, loader, child, (*place, index), lines)
            for index, child in enumerate(node.value)
        ]
    if node.tag not in _TAGS:
        raise _refused(path, node.start_mark, "tags are not read")
    return loader.construct_object(node, deep=True)


def _refused(path: Path, mark: Any, why: str) -> ContractsError:
    line = mark.line + 1 if mark is not None else None
    return ContractsError(f"{why}.", expected="plain YAML", file=path, line=line)

"""Configurations as YAML files: read with errors that name the line, shown with comments, documented."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from training.errors import TrainingError
from training.settings import TrainingSettings

SHIPPED = Path(__file__).parent / "configs"
REFERENCE = SHIPPED / "README.md"


def load_config(path: Path) -> TrainingSettings:
    """Read a configuration.

    Parameters
    ----------
    path : Path
        YAML, UTF-8.

    Raises
    ------
    TrainingError
        When the file is absent, is no YAML mapping, repeats a key, or holds a key or value that is refused; with the
        line, and the nearest known key.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except OSError as error:
        raise TrainingError(
            f"{path} cannot be read: {error.strerror}.",
            "xinqiao train SEGMENT --show-config > my.yaml writes one to start from",
        ) from None
    except UnicodeDecodeError:
        raise TrainingError(f"{path} is not UTF-8 text.", "save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or "cannot be read"
        raise TrainingError(
            f"{path}{where} is not YAML: {what}.", "mind indents and colons"
        ) from None
    if not isinstance(tree, yaml.MappingNode):
        raise TrainingError(f"{path} holds no settings.", "write keys and values: seed: 1")
    _no_key_twice(path, tree)
    try:
        return TrainingSettings(**content)
    except ValidationError as error:
        raise TrainingError(
            f"{path} is refused: " + " ".join(_told(tree, one) for one in error.errors()),
            "xinqiao train SEGMENT --show-config shows every key with its meaning",
        ) from None
    except TypeError:
        raise TrainingError(f"{path} has a key that is no text.", "quote it") from None


@cache
def shipped() -> dict[str, TrainingSettings]:
    """The configurations that come with the project, by portfolio."""
    found = [load_config(path) for path in sorted(SHIPPED.glob("*.yaml"))]
    return {settings.portfolio: settings for settings in found}


def settings_for(segment: str) -> TrainingSettings:
    """The shipped configuration of a portfolio, or of a segment of it: ``PORTFOLIO[/SEGMENT]``.

    Raises
    ------
    TrainingError
        When there is none; it lists the known names.
    """
    portfolio, _, part = segment.partition("/")
    if portfolio not in shipped():
        close = difflib.get_close_matches(portfolio, shipped(), 1)
        meant = f"did you mean {close[0]!r}? " if close else ""
        raise TrainingError(
            f"There is no shipped configuration of {portfolio!r}.",
            f"{meant}choose one of {', '.join(sorted(shipped()))}, or give --config FILE",
        )
    return shipped()[portfolio].of_segment(part) if part else shipped()[portfolio]


def config_of(segment: str, file: Path | None) -> TrainingSettings:
    """What `xinqiao train SEGMENT --config FILE` trains by.

    Raises
    ------
    TrainingError
        When the file is refused or is about another portfolio.
    """
    if file is None:
        return settings_for(segment)
    portfolio, _, part = segment.partition("/")
    settings = load_config(file)
    if settings.portfolio != portfolio:
        raise TrainingError(
            f"{file} is about the portfolio {settings.portfolio!r}, not {portfolio!r}.",
            f"xinqiao train {settings.portfolio} --config {file}",
        )
    return settings.of_segment(part) if part else settings


# --- errors ---------------------------------------------------------------------------------------------------------


def _no_key_twice(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.SequenceNode):
        for one in node.value:
            _no_key_twice(path, one)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            raise TrainingError(
                f"{path} line {key.start_mark.line + 1}: the key {key.value!r} is there twice.",
                "keep one of them",
            )
        seen.add(key.value)
        _no_key_twice(path, value)


def _told(tree: yaml.Node, error: Any) -> str:
    """One refusal: line, key, what is wrong, and the nearest known key."""
    line, keys = _place(tree, error["loc"], absent=error["type"] == "missing")
    name = ".".join(keys) or "the file"
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(keys[-1], sorted(set(_all_keys())), 1)
        meant = f"; did you mean {close[0]!r}?" if close else "."
        return f"Line {line}: the key {name!r} is unknown{meant}"
    if error["type"] == "missing":
        return f"Line {line}: {name} is missing."
    what = error["msg"].removeprefix("Value error, ")
    return f"Line {line}: {name}: {what}."


def _place(node: yaml.Node, loc: tuple[Any, ...], *, absent: bool) -> tuple[int, list[str]]:
    """Line of an error's place, and the keys to it; names that pydantic adds for a choice are passed over."""
    line, keys = node.start_mark.line + 1, []
    for step in loc:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(step):
                    line, node = key.start_mark.line + 1, value
                    keys.append(str(step))
                    break
            else:
                if absent and step == loc[-1]:
                    keys.append(str(step))
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value)
        ):
            node = node.value[step]
            line = node.start_mark.line + 1
            keys.append(str(step))
    return line, keys


def _all_keys() -> Iterator[str]:
    for _, key, _ in config_keys():
        yield key


# --- documentation --------------------------------------------------------------------------------------------------


def config_keys(part: type[BaseModel] = TrainingSettings) -> list[tuple[type[BaseModel], str, Any]]:
    """Every key of a configuration: the class that holds it, its name, its field; parts once, in order of use."""
    found: list[tuple[type[BaseModel], str, Any]] = []
    todo, seen = [part], {part}
    while todo:
        one = todo.pop(0)
        for name, field in one.model_fields.items():
            found.append((one, name, field))
            for inner in _parts(field.annotation):
                if inner not in seen:
                    seen.add(inner)
                    todo.append(inner)
    return found


def _parts(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for one in get_args(annotation) for found in _parts(one)]


def show_config(settings: TrainingSettings) -> str:
    """The effective configuration as YAML with a comment on every key; reading it gives the same settings."""
    lines = [f"# {settings.title_zh}", f"# {settings.title_en}", ""]
    _show(settings, 0, lines)
    return "\n".join(lines) + "\n"


def _show(part: BaseModel, depth: int, lines: list[str]) -> None:
    pad = "  " * depth
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        lines.append(f"{pad}# {field.description}")
        if isinstance(value, BaseModel):
            lines.append(f"{pad}{name}:")
            _show(value, depth + 1, lines)
            continue
        plain = part.model_dump(mode="json", exclude_defaults=True).get(
            name, part.model_dump(mode="json")[name]
        )
        lines.append(f"{pad}{name}: {_flow(plain)}")


def _flow(value: Any) -> str:
    """A value as YAML on one line."""
    text = yaml.safe_dump(
        value, allow_unicode=True, default_flow_style=True, width=10**6, sort_keys=False
    )
    return text.strip().removesuffix("...").strip()


def reference_page() -> str:
    """The reference of all keys (Markdown), from the classes alone."""
    lines = [
        "# Keys of a training configuration 训练配置项",
        "",
        "Made from `training/settings.py` by `xinqiao train --reference`; a test holds the two together. Numbers are",
        "ours. `xinqiao train SEGMENT --show-config` prints a whole file with these comments.",
    ]
    last: type[BaseModel] | None = None
    for part, name, field in config_keys():
        if part is not last:
            doc = (part.__doc__ or "").strip().splitlines()[0]
            lines += [
                "",
                f"## {part.__name__}",
                "",
                doc,
                "",
                "| key | default | meaning |",
                "|---|---|---|",
            ]
            last = part
        lines.append(f"| `{name}` | {_default(field)} | {field.description} |")
    return "\n".join(lines) + "\n"


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if isinstance(value, BaseModel):
        return f"see {type(value).__name__}"
    if value in ("", (), {}, None):
        return "empty"
    plain = value if isinstance(value, (int, float, bool, dict)) else str(value)
    return f"`{_flow(plain)}`"

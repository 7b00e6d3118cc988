"""Data files of this package, read and validated."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import BadData

Model = TypeVar("Model", bound=BaseModel)

# the safe loader, in C where PyYAML has it: ten times faster
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sourced(Strict):
    """Head of a data file: `source` (V article read, V2 second-hand, K knowledge), and from when
    it holds."""

    version: int
    source: str = Field(min_length=1)
    effective_from: dt.date


def read_table(model: type[Model], name: str) -> Model:
    """The file `name` beside this module. Raises BadData."""
    return read_table_of(model, str(__package__), name)


def read_table_of(model: type[Model], package: str, name: str) -> Model:
    """The data file `name` of a package of this library. Raises BadData."""
    try:
        text = (resources.files(package) / name).read_text(encoding="utf-8")
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - it is safe
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadData(f"cannot be read ({error})", where=name) from error
    return validated(model, data, name)


def validated(model: type[Model], data: object, where: str) -> Model:
    """The content of a data file; BadData names the file and the place in it."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = " → ".join(map(str, first["loc"])) or "file"
        raise BadData(
            f"{place}: {first['msg']}", where=where, advice="see the head of the file"
        ) from error

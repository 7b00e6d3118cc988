"""Which stage of the procedure a document comes from: data, loaded and validated."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import BadData

Stage = Literal["侦查", "审查起诉", "审判", "执行", ""]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    source: str = Field(min_length=1)
    effective_from: date
    stages: dict[str, Stage]


@lru_cache(maxsize=1)
def _stages() -> dict[str, Stage]:
    text = (resources.files(__package__) / "stages.yaml").read_text("utf-8")
    try:
        return _File.model_validate(yaml.safe_load(text)).stages
    except (ValidationError, yaml.YAMLError) as error:
        raise BadData(str(error), where="stages.yaml") from error


def stage_of(type_code: str) -> Stage:
    """侦查, 审查起诉, 审判, 执行, or "" where a type has none."""
    known = _stages()
    for stop in range(len(type_code), 0, -1):
        if (stage := known.get(type_code[:stop])) is not None:
            return stage
    return ""

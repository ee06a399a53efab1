"""Rules of the API, declared once: the CRDs get them as CEL, the hooks check them in Python."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class TextRule:
    """What a string must look like, or must not.

    Attributes:
        pattern: a regular expression that Python and RE2 read alike; `$` is the text's end.
        message: a sentence on what is wrong and what is right.
        forbidden: whether the pattern is what must not be found anywhere in the string;
            else the whole string must match it.
    """

    pattern: str
    message: str
    forbidden: bool = False

    def to_cel(self) -> dict[str, str]:
        """Return the rule for the API server."""
        if self.forbidden:
            return {"rule": f"!self.matches({json.dumps(self.pattern)})", "message": self.message}
        whole = json.dumps(f"^(?:{self.pattern})$")
        return {"rule": f"self.matches({whole})", "message": self.message}

    def holds(self, text: str) -> bool:
        """Return whether a string follows the rule."""
        pattern = _as_re2_reads(self.pattern)
        if self.forbidden:
            return pattern.search(text) is None
        return pattern.fullmatch(text) is not None


@cache
def _as_re2_reads(pattern: str) -> re.Pattern[str]:
    """Return a pattern in which no line break may follow `$`, as Python alone allows."""
    return re.compile(pattern.replace("$", r"\Z"))


@dataclass(frozen=True)
class ObjectRule:
    """What must hold between the fields of an object.

    Attributes:
        cel: the rule for the API server.
        message: a sentence on what is wrong and what is right.
        holds: the same rule on the parsed object.
    """

    cel: str
    message: str
    holds: Callable[[Any], bool]

    def to_cel(self) -> dict[str, str]:
        """Return the rule for the API server."""
        return {"rule": self.cel, "message": self.message}


def validations(rules: Sequence[TextRule | ObjectRule]) -> dict[str, Any]:
    """Return the schema's `x-kubernetes-validations` for some rules."""
    return {"x-kubernetes-validations": [rule.to_cel() for rule in rules]} if rules else {}


def text(limit: int, *rules: TextRule) -> FieldInfo:
    """Return the schema of a string of at most `limit` characters that follows the rules."""
    extra: Any = validations(rules)
    field: FieldInfo = Field(min_length=1, max_length=limit, json_schema_extra=extra)
    return field


def following(*rules: TextRule) -> AfterValidator:
    """Return the check of a string in Python."""

    def check(value: str) -> str:
        for rule in rules:
            if not rule.holds(value):
                raise ValueError(rule.message)
        return value

    return AfterValidator(check)


class Type(BaseModel):
    """A type of the API: camelCase in YAML, and unknown fields are none of its business."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True
    )


class RuledType(Type):
    """A type with rules between its fields."""

    rules: ClassVar[Sequence[ObjectRule]]

    @model_validator(mode="after")
    def _follows_rules(self) -> Self:
        for rule in self.rules:
            if not rule.holds(self):
                raise ValueError(rule.message)
        return self


def explain(error: ValidationError) -> str:
    """Return what is wrong with an object, a sentence for each field."""
    return " ".join(sentences(error))


def sentences(error: ValidationError) -> list[str]:
    """Return what is wrong with an object, each sentence beginning with its field's path."""
    return [_sentence(each) for each in error.errors()]


def _sentence(problem: Mapping[str, Any]) -> str:
    """Return a sentence that never quotes the value: others read it than may read the object."""
    field = ".".join(map(str, problem["loc"])) or "The object"
    said = str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{field}: {said}."

"""Kubernetes' own schemas, in which a misspelt field is a fault.

`kubernetes_validate.validate` reads some megabytes of schema for each object; here they are read
once for each version and kind.
"""

from functools import cache

from jsonschema import Draft202012Validator
from kubernetes_validate.utils import schema_contents
from referencing import Registry, Resource


def assert_fits(manifest: dict, version: str = "1.34") -> None:
    """Raise jsonschema's ValidationError where a Kubernetes of the version does not know a field.

    Args:
        manifest: an object of a kind of Kubernetes' own.
        version: a minor version of which kubernetes_validate has the schemas.
    """
    _validator(version, manifest["kind"], manifest["apiVersion"]).validate(manifest)


@cache
def _validator(version: str, kind: str, api_version: str) -> Draft202012Validator:
    name = f"{kind.lower()}-{api_version.replace('/', '-')}"
    return Draft202012Validator(_schema(version, name), registry=_definitions(version))


@cache
def _definitions(version: str) -> Registry:
    return Resource.from_contents(_schema(version, "_definitions")) @ Registry()


def _schema(version: str, name: str) -> dict:
    path = f"kubernetes-json-schema/v{version}.0-local-strict/{name}.json"
    return schema_contents(path, version)

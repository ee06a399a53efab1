"""Which kinds the API server knows: every built-in one, and those of CRDs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from metacontroller_offline import builtin
from metacontroller_offline.errors import BadRequestError, NotFoundError, UnsupportedError
from metacontroller_offline.objects import Json, Manifest
from metacontroller_offline.versions import KUBERNETES_VERSION


@dataclass(frozen=True)
class Kind:
    """What the API server knows of a kind.

    `schema` is a CRD's OpenAPI schema; None for a built-in kind. `struct` names the type of a
    built-in kind. `stored` is the apiVersion under which the objects are kept, if it is another.
    """

    api_version: str
    kind: str
    resource: str
    namespaced: bool = True
    has_status: bool = False
    has_generation: bool = False
    schema: Json = None
    struct: str = ""
    stored: str = ""

    @property
    def storage(self) -> str:
        """The apiVersion under which the objects are kept."""
        return self.stored or self.api_version

    @property
    def outer_key(self) -> str:
        """The key under which a hook request holds the objects of this kind."""
        return f"{self.kind}.{self.api_version}"


@cache
def _built_in() -> Mapping[tuple[str, str], Kind]:
    kinds = [
        Kind(
            api_version,
            kind,
            resource,
            namespaced="n" in traits,
            has_status="s" in traits,
            has_generation="g" in traits,
            struct=struct,
        )
        for api_version, kind, resource, traits, struct in builtin.kind_rows()
    ]
    own = [
        Kind(
            "metacontroller.k8s.io/v1alpha1",
            kind,
            f"{kind.lower()}s",
            namespaced=kind == "ControllerRevision",
            has_generation=True,
        )
        for kind in ("CompositeController", "DecoratorController", "ControllerRevision")
    ]
    return {(each.api_version, each.kind): each for each in [*kinds, *own]}


class Kinds:
    """The kinds of one API server."""

    def __init__(self) -> None:
        self._by_kind = dict(_built_in())
        self._by_resource = {
            (each.api_version, each.resource): each for each in self._by_kind.values()
        }

    def find(self, api_version: str, kind: str) -> Kind | None:
        """Return a kind, or None."""
        return self._by_kind.get((api_version, kind))

    def of(self, api_version: str, kind: str) -> Kind:
        """Return a kind.

        Raises:
            BadRequestError: there is none such.
        """
        found = self._by_kind.get((api_version, kind))
        if found is None:
            raise BadRequestError(
                f"no matches for kind {kind!r} in version {api_version!r}: "
                f"{self._served(api_version, kind)}"
            )
        return found

    def _served(self, api_version: str, kind: str) -> str:
        """Return what to do about a kind that is not served in a version."""
        group = api_version.rpartition("/")[0]
        versions = [each for each, name in self._by_kind if name == kind]
        others = sorted(each for each in versions if each.rpartition("/")[0] == group)
        if not others:
            return "load its CRD first."
        return f"Kubernetes {KUBERNETES_VERSION} and the CRDs serve it as {', '.join(others)}."

    def of_resource(self, api_version: str, resource: str) -> Kind:
        """Return the kind that a rule's `apiVersion` and `resource` name.

        Raises:
            NotFoundError: there is none such.
        """
        found = self._by_resource.get((api_version, resource))
        if found is None:
            raise NotFoundError(
                f"discovery: can't find resource {resource} in apiVersion {api_version}"
            )
        return found

    def add_crd(self, crd: Manifest) -> None:
        """Learn the kinds of a CustomResourceDefinition, one for each served version.

        Raises:
            UnsupportedError: its versions are converted by a webhook, or a schema is not
                structural.
        """
        spec, name = crd["spec"], crd["metadata"]["name"]
        if crd["apiVersion"] != "apiextensions.k8s.io/v1":
            raise UnsupportedError(f"CRD {name}: only apiextensions.k8s.io/v1 is read.")
        strategy = (spec.get("conversion") or {}).get("strategy", "None")
        if strategy != "None":
            raise UnsupportedError(
                f"CRD {name}: its conversion is {strategy}; only versions that differ in nothing "
                "but their name are converted: leave `conversion` out."
            )
        if name != f"{spec['names']['plural']}.{spec['group']}":
            raise UnsupportedError(f"CRD {name}: its name must be <plural>.<group>.")
        served = [each for each in spec["versions"] if each.get("served", True)]
        storage = next((each for each in served if each.get("storage")), served[0])
        for version in served:
            kind = _kind_of(spec, version, storage["name"], name)
            self._by_kind[kind.api_version, kind.kind] = kind
            self._by_resource[kind.api_version, kind.resource] = kind


def _kind_of(spec: Manifest, version: Manifest, storage: str, crd: str) -> Kind:
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    is_open = isinstance(schema, dict) and schema.get("x-kubernetes-preserve-unknown-fields")
    if not isinstance(schema, dict) or (schema.get("type") != "object" and not is_open):
        raise UnsupportedError(f"CRD {crd}: its openAPIV3Schema must have type: object.")
    names, api_version = spec["names"], f"{spec['group']}/{version['name']}"
    stored = f"{spec['group']}/{storage}"
    return Kind(
        api_version=api_version,
        kind=names["kind"],
        resource=names["plural"],
        namespaced=spec["scope"] == "Namespaced",
        has_status="status" in (version.get("subresources") or {}),
        has_generation=True,
        schema=schema,
        stored="" if stored == api_version else stored,
    )

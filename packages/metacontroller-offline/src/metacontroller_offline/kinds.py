"""Which kinds the API server knows: the built-in ones that matter, and those of CRDs."""

from dataclasses import dataclass

from metacontroller_offline.errors import BadRequestError, NotFoundError, UnsupportedError
from metacontroller_offline.objects import Json, Manifest


@dataclass(frozen=True)
class Kind:
    """What the API server knows of a kind.

    `schema` is a CRD's OpenAPI schema; None for a built-in kind.
    """

    api_version: str
    kind: str
    resource: str
    namespaced: bool = True
    has_status: bool = False
    has_generation: bool = False
    schema: Json = None

    @property
    def outer_key(self) -> str:
        """The key under which a hook request holds the objects of this kind."""
        return f"{self.kind}.{self.api_version}"


def _kinds(api_version: str, *names: str, namespaced: bool = True) -> list[Kind]:
    """Read `Kind/resource`, followed by s for a status subresource and g for a generation."""
    kinds = []
    for name in names:
        kind, resource, *traits = name.split("/")
        flags = traits[0] if traits else ""
        kinds.append(
            Kind(
                api_version,
                kind,
                resource,
                namespaced=namespaced,
                has_status="s" in flags,
                has_generation="g" in flags,
            )
        )
    return kinds


_BUILT_IN = [
    *_kinds("v1", "Namespace/namespaces/s", "Node/nodes/s", namespaced=False),
    *_kinds("v1", "PersistentVolume/persistentvolumes/s", namespaced=False),
    *_kinds("v1", "Pod/pods/s", "Service/services/s", "ConfigMap/configmaps", "Secret/secrets"),
    *_kinds("v1", "ServiceAccount/serviceaccounts", "Endpoints/endpoints"),
    *_kinds("v1", "PersistentVolumeClaim/persistentvolumeclaims/s"),
    *_kinds("apps/v1", "StatefulSet/statefulsets/sg", "Deployment/deployments/sg"),
    *_kinds("apps/v1", "DaemonSet/daemonsets/sg", "ReplicaSet/replicasets/sg"),
    *_kinds("batch/v1", "Job/jobs/sg", "CronJob/cronjobs/sg"),
    *_kinds("networking.k8s.io/v1", "Ingress/ingresses/sg", "NetworkPolicy/networkpolicies/g"),
    *_kinds("policy/v1", "PodDisruptionBudget/poddisruptionbudgets/sg"),
    *_kinds("autoscaling/v2", "HorizontalPodAutoscaler/horizontalpodautoscalers/s"),
    *_kinds("rbac.authorization.k8s.io/v1", "Role/roles", "RoleBinding/rolebindings"),
    *_kinds("rbac.authorization.k8s.io/v1", "ClusterRole/clusterroles", namespaced=False),
    *_kinds("storage.k8s.io/v1", "StorageClass/storageclasses", namespaced=False),
    *_kinds(
        "metacontroller.k8s.io/v1alpha1",
        "CompositeController/compositecontrollers/g",
        "DecoratorController/decoratorcontrollers/g",
        namespaced=False,
    ),
]


class Kinds:
    """The kinds of one API server."""

    def __init__(self) -> None:
        self._by_kind = {(each.api_version, each.kind): each for each in _BUILT_IN}
        self._by_resource = {(each.api_version, each.resource): each for each in _BUILT_IN}

    def of(self, api_version: str, kind: str) -> Kind:
        """Return a kind.

        Raises:
            BadRequestError: there is none such.
        """
        found = self._by_kind.get((api_version, kind))
        if found is None:
            raise BadRequestError(
                f"no matches for kind {kind!r} in version {api_version!r}: load its CRD first."
            )
        return found

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

    def add_crd(self, crd: Manifest) -> Kind:
        """Learn the kind of a CustomResourceDefinition.

        Raises:
            UnsupportedError: it serves several versions, or its schema is not structural.
        """
        spec, name = crd["spec"], crd["metadata"]["name"]
        if crd["apiVersion"] != "apiextensions.k8s.io/v1":
            raise UnsupportedError(f"CRD {name}: only apiextensions.k8s.io/v1 is read.")
        served = [each for each in spec["versions"] if each.get("served", True)]
        if len(served) != 1:
            raise UnsupportedError(
                f"CRD {name} serves {len(served)} versions; conversion is not simulated: serve one."
            )
        version = served[0]
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        if not isinstance(schema, dict) or schema.get("type") != "object":
            raise UnsupportedError(f"CRD {name}: its openAPIV3Schema must have type: object.")
        names = spec["names"]
        if name != f"{names['plural']}.{spec['group']}":
            raise UnsupportedError(f"CRD {name}: its name must be <plural>.<group>.")
        kind = Kind(
            api_version=f"{spec['group']}/{version['name']}",
            kind=names["kind"],
            resource=names["plural"],
            namespaced=spec["scope"] == "Namespaced",
            has_status="status" in (version.get("subresources") or {}),
            has_generation=True,
            schema=schema,
        )
        self._by_kind[kind.api_version, kind.kind] = kind
        self._by_resource[kind.api_version, kind.resource] = kind
        return kind

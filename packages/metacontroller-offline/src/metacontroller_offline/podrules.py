"""What the API server refuses of several fields of a Pod's spec; recorded from a real one."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from metacontroller_offline.formats import resource_name
from metacontroller_offline.objects import Json, Manifest, dumps
from metacontroller_offline.quantities import parse_quantity

_FIELD_PATHS = re.compile(
    r"metadata\.(name|namespace|uid|(labels|annotations)\['.+'\])"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?)"
)
_VOLUME_FIELD_PATHS = re.compile(
    r"metadata\.(name|namespace|uid|labels|annotations|(labels|annotations)\['.+'\])"
)
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")


def _one_source(names: Sequence[str], sentence: str) -> Callable[[Manifest], Iterator[str]]:
    def rule(value: Manifest) -> Iterator[str]:
        given = [name for name in names if value.get(name) is not None]
        if len(given) != 1:
            yield f": {sentence}"

    return rule


def _field(environment: Manifest) -> Iterator[str]:
    source = environment.get("valueFrom") or {}
    path = (source.get("fieldRef") or {}).get("fieldPath")
    if path and not _FIELD_PATHS.fullmatch(path):
        yield f"valueFrom.fieldRef.fieldPath: Invalid value: {dumps(path)}: not supported"
    if source and environment.get("value"):
        yield 'valueFrom: Invalid value: "": may not be specified when `value` is not empty'


def _once(container: Manifest) -> Iterator[str]:
    for probe in ("livenessProbe", "startupProbe"):
        if (container.get(probe) or {}).get("successThreshold", 1) != 1:
            yield f"{probe}.successThreshold: Invalid value: must be 1"


def _resources(resources: Manifest) -> Iterator[str]:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for field, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in amounts.items():
            if fault := resource_name(name):
                yield f"{field}[{name}]: {fault}"
            if (parse_quantity(amount) or 0) < 0:
                yield f"{field}[{name}]: Invalid value: {dumps(amount)}: must be at least 0"
    for name, amount in requests.items():
        limit = parse_quantity(limits.get(name))
        if limit is not None and (parse_quantity(amount) or 0) > limit:
            yield (
                f"requests: Invalid value: {dumps(amount)}: must be less than or equal to {name} "
                f"limit of {limits[name]}"
            )
        elif "/" in name and "kubernetes.io/" not in name and amount != limits.get(name):
            yield f"limits[{name}]: Required value: it must equal what is requested"


def _toleration(toleration: Manifest) -> Iterator[str]:
    if not toleration.get("key") and toleration.get("operator") != "Exists":
        yield 'operator: Invalid value: "": operator must be Exists when `key` is empty'
    if toleration.get("operator") == "Exists" and toleration.get("value"):
        yield "operator: Invalid value: value must be empty when `operator` is 'Exists'"
    if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
        yield "effect: Invalid value: effect must be 'NoExecute' when `tolerationSeconds` is set"


def _names(spec: Manifest) -> Iterator[str]:
    for group in ("containers", "initContainers", "volumes"):
        names = [each.get("name") for each in spec.get(group) or []]
        for index, name in enumerate(names):
            if name and name in names[:index]:
                yield f"{group}[{index}].name: Duplicate value: {dumps(name)}"
    inits = {each.get("name") for each in spec.get("initContainers") or []}
    for index, each in enumerate(spec.get("containers") or []):
        if each.get("name") and each.get("name") in inits:
            yield f"initContainers[{index}].name: Duplicate value: {dumps(each['name'])}"


def _mounts(spec: Manifest) -> Iterator[str]:
    # A volume that is itself not legal cannot be mounted either.
    volumes = {each.get("name") for each in spec.get("volumes") or [] if each.get("name")}
    for group in ("containers", "initContainers"):
        for number, container in enumerate(spec.get(group) or []):
            mounts = container.get("volumeMounts") or []
            paths = [each.get("mountPath") for each in mounts]
            for index, each in enumerate(mounts):
                here = f"{group}[{number}].volumeMounts[{index}]"
                if each.get("name") not in volumes:
                    yield f"{here}.name: Not found: {dumps(each.get('name', ''))}"
                if paths[index] and paths[index] in paths[:index]:
                    yield f"{here}.mountPath: Invalid value: {dumps(paths[index])}: must be unique"


def _tokens(spec: Manifest) -> Iterator[str]:
    for index, volume in enumerate(spec.get("volumes") or []):
        sources = (volume.get("projected") or {}).get("sources") or []
        if not spec.get("serviceAccountName") and any(
            each.get("serviceAccountToken") for each in sources
        ):
            yield (
                f"volumes[{index}].projected: Forbidden: must not be specified when "
                "serviceAccountName is not set"
            )


def _volume(volume: Manifest) -> Iterator[str]:
    sources = [key for key in volume if key != "name"]
    if len(sources) > 1:
        yield f"{sources[1]}: Forbidden: may not specify more than 1 volume type"
    for item in (volume.get("downwardAPI") or {}).get("items") or []:
        path: Json = (item.get("fieldRef") or {}).get("fieldPath")
        if path and not _VOLUME_FIELD_PATHS.fullmatch(path):
            yield f"downwardAPI: Invalid value: {dumps(path)}: not supported"


POD_RULES: Mapping[str, tuple[Callable[[Manifest], Iterator[str]], ...]] = {
    "core/v1.PodSpec": (_names, _mounts, _tokens),
    "core/v1.Container": (_once,),
    "core/v1.EnvVar": (_field,),
    "core/v1.EnvVarSource": (
        _one_source(
            ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"),
            'Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, '
            "`configMapKeyRef` or `secretKeyRef`",
        ),
    ),
    "core/v1.EnvFromSource": (
        _one_source(
            ("configMapRef", "secretRef"),
            'Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
        ),
    ),
    "core/v1.Probe": (_one_source(_HANDLERS, "Required value: must specify a handler type"),),
    "core/v1.LifecycleHandler": (
        _one_source(_HANDLERS, "Required value: must specify a handler type"),
    ),
    "core/v1.ResourceRequirements": (_resources,),
    "core/v1.Toleration": (_toleration,),
    "core/v1.Volume": (_volume,),
}

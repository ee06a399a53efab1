"""What the API server refuses of several fields together, by struct; recorded from a real one."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from metacontroller_offline.cron import schedule_fault, zone_fault
from metacontroller_offline.defaults import job_labels
from metacontroller_offline.formats import label, label_value, required, resource_name, subdomain
from metacontroller_offline.objects import Manifest, dumps
from metacontroller_offline.podrules import POD_RULES
from metacontroller_offline.quantities import parse_quantity
from metacontroller_offline.selectors import SelectorError, parse_selector

CrossRule: TypeAlias = Callable[[Manifest], Iterator[str]]
"""Takes a struct; yields a sentence for each fault, which begins with the field."""


def _selected(spec: Manifest) -> Iterator[str]:
    selector = spec.get("selector")
    if selector == {}:
        yield "selector: Invalid value: {}: empty selector is invalid"
    given = (((spec.get("template") or {}).get("metadata")) or {}).get("labels") or {}
    try:
        matches = parse_selector(selector).matches(given)
    except SelectorError as error:
        yield f"selector: Invalid value: {error}"
        return
    if selector and not matches:
        yield (
            f"template.metadata.labels: Invalid value: {dumps(given)}: `selector` does not match "
            "template `labels`"
        )
    for value in given.values():
        if fault := label_value(value):
            yield f"template.metadata.labels: {fault}"


def _always(spec: Manifest) -> Iterator[str]:
    policy = _pod(spec).get("restartPolicy")
    if policy != "Always":
        yield (
            f"template.spec.restartPolicy: Unsupported value: {dumps(policy)}: supported values: "
            '"Always"'
        )


def _pod(spec: Manifest) -> Manifest:
    found: Manifest = (spec.get("template") or {}).get("spec") or {}
    return found


def _rolls(spec: Manifest) -> Iterator[str]:
    strategy = spec.get("strategy") or {}
    if strategy.get("type") == "Recreate" and strategy.get("rollingUpdate"):
        yield (
            "strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is "
            "'Recreate'"
        )
    rolling = strategy.get("rollingUpdate") or {}
    if rolling and all(rolling.get(each) in {0, "0%"} for each in ("maxSurge", "maxUnavailable")):
        yield (
            "strategy.rollingUpdate.maxUnavailable: Invalid value: may not be 0 when `maxSurge` "
            "is 0"
        )


def _ends(spec: Manifest) -> Iterator[str]:
    policy = _pod(spec).get("restartPolicy")
    if policy not in {"Never", "OnFailure"}:
        yield 'template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'
    if "podFailurePolicy" in spec and policy != "Never":
        yield 'template.spec.restartPolicy: Invalid value: only "Never" with podFailurePolicy'
    if spec.get("completionMode") == "Indexed" and spec.get("completions") is None:
        yield "completions: Required value: when completion mode is Indexed"
    for name, value in (spec.get("template", {}).get("metadata", {}).get("labels") or {}).items():
        if fault := label_value(value):
            yield f"template.metadata.labels: {name}: {fault}"


def _fails(rule: Manifest) -> Iterator[str]:
    codes, patterns = rule.get("onExitCodes"), rule.get("onPodConditions")
    if codes is None and not patterns:
        yield ": Invalid value: specifying one of OnExitCodes and OnPodConditions is required"
    values = (codes or {}).get("values") or []
    if values != sorted(set(values)):
        yield "onExitCodes.values: Invalid value: must be ordered, without duplicates"
    if (codes or {}).get("operator") == "In" and 0 in values:
        yield "onExitCodes.values: Invalid value: 0: must not be 0 for the In operator"


def _times(spec: Manifest) -> Iterator[str]:
    if schedule := spec.get("schedule"):
        fault = schedule_fault(schedule)
        if fault:
            yield f"schedule: Invalid value: {dumps(schedule)}: {fault}"
    if (zone := spec.get("timeZone")) is not None and (fault := zone_fault(zone)):
        yield f"timeZone: Invalid value: {dumps(zone)}: {fault}"


def _service(spec: Manifest) -> Iterator[str]:
    ports = spec.get("ports") or []
    outside = spec.get("type") == "ExternalName"
    if not ports and not outside and spec.get("clusterIP") != "None":
        yield "ports: Required value"
    if outside and not spec.get("externalName"):
        yield "externalName: Required value"
    for index, each in enumerate(ports):
        if len(ports) > 1 and not each.get("name"):
            yield f"ports[{index}].name: Required value"
    keys = [(each.get("port"), each.get("protocol")) for each in ports]
    if len({*keys}) < len(keys):
        yield "ports: Duplicate value"
    addresses = spec.get("clusterIPs") or []
    if addresses and addresses[0] != spec.get("clusterIP"):
        yield f"clusterIPs: Invalid value: {dumps(addresses)}: first value must match `clusterIP`"


def _claim(spec: Manifest) -> Iterator[str]:
    asked = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if asked is None:
        yield "resources[storage]: Required value"
    elif (parse_quantity(asked) or 0) <= 0:
        yield f"resources[storage]: Invalid value: {dumps(asked)}: must be greater than zero"


def _ingress(spec: Manifest) -> Iterator[str]:
    if not spec.get("rules") and not spec.get("defaultBackend"):
        yield ": Invalid value: []: either `defaultBackend` or `rules` must be specified"


def _path(path: Manifest) -> Iterator[str]:
    given = path.get("path", "")
    free = path.get("pathType") == "ImplementationSpecific"
    if not (free and not given) and not given.startswith("/"):
        yield f"path: Invalid value: {dumps(given)}: must be an absolute path"


def _backend(backend: Manifest) -> Iterator[str]:
    if not backend.get("service") and not backend.get("resource"):
        yield ': Invalid value: "": resource or service backend is required'
    service = backend.get("service") or {}
    chosen = service.get("port") or {}
    if service and not chosen.get("number") and not chosen.get("name"):
        yield ": Required value: port name or number is required"


def _peer(peer: Manifest) -> Iterator[str]:
    if not peer:
        yield ": Required value: must specify a peer"


def _scales(spec: Manifest) -> Iterator[str]:
    if spec.get("maxReplicas", 0) < spec.get("minReplicas", 1):
        yield "maxReplicas: Invalid value: must be greater than or equal to `minReplicas`"


def _metric(metric: Manifest) -> Iterator[str]:
    field = str(metric.get("type", ""))[:1].lower() + str(metric.get("type", ""))[1:]
    if metric.get(field) is None:
        yield f"{field}: Required value: must populate information for the given metric source"


def _target(target: Manifest) -> Iterator[str]:
    names = {
        "Utilization": "averageUtilization",
        "Value": "value",
        "AverageValue": "averageValue",
    }
    field = names.get(target.get("type", ""))
    if field and target.get(field) is None:
        yield f"{field}: Required value: must set a target"


def _grants(rule: Manifest) -> Iterator[str]:
    if rule.get("nonResourceURLs"):
        if rule.get("apiGroups") or rule.get("resources"):
            yield "nonResourceURLs: Invalid value: rules cannot apply to both"
        return
    if not rule.get("apiGroups"):
        yield "apiGroups: Required value: resource rules must supply at least one api group"
    if not rule.get("resources"):
        yield "resources: Required value: resource rules must supply at least one resource"


def _subject(subject: Manifest) -> Iterator[str]:
    group = "" if subject.get("kind") == "ServiceAccount" else "rbac.authorization.k8s.io"
    if not group and (fault := subdomain(subject.get("name"))):
        yield f"name: {fault}"
    if subject.get("apiGroup", "") != group:
        yield f"apiGroup: Unsupported value: {dumps(subject.get('apiGroup'))}"


def _cluster_binding(binding: Manifest) -> Iterator[str]:
    if (binding.get("roleRef") or {}).get("kind") != "ClusterRole":
        yield 'roleRef.kind: Unsupported value: supported values: "ClusterRole"'


def _quota(spec: Manifest) -> Iterator[str]:
    for name in spec.get("hard") or {}:
        if fault := resource_name(name):
            yield f"hard[{name}]: {fault}"


def _limits(item: Manifest) -> Iterator[str]:
    kind = item.get("type", "")
    if "/" not in kind and kind not in {"Container", "Pod", "PersistentVolumeClaim"}:
        yield f"type: Invalid value: {dumps(kind)}: must be a standard limit type"
    for field in ("default", "defaultRequest", "max", "min"):
        for name in item.get(field) or {}:
            if fault := resource_name(name):
                yield f"{field}[{name}]: {fault}"
    for name, asked in (item.get("defaultRequest") or {}).items():
        limit = parse_quantity((item.get("default") or {}).get(name))
        if limit is not None and (parse_quantity(asked) or 0) > limit:
            yield f"defaultRequest[{name}]: Invalid value: {dumps(asked)}: greater than default"


def _claim_templates(spec: Manifest) -> Iterator[str]:
    for index, template in enumerate(spec.get("volumeClaimTemplates") or []):
        name = (template.get("metadata") or {}).get("name")
        if fault := required(name) or label(name):
            yield f"template.spec.volumes[{index}].name: {fault}"


def _own_labels(job: Manifest) -> Iterator[str]:
    """Expect the labels by which a Job finds its Pods, which the API server has generated."""
    spec, metadata = job.get("spec") or {}, job["metadata"]
    if spec.get("manualSelector") or "uid" not in metadata:
        return
    given = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    for key, value in job_labels(job).items():
        if given.get(key) != value:
            yield f"spec.template.metadata.labels[{key}]: Invalid value: must be '{value}'"
    if not spec.get("selector"):
        yield "spec.selector: Required value"


def _surges(spec: Manifest) -> Iterator[str]:
    rolling = (spec.get("updateStrategy") or {}).get("rollingUpdate") or {}
    none = {0, "0%", None}
    if rolling.get("maxSurge") not in none and rolling.get("maxUnavailable") not in none:
        yield (
            "updateStrategy.rollingUpdate.maxSurge: Invalid value: may not be set when "
            "maxUnavailable is non-zero"
        )


def _condition(requirement: Manifest) -> Iterator[str]:
    has_values = bool(requirement.get("values"))
    if (requirement.get("operator") in {"In", "NotIn"}) != has_values and re.match(
        "In|NotIn|Exists|DoesNotExist", requirement.get("operator", "")
    ):
        yield "values: Required value: In and NotIn take values, the others none"


CROSS: Mapping[str, tuple[CrossRule, ...]] = {
    **POD_RULES,
    "apps/v1.DeploymentSpec": (_selected, _always, _rolls),
    "apps/v1.ReplicaSetSpec": (_selected, _always),
    "apps/v1.DaemonSetSpec": (_selected, _always, _surges),
    "apps/v1.StatefulSetSpec": (_selected, _always, _claim_templates),
    "batch/v1.Job": (_own_labels,),
    "batch/v1.JobSpec": (_ends,),
    "batch/v1.PodFailurePolicyRule": (_fails,),
    "batch/v1.CronJobSpec": (_times,),
    "core/v1.ServiceSpec": (_service,),
    "core/v1.PersistentVolumeClaimSpec": (_claim,),
    "core/v1.ResourceQuotaSpec": (_quota,),
    "core/v1.LimitRangeItem": (_limits,),
    "meta/v1.LabelSelectorRequirement": (_condition,),
    "networking/v1.IngressSpec": (_ingress,),
    "networking/v1.HTTPIngressPath": (_path,),
    "networking/v1.IngressBackend": (_backend,),
    "networking/v1.NetworkPolicyPeer": (_peer,),
    "autoscaling/v2.HorizontalPodAutoscalerSpec": (_scales,),
    "autoscaling/v2.MetricSpec": (_metric,),
    "autoscaling/v2.MetricTarget": (_target,),
    "rbac/v1.PolicyRule": (_grants,),
    "rbac/v1.Subject": (_subject,),
    "rbac/v1.ClusterRoleBinding": (_cluster_binding,),
}

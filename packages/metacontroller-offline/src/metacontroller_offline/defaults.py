"""What the API server fills in for built-in kinds; recorded from a real one (1.34.4).

An object arrives here as `typed.read` returns it, so that every struct is there.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping

from metacontroller_offline.objects import Json, Manifest
from metacontroller_offline.poddefaults import over, pod_spec, quality, with_patience

_JOB_DEFAULTS: Mapping[str, Json] = {
    "backoffLimit": 6,
    "completionMode": "NonIndexed",
    "manualSelector": False,
    "parallelism": 1,
    "suspend": False,
}
_STATEFUL_SET_DEFAULTS: Mapping[str, Json] = {
    "podManagementPolicy": "OrderedReady",
    "replicas": 1,
    "revisionHistoryLimit": 10,
    "persistentVolumeClaimRetentionPolicy": {},
}
_RETAINED: Mapping[str, Json] = {"whenDeleted": "Retain", "whenScaled": "Retain"}
_DEPLOYMENT_DEFAULTS: Mapping[str, Json] = {
    "replicas": 1,
    "revisionHistoryLimit": 10,
    "progressDeadlineSeconds": 600,
}
_CRON_JOB_DEFAULTS: Mapping[str, Json] = {
    "concurrencyPolicy": "Allow",
    "suspend": False,
    "successfulJobsHistoryLimit": 3,
    "failedJobsHistoryLimit": 1,
}
_SERVICE_DEFAULTS: Mapping[str, Json] = {
    "internalTrafficPolicy": "Cluster",
    "ipFamilies": ["IPv4"],
    "ipFamilyPolicy": "SingleStack",
    "sessionAffinity": "None",
    "type": "ClusterIP",
}
_CPU_METRIC: Json = {
    "type": "Resource",
    "resource": {
        "name": "cpu",
        "target": {"type": "Utilization", "averageUtilization": 80},
    },
}


def fill(manifest: Manifest) -> Manifest:
    """Return an object of a built-in kind with the API server's defaults.

    The object has its uid; nothing that is set is changed.
    """
    filler = _FILLERS.get((manifest["apiVersion"], manifest["kind"]))
    return filler(manifest) if filler else manifest


def _with_spec(manifest: Manifest, spec: Manifest) -> Manifest:
    return {**manifest, "spec": spec}


def _template(template: Json) -> Manifest:
    given = template or {}
    metadata = {
        key: each for key, each in (given.get("metadata") or {}).items() if each is not None
    }
    return {**given, "metadata": metadata, "spec": pod_spec(given.get("spec"))}


def _pod(manifest: Manifest) -> Manifest:
    spec = {
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
        "priority": 0,
        **pod_spec(manifest.get("spec"), is_pod=True),
    }
    spec["tolerations"] = with_patience(spec.get("tolerations") or [])
    status = {"phase": "Pending", "qosClass": quality(spec), **(manifest.get("status") or {})}
    return {**_with_spec(manifest, spec), "status": status}


def job_labels(job: Manifest) -> dict[str, str]:
    """Return the labels that the API server adds to a Job's template."""
    uid, name = job["metadata"]["uid"], job["metadata"]["name"]
    return {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }


def _job(manifest: Manifest) -> Manifest:
    spec = over(_JOB_DEFAULTS, manifest.get("spec"))
    if "parallelism" not in (manifest.get("spec") or {}):
        spec.setdefault("completions", 1)
    spec["template"] = _template(spec.get("template"))
    for rule in (spec.get("podFailurePolicy") or {}).get("rules") or []:
        for pattern in rule.get("onPodConditions") or []:
            pattern["status"] = pattern.get("status") or "True"
    replacement = "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed"
    spec.setdefault("podReplacementPolicy", replacement)
    filled = _with_spec(manifest, spec)
    labels = manifest["metadata"].get("labels") or spec["template"]["metadata"].get("labels")
    return {**filled, "metadata": {**manifest["metadata"], "labels": labels or {}}}


def _cron_job(manifest: Manifest) -> Manifest:
    spec = over(_CRON_JOB_DEFAULTS, manifest.get("spec"))
    job = spec.get("jobTemplate") or {}
    inner = job.get("spec") or {}
    template = _template(inner.get("template"))
    spec["jobTemplate"] = {**job, "spec": {**inner, "template": template}}
    return _with_spec(manifest, spec)


def _stateful_set(manifest: Manifest) -> Manifest:
    spec = over(_STATEFUL_SET_DEFAULTS, manifest.get("spec"))
    spec["template"] = _template(spec.get("template"))
    strategy = spec["updateStrategy"]
    if not strategy.get("type"):
        strategy = {"type": "RollingUpdate", "rollingUpdate": {}, **strategy}
    if strategy.get("rollingUpdate") is not None:
        strategy = {**strategy, "rollingUpdate": {"partition": 0, **strategy["rollingUpdate"]}}
    spec["updateStrategy"] = strategy
    policy = spec["persistentVolumeClaimRetentionPolicy"]
    spec["persistentVolumeClaimRetentionPolicy"] = {**_RETAINED, **policy}
    if "volumeClaimTemplates" in spec:
        spec["volumeClaimTemplates"] = [_claim_template(x) for x in spec["volumeClaimTemplates"]]
    return _with_spec(manifest, spec)


def _claim_template(template: Manifest) -> Manifest:
    return {
        **template,
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "spec": over({"volumeMode": "Filesystem"}, template.get("spec")),
        "status": template.get("status") or {"phase": "Pending"},
    }


def _deployment(manifest: Manifest) -> Manifest:
    spec = over(_DEPLOYMENT_DEFAULTS, manifest.get("spec"))
    spec["template"] = _template(spec.get("template"))
    spec["strategy"] = strategy = {"type": "RollingUpdate", **(spec.get("strategy") or {})}
    if strategy["type"] == "RollingUpdate":
        rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
        strategy["rollingUpdate"] = {**rolling, **(strategy.get("rollingUpdate") or {})}
    return _with_spec(manifest, spec)


def _replica_set(manifest: Manifest) -> Manifest:
    spec = over({"replicas": 1}, manifest.get("spec"))
    spec["template"] = _template(spec.get("template"))
    return _with_spec(manifest, spec)


def _daemon_set(manifest: Manifest) -> Manifest:
    spec = over({"revisionHistoryLimit": 10}, manifest.get("spec"))
    spec["template"] = _template(spec.get("template"))
    strategy = {"type": "RollingUpdate", **(spec.get("updateStrategy") or {})}
    spec["updateStrategy"] = strategy
    if strategy["type"] == "RollingUpdate":
        rolling = {"maxSurge": 0, "maxUnavailable": 1}
        strategy["rollingUpdate"] = {**rolling, **(strategy.get("rollingUpdate") or {})}
    noted = manifest["metadata"].get("annotations") or {}
    generation = {
        "deprecated.daemonset.template.generation": str(manifest["metadata"].get("generation", 1))
    }
    metadata = {**manifest["metadata"], "annotations": {**generation, **noted}}
    return {**_with_spec(manifest, spec), "metadata": metadata}


def _service(manifest: Manifest) -> Manifest:
    spec = over(_SERVICE_DEFAULTS, manifest.get("spec"))
    if spec.get("clusterIP") == "None" and not spec.get("selector"):
        # Its addresses are given by whoever makes its Endpoints, of any family.
        given = manifest.get("spec") or {}
        if "ipFamilies" not in given:
            spec["ipFamilies"] = ["IPv4", "IPv6"]
        if "ipFamilyPolicy" not in given:
            spec["ipFamilyPolicy"] = "RequireDualStack"
    if spec["type"] == "ExternalName":
        for field in ("internalTrafficPolicy", "ipFamilies", "ipFamilyPolicy"):
            del spec[field]
    else:
        # One address per Service, derived from its uid: a hook must neither set nor rely on it.
        number = int(manifest["metadata"]["uid"].replace("-", "")[-4:], 16)
        spec.setdefault("clusterIP", f"10.96.{number >> 8}.{number & 255}")
        spec.setdefault("clusterIPs", [spec["clusterIP"]])
    if spec["type"] in {"NodePort", "LoadBalancer"}:
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
    if spec["sessionAffinity"] == "ClientIP":
        spec.setdefault("sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 10800}})
    if spec.get("ports"):
        spec["ports"] = [_service_port(each, spec, manifest) for each in spec["ports"]]
    return _with_spec(manifest, spec)


def _service_port(port: Manifest, spec: Manifest, manifest: Manifest) -> Manifest:
    filled = {"protocol": "TCP", **port}
    if filled.get("targetPort") in {None, 0, ""} or "targetPort" not in port:
        filled["targetPort"] = port.get("port")
    if spec["type"] in {"NodePort", "LoadBalancer"} and "nodePort" not in filled:
        number = int(manifest["metadata"]["uid"].replace("-", "")[-4:], 16)
        filled["nodePort"] = 30000 + (number + spec["ports"].index(port)) % 2768
    return filled


def _claim(manifest: Manifest) -> Manifest:
    defaults = {"storageClassName": "standard", "volumeMode": "Filesystem"}
    return {
        **_with_spec(manifest, over(defaults, manifest.get("spec"))),
        "status": manifest.get("status") or {"phase": "Pending"},
    }


def _secret(manifest: Manifest) -> Manifest:
    texts = manifest.get("stringData") or {}
    filled = {key: each for key, each in manifest.items() if key != "stringData"}
    if texts:
        written = {key: b64encode(each.encode()).decode() for key, each in texts.items()}
        filled["data"] = {**(manifest.get("data") or {}), **written}
    return {"type": "Opaque", **filled}


def _namespace(manifest: Manifest) -> Manifest:
    metadata = manifest["metadata"]
    name = {"kubernetes.io/metadata.name": metadata["name"]}
    return {
        **manifest,
        "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), **name}},
        "spec": {"finalizers": ["kubernetes"]},
        "status": manifest.get("status") or {"phase": "Active"},
    }


def _binding(manifest: Manifest) -> Manifest:
    group = "rbac.authorization.k8s.io"
    subjects = [
        {"apiGroup": group, **each} if each.get("kind") in {"User", "Group"} else each
        for each in manifest.get("subjects") or []
    ]
    role = manifest.get("roleRef") or {}
    filled = {**manifest, "roleRef": {**role, "apiGroup": role.get("apiGroup") or group}}
    return {**filled, "subjects": subjects} if subjects else filled


def _role(manifest: Manifest) -> Manifest:
    return {**manifest, "rules": manifest.get("rules") or None}


def _network_policy(manifest: Manifest) -> Manifest:
    spec = dict(manifest.get("spec") or {})
    egress = ["Egress"] if spec.get("egress") else []
    spec.setdefault("policyTypes", ["Ingress", *egress])
    for rule in [*(spec.get("ingress") or []), *(spec.get("egress") or [])]:
        for port in rule.get("ports") or []:
            port.setdefault("protocol", "TCP")
    return _with_spec(manifest, spec)


def _limit_range(manifest: Manifest) -> Manifest:
    spec = dict(manifest.get("spec") or {})
    items = []
    for each in spec.get("limits") or []:
        item = dict(each)
        if item.get("type") == "Container":
            limits = {**(item.get("max") or {}), **(item.get("default") or {})}
            requests = {**(item.get("min") or {}), **limits, **(item.get("defaultRequest") or {})}
            item.update({"default": limits} if limits else {})
            item.update({"defaultRequest": requests} if requests else {})
        items.append(item)
    return _with_spec(manifest, {**spec, "limits": items or None})


def _autoscaler(manifest: Manifest) -> Manifest:
    spec = over({"minReplicas": 1, "metrics": [_CPU_METRIC]}, manifest.get("spec"))
    return _with_spec(manifest, spec)


def _storage_class(manifest: Manifest) -> Manifest:
    return {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate", **manifest}


def _priority_class(manifest: Manifest) -> Manifest:
    return {"preemptionPolicy": "PreemptLowerPriority", **manifest}


_RBAC = "rbac.authorization.k8s.io/v1"
_FILLERS: Mapping[tuple[str, str], Callable[[Manifest], Manifest]] = {
    ("v1", "Pod"): _pod,
    ("v1", "Secret"): _secret,
    ("v1", "Service"): _service,
    ("v1", "PersistentVolumeClaim"): _claim,
    ("v1", "LimitRange"): _limit_range,
    ("v1", "Namespace"): _namespace,
    ("apps/v1", "Deployment"): _deployment,
    ("apps/v1", "ReplicaSet"): _replica_set,
    ("apps/v1", "DaemonSet"): _daemon_set,
    ("apps/v1", "StatefulSet"): _stateful_set,
    ("batch/v1", "Job"): _job,
    ("batch/v1", "CronJob"): _cron_job,
    ("networking.k8s.io/v1", "NetworkPolicy"): _network_policy,
    ("autoscaling/v2", "HorizontalPodAutoscaler"): _autoscaler,
    (_RBAC, "Role"): _role,
    (_RBAC, "ClusterRole"): _role,
    (_RBAC, "RoleBinding"): _binding,
    (_RBAC, "ClusterRoleBinding"): _binding,
    ("storage.k8s.io/v1", "StorageClass"): _storage_class,
    ("scheduling.k8s.io/v1", "PriorityClass"): _priority_class,
}

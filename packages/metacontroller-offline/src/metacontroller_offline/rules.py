"""What the fields of built-in kinds must be, by struct; recorded from a real API server (1.34.4).

Only the structs that are common below children are here; `crossrules` has what concerns more than
one field.
"""

from collections.abc import Mapping

from metacontroller_offline.formats import (
    FieldChecks,
    address,
    at_least,
    each,
    group_version,
    host,
    identity,
    key,
    label,
    label_map,
    number_or_percent,
    one_of,
    port,
    port_name,
    port_or_name,
    qualified,
    required,
    service_name,
    subdomain,
)

_PROTOCOL = (one_of("SCTP", "TCP", "UDP"),)
_NAME = (required, subdomain)
_COUNT = (at_least(0),)
_RBAC_GROUP = "rbac.authorization.k8s.io"
_ONCE = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_IDENTITIES: FieldChecks = dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"), (identity,))
_CONTAINER: FieldChecks = {
    "name": (required, label),
    "image": (required,),
    "imagePullPolicy": (one_of("Always", "IfNotPresent", "Never"),),
    "terminationMessagePolicy": (one_of("FallbackToLogsOnError", "File"),),
}
_SELECTED: FieldChecks = {"name": (required, subdomain), "key": (required, key)}
_HOST_PATHS = (
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
)
_POD_DNS = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
_CLAIM: FieldChecks = {
    "accessModes": (required, each(one_of(*_ONCE))),
    "storageClassName": (lambda value: value and subdomain(value),),
    "volumeMode": (one_of("Block", "Filesystem"),),
}

FIELDS: Mapping[str, FieldChecks] = {
    "core/v1.PodSpec": {
        "containers": (required,),
        "restartPolicy": (one_of("Always", "OnFailure", "Never"),),
        "dnsPolicy": (one_of(*_POD_DNS),),
        "nodeSelector": (label_map,),
        "serviceAccountName": (subdomain,),
        "preemptionPolicy": (one_of("Never", "PreemptLowerPriority"),),
        "activeDeadlineSeconds": (at_least(1),),
        "priorityClassName": (subdomain,),
        "hostname": (label,),
        "subdomain": (label,),
        "schedulerName": (subdomain,),
    },
    "core/v1.Container": _CONTAINER,
    "core/v1.EphemeralContainer": _CONTAINER,
    "core/v1.EnvVar": {"name": (required,)},
    "core/v1.SecretKeySelector": _SELECTED,
    "core/v1.ConfigMapKeySelector": _SELECTED,
    "core/v1.ObjectFieldSelector": {"fieldPath": (required,), "apiVersion": (one_of("v1"),)},
    "core/v1.ResourceFieldSelector": {"resource": (required,)},
    "core/v1.ConfigMapEnvSource": {"name": _NAME},
    "core/v1.SecretEnvSource": {"name": _NAME},
    "core/v1.ExecAction": {"command": (required,)},
    "core/v1.HTTPGetAction": {
        "port": (port_or_name,),
        "path": (required,),
        "scheme": (one_of("HTTP", "HTTPS"),),
    },
    "core/v1.TCPSocketAction": {"port": (port_or_name,)},
    "core/v1.GRPCAction": {"port": (port,)},
    "core/v1.Probe": dict.fromkeys(
        (
            "initialDelaySeconds",
            "periodSeconds",
            "timeoutSeconds",
            "successThreshold",
            "failureThreshold",
        ),
        _COUNT,
    ),
    "core/v1.ContainerPort": {
        "containerPort": (required, port),
        "hostPort": (port,),
        "name": (port_name,),
        "protocol": _PROTOCOL,
    },
    "core/v1.VolumeMount": {"name": (required,), "mountPath": (required,)},
    "core/v1.Volume": {"name": (required, label)},
    "core/v1.ConfigMapVolumeSource": {"name": (required,)},
    "core/v1.SecretVolumeSource": {"secretName": (required,)},
    "core/v1.PersistentVolumeClaimVolumeSource": {"claimName": (required,)},
    "core/v1.HostPathVolumeSource": {"path": (required,), "type": (one_of(*_HOST_PATHS),)},
    "core/v1.KeyToPath": {"key": (required,), "path": (required,)},
    "core/v1.ServiceAccountTokenProjection": {"path": (required,)},
    "core/v1.PodSecurityContext": _IDENTITIES,
    "core/v1.SecurityContext": _IDENTITIES,
    "core/v1.Toleration": {
        "key": (qualified,),
        "operator": (one_of("Equal", "Exists"),),
        "effect": (one_of("NoSchedule", "PreferNoSchedule", "NoExecute"),),
    },
    "core/v1.TopologySpreadConstraint": {
        "maxSkew": (required, at_least(1)),
        "topologyKey": (required, qualified),
        "whenUnsatisfiable": (one_of("DoNotSchedule", "ScheduleAnyway"),),
    },
    "meta/v1.LabelSelector": {"matchLabels": (label_map,)},
    "meta/v1.LabelSelectorRequirement": {
        "key": (required, qualified),
        "operator": (required, one_of("In", "NotIn", "Exists", "DoesNotExist")),
    },
    "core/v1.ServiceSpec": {
        "type": (one_of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),),
        "selector": (label_map,),
        "clusterIPs": (each(address),),
        "sessionAffinity": (one_of("ClientIP", "None"),),
        "internalTrafficPolicy": (one_of("Cluster", "Local"),),
        "externalTrafficPolicy": (one_of("Cluster", "Local"),),
        "ipFamilies": (each(one_of("IPv4", "IPv6")),),
        "ipFamilyPolicy": (one_of("PreferDualStack", "RequireDualStack", "SingleStack"),),
        "externalName": (subdomain,),
    },
    "core/v1.ServicePort": {
        "port": (port,),
        "targetPort": (port_or_name,),
        "protocol": _PROTOCOL,
        "name": (label,),
    },
    "core/v1.PersistentVolumeClaimSpec": _CLAIM,
    "core/v1.LimitRangeItem": {"type": (required,)},
    "apps/v1.DeploymentSpec": {
        "replicas": _COUNT,
        "selector": (required,),
        "minReadySeconds": _COUNT,
        "revisionHistoryLimit": _COUNT,
    },
    "apps/v1.DeploymentStrategy": {"type": (one_of("Recreate", "RollingUpdate"),)},
    "apps/v1.RollingUpdateDeployment": {
        "maxSurge": (number_or_percent,),
        "maxUnavailable": (number_or_percent,),
    },
    "apps/v1.ReplicaSetSpec": {
        "replicas": _COUNT,
        "selector": (required,),
        "minReadySeconds": _COUNT,
    },
    "apps/v1.DaemonSetSpec": {"selector": (required,), "minReadySeconds": _COUNT},
    "apps/v1.DaemonSetUpdateStrategy": {"type": (one_of("OnDelete", "RollingUpdate"),)},
    "apps/v1.RollingUpdateDaemonSet": {
        "maxSurge": (number_or_percent,),
        "maxUnavailable": (number_or_percent,),
    },
    "apps/v1.StatefulSetSpec": {
        "replicas": _COUNT,
        "selector": (required,),
        "serviceName": (lambda value: value and label(value),),
        "podManagementPolicy": (one_of("OrderedReady", "Parallel"),),
        "minReadySeconds": _COUNT,
        "revisionHistoryLimit": _COUNT,
    },
    "apps/v1.StatefulSetUpdateStrategy": {"type": (one_of("OnDelete", "RollingUpdate"),)},
    "apps/v1.RollingUpdateStatefulSetStrategy": {"partition": _COUNT},
    "apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy": dict.fromkeys(
        ("whenDeleted", "whenScaled"), (one_of("Retain", "Delete"),)
    ),
    "batch/v1.JobSpec": {
        **dict.fromkeys(
            (
                "parallelism",
                "completions",
                "activeDeadlineSeconds",
                "backoffLimit",
                "ttlSecondsAfterFinished",
                "backoffLimitPerIndex",
                "maxFailedIndexes",
            ),
            _COUNT,
        ),
        "completionMode": (one_of("NonIndexed", "Indexed"),),
        "podReplacementPolicy": (one_of("Failed", "TerminatingOrFailed"),),
    },
    "batch/v1.PodFailurePolicyRule": {
        "action": (required, one_of("Count", "FailIndex", "FailJob", "Ignore")),
    },
    "batch/v1.PodFailurePolicyOnExitCodesRequirement": {
        "operator": (required, one_of("In", "NotIn")),
        "values": (required,),
    },
    "batch/v1.PodFailurePolicyOnPodConditionsPattern": {
        "type": (required, qualified),
        "status": (one_of("False", "True", "Unknown"),),
    },
    "batch/v1.CronJobSpec": {
        "schedule": (required,),
        "concurrencyPolicy": (one_of("Allow", "Forbid", "Replace"),),
        "startingDeadlineSeconds": _COUNT,
        "successfulJobsHistoryLimit": _COUNT,
        "failedJobsHistoryLimit": _COUNT,
    },
    "networking/v1.IngressSpec": {"ingressClassName": (subdomain,)},
    "networking/v1.IngressRule": {"host": (host,)},
    "networking/v1.IngressTLS": {"hosts": (each(host),), "secretName": (subdomain,)},
    "networking/v1.HTTPIngressRuleValue": {"paths": (required,)},
    "networking/v1.HTTPIngressPath": {
        "pathType": (required, one_of("Exact", "ImplementationSpecific", "Prefix")),
    },
    "networking/v1.IngressServiceBackend": {"name": (required, service_name)},
    "networking/v1.ServiceBackendPort": {"number": (port,), "name": (port_name,)},
    "networking/v1.NetworkPolicySpec": {"policyTypes": (each(one_of("Ingress", "Egress")),)},
    "networking/v1.NetworkPolicyPort": {"port": (port_or_name,), "protocol": _PROTOCOL},
    "policy/v1.PodDisruptionBudgetSpec": {
        "minAvailable": (number_or_percent,),
        "maxUnavailable": (number_or_percent,),
    },
    "autoscaling/v2.HorizontalPodAutoscalerSpec": {
        "minReplicas": (at_least(1),),
        "maxReplicas": (at_least(1),),
    },
    "autoscaling/v2.CrossVersionObjectReference": {
        "kind": (required,),
        "name": (required,),
        "apiVersion": (required, group_version),
    },
    "autoscaling/v2.ResourceMetricSource": {"name": (required,)},
    "autoscaling/v2.MetricTarget": {
        "type": (required, one_of("Utilization", "Value", "AverageValue")),
        "averageUtilization": (at_least(1),),
    },
    "autoscaling/v2.MetricSpec": {
        "type": (
            required,
            one_of("ContainerResource", "External", "Object", "Pods", "Resource"),
        ),
    },
    "rbac/v1.PolicyRule": {"verbs": (required,)},
    "rbac/v1.RoleRef": {
        "kind": (one_of("Role", "ClusterRole"), required),
        "name": (required,),
        "apiGroup": (one_of(_RBAC_GROUP),),
    },
    "rbac/v1.Subject": {
        "kind": (required, one_of("ServiceAccount", "User", "Group")),
        "name": (required,),
    },
    "storage/v1.StorageClass": {
        "provisioner": (required, lambda value: value and qualified(value.lower())),
        "reclaimPolicy": (one_of("Delete", "Retain"),),
        "volumeBindingMode": (one_of("Immediate", "WaitForFirstConsumer"),),
    },
    "coordination/v1.LeaseSpec": {"leaseDurationSeconds": (at_least(1),)},
}

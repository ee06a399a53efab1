"""Kubernetes objects in JSON's own types, and the keys under which Metacontroller groups them."""

from collections.abc import Mapping
from typing import Any

Manifest = dict[str, Any]
"""One object, as its YAML reads."""

Objects = Mapping[str, Mapping[str, Manifest]]
"""Objects by `Kind.group/version`, then by `namespace/name`, as Metacontroller sends them."""

CLAIM = "PersistentVolumeClaim.v1"
CONFIG_MAP = "ConfigMap.v1"
DATASET = "Dataset.substratus.ai/v1"
JOB = "Job.batch/v1"
MODEL = "Model.substratus.ai/v1"
POD = "Pod.v1"
SERVICE = "Service.v1"
SERVICE_ACCOUNT = "ServiceAccount.v1"
STATEFUL_SET = "StatefulSet.apps/v1"


def kind_key(manifest: Manifest) -> str:
    """Return the key under which Metacontroller groups objects of this kind."""
    return f"{manifest['kind']}.{manifest['apiVersion']}"

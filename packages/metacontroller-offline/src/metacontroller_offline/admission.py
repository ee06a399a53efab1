"""What the API server refuses of any object: names, labels, sizes."""

import re
from collections.abc import Mapping

from metacontroller_offline.objects import (
    Manifest,
    annotations,
    labels,
    ref,
)

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SERVICE_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_ROLE_NAME = re.compile(r"[^/%]+")
_ANNOTATIONS_LIMIT = 256 * 1024
_LABEL_LIMIT = 63

_NAMES: Mapping[str, tuple[re.Pattern[str], int]] = {
    "Service": (_SERVICE_NAME, 63),
    "Namespace": (_LABEL_NAME, 63),
    # The Pods of a Job carry its name as a label.
    "Job": (_SUBDOMAIN, 63),
    "Role": (_ROLE_NAME, 253),
    "RoleBinding": (_ROLE_NAME, 253),
    "ClusterRole": (_ROLE_NAME, 253),
}


def object_violations(manifest: Manifest) -> list[str]:
    """Return what is wrong with an object's metadata, a sentence each."""
    key = ref(manifest)
    pattern, limit = _NAMES.get(key.kind, (_SUBDOMAIN, 253))
    found = []
    if not pattern.fullmatch(key.name) or len(key.name) > limit:
        found.append(
            f"metadata.name: Invalid value: {key.name!r}: at most {limit} of {pattern.pattern}"
        )
    for name, value in labels(manifest).items():
        if not isinstance(value, str) or len(value) > _LABEL_LIMIT:
            found.append(f"metadata.labels: Invalid value: {value!r} of {name}: a string up to 63")
        elif not _LABEL_VALUE.fullmatch(value):
            found.append(f"metadata.labels: Invalid value: {value!r} of {name}")
    found += [
        f"metadata.annotations: Invalid value: {value!r} of {name}: must be a string"
        for name, value in annotations(manifest).items()
        if not isinstance(value, str)
    ]
    size = sum(len(name) + len(str(each)) for name, each in annotations(manifest).items())
    if size > _ANNOTATIONS_LIMIT:
        found.append(f"metadata.annotations: Too long: {size} bytes; 262144 at most")
    return found

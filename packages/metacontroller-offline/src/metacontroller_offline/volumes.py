"""What the API server fills in for the volumes of Pods; recorded from a real one (1.34.4)."""

from collections.abc import Mapping

from metacontroller_offline.objects import Json, Manifest

_MODE = 0o644
_DEFAULTS: Mapping[str, Mapping[str, Json]] = {
    "configMap": {"defaultMode": _MODE},
    "secret": {"defaultMode": _MODE},
    "downwardAPI": {"defaultMode": _MODE},
    "projected": {"defaultMode": _MODE},
    "hostPath": {"type": ""},
    "iscsi": {"iscsiInterface": "default"},
    "azureDisk": {
        "kind": "Shared",
        "cachingMode": "ReadWrite",
        "fsType": "ext4",
        "readOnly": False,
    },
}


def with_defaults(volume: Manifest) -> Manifest:
    """Return a volume with its defaults; one without a source is an emptyDir."""
    if len(volume) == 1:
        return {**volume, "emptyDir": {}}
    filled = {
        key: {**_DEFAULTS[key], **each} if key in _DEFAULTS else each
        for key, each in volume.items()
    }
    for source in (filled.get("projected") or {}).get("sources") or []:
        token = source.get("serviceAccountToken")
        if token is not None:
            token.setdefault("expirationSeconds", 3600)
    for item in (filled.get("downwardAPI") or {}).get("items") or []:
        if "fieldRef" in item:
            item["fieldRef"].setdefault("apiVersion", "v1")
    if "ephemeral" in filled:
        template = filled["ephemeral"].get("volumeClaimTemplate") or {}
        template.get("spec", {}).setdefault("volumeMode", "Filesystem")
    return filled

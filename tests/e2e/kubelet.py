"""The configurations of a real node's own programs: kubelet, kube-proxy and CoreDNS."""

import json
from pathlib import Path

import containerd
import network

NODE = "real"
"""The node's name."""
PODS_AT_ONCE = 200


def kubelet(directory: Path, kubeconfig: Path) -> list[str]:
    """Write the kubelet's configuration into `directory`; return its arguments."""
    file = directory / "kubelet.json"
    file.write_text(json.dumps(_kubelet(directory)))
    return [
        f"--config={file}",
        f"--kubeconfig={kubeconfig}",
        f"--root-dir={directory / 'kubelet'}",
        f"--cert-dir={directory / 'kubelet-certificates'}",
        f"--hostname-override={NODE}",
        f"--node-ip={network.ADDRESS}",
    ]


def kube_proxy(directory: Path, kubeconfig: Path) -> list[str]:
    """Write kube-proxy's configuration into `directory`; return its arguments."""
    file = directory / "kube-proxy.json"
    configuration = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "hostnameOverride": NODE,
        "clientConnection": {"kubeconfig": str(kubeconfig)},
        "clusterCIDR": network.PODS,
        # Pods of one bridge answer each other past the address translation otherwise.
        "nftables": {"masqueradeAll": True, "minSyncPeriod": "0s", "syncPeriod": "30s"},
        # Zero leaves the machine's own settings as they are.
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
        "healthzBindAddress": f"{network.ADDRESS}:10256",
        "metricsBindAddress": f"{network.ADDRESS}:10249",
    }
    file.write_text(json.dumps(configuration))
    return [f"--config={file}"]


def coredns(directory: Path, kubeconfig: Path) -> list[str]:
    """Write CoreDNS' configuration into `directory`; return its arguments."""
    file = directory / "Corefile"
    file.write_text(
        f"""
.:53 {{
  bind {network.ADDRESS}
  errors
  kubernetes cluster.local {{
    kubeconfig {kubeconfig}
  }}
  forward . /etc/resolv.conf
}}
"""
    )
    return [f"-conf={file}"]


def _kubelet(directory: Path) -> dict:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "containerRuntimeEndpoint": f"unix://{containerd.SOCKET}",
        "address": network.ADDRESS,
        "healthzPort": 0,
        "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
        "clusterDNS": [network.ADDRESS],
        "clusterDomain": "cluster.local",
        "podLogsDir": str(directory / "pod-logs"),
        "maxPods": PODS_AT_ONCE,
        "serializeImagePulls": False,
        "registryPullQPS": 0,
        "makeIPTablesUtilChains": False,
        # Pods ask for more than the machine has; manifests/real-node.yaml pretends it.
        "localStorageCapacityIsolation": False,
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
        },
        "imageGCHighThresholdPercent": 100,
        # What follows lets it run without CAP_SYS_RESOURCE, in a cgroup of whatever machine.
        "cgroupDriver": "cgroupfs",
        "cgroupsPerQOS": False,
        "enforceNodeAllocatable": [],
        "failSwapOn": False,
        "failCgroupV1": False,
        "oomScoreAdj": 0,
        "featureGates": {
            "KubeletInUserNamespace": True,
            # Without a cgroup for each Pod the kubelet crashes where it compares their sizes.
            "InPlacePodVerticalScaling": False,
        },
    }

"""BuildKit, rootless, in one Pod: the daemon lives as long as the build.

It starts its steps in a user namespace of its own, so it needs `newuidmap` (SETUID, SETGID) and
neither `allowPrivilegeEscalation: false` nor the RuntimeDefault seccomp profile. Pod Security
*baseline* admits it; no builder fits *restricted*.
"""

from hooks.names import build_cache
from hooks.platform.builders.types import FILES, Build, Builder, Registry

_USER = 1000
_STATE = "/home/user/.local/share/buildkit"


def make_builder(build: Build, *, image: str, registry: Registry) -> Builder:
    """Return the Pod's parts that run `build` with the builder image `image`."""
    insecure = ",registry.insecure=true" if registry.insecure else ""
    cache = f"type=registry,ref={build_cache(build.image)}{insecure}"
    flags = "--oci-worker-no-process-sandbox"
    daemon = _daemon(registry)
    return Builder(
        container={
            "image": image,
            "command": ["buildctl-daemonless.sh"],
            "args": [
                "build",
                "--progress=plain",
                "--frontend=dockerfile.v0",
                f"--local=context={build.context}",
                f"--local=dockerfile={build.dockerfile}",
                *(f"--opt=build-arg:{key}={value}" for key, value in sorted(build.args.items())),
                f"--output=type=image,name={build.image},push=true{insecure}",
                f"--export-cache={cache},mode=max,ignore-error=true",
                f"--import-cache={cache}",
            ],
            "env": [
                {
                    "name": "BUILDKITD_FLAGS",
                    "value": f"{flags} --config={FILES}/buildkitd.toml" if daemon else flags,
                }
            ],
            "securityContext": {
                "runAsUser": _USER,
                "runAsGroup": _USER,
                "runAsNonRoot": True,
                "capabilities": {"drop": ["ALL"], "add": ["SETUID", "SETGID"]},
            },
            "volumeMounts": [{"name": "builder-state", "mountPath": _STATE}],
        },
        volumes=[{"name": "builder-state", "emptyDir": {}}],
        pod_security_context={"fsGroup": _USER},
        files={**build.files, **daemon},
    )


def _daemon(registry: Registry) -> dict[str, str]:
    """Return the daemon's configuration, where the registry or its mirrors need one."""
    host = registry.url.partition("/")[0]
    sections = [
        *(
            f'[registry."{other}"]\n  mirrors = ["{mirror}"]\n'
            for other, mirror in sorted(registry.mirrors.items())
        ),
        *(
            [f'[registry."{host}"]\n  http = true\n  insecure = true\n']
            if registry.insecure
            else []
        ),
    ]
    return {"buildkitd.toml": "".join(sections)} if sections else {}

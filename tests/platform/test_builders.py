"""Builders: what each is given, what it may do, and that nothing a user writes reaches a shell."""

import subprocess
from pathlib import Path

import pytest

from hooks.platform.builders import BUILDERS, WITH_SECRETS, Build, make_builder
from hooks.platform.registry import Registry
from hooks.settings import BuilderSettings, InvalidSettingsError, load

IMAGE = "registry.example.com/substratus/model-team-opt:0123456789"
BUILD = Build(
    IMAGE,
    context="/workspace/source/a",
    dockerfile="/workspace/source/a",
    args={"BASE_IMAGE": "base:1"},
    files={"Dockerfile": "FROM x\n"},
)
PEM = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"
HOST = "registry.example.com"
every = pytest.mark.parametrize("type_", BUILDERS)


def builder(type_, registry=None, *, build=BUILD, **choice):
    url = {"url": f"{HOST}/substratus"}
    return make_builder(
        build, BuilderSettings(type=type_, **choice), Registry(**url, **(registry or {}))
    )


def args(found):
    return [*found.container["command"], *found.container["args"]]


def context(found):
    return found.container["securityContext"]


def test_there_are_three():
    assert set(BUILDERS) == {"buildkit", "buildah", "kaniko"}


@every
def test_what_it_gives_a_pod_is_that_of_the_file(type_, golden):
    found = builder(type_, {"ca": PEM, "pushSecret": "push"})
    given = {
        "container": found.container,
        "volumes": found.volumes,
        "pod": found.pod(),
        "files": dict(found.files),
        "filesMounts": found.files_mounts(),
        "filesVolumes": found.files_volumes("opt-model-builder"),
    }
    golden(Path(__file__).parent / "builders" / f"{type_}.yaml", given)


@every
def test_the_image_and_its_arguments_are_given(type_):
    given = " ".join(args(builder(type_)))
    assert IMAGE in given
    assert "BASE_IMAGE=base:1" in given
    assert "/workspace/source/a" in given


@every
def test_layers_are_kept_beside_the_image(type_):
    assert "registry.example.com/substratus/model-team-opt" in " ".join(
        each for each in args(builder(type_)) if "cache" in each
    )


@every
def test_layers_are_not_kept_where_nobody_wants_them(type_):
    assert not [each for each in args(builder(type_, cache=False)) if "cache" in each]


@every
def test_an_image_of_the_settings_own_is_taken(type_):
    assert builder(type_, image="own:1").container["image"] == "own:1"


@every
def test_each_has_an_image_of_its_own_with_a_version(type_):
    tagged = builder(type_).container["image"].partition("@")[0]
    assert tagged.rpartition(":")[2].startswith("v")


@every
def test_the_files_of_the_build_are_there(type_):
    assert builder(type_).files["Dockerfile"] == "FROM x\n"


@every
def test_a_builder_needs_no_privilege_and_keeps_baseline(type_):
    """As https://kubernetes.io/docs/concepts/security/pod-security-standards/ says."""
    allowed = {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"),
        *("NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    }
    found = context(builder(type_))
    assert "privileged" not in found
    assert found["capabilities"]["drop"] == ["ALL"]
    assert set(found["capabilities"]["add"]) <= allowed
    assert found.get("seccompProfile", {}).get("type") != "Unconfined"


@pytest.mark.parametrize("type_", ["buildkit", "buildah"])
def test_in_a_user_namespace_a_builder_is_not_root(type_):
    found = context(builder(type_))
    assert (found["runAsUser"], found["runAsNonRoot"]) == (1000, True)
    assert found["capabilities"]["add"] == ["SETUID", "SETGID"]
    assert "seccompProfile" not in found
    assert builder(type_).pod_security_context == {"fsGroup": 1000}


def test_kaniko_is_root_and_can_gain_nothing():
    found = context(builder("kaniko"))
    assert found["runAsUser"] == 0
    assert found["allowPrivilegeEscalation"] is False
    assert found["seccompProfile"] == {"type": "RuntimeDefault"}


@every
def test_a_seccomp_profile_of_the_nodes_is_taken(type_):
    found = context(builder(type_, seccomp_profile="profiles/builder.json"))
    assert found["seccompProfile"] == {
        "type": "Localhost",
        "localhostProfile": "profiles/builder.json",
    }


@every
def test_the_password_of_the_registry_is_a_file(type_):
    found = builder(type_, {"push_secret": "registry"})
    env = {each["name"]: each["value"] for each in found.container["env"]}
    assert env["DOCKER_CONFIG"] == "/etc/docker-config"
    assert {
        "name": "docker-config",
        "secret": {
            "secretName": "registry",
            "items": [{"key": ".dockerconfigjson", "path": "config.json"}],
        },
    } in found.volumes


@every
def test_without_a_secret_nothing_asks_for_one(type_):
    assert "docker-config" not in str(builder(type_))


INSECURE = {
    "buildkit": [
        f"--output=type=image,name={IMAGE},push=true,registry.insecure=true",
    ],
    "buildah": ["--tls-verify=false"],
    "kaniko": [f"--insecure-registry={HOST}", f"--skip-tls-verify-registry={HOST}"],
}


@every
def test_a_builder_knows_a_registry_without_tls(type_):
    assert set(INSECURE[type_]) <= set(args(builder(type_, {"insecure": True})))


AUTHORITY = {
    "buildkit": f'[registry."{HOST}"]\n  ca = ["/etc/builder/registry-ca.crt"]\n',
    "buildah": "--cert-dir=/etc/builder",
    "kaniko": f"--registry-certificate={HOST}=/etc/builder/registry-ca.crt",
}


@every
def test_a_registry_with_an_authority_of_its_own_is_believed(type_):
    found = builder(type_, {"ca": PEM})
    assert found.files["registry-ca.crt"] == PEM
    assert AUTHORITY[type_] in [*args(found), found.files.get("buildkitd.toml")]


MIRROR = {
    "buildkit": '[registry."docker.io"]\n  mirrors = ["mirror:5000"]\n',
    "buildah": (
        'unqualified-search-registries = ["docker.io"]\n[[registry]]\nlocation = "docker.io"\n'
        '[[registry.mirror]]\nlocation = "mirror:5000"\n'
    ),
    "kaniko": "--registry-map=index.docker.io=mirror:5000",
}


@every
def test_a_mirror_stands_in_for_another_registry(type_):
    found = builder(type_, {"mirrors": {"docker.io": "mirror:5000"}})
    assert MIRROR[type_] in [*args(found), *found.files.values()]


HOSTILE = "'; touch /tmp/owned; echo $(touch /tmp/owned) `touch /tmp/owned`"


def test_what_a_user_writes_never_reaches_the_shell_of_buildah(tmp_path):
    """The script is run with a buildah that writes down its arguments."""
    log = tmp_path / "log"
    fake = tmp_path / "buildah"
    fake.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {log}\n')
    fake.chmod(0o755)
    build = Build(f"r/{HOSTILE}:1", context=HOSTILE, dockerfile=HOSTILE, args={"A": HOSTILE})
    found = builder("buildah", build=build)
    subprocess.run(args(found), env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True)
    given = log.read_text().splitlines()
    assert f"--build-arg=A={HOSTILE}" in given
    digest = "--digestfile=/dev/termination-log"
    assert given[-4:] == ["push", "--tls-verify=true", digest, f"r/{HOSTILE}:1"]
    assert HOSTILE not in found.container["command"]


DIGEST = f"sha256:{'5d' * 32}"
METADATA = f"""{{
  "containerimage.config.digest": "sha256:{"0" * 64}",
  "containerimage.descriptor": {{"digest": "{DIGEST}", "size": 480}},
  "containerimage.digest": "{DIGEST}",
  "image.name": "r/x:1"
}}
"""
"""As BuildKit writes it."""


def built_with_buildkit(tmp_path, build):
    """Run the container's command with a BuildKit that writes down its arguments."""
    fake = tmp_path / "buildctl-daemonless.sh"
    fake.write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {tmp_path}/log\n"
        f"cat > {tmp_path}/metadata.json << 'END'\n{METADATA}END\n"
    )
    fake.chmod(0o755)
    state = "/home/user/.local/share/buildkit"
    command = [
        each.replace(state, str(tmp_path)).replace("/dev/termination-log", f"{tmp_path}/message")
        for each in args(builder("buildkit", build=build))
    ]
    subprocess.run(command, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True)
    return (tmp_path / "log").read_text().splitlines(), (tmp_path / "message").read_text()


def test_what_a_user_writes_never_reaches_the_shell_of_buildkit(tmp_path):
    build = Build(f"r/{HOSTILE}:1", context=HOSTILE, dockerfile=HOSTILE, args={"A": HOSTILE})
    given, _ = built_with_buildkit(tmp_path, build)
    assert f"--opt=build-arg:A={HOSTILE}" in given


def test_buildkit_ends_with_the_digest_alone(tmp_path):
    assert built_with_buildkit(tmp_path, BUILD)[1] == f"{DIGEST}\n"


@every
def test_a_builder_says_what_it_pushed(type_):
    assert "/dev/termination-log" in " ".join(args(builder(type_)))


def test_kaniko_has_no_shell():
    assert not any(each.rpartition("/")[2] == "sh" for each in args(builder("kaniko")))


SECRETS = Build(
    IMAGE, context="/c", dockerfile="/d", secrets=[("pip", "tokens", "a"), ("npm", "tokens", "b")]
)
with_secrets = pytest.mark.parametrize("type_", sorted(WITH_SECRETS))


@with_secrets
def test_a_secret_is_a_file_that_the_builder_finds(type_):
    found = builder(type_, build=SECRETS)
    mount = {"name": "build-secrets", "mountPath": "/etc/build-secrets", "readOnly": True}
    assert "--secret=id=pip,src=/etc/build-secrets/pip" in args(found)
    assert mount in found.container["volumeMounts"]


@with_secrets
def test_a_secret_is_in_no_variable_and_no_build_argument(type_):
    found = builder(type_, build=SECRETS)
    assert "tokens" not in str(found.container)


@with_secrets
def test_of_a_secret_only_the_keys_that_are_asked_for_are_mounted(type_):
    volume = next(each for each in builder(type_, build=SECRETS).volumes if "projected" in each)
    assert volume["projected"]["sources"] == [
        {"secret": {"name": "tokens", "items": [{"key": key, "path": name}]}}
        for name, key in (("pip", "a"), ("npm", "b"))
    ]


def test_a_mirror_is_a_host_and_nothing_else():
    settings = 'registry: {mirrors: {docker.io: "a\\"]\\n[worker.oci]"}}'
    with pytest.raises(InvalidSettingsError, match=r"registry\.mirrors\.docker\.io"):
        load(settings, source="settings")

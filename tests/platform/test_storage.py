"""Storages: the addresses that they write, how Pods reach these, and who reads what is old."""

import pytest

from hooks.platform.storage import (
    STORAGES,
    Storage,
    StorageSettings,
    UnknownStorageError,
    for_url,
    volumes,
)

PATH = "team/squad/57d84aa0a6/data/squad.jsonl"
KINDS = {
    "pvc": {},
    "gcs": {"gcs": {"bucket": "my-bucket"}},
    "s3": {"s3": {"bucket": "my-bucket", "claimName": "bucket"}},
    "azure": {"azure": {"account": "mine", "container": "data", "claimName": "container"}},
}
URLS = {
    "pvc": f"pvc://squad-dataset/{PATH}",
    "gcs": f"gs://my-bucket/{PATH}",
    "s3": f"s3://my-bucket/{PATH}",
    "azure": f"https://mine.blob.core.windows.net/data/{PATH}",
}
every = pytest.mark.parametrize("kind", KINDS)


def settings(kind, **others):
    return StorageSettings.model_validate({"type": kind, **KINDS[kind], **others})


def directory(kind):
    return URLS[kind].rpartition("/")[0]


def mount(kind, *, read_only=True, **others):
    return settings(kind, **others).mount(
        directory(kind), name="data", at="/data", read_only=read_only
    )


def test_there_are_four():
    assert set(STORAGES) == set(KINDS)


@every
def test_the_address_of_a_file(kind):
    assert settings(kind).chosen.url(PATH, claim="squad-dataset") == URLS[kind]


@every
def test_an_address_says_which_storage_wrote_it(kind):
    assert for_url(URLS[kind]) is STORAGES[kind]


@every
def test_what_another_storage_wrote_is_read_as_long_as_the_settings_have_it(kind):
    sections = {key: value for each in KINDS.values() for key, value in each.items()}
    both = StorageSettings.model_validate({"type": "pvc", **sections})
    assert both.problem(directory(kind)) is None


@pytest.mark.parametrize("kind", ["gcs", "s3", "azure"])
def test_what_the_settings_no_longer_have_is_reported(kind):
    alone = StorageSettings()
    assert alone.problem(directory(kind)) == (
        f"The settings have no storage that reaches {directory(kind)!r}."
    )


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://a/b/c", "gs://b", "s3:///a", "pvc://", "https://example.com/a/b"]
)
def test_an_address_of_no_storage_is_refused(url):
    with pytest.raises(UnknownStorageError) as refused:
        for_url(url)
    assert str(refused.value) == f"No storage writes the address {url!r}."


def test_another_bucket_of_s3_is_not_reached():
    assert "bucket my-bucket in storage.s3" in settings("s3").problem("s3://other/a/b/c")


def test_another_container_of_azure_is_not_reached():
    url = "https://other.blob.core.windows.net/data/a/b"
    assert "have mine and data in storage.azure" in settings("azure").problem(url)


def test_a_claim_is_mounted_at_its_path():
    found = mount("pvc")
    assert found.volume == {
        "name": "data",
        "persistentVolumeClaim": {"claimName": "squad-dataset"},
    }
    assert found.volume_mount == {
        "name": "data",
        "mountPath": "/data",
        "subPath": "team/squad/57d84aa0a6/data",
        "readOnly": True,
    }


def test_a_bucket_of_google_is_mounted_inline_and_annotated():
    found = mount("gcs")
    assert found.volume == {
        "name": "data-data",
        "csi": {
            "driver": "gcsfuse.csi.storage.gke.io",
            "readOnly": True,
            "volumeAttributes": {
                "bucketName": "my-bucket",
                "mountOptions": "implicit-dirs,only-dir=team/squad/57d84aa0a6/data",
            },
        },
    }
    assert found.volume_mount == {"name": "data-data", "mountPath": "/data", "readOnly": True}
    assert found.pod_annotations == {"gke-gcsfuse/volumes": "true"}


def test_a_bucket_of_google_that_is_written_to_is_open_to_any_user_of_the_image():
    options = mount("gcs", read_only=False).volume["csi"]["volumeAttributes"]["mountOptions"]
    assert options == (
        "implicit-dirs,rename-dir-limit=200000,file-mode=777,dir-mode=777,"
        "only-dir=team/squad/57d84aa0a6/data"
    )


def test_two_directories_of_a_bucket_of_google_are_two_volumes():
    chosen = settings("gcs")
    mounts = [
        chosen.mount(f"gs://b-b/a/{each}", name="run", at="/x", read_only=True)
        for each in ("trained", "logs")
    ]
    assert [each["name"] for each in volumes(mounts)] == ["run-trained", "run-logs"]


@pytest.mark.parametrize(("kind", "claim"), [("s3", "bucket"), ("azure", "container")])
def test_what_an_administrator_mounts_is_used_by_its_path(kind, claim):
    found = mount(kind)
    assert found.volume == {"name": "data", "persistentVolumeClaim": {"claimName": claim}}
    assert found.volume_mount["subPath"] == "team/squad/57d84aa0a6/data"
    assert settings(kind).given_claims() == [claim]


def test_a_container_of_azure_is_mounted_inline_with_a_secret():
    azure = {"account": "mine", "container": "data", "secretName": "account"}
    found = mount("azure", azure=azure)
    assert found.volume == {
        "name": "data",
        "csi": {
            "driver": "blob.csi.azure.com",
            "readOnly": True,
            "volumeAttributes": {
                "containerName": "data",
                "secretName": "account",
                "mountOptions": "-o allow_other --file-cache-timeout-in-seconds=120",
            },
        },
    }
    assert found.volume_mount["subPath"] == "team/squad/57d84aa0a6/data"


@every
def test_only_claims_of_the_objects_own_are_theirs(kind):
    assert for_url(URLS[kind]).claim(URLS[kind]) == ("squad-dataset" if kind == "pvc" else None)


def test_only_s3_writes_a_file_once():
    assert [name for name, kind in STORAGES.items() if kind.writes_once] == ["s3"]


def test_a_storage_is_a_section_of_the_settings():
    assert all(issubclass(each, Storage) for each in STORAGES.values())

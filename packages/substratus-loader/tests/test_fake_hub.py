import os
import subprocess
import sys

import pytest
from huggingface_hub import HfApi, set_client_factory, snapshot_download
from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.utils._http import default_client_factory
from substratus_loader.testing import Content

WEIGHTS = Content(length=3_000_000, seed=11)


@pytest.fixture(autouse=True)
def hubs_own_client():
    set_client_factory(default_client_factory)
    yield
    set_client_factory(default_client_factory)


def test_the_hubs_client_loads_a_snapshot(hub, tmp_path):
    hub.add("org/name", {"sub/config.json": b"{}", "model.safetensors": WEIGHTS})
    found = snapshot_download("org/name", endpoint=hub.url, cache_dir=tmp_path, token=False)
    assert Content(path=tmp_path / found / "model.safetensors").sha256 == WEIGHTS.sha256
    assert (tmp_path / found / "sub" / "config.json").read_bytes() == b"{}"


def test_the_hubs_client_raises_what_it_raises_of_the_real_one(hub):
    hub.add("org/gated", {"config.json": b"{}"}, gated=True)
    hub.tokens["hf_a"] = False
    api = HfApi(endpoint=hub.url, token="hf_a")
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("org/gone")
    with pytest.raises(RevisionNotFoundError):
        api.model_info("org/gated", revision="v2")
    with pytest.raises(GatedRepoError):
        api.hf_hub_download("org/gated", "config.json")


def test_a_folder_that_is_listed_alone_has_its_folders(hub):
    hub.add("org/name", {"a.txt": b"a", "sub/b.txt": b"b", "sub/c/d.txt": b"d"}, kind="dataset")
    api = HfApi(endpoint=hub.url, token=False)
    found = api.list_repo_tree("org/name", "sub", repo_type="dataset")
    assert sorted(entry.path for entry in found) == ["sub/b.txt", "sub/c"]


def test_a_directory_is_served_by_a_command(loader, tmp_path):
    repository = tmp_path / "hub" / "models" / "org" / "name"
    repository.mkdir(parents=True)
    (repository / "model.gguf").write_bytes(b"weights")
    command = [sys.executable, "-m", "substratus_loader.testing.fake_hub", tmp_path / "hub"]
    with subprocess.Popen(
        [*command, "--port=0", "--token=hf_a", "--private=org/name"],
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"]},
    ) as served:
        endpoint = served.stdout.readline().partition("=")[2].partition(",")[0]
        allow = ("--allow=hf://", "--allow=http://127.0.0.1", "--allow=http://127.0.0.2")
        ended = loader.run("hf://org/name", *allow, HF_ENDPOINT=endpoint, HF_TOKEN="hf_a")
        served.kill()
    assert ended.code == 0, ended.log
    assert loader.files() == {"model.gguf": b"weights"}

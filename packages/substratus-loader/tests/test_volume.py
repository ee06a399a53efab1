import os

import pytest
from substratus_loader.failures import FailureError
from substratus_loader.sources.volume import list_files
from substratus_loader.urls import VolumeUrl


@pytest.fixture
def claim(tmp_path):
    claim = tmp_path / "source"
    (claim / "llama" / "sub").mkdir(parents=True)
    (claim / "llama" / "model.gguf").write_bytes(b"weights" * 1000)
    (claim / "llama" / "sub" / "notes.txt").write_bytes(b"notes")
    return claim


@pytest.fixture
def load(loader, claim):
    def load(url, *flags):
        return loader.run(url, "--allow=pvc://claim", f"--source={claim}", *flags)

    return load


def test_a_directory_of_a_claim_is_a_model(loader, load):
    ended = load("pvc://claim/llama")
    assert ended.report["file"] == "model.gguf"
    assert loader.files() == {"model.gguf": b"weights" * 1000, "sub/notes.txt": b"notes"}


def test_a_file_of_a_claim_is_a_dataset(loader, load):
    ended = load("pvc://claim/llama/sub/notes.txt", "--kind=dataset", "--filename=x.txt")
    assert ended.code == 0
    assert loader.files() == {"x.txt": b"notes"}


def test_a_link_within_the_claim_is_followed(loader, claim, load):
    (claim / "latest").symlink_to("llama")
    assert load("pvc://claim/latest").code == 0
    assert set(loader.files()) == {"model.gguf", "sub/notes.txt"}


@pytest.mark.parametrize("name", ["token.txt", "sub/token.txt"])
def test_a_link_that_leads_out_of_the_claim_is_refused(loader, claim, load, tmp_path, name):
    (tmp_path / "secret").write_text("secret")
    (claim / "llama" / name).symlink_to(tmp_path / "secret")
    ended = load("pvc://claim/llama")
    assert (ended.code, ended.message) == (
        78,
        f"pvc://claim/llama ({name}) is a link that leads out of the claim. Leave it out.",
    )
    assert b"secret" not in loader.files().values()


def test_a_file_that_changes_meanwhile_is_a_failure_of_its_own(claim):
    (file,) = list_files(VolumeUrl("claim", "llama/model.gguf"), claim).files

    def read():
        with file.fetch(0) as stream:
            (claim / "llama" / "model.gguf").write_bytes(b"other")
            list(stream.chunks)

    with pytest.raises(FailureError, match="changed while it was loaded") as failure:
        read()
    assert failure.value.code == 76


def test_a_path_that_is_missing_is_named(load):
    ended = load("pvc://claim/gone")
    assert (ended.code, ended.message) == (
        66,
        "pvc://claim/gone does not exist, or has no files.",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_what_to_change(claim, load):
    (claim / "llama" / "model.gguf").chmod(0)
    assert load("pvc://claim/llama").code == 77


def test_another_claim_is_not_read_unless_the_settings_allow_it(load):
    assert load("pvc://another/llama").code == 78

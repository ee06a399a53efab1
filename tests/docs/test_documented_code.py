"""The code and the objects in the documents do what the documents say."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest
import yaml
from documents import BLOCKS, PAGES, ROOT, blocks, sh_commands

from hooks import names
from substratus.objects import KINDS
from tools import files

CONTRACT = "docs/container-contract.md"
OBJECTS = [
    (block.page, document)
    for block in blocks("yaml")
    for document in yaml.safe_load_all(block.text)
    if document.get("apiVersion") == "substratus.ai/v1"
]


def runnable(page):
    return [each for each in blocks("python") if each.page == page and each.file is None]


@pytest.mark.parametrize("page", [page for page in PAGES if runnable(page)])
def test_the_python_of_a_page_runs(page):
    code = "".join(each.text for each in runnable(page))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("page", "found"),
    [
        pytest.param(*each, id=f"{each[1]['kind']} {each[1]['metadata']['name']}")
        for each in OBJECTS
    ],
)
def test_an_object_in_a_document_is_legal(page, found):
    placed = {**found, "metadata": {"namespace": "default", **found["metadata"]}}
    KINDS[found["kind"]].model_validate(placed)


def test_the_server_of_the_contract_is_reached_by_the_name_of_its_service():
    (server,) = [each for _, each in OBJECTS if each["kind"] == "ModelServer"]
    (forward,) = [words for _, words in sh_commands() if words[1] == "port-forward"]
    assert forward[2] == f"service/{names.server(server['metadata']['name'])}"


@pytest.fixture
def example(tmp_path):
    """Return a directory with the contract's files, which stands for the root of their images."""
    for block in BLOCKS:
        if block.page == CONTRACT and block.file not in {None, "Dockerfile"}:
            place = "model/" if block.file.startswith("saved/") else ""
            target = tmp_path / f"{place}{block.file.removeprefix('/')}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text.replace("/model/", f"{tmp_path}/model/"))
    (tmp_path / "model/trained").mkdir()
    return tmp_path


def script(example, name, **variables):
    # A script begins with #!/bin/sh and is executable in the image; here sh reads it.
    return subprocess.run(
        ["sh", example / name],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
    )


def loaded(example):
    path = example / "numbers.jsonl"
    script(example, "load.sh", LOAD_DATA_PATH=str(path))
    return path


def trained(example, limit):
    path = str(loaded(example))
    script(example, "train.sh", TRAIN_DATA_PATH=path, TRAIN_DATA_LIMIT=str(limit))
    return json.loads((example / "model/trained/next.json").read_text())


@contextmanager
def served(example):
    """Yield the address of `serve.sh`, on a free port in the place of 8080."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    source = example / "model/src/serve.py"
    source.write_text(source.read_text().replace('("", 8080)', f'("127.0.0.1", {port})'))
    with subprocess.Popen(["sh", example / "serve.sh"], stderr=subprocess.DEVNULL) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def opened(request):
    until = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310 - our server
                return response.status, response.read()
        except OSError:
            assert time.monotonic() < until, "The server does not answer."
            time.sleep(0.05)


def test_the_loader_of_the_contract_writes_three_lines(example):
    assert len([json.loads(line) for line in loaded(example).read_text().splitlines()]) == 3


def test_the_trainer_of_the_contract_learns_which_word_follows(example):
    assert trained(example, 1000) == {"one": "two", "two": "three", "three": "four", "four": "five"}


def test_the_trainer_of_the_contract_keeps_to_the_limit(example):
    assert trained(example, 1) == {"one": "two", "two": "three"}


def test_the_server_of_the_contract_has_docs(example):
    with served(example) as address:
        assert opened(f"{address}/docs")[0] == 200


def test_the_server_of_the_contract_generates_what_the_document_says(example):
    trained(example, 1000)
    (example / "model/trained/next.json").rename(example / "model/saved/next.json")
    (asked,) = [words[2] for page, words in sh_commands() if words[0] == "curl"]
    with served(example) as address:
        answer = opened(urllib.request.Request(f"{address}/generate", asked.encode()))[1]  # noqa: S310 - our server
    assert f"It answers `{answer.decode()}`." in PAGES[CONTRACT]


def test_the_shown_files_are_those_that_the_dockerfiles_copy():
    pages = [each for each in BLOCKS if each.page == CONTRACT]
    dockerfiles = "".join(each.text for each in pages if each.language == "dockerfile")
    copied = {
        word
        for line in re.findall(r"^COPY (?:--chmod=755 )?(.*) \S+$", dockerfiles, re.MULTILINE)
        for word in line.split()
    }
    written = {each.file.removeprefix("/model/src/") for each in pages if each.file}
    assert copied == {each.replace("next.json", "") for each in written - {"Dockerfile"}}


def test_the_generated_pages_are_among_those_that_are_read():
    assert {str(path) for path in files() if str(path).endswith(".md")} <= PAGES.keys()

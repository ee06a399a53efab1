"""`kubectl open notebook --sync` on a real node, as a new user would, and what breaks meanwhile."""

import contextlib
import hashlib
import os
import signal
import subprocess
import time
from pathlib import Path

import httpx
import jupyter_page
import pytest
import yaml
from failing import wait_ready, words_model
from plugin_command import Command
from processes import ROOT
from readiness import EXAMPLES

PLACE = "opened"
NOTEBOOK = "char"
POD = "char-notebook-0"
PICTURE = ROOT / "docs" / "images" / "notebook.png"
BUILD = 900
"""Seconds for the image, on a machine that others use too."""
MANY = 5_000
LARGE = 500_000_000


@pytest.fixture(scope="module")
def model(cluster, stack, phase):
    """A namespace with the Model of examples/tiny/ that is built from git."""
    cluster.publish("substratusai/substratus", EXAMPLES.parent, "examples")
    cluster.create_namespace(PLACE)
    documents = yaml.safe_load_all((EXAMPLES / "tiny" / "tiny.yaml").read_text())
    chosen = [
        each
        for each in documents
        if (each["kind"], each["metadata"]["name"]) == ("Model", NOTEBOOK)
    ]
    with phase("a Model, by kubectl open notebook"):
        cluster.apply_objects(*chosen, namespace=PLACE)
    return NOTEBOOK


@pytest.fixture
def picture(request, tmp_path):
    """Where the picture goes: into the documents when golden files are written, too."""
    return PICTURE if request.config.getoption("--update-golden") else tmp_path / PICTURE.name


@pytest.fixture
def work(tmp_path):
    """The person's directory."""
    directory = tmp_path / "work"
    directory.mkdir()
    return directory


@pytest.fixture
def command(cluster, model, work):
    """Runs the command; ends it with the test."""
    with contextlib.ExitStack() as leaving:

        def run(*arguments):
            synced = [f"--directory={work}"] if "--sync" in arguments else []
            place = f"--namespace={PLACE}"
            found = Command(cluster, work.parent, *arguments, place, *synced)
            leaving.callback(found.kill)
            found.wait_for("Ctrl-C ", seconds=BUILD)
            return found

        yield run


def in_pod(cluster, script, *, check=True):
    place = (f"--namespace={PLACE}", "--container=notebook", POD)
    return cluster.kubectl("exec", *place, "--", "sh", "-c", script, check=check)


def wait_until(check, what, *, seconds=120):
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, f"{what} did not come"
        time.sleep(0.2)


def has(cluster, path, content):
    """Return whether a file below /model/src of the notebook has this content."""
    return in_pod(cluster, f"cat /model/src/{path} 2>/dev/null || true", check=False) == content


def notebook(cluster):
    return cluster.get("notebooks", NOTEBOOK, PLACE)[0]


def test_a_new_user_works_in_the_browser(cluster, command, work, picture):
    if why := jupyter_page.why_none():
        pytest.skip(f"no browser: {why}")
    found = command("--model", NOTEBOOK, "--sync")
    wait_until((work / "train.py").exists, "the image's sources")
    with jupyter_page.opened(found.addresses()[0]) as lab:
        lab.enter("src")
        lab.new_notebook()
        printed = lab.run(
            "from pathlib import Path\n"
            "Path('made-in-the-notebook.txt').write_text('from there')\n"
            "print('six times seven is', 6 * 7)"
        )
        lab.save_as("sums.ipynb")
        wait_until((work / "made-in-the-notebook.txt").exists, "what the cell wrote")
        wait_until((work / "sums.ipynb").exists, "the notebook itself")
        (work / "made-here.txt").write_text("from here")
        lab.wait_for_file("made-here.txt")
        lab.picture(picture)
    assert printed == "six times seven is 42"
    assert (work / "made-in-the-notebook.txt").read_text() == "from there"
    assert has(cluster, "made-here.txt", "from here")
    assert found.leave() == 0
    assert notebook(cluster)["spec"]["suspend"] is True
    cluster.wait("no Pod", lambda: not cluster.get("pods", POD, PLACE))


def test_the_work_is_there_again_the_next_time(cluster, command, work):
    found = command(NOTEBOOK, "--sync")
    (work / "kept.txt").write_text("kept")
    assert found.leave() == 0
    (work / "kept.txt").write_text("changed while it was closed")
    command(NOTEBOOK, "--sync")
    wait_until(lambda: has(cluster, "kept.txt", "changed while it was closed"), "the change")
    assert list(work.glob("*.conflict-*")) == []


def test_the_forward_killed_ten_times(command):
    found = command(NOTEBOOK, "--sync")
    address = found.addresses()[0].partition("?")[0]
    for number in range(1, 11):
        (forward,) = found.children("port-forward")
        os.kill(forward, signal.SIGKILL)
        found.wait_for_count("The connection to the notebook is back.", number)
        assert httpx.get(f"{address}api").is_success


def test_the_pod_deleted_while_it_is_open(cluster, command, work):
    found = command(NOTEBOOK, "--sync")
    (work / "before.txt").write_text("before")
    wait_until(lambda: has(cluster, "before.txt", "before"), "a file")
    cluster.kubectl("delete", "pod", POD, f"--namespace={PLACE}", "--grace-period=1")
    (work / "meanwhile.txt").write_text("meanwhile")
    found.wait_for("The notebook's Pod was made again. It has a new address:", seconds=180)
    assert found.addresses()[0] != found.addresses()[-1]
    assert httpx.get(found.addresses()[-1], follow_redirects=True).is_success
    wait_until(lambda: has(cluster, "meanwhile.txt", "meanwhile"), "what was written meanwhile")
    assert has(cluster, "before.txt", "before")


def test_the_api_server_restarted_while_it_is_open(cluster, command, work):
    found = command(NOTEBOOK, "--sync")
    server = next(each for each in cluster.programs if each.name == "kube-apiserver")
    server.kill()
    (work / "meanwhile.txt").write_text("without a server")
    time.sleep(3)
    server.start()
    cluster.wait(
        "the API server", lambda: "ok" in cluster.kubectl("get", "--raw=/readyz", check=False)
    )
    wait_until(lambda: has(cluster, "meanwhile.txt", "without a server"), "the file")
    wait_until(lambda: answers(found), "the forward")
    assert found.leave() == 0


def answers(found):
    try:
        return httpx.get(f"{found.addresses()[-1].partition('?')[0]}api").is_success
    except httpx.HTTPError:
        return False


def test_a_file_changed_on_both_sides(cluster, command, work):
    found = command(NOTEBOOK, "--sync")
    (work / "both.py").write_text("old")
    wait_until(lambda: has(cluster, "both.py", "old"), "the file")
    assert found.leave() == 0
    (work / "both.py").write_text("the local one")
    found = command(NOTEBOOK)  # without --sync nothing is brought over
    in_pod(cluster, "printf 'the one of the notebook' > /model/src/both.py")
    assert found.leave() == 0
    found = command(NOTEBOOK, "--sync")
    found.wait_for("both.py changed on both sides.")
    wait_until(lambda: has(cluster, "both.py", "the one of the notebook"), "the newer one")
    (kept,) = work.glob("both.conflict-local-*.py")
    assert kept.read_text() == "the local one"
    wait_until(lambda: has(cluster, kept.name, "the local one"), "the older one, there too")


def test_a_full_local_disk(cluster, command, work):
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(work)]
    subprocess.run(mount, check=True)
    try:
        found = command(NOTEBOOK, "--sync")
        in_pod(cluster, "head -c 8000000 /dev/zero > /model/src/big.bin")
        found.wait_for("This machine's side failed: the disk is full.")
        (work / "small.txt").write_text("1")
        wait_until(lambda: has(cluster, "small.txt", "1"), "the other direction")
        assert found.leave() == 1
        assert "Nothing here was lost" in found.said
        assert notebook(cluster)["spec"]["suspend"] is True
    finally:
        subprocess.run(["umount", "--lazy", str(work)], check=True)
        found = command(NOTEBOOK, "--sync")
        in_pod(cluster, "rm -f /model/src/big.bin")
        found.leave()


def test_many_files(cluster, command, work, phase):
    found = command(NOTEBOOK, "--sync")
    for number in range(MANY):
        file = work / "many" / str(number % 50) / f"{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(number))
    count = "find /model/src/many -type f | wc -l"
    with phase(f"{MANY} files to the notebook"):
        wait_until(
            lambda: in_pod(cluster, count, check=False).strip() == str(MANY),
            "many files there",
            seconds=300,
        )
    in_pod(cluster, "cp -R /model/src/many /model/src/copy")
    with phase(f"{MANY} files from the notebook"):
        wait_until(lambda: len(files(work / "copy")) == MANY, "many files here", seconds=300)
    in_pod(cluster, "rm -r /model/src/many /model/src/copy")
    with phase(f"{2 * MANY} deletions"):
        wait_until(lambda: not files(work / "copy") + files(work / "many"), "the deletions")
    assert found.leave() == 0


def files(directory: Path) -> list[str]:
    # Unlike rglob it does not mind that a directory goes meanwhile.
    return [each for _, _, names in os.walk(directory) for each in names]


def test_a_large_file_with_flat_memory(cluster, command, work, phase):
    found = command(NOTEBOOK, "--sync")
    (work / "small.txt").write_text("1")
    wait_until(lambda: has(cluster, "small.txt", "1"), "a small file")
    before = found.most_memory()
    with (work / "large.bin").open("wb") as file:
        for _ in range(LARGE // 1_000_000):
            file.write(os.urandom(1_000_000))
    size = "stat -c %s /model/src/large.bin 2>/dev/null || true"
    with phase(f"{LARGE / 1e6:.0f} MB to the notebook"):
        wait_until(
            lambda: in_pod(cluster, size, check=False).strip() == str(LARGE), "it", seconds=300
        )
    ours = digest(work / "large.bin")
    theirs = in_pod(cluster, "sha256sum /model/src/large.bin")
    in_pod(cluster, "cd /model/src && mv large.bin back.bin")
    with phase(f"{LARGE / 1e6:.0f} MB from the notebook"):
        wait_until((work / "back.bin").exists, "it", seconds=300)
    back = digest(work / "back.bin")
    after = found.most_memory()
    in_pod(cluster, "rm /model/src/back.bin")
    print(f"memory of the plugin: {before:.0f} MB before, {after:.0f} MB at most")
    assert ours == theirs.split()[0] == back
    assert after < before + 50
    assert found.leave() == 0


def digest(file):
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def test_an_image_that_cannot_be_pulled(cluster, model, tmp_path):
    words = words_model("unpullable")
    cluster.apply_objects(words, namespace=PLACE)
    wait_ready(cluster, "models", "unpullable", "BuiltAndPushed", PLACE)
    remove_from_registry(cluster.get("models", "unpullable", PLACE)[0]["status"]["containerImage"])
    found = Command(cluster, tmp_path, "--model=unpullable", f"--namespace={PLACE}")
    found.wait_for("Notebook unpullable: ImagePullBackOff: ", seconds=120)
    assert found.end(seconds=180) == 1
    last = found.said.splitlines()[-1]
    assert last.startswith("Error: Notebook unpullable does not start. ImagePullBackOff: ")
    assert "Check the image's name, the registry and its credentials." in last
    assert cluster.get("notebooks", "unpullable", PLACE)[0]["spec"]["suspend"] is True


def remove_from_registry(image):
    """Delete an image as an administrator would who cleans up."""
    repository, _, tag = image.partition("@")[0].partition("/")[2].rpartition(":")
    place = f"http://{image.partition('/')[0]}/v2/{repository}/manifests"
    kinds = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"
    kinds += ", application/vnd.docker.distribution.manifest.v2+json"
    found = httpx.head(f"{place}/{tag}", headers={"Accept": kinds}).raise_for_status()
    httpx.delete(f"{place}/{found.headers['Docker-Content-Digest']}").raise_for_status()

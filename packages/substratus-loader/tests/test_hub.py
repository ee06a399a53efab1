import hashlib
from collections import deque

import pytest
from substratus_loader.testing import Break, Content, Corrupt, Stall, Status

WEIGHTS = Content(length=3_000_000, seed=1)
FILES = {"config.json": b"{}", "model.safetensors": WEIGHTS, "sub/notes.txt": b"notes"}


def test_a_model_is_a_directory_with_the_repositorys_paths(loader, hub, load):
    commit = hub.add("org/name", FILES)
    ended = load("hf://org/name")
    assert ended.code == 0, ended.log
    assert {path: len(data) for path, data in loader.files().items()} == {
        "config.json": 2,
        "model.safetensors": 3_000_000,
        "sub/notes.txt": 5,
    }
    assert ended.report == {
        "bytes": 3_000_007,
        "file": "model.safetensors",
        "files": 3,
        "format": "safetensors",
        "revision": commit,
    }


def test_a_dataset_is_the_one_file_under_its_filename(loader, hub, load):
    hub.add("org/name", {"data/train.jsonl": b"lines"}, kind="dataset")
    ended = load("hf://datasets/org/name/data/train.jsonl", "--kind=dataset", "--filename=x.jsonl")
    assert ended.code == 0, ended.log
    assert loader.files() == {"x.jsonl": b"lines"}
    assert ended.report["sha256"] == hashlib.sha256(b"lines").hexdigest()


def test_a_dataset_of_more_than_one_file_is_refused_with_their_names(hub, load):
    hub.add("org/name", {"a.jsonl": b"a", "b.jsonl": b"b"}, kind="dataset")
    ended = load("hf://datasets/org/name", "--kind=dataset", "--filename=x.jsonl")
    assert (ended.code, ended.message) == (
        64,
        (
            "A Dataset is one file, and hf://datasets/org/name has 2 (a.jsonl, b.jsonl…). Add the"
            " path of one to the URL, or narrow them with `files`."
        ),
    )


def test_patterns_narrow_what_is_loaded(loader, hub, load):
    hub.add("org/name", FILES)
    assert load("hf://org/name", "--files=*.json", "--files=sub/").code == 0
    assert set(loader.files()) == {"config.json", "sub/notes.txt"}


def test_a_pattern_that_nothing_matches_says_which_files_there_are(hub, load):
    hub.add("org/name", FILES)
    ended = load("hf://org/name", "--files=*.gguf")
    assert (ended.code, ended.message) == (
        66,
        (
            "No file of hf://org/name matches *.gguf: it has config.json, model.safetensors,"
            " sub/notes.txt."
        ),
    )


@pytest.mark.parametrize("revision", ["refs%2Fpr%2F1", "refs/pr/1"])
def test_a_revision_with_a_slash_is_read_as_the_hubs_file_system_reads_it(hub, load, revision):
    hub.add("org/name", FILES)
    commit = hub.add("org/name", {"config.json": b"[]"}, revision="refs/pr/1")
    assert load(f"hf://org/name@{revision}").report["revision"] == commit


def test_more_files_than_a_page_of_the_hub_has_are_all_loaded(loader, hub, load):
    hub.page = 3
    hub.add("org/name", {f"{number}.txt": b"x" for number in range(10)})
    assert load("hf://org/name").code == 0
    assert len(loader.files()) == 10


def test_what_broke_off_continues_where_it_ended(hub, load):
    hub.add("org/name", {"model.safetensors": WEIGHTS})
    hub.faults["model.safetensors"] = deque([Break(1_000_000), Break(500_000), Stall(400_000, 4)])
    ended = load("hf://org/name")
    assert ended.report["sha256"] == WEIGHTS.sha256, ended.log
    ranges = [asked for path, asked in hub.requests if path.startswith("/cdn/")]
    assert ranges == [None, "bytes=1000000-", "bytes=1500000-", "bytes=1900000-"]


def test_a_server_that_is_busy_is_asked_again(hub, load):
    hub.add("org/name", {"model.safetensors": WEIGHTS})
    hub.faults["model.safetensors"] = deque([Status(503), Status(429, (("Retry-After", "0"),))])
    ended = load("hf://org/name")
    assert ended.code == 0
    assert "answered 503; asked again in 0.05 s" in ended.log


def test_a_server_that_stays_broken_is_given_up_and_what_is_there_is_kept(loader, hub, load):
    hub.add("org/name", {"model.safetensors": WEIGHTS})
    hub.faults["model.safetensors"] = deque([Break(1_500_000), *[Status(500)] * 8])
    ended = load("hf://org/name")
    assert (ended.code, ended.message) == (
        75,
        (
            "model.safetensors of hf://org/name answered 500, 8 times one after the other. What is"
            " loaded so far is kept; look at the network and at the source."
        ),
    )
    assert [len(data) for data in loader.files().values()] == [1_500_000]
    assert load("hf://org/name").code == 0
    assert hub.requests[-1][1] == "bytes=1500000-"


def test_bytes_that_are_not_the_hubs_are_a_wrong_checksum(loader, hub, load):
    hub.add("org/name", {"model.safetensors": WEIGHTS})
    hub.faults["model.safetensors"] = deque([Corrupt(1_234_567)])
    ended = load("hf://org/name")
    assert ended.code == 65
    assert ended.message.startswith("model.safetensors of hf://org/name has the sha256 ")
    assert ended.message.endswith(
        f", and {WEIGHTS.sha256} is right. It is removed; look at the source."
    )
    assert loader.files() == {}


def test_a_small_file_is_held_to_its_git_object_id(hub, load):
    hub.add("org/name", {"config.json": b"{}"})
    hub.faults["config.json"] = deque([Corrupt(0)])
    ended = load("hf://org/name")
    assert ended.code == 65
    assert "has the git object id" in ended.message


def test_parts_that_went_wrong_before_a_kill_are_loaded_again_from_the_beginning(hub, load):
    hub.add("org/name", {"model.safetensors": WEIGHTS})
    hub.faults["model.safetensors"] = deque([Break(1_500_000), *[Status(500)] * 8])
    load("hf://org/name")
    hub.faults["model.safetensors"] = deque([Corrupt(2_000_000)])
    ended = load("hf://org/name")
    assert ended.code == 0
    assert "loaded again from its beginning" in ended.log


def test_whole_files_of_a_load_that_failed_are_kept(hub, load):
    hub.add("org/name", {"a.safetensors": WEIGHTS, "b.safetensors": Content(length=9, seed=2)})
    hub.faults["b.safetensors"] = deque([Status(404)] * 8)
    assert load("hf://org/name", "--parallel=1").code == 75
    hub.requests.clear()
    assert load("hf://org/name").code == 0
    assert len([path for path, _ in hub.requests if path.startswith("/cdn/")]) == 1


def test_a_revision_that_is_missing_is_named(hub, load):
    hub.add("org/name", FILES)
    ended = load("hf://org/name@v2")
    assert (ended.code, ended.message) == (
        66,
        "hf://org/name has no revision 'v2'. Give a branch, a tag or a commit of it.",
    )


def test_a_path_that_is_missing_is_named(hub, load):
    hub.add("org/name", FILES)
    ended = load("hf://org/name/sub/gone.txt")
    assert (ended.code, ended.message) == (
        66,
        (
            "hf://org/name has no file sub/gone.txt at the revision main. Look at its files on the"
            " Hub."
        ),
    )


def test_a_repository_that_is_missing_may_be_private_to_a_stranger(hub, load):
    ended = load("hf://org/gone")
    assert (ended.code, ended.message) == (
        66,
        (
            "hf://org/gone does not exist, or it is private: then give HF_TOKEN in `spec.env`, from"
            f" a Secret. Look at the name on {hub.url}."
        ),
    )


def test_a_private_repository_is_loaded_with_a_token(hub, load):
    hub.add("org/name", FILES, private=True)
    hub.tokens["hf_good"] = False
    assert load("hf://org/name", HF_TOKEN="hf_good").code == 0


def test_a_token_from_a_secret_may_end_in_a_line_break(hub, load):
    hub.add("org/name", FILES, private=True)
    hub.tokens["hf_good"] = False
    assert load("hf://org/name", HF_TOKEN="hf_good\n").code == 0


def test_a_wrong_token_is_said_without_it(hub, load):
    hub.add("org/name", FILES)
    ended = load("hf://org/name", HF_TOKEN="hf_secret")
    assert (ended.code, ended.message) == (
        77,
        (
            "No access to hf://org/name: the token in HF_TOKEN is not valid, or has no right to"
            " read it. Give a token that may as HF_TOKEN in `spec.env`, from a Secret."
        ),
    )
    assert "hf_secret" not in ended.log


@pytest.mark.parametrize(
    ("token", "why"),
    [("", "there is no HF_TOKEN"), ("hf_a", "the token in HF_TOKEN has not been granted it")],
)
def test_a_gated_repository_says_what_to_accept_and_to_give(hub, load, token, why):
    hub.add("org/name", FILES, gated=True)
    hub.tokens["hf_a"] = False
    ended = load("hf://org/name", HF_TOKEN=token)
    assert (ended.code, ended.message) == (
        77,
        (
            f"hf://org/name is gated, and {why}. Accept its conditions on the Hub, and give the"
            " token of that account as HF_TOKEN in `spec.env`, from a Secret."
        ),
    )


def test_a_gated_repository_is_loaded_by_who_may_and_the_token_stays_with_the_hub(hub, load):
    hub.add("org/name", FILES, gated=True)
    hub.tokens["hf_a"] = True
    assert load("hf://org/name", HF_TOKEN="hf_a").code == 0
    assert hub.tokens_at_the_cdn == set()


def test_a_hub_at_a_private_address_is_refused_unless_it_is_allowed(loader, hub):
    hub.add("org/name", FILES)
    ended = loader.run("hf://org/name", HF_ENDPOINT=f"https://127.0.0.1:{hub.port}")
    assert (ended.code, ended.message) == (
        78,
        (
            "127.0.0.1 is an address of the loopback, the link or a private network, which sources"
            " must not reach. Whoever runs the cluster can allow it: https://127.0.0.1 in the"
            " settings' sources.allowed."
        ),
    )
    assert hub.requests == []


def test_a_redirect_of_the_hub_to_a_private_address_is_refused(loader, hub):
    hub.add("org/name", {"model.safetensors": WEIGHTS})
    hub.cdn_url = f"https://127.0.0.3:{hub.port}"
    allow = ("--allow=hf://", f"--allow={hub.url}")
    ended = loader.run("hf://org/name", *allow, HF_ENDPOINT=hub.url)
    assert ended.code == 78
    assert ended.message.startswith("127.0.0.3 is an address of the loopback")

from collections import deque

import pytest
from substratus_loader.testing import Break, Content, FakeBuckets, Status
from substratus_loader.testing.fake_buckets import etag

WEIGHTS = Content(length=3_000_000, seed=6)
SCHEMES = ["s3", "gs", "az"]


@pytest.fixture
def buckets():
    with FakeBuckets() as buckets:
        buckets.objects["models"] = {
            "llama/config.json": Content(data=b"{}"),
            "llama/model.safetensors": WEIGHTS,
            "llama-2/config.json": Content(data=b"[]"),
        }
        yield buckets


@pytest.fixture
def load(loader, buckets):
    """Load from the buckets of the tests, with each cloud's variables."""

    def load(url, *flags, **environment):
        variables = {
            "AWS_ENDPOINT_URL": buckets.url,
            "AWS_ACCESS_KEY_ID": "AKID",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "GOOGLE_BASE_URL": buckets.url,
            "GOOGLE_SKIP_SIGNATURE": "true",
            "AZURE_STORAGE_ACCOUNT_NAME": "account",
            "AZURE_STORAGE_ACCOUNT_KEY": "c2VjcmV0",
            "AZURE_STORAGE_ENDPOINT": buckets.url,
        }
        scheme = url.partition(":")[0]
        allow = (f"--allow={scheme}://", f"--allow={buckets.url}")
        return loader.run(url, *allow, *flags, **{**variables, **environment})

    return load


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_below_a_prefix_is_a_model(loader, load, scheme):
    ended = load(f"{scheme}://models/llama")
    assert ended.code == 0, ended.log
    assert {path: len(data) for path, data in loader.files().items()} == {
        "config.json": 2,
        "model.safetensors": 3_000_000,
    }
    assert ended.report["revision"] is None


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_key_is_one_file_and_its_etag_the_revision(loader, load, scheme):
    ended = load(f"{scheme}://models/llama/model.safetensors")
    assert ended.report["sha256"] == WEIGHTS.sha256
    assert ended.report["revision"] == etag(WEIGHTS).strip('"')
    assert set(loader.files()) == {"model.safetensors"}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_broke_off_continues_where_it_ended(buckets, load, scheme):
    buckets.faults["llama/model.safetensors"] = deque([Break(2_000_000), Status(503)])
    ended = load(f"{scheme}://models/llama/model.safetensors")
    assert ended.report["sha256"] == WEIGHTS.sha256, ended.log
    begin = int(buckets.requests[-1][1].removeprefix("bytes=").removesuffix("-"))
    assert 1_700_000 < begin <= 2_000_000
    assert "answered 503" in ended.log


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_object_that_changes_meanwhile_is_a_failure_of_its_own(buckets, load, scheme):
    class Changing(deque):
        def popleft(self):
            buckets.objects["models"]["llama/model.safetensors"] = Content(length=9, seed=7)
            return super().popleft()

    buckets.faults["llama/model.safetensors"] = Changing([Break(1_000_000)])
    ended = load(f"{scheme}://models/llama/model.safetensors")
    assert (ended.code, ended.message) == (
        76,
        (
            f"{scheme}://models/llama/model.safetensors changed while it was loaded."
            " The next load begins with what is there now."
        ),
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_missing_is_named(load, scheme):
    ended = load(f"{scheme}://models/gone")
    assert (ended.code, ended.message) == (
        66,
        f"{scheme}://models/gone does not exist: no object has this key or prefix.",
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_bucket_that_is_missing_is_named(load, scheme):
    ended = load(f"{scheme}://gone")
    assert (ended.code, ended.message) == (
        66,
        f"{scheme}://gone does not exist: there is no bucket gone.",
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_list_that_fails_is_asked_for_again(buckets, load, scheme):
    buckets.faults[""] = deque([Status(503), Status(500)])
    ended = load(f"{scheme}://models/llama")
    assert ended.code == 0
    assert "answered 503" in ended.log


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_access_says_which_variables_to_give(buckets, load, scheme):
    buckets.key = "somebody else"
    ended = load(f"{scheme}://models/llama")
    assert ended.code == 77
    assert ended.message.startswith(
        f"No access to {scheme}://models/llama: the credentials have no right to read it. Give "
    )
    assert "secret" not in ended.log


def test_an_endpoint_that_is_not_allowed_by_name_is_refused(loader, buckets):
    ended = loader.run("s3://models/llama", "--allow=s3://", AWS_ENDPOINT_URL=buckets.url)
    assert (ended.code, ended.message) == (
        78,
        (
            "AWS_ENDPOINT_URL names 127.0.0.1, which the settings' sources.allowed does not have."
            " Whoever runs the cluster can allow it: https://127.0.0.1."
        ),
    )
    assert buckets.requests == []


def test_a_region_cannot_lead_to_another_host(load):
    ended = load("s3://models/llama", AWS_REGION="x@example.com/")
    assert (ended.code, ended.message) == (64, "The variable AWS_REGION is not a name of one.")


def test_a_bucket_is_not_read_unless_the_settings_allow_it(loader):
    ended = loader.run("s3://models/llama")
    assert (ended.code, ended.message) == (
        78,
        (
            "The source s3://models/llama is not allowed: the settings' sources.allowed has hf://,"
            " https://. Use one of these, or ask whoever runs the cluster."
        ),
    )

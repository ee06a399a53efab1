"""What `source.url` may begin with."""

import pytest
from pydantic import ValidationError

from hooks.platform.sources import Sources

ALLOWED = Sources(
    allowed=(
        "hf://meta-llama",
        "hf://datasets/team/squad",
        "https://example.com/data",
        "https://Files.example.com",
        "s3://bucket/public/",
    )
)


@pytest.mark.parametrize(
    "url",
    [
        "hf://meta-llama/Llama-3@main",
        "hf://datasets/team/squad@v1/a.jsonl",
        "https://example.com/data",
        "https://example.com/data/a.jsonl?x=1",
        "https://FILES.example.com/a",
        "s3://bucket/public/a",
    ],
)
def test_an_address_below_a_listed_one_is_allowed(url):
    assert ALLOWED.allow(url)


@pytest.mark.parametrize(
    "url",
    [
        "hf://meta-llama-evil/Llama-3",
        "hf://datasets/team/squad2/a.jsonl",
        "hf://datasets/meta-llama/a",
        "https://example.com/database",
        "https://example.com.evil.org/data/a",
        "https://example.com:8443/data/a",
        "https://files.example.com.evil.org/a",
        "s3://bucket/private/a",
        "s3://bucket2/public/a",
        "gs://bucket/public/a",
        "pvc://claim/a",
    ],
)
def test_another_host_or_part_of_a_path_is_not(url):
    assert not ALLOWED.allow(url)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("hf://org/name", True),
        ("https://example.com/a", True),
        ("s3://bucket/a", False),
        ("gs://bucket/a", False),
        ("az://account/container/a", False),
        ("pvc://claim/a", False),
    ],
)
def test_by_default_the_hub_and_https_are_allowed_and_no_bucket_or_claim(url, allowed):
    assert Sources().allow(url) is allowed


@pytest.mark.parametrize("prefix", ["ftp://x", "example.com", "https://$(TOKEN)", ""])
def test_a_setting_that_begins_no_address_is_refused(prefix):
    with pytest.raises(ValidationError, match="must be a scheme"):
        Sources(allowed=(prefix,))


def test_a_split_of_the_hub_is_loaded_by_the_image_that_converts():
    assert Sources().image("hf://datasets/team/squad?split=train").endswith("-parquet")


def test_all_else_is_loaded_by_the_small_image():
    assert Sources().image("https://example.com/a?split=train") == Sources().loader_image

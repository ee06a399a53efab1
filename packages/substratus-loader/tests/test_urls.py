import pytest
from substratus_loader.failures import Code, FailureError
from substratus_loader.urls import CONVERSION, BucketUrl, HubUrl, VolumeUrl, WebUrl, parse

SHA256 = "ab" * 32


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("hf://org/name", HubUrl("model", "org/name", "main", "")),
        ("hf://models/org/name", HubUrl("model", "org/name", "main", "")),
        ("hf://org/name/sub/a.gguf", HubUrl("model", "org/name", "main", "sub/a.gguf")),
        ("hf://org/name@v1.0/a.gguf", HubUrl("model", "org/name", "v1.0", "a.gguf")),
        ("hf://org/name@refs%2Fpr%2F1/a", HubUrl("model", "org/name", "refs/pr/1", "a")),
        ("hf://org/name@refs/pr/1/a", HubUrl("model", "org/name", "refs/pr/1", "a")),
        ("hf://datasets/org/name@a%2Fb/c", HubUrl("dataset", "org/name", "a/b", "c")),
        ("hf://org/name/a@b.txt", HubUrl("model", "org/name", "main", "a@b.txt")),
        ("hf://org/name/a%20b.txt", HubUrl("model", "org/name", "main", "a b.txt")),
        (
            "hf://datasets/org/name?split=train&config=en",
            HubUrl("dataset", "org/name", CONVERSION, "", {"split": "train", "config": "en"}),
        ),
        ("https://a.example/b/c?d=e", WebUrl("https://a.example/b/c?d=e", "a.example", "c", None)),
        (
            f"https://a.example/c#sha256={SHA256.upper()}",
            WebUrl("https://a.example/c", "a.example", "c", SHA256),
        ),
        ("s3://bucket/a/b", BucketUrl("s3", "bucket", "a/b")),
        ("gs://bucket", BucketUrl("gs", "bucket", "")),
        ("az://container/a/", BucketUrl("az", "container", "a")),
        ("pvc://claim/a/b", VolumeUrl("claim", "a/b")),
    ],
)
def test_a_url_names(url, named):
    assert parse(url) == named


@pytest.mark.parametrize(
    "url",
    [
        "",
        "org/name",
        "ftp://a.example/b",
        "hf://name",
        "hf://org/name@",
        "hf://org/name/../other",
        "hf://org/name/a//b",
        "hf://datasets/org/name?revision=x",
        "hf://datasets/org/name?config=en",
        "hf://datasets/org/name@v1?split=train",
        "hf://datasets/org/name/a.csv?split=train",
        "hf://org/name?split=train",
        "https:///path",
        "https://user:secret@a.example/b",
        "https://a.example/b#md5=12",
        "https://a.example/b#sha256=12",
        "https://a.example:port/b",
        "https://a.example/a b",
        "s3://bucket/a/../b",
        "s3://bucket/a?versionId=secret",
        "pvc://claim/%2e%2e/b",
        "pvc:///b",
    ],
)
def test_a_url_that_cannot_be_read_is_said_without_secrets(url):
    with pytest.raises(FailureError) as failure:
        parse(url)
    assert failure.value.code is Code.WRONG_USAGE
    assert "secret" not in failure.value.sentence

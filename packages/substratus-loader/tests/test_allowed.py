import pytest
from substratus_loader.allowed import Allowed
from substratus_loader.failures import FailureError


@pytest.mark.parametrize(
    ("prefix", "url"),
    [
        ("hf://", "hf://org/name"),
        ("hf://org", "hf://org/name@v1/a"),
        ("hf://org/name", "hf://org/name@v1/a"),
        ("hf://datasets/org", "hf://datasets/org/name"),
        ("https://a.example", "https://a.example/b"),
        ("https://A.example/b/", "https://a.example/b/c"),
        ("s3://bucket/team", "s3://bucket/team/a"),
        ("http://a.example:8080", "http://a.example:8080/b"),
    ],
)
def test_a_prefix_allows(prefix, url):
    Allowed((prefix,)).check(url)


@pytest.mark.parametrize(
    ("prefix", "url"),
    [
        ("hf://org", "hf://organisation/name"),
        ("hf://org/name", "hf://org/name-2"),
        ("hf://org", "hf://ORG/name"),
        ("https://a.example", "https://a.example.org/b"),
        ("https://a.example", "https://a.example:8443/b"),
        ("https://a.example/b", "https://a.example/bc"),
        ("https://a.example/b", "https://a.example/b/../c"),
        ("https://a.example/b", "https://a.example/b/%2E%2e/c"),
        ("https://a.example/b/c", "https://a.example/b"),
        ("https://", "http://a.example/b"),
        ("http://", "http://a.example/b"),
        ("s3://bucket/team", "s3://bucket/team-2/a"),
    ],
)
def test_a_prefix_does_not_allow(prefix, url):
    with pytest.raises(FailureError, match="is not allowed"):
        Allowed((prefix,)).check(url)


def test_a_host_is_named_with_its_port_or_with_all():
    allowed = Allowed(("hf://", "https://a.example:8443", "http://B.example"))
    assert allowed.names("a.example", 8443)
    assert not allowed.names("a.example", 443)
    assert allowed.names("b.example", 80)
    assert allowed.names("B.EXAMPLE", 8080)
    assert not allowed.names("c.example", 80)

import pytest
from substratus_loader import loading
from substratus_loader.arguments import read
from substratus_loader.failures import FailureError


def test_what_the_job_gives_is_read():
    given = read(
        [
            "--kind=dataset",
            "--filename=all.jsonl",
            "--files=*.jsonl",
            "--files=-odd",
            "--allow=hf://org",
            "--",
            "hf://datasets/org/name",
            "/data",
        ]
    )
    assert given.files == ("*.jsonl", "-odd")
    assert given.allowed.prefixes == ("hf://org",)
    assert (given.url, str(given.destination)) == ("hf://datasets/org/name", "/data")
    assert given.renames


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--kind=model", "hf://org/name"],
        ["--kind=server", "hf://org/name", "/data"],
        ["--kind=dataset", "hf://org/name", "/data"],
        ["--kind=model", "--filename=a", "hf://org/name", "/data"],
        ["--kind=dataset", "--filename=../a", "hf://org/name", "/data"],
        ["--kind=model", "--file=a", "hf://org/name", "/data"],
        ["--kind=model", "--parallel=many", "hf://org/name", "/data"],
    ],
)
def test_wrong_usage_is_a_failure_like_others(arguments):
    with pytest.raises(FailureError) as failure:
        read(arguments)
    assert failure.value.code == 64


def test_wrong_usage_is_in_the_termination_message_too(loader):
    ended = loader.run("hf://org/name", "--what")
    assert (ended.code, ended.message) == (
        64,
        "substratus-loader: unrecognized arguments: --what.",
    )


def test_a_mistake_of_the_loader_itself_says_no_secret(loader, monkeypatch):
    def fail(*_):
        raise ValueError("https://a.example/?signature=secret")

    monkeypatch.setattr(loading, "load", fail)
    ended = loader.run("hf://org/name")
    assert (ended.code, ended.message) == (
        75,
        "The loader itself failed (ValueError); its log has where.",
    )
    assert "test_arguments.py" in ended.log
    assert "secret" not in ended.log

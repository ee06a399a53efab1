"""The hook server as it ships: its own command, its own processes, nothing set from outside."""

import json
import re
import socket

import pytest
from calls import parent, request
from shipped import ended, shipped

DATASET = parent(
    "Dataset",
    "squad",
    {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}},
)
CALL = json.dumps(request(DATASET)).encode()


@pytest.fixture(scope="module")
def server():
    with shipped() as found:
        yield found


def calls(text, hook, code):
    found = re.search(
        rf'substratus_hook_requests_total{{code="{code}",hook="{hook}"}} ([0-9.]+)', text
    )
    return float(found[1]) if found else 0


def test_each_scrape_counts_the_calls_of_all_workers(server):
    for _ in range(20):
        assert server.ask("POST", "/datasets/sync", CALL)[0] == 200
    scraped = {calls(server.metrics(), "/datasets/sync", 200) for _ in range(10)}
    assert scraped == {20}


def test_a_refused_call_is_counted_as_an_error(server):
    server.ask("POST", "/notebooks/sync", b"")
    text = server.metrics()
    assert calls(text, "/notebooks/sync", 400) == 1
    assert 'substratus_hook_errors_total{hook="/notebooks/sync"} 1.0' in text


def test_the_largest_body_of_all_workers_is_a_metric(server):
    for padding in (1000, *[3000] * 20, 2000):  # enough for each worker to have one
        server.ask("POST", "/models/sync", b" " * padding)
    scraped = {
        line
        for _ in range(10)
        for line in server.metrics().splitlines()
        if line.startswith('substratus_hook_largest_body_bytes{hook="/models/sync"}')
    }
    assert scraped == {'substratus_hook_largest_body_bytes{hook="/models/sync"} 3000.0'}


WRONG = {
    "a setting": ({"CONFIG": "{settings}"}, "registry.url"),
    "a settings file that is missing": ({"CONFIG": "/nowhere.yaml"}, "/nowhere.yaml"),
    "a log level": ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    "a number of workers": ({"WORKERS": "two"}, "WORKERS"),
    "no workers": ({"WORKERS": "0"}, "WORKERS"),
    "a port of the probes": ({"PROBES_BIND": "8081x"}, "PROBES_BIND"),
    "a port of the probes that is another's": ({"PROBES_BIND": "127.0.0.1:{taken}"}, "PROBES_BIND"),
    "a directory of metrics": ({"PROMETHEUS_MULTIPROC_DIR": "/proc/no"}, "/proc/no"),
}


@pytest.mark.parametrize(("variables", "named"), WRONG.values(), ids=WRONG)
def test_wrong_settings_end_the_server_with_a_sentence_and_an_exit_code(variables, named, tmp_path):
    file = tmp_path / "settings.yaml"
    file.write_text("registry: {url: 'https://x'}\n")
    with socket.create_server(("127.0.0.1", 0)) as other:
        places = {"settings": file, "taken": other.getsockname()[1]}
        found = ended(**{key: value.format(**places) for key, value in variables.items()})
    (sentence,) = found.stderr.strip().splitlines()
    assert (found.returncode, named in sentence, found.stdout) == (1, True, "")

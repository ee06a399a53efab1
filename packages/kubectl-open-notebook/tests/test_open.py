"""The command from the first word to the last: what the person sees, and what is left behind."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
from opened import TOKEN, notebook
from sides import content

QUIET = "--no-open-browser"


def test_it_prints_the_address_with_the_token(opened):
    found = opened("nb", QUIET)
    assert found.wait_for(r"http://127\.0\.0\.1:\d+/\?token=0123abcd")


def test_it_resumes_a_suspended_notebook(opened, cluster):
    opened("nb", QUIET).wait_for("token=")
    assert cluster.get()["spec"]["suspend"] is False


def test_ctrl_c_suspends_and_leaves_with_0(opened, cluster):
    found = opened("nb", QUIET)
    found.wait_for("Ctrl-C suspends")
    assert (found.leave(), cluster.get()["spec"]["suspend"]) == (0, True)


def test_with_no_suspend_it_is_left_running(opened, cluster):
    found = opened("nb", QUIET, "--no-suspend")
    found.wait_for("Ctrl-C leaves it")
    assert (found.leave(), cluster.get()["spec"]["suspend"]) == (0, False)


def test_it_opens_the_browser(opened, cluster):
    cluster.browser('cp "${1#file://}" browsed')
    found = opened("nb")
    found.wait_for((cluster.local / "browsed").exists)
    assert f"?token={TOKEN}" in (cluster.local / "browsed").read_text()


def test_no_argument_of_a_program_has_the_token(opened, cluster):
    """Everybody on the machine can read those."""
    cluster.browser('echo "$1" > new; stat -c %a "${1#file://}" >> new; mv new browsed')
    found = opened("nb")
    found.wait_for((cluster.local / "browsed").exists)
    address, mode = (cluster.local / "browsed").read_text().split()
    commands = [each.read_bytes() for each in Path("/proc").glob("[0-9]*/cmdline") if each.exists()]
    assert mode == "600"
    assert [each for each in [address.encode(), *commands] if TOKEN.encode() in each] == []


def test_the_file_that_leads_the_browser_on_is_gone_at_the_end(opened, cluster):
    cluster.browser('echo "${1#file://}" > new; mv new browsed')
    found = opened("nb")
    found.wait_for("Ctrl-C")
    found.leave()
    assert not Path((cluster.local / "browsed").read_text().strip()).exists()


def test_the_file_of_a_call_that_was_killed_is_gone_after_the_next(opened, cluster):
    cluster.browser("touch browsed")
    left = cluster.home / ".local/state/kubectl-open-notebook/open-0123.html"
    left.parent.mkdir(parents=True)
    left.touch()
    os.utime(left, (0, 0))
    opened("nb").wait_for((cluster.local / "browsed").exists)
    assert not left.exists()


def test_files_on_their_way_when_it_was_killed_are_gone_after_the_next(opened, cluster):
    found = opened("nb", QUIET, "--sync")
    found.wait_for("Ctrl-C")
    found.close()
    staging = [each for each in cluster.local.iterdir() if each.name.startswith(".substratus-")]
    (staging[0] / "half").write_text("1")
    again = opened("nb", QUIET, "--sync")
    again.wait_for("Ctrl-C")
    again.leave()
    assert [each.name for each in cluster.local.iterdir()] == [".substratus"]


def test_it_shows_each_reason_and_message_once(opened, cluster):
    cluster.phases(
        ("ModelNotReady", "Model opt is not ready."),
        ("ModelNotReady", "Model opt is not ready."),
        ("NotebookNotReady", "The notebook starts."),
    )
    found = opened("nb", QUIET)
    found.wait_for("token=")
    assert [line for line in found.said.splitlines() if "Ready: " in line] == [
        "Notebook nb: ModelNotReady: Model opt is not ready.",
        "Notebook nb: NotebookNotReady: The notebook starts.",
    ]


def test_that_it_runs_is_said_once(opened):
    found = opened("nb", QUIET)
    found.wait_for("Ctrl-C")
    assert found.said.lower().count("running") == 1


def test_it_waits_for_a_notebook_that_is_ready_as_nothing_runs_by_request(opened, cluster):
    """As one that suspended itself while idle: Ready is True, and Running is not."""
    cluster.phases(*[("Suspended", "No Pod runs.") for _ in range(100)], ready=True)
    found = opened("nb", QUIET, "--timeout", "2s")
    assert found.end() == 1
    assert "Notebook nb does not run after 2 s. Suspended: No Pod runs." in found.said


def test_a_notebook_that_runs_is_opened_though_its_model_is_built_again(opened, cluster):
    phase = {"reason": "ModelNotReady", "message": "Model opt is built.", "runs": True}
    (cluster.root / "phases.json").write_text(json.dumps([phase] * 100))
    opened("nb", QUIET).wait_for("token=")


def test_without_a_terminal_nothing_is_coloured(opened):
    found = opened("nb", QUIET)
    found.wait_for("Ctrl-C")
    assert "\x1b" not in found.said + found.printed


def test_a_file_that_is_not_there_yet_is_created(opened, cluster):
    (cluster.local / "nb.yaml").write_text(
        "apiVersion: substratus.ai/v1\nkind: Notebook\nmetadata: {name: other}\n"
        "spec: {modelName: opt, suspend: true}\n"
    )
    opened("-f", "nb.yaml", QUIET).wait_for("token=")
    assert cluster.get("other")["spec"] == {"modelName": "opt"}


def test_a_file_whose_notebook_is_there_opens_that(opened, cluster):
    (cluster.local / "nb.yaml").write_text(
        "apiVersion: substratus.ai/v1\nkind: Notebook\nmetadata: {name: nb}\nspec: {modelName: x}\n"
    )
    opened("-f", "nb.yaml", QUIET).wait_for("token=")
    assert cluster.get()["spec"]["modelName"] == "opt"


def test_a_model_without_a_notebook_gets_one(opened, cluster):
    cluster.remove()
    opened("--model", "opt", QUIET).wait_for("token=")
    assert cluster.get("opt")["spec"] == {"modelName": "opt"}


def test_a_model_with_a_notebook_keeps_it(opened, cluster):
    opened("--model", "opt", QUIET).wait_for("Notebook nb: running")


def test_another_free_port_is_taken_where_8888_is_not_free(opened, cluster):
    first = opened("nb", QUIET, "--no-suspend").wait_for(r"127\.0\.0\.1:(\d+)/")[1]
    second = opened("nb", QUIET, "--no-suspend").wait_for(r"127\.0\.0\.1:(\d+)/")[1]
    assert first != second


def test_files_go_both_ways_while_it_is_open(opened, cluster):
    (cluster.local / "here.py").write_text("1")
    found = opened("nb", QUIET, "--sync")
    found.wait_for((cluster.root / "src" / "here.py").exists)
    (cluster.root / "src" / "there.ipynb").write_text("{}")
    found.wait_for((cluster.local / "there.ipynb").exists)
    (cluster.local / "later.py").write_text("2")
    found.wait_for((cluster.root / "src" / "later.py").exists)
    assert content(cluster.local) == content(cluster.root / "src")


def test_ctrl_c_syncs_a_last_time(opened, cluster):
    found = opened("nb", QUIET, "--sync")
    found.wait_for("Ctrl-C syncs a last time")
    (cluster.local / "here.py").write_text("1")
    (cluster.root / "src" / "there.py").write_text("2")
    assert found.leave() == 0
    assert (
        content(cluster.local) == content(cluster.root / "src") == {"here.py": "1", "there.py": "2"}
    )


def test_a_second_ctrl_c_leaves_at_once_and_loses_nothing_here(opened, cluster):
    (cluster.local / "here.py").write_text("1")
    found = opened("nb", QUIET, "--sync")
    found.wait_for((cluster.root / "src" / "here.py").exists)
    with cluster.without_pod():
        cluster.kill("exec")
        (cluster.local / "here.py").write_text("mine")
        found.ctrl_c()
        time.sleep(0.5)
        found.ctrl_c()
        assert found.end(seconds=5) == 130
    assert "Left at once" in found.said
    assert content(cluster.local) == {"here.py": "mine"}


def test_ctrl_c_before_it_is_ready_suspends_it_again(opened, cluster):
    cluster.phases(*[("NotebookNotReady", f"It starts: {number}.") for number in range(100)])
    found = opened("nb", QUIET)
    found.wait_for("It starts: 2")
    assert (found.leave(), cluster.get()["spec"]["suspend"]) == (130, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_terminal_that_goes_is_like_ctrl_c(opened, cluster, number):
    found = opened("nb", QUIET)
    found.wait_for("Ctrl-C suspends")
    found.process.send_signal(number)
    assert (found.end(), cluster.get()["spec"]["suspend"]) == (0, True)


def test_the_forward_killed_ten_times_is_restored_ten_times(opened, cluster):
    found = opened("nb", QUIET)
    found.wait_for("Ctrl-C")
    for number in range(1, 11):
        cluster.kill("port-forward")
        found.wait_for(rf"(?s)(is back.*?){{{number}}}")
    assert len(cluster.calls("port-forward")) == 11


def test_the_sync_continues_after_its_connection_broke(opened, cluster):
    found = opened("nb", QUIET, "--sync")
    found.wait_for("Ctrl-C")
    for number in range(5):
        cluster.kill("exec")
        (cluster.local / f"{number}.py").write_text("1")
        found.wait_for((cluster.root / "src" / f"{number}.py").exists)


def test_a_pod_that_was_made_again_gets_its_new_address_shown(opened, cluster):
    found = opened("nb", QUIET, "--sync")
    found.wait_for("Ctrl-C")
    with cluster.without_pod():
        cluster.kill("port-forward")
        cluster.kill("exec")
        (cluster.root / "token").write_text("another-" * 3)
        time.sleep(1)
    found.wait_for("token=another")
    (cluster.local / "here.py").write_text("1")
    found.wait_for((cluster.root / "src" / "here.py").exists)


def test_a_pod_that_is_gone_at_the_end_loses_nothing_and_is_said(opened, cluster):
    found = opened("nb", QUIET, "--sync")
    found.wait_for("Ctrl-C")
    with cluster.without_pod():
        cluster.kill("exec")
        (cluster.local / "here.py").write_text("1")
        assert found.leave() == 1
    assert "The last sync did not happen" in found.said
    assert cluster.get()["spec"]["suspend"] is True
    assert content(cluster.local) == {"here.py": "1"}


def test_a_second_person_is_warned(opened, cluster):
    opened("nb", QUIET).wait_for("Ctrl-C")
    second = opened("nb", QUIET)
    second.wait_for("has this Notebook open too")


def test_the_notebook_of_somebody_else_is_not_suspended(opened, cluster):
    opened("nb", QUIET).wait_for("Ctrl-C")
    second = opened("nb", QUIET)
    second.wait_for("has this Notebook open too")
    assert (second.leave(), cluster.get()["spec"]["suspend"]) == (0, False)


def test_a_notebook_that_somebody_deletes_ends_it(opened, cluster):
    found = opened("nb", QUIET)
    found.wait_for("Ctrl-C")
    cluster.remove()
    with cluster.without_pod():
        cluster.kill("port-forward")
        assert found.end() == 1
    assert "was deleted by somebody else" in found.said


def test_a_notebook_that_somebody_suspends_ends_it(opened, cluster):
    found = opened("nb", QUIET)
    found.wait_for("Ctrl-C")
    cluster.add("notebooks.substratus.ai", notebook(suspend=True))
    with cluster.without_pod():
        cluster.kill("port-forward")
        assert found.end() == 1
    assert "was suspended by somebody else" in found.said


def test_no_process_is_left_behind(opened, cluster):
    found = opened("nb", QUIET, "--sync")
    found.wait_for("Ctrl-C")
    found.leave()
    alive = [each["pid"] for verb in ("exec", "port-forward") for each in cluster.calls(verb)]
    time.sleep(0.2)
    assert [pid for pid in alive if os.path.exists(f"/proc/{pid}")] == []  # noqa: PTH110

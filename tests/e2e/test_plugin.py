"""`kubectl open notebook` against a real API server, by the real kubectl.

The nodes are pretended, so that nothing runs in a Pod: how a Notebook is made, resumed, waited for
and put back is seen here, and what the API server's refusals become. What is done in the Pod is
seen in tests/e2e/node.
"""

import json
import time

import pytest
from plugin_command import Command
from processes import ROOT
from readiness import ready, wait_ready_is

GIT = {"git": {"url": "https://github.com/substratusai/model-facebook-opt-125m"}}


def manifest(kind, name, spec):
    metadata = {"name": name}
    return {"apiVersion": "substratus.ai/v1", "kind": kind, "metadata": metadata, "spec": spec}


MODEL = manifest("Model", "opt", {"source": GIT})


def suspended(model="opt"):
    return manifest("Notebook", "nb", {"modelName": model, "suspend": True})


@pytest.fixture
def command(cluster, namespace, tmp_path):
    """Runs the command in the test's namespace; ends it with the test."""
    started = []

    def run(*arguments, **options):
        place = f"--namespace={namespace}"
        started.append(Command(cluster, tmp_path, *arguments, place, **options))
        return started[-1]

    yield run
    for each in started:
        each.kill()


def notebook(cluster, namespace, name="nb"):
    return cluster.get("notebooks", name, namespace)[0]


def test_a_suspended_notebook_is_resumed_and_waited_for(stack, cluster, namespace, command):
    cluster.apply_objects(MODEL, suspended(), namespace=namespace)
    wait_ready_is(cluster, "notebooks", "nb", ("True", "Suspended"), namespace=namespace)
    command("nb").wait_for("Notebook nb: running.")
    found = notebook(cluster, namespace)
    assert found["status"]["observedGeneration"] == found["metadata"]["generation"] == 2


def test_it_waits_for_a_model_that_is_built_only_now(stack, cluster, namespace, command):
    found = command("nb", "-f", str(write(cluster, suspended())))
    found.wait_for("ModelNotFound: ")
    cluster.apply_objects(MODEL, namespace=namespace)
    found.wait_for("Notebook nb: running.")


def test_the_notebook_of_an_example_is_created(stack, cluster, namespace, command):
    file = str(ROOT / "examples" / "125m-cpu.yaml")
    cluster.apply_objects(manifest("Model", "opt-125m", {"source": GIT}), namespace=namespace)
    found = command("opt-125m", "-f", file)
    found.wait_for(f"Notebook opt-125m: created in namespace {namespace}.")
    found.wait_for("Notebook opt-125m: running.")


def test_a_model_without_a_notebook_gets_one(stack, cluster, namespace, command):
    cluster.apply_objects(MODEL, namespace=namespace)
    command("--model", "opt").wait_for("Notebook opt: running.")
    assert notebook(cluster, namespace, "opt")["spec"] == {"modelName": "opt"}


def test_ctrl_c_while_it_waits_suspends_it_again(stack, cluster, namespace, command):
    cluster.apply_objects(suspended("nope"), namespace=namespace)
    found = command("nb")
    found.wait_for("ModelNotFound")
    assert (found.leave(), notebook(cluster, namespace)["spec"]["suspend"]) == (130, True)


def test_a_timeout_says_why_and_what_to_do(stack, cluster, namespace, command):
    cluster.apply_objects(suspended("nope"), namespace=namespace)
    found = command("nb", "--timeout=5s")
    assert found.failure() == (
        1,
        (
            "Error: Notebook nb does not run after 5 s. ModelNotFound: Model nope is not in this "
            "namespace. Create it, or correct its name here. --timeout waits longer."
        ),
    )


def test_a_reason_that_needs_a_person_is_the_end_after_a_minute(stack, cluster, namespace, command):
    cluster.apply_objects(suspended("nope"), namespace=namespace)
    found = command("nb")
    assert found.end(seconds=100) == 1
    assert found.said.splitlines()[-1].startswith(
        "Error: Notebook nb does not start. ModelNotFound"
    )
    assert notebook(cluster, namespace)["spec"]["suspend"] is True


def test_a_notebook_that_is_deleted_meanwhile(stack, cluster, namespace, command):
    cluster.apply_objects(suspended("nope"), namespace=namespace)
    found = command("nb")
    found.wait_for("ModelNotFound")
    cluster.kubectl("delete", "notebooks.substratus.ai", "nb", f"--namespace={namespace}")
    code, line = found.failure()
    assert (code, "was deleted meanwhile, by somebody else" in line) == (1, True)


def test_no_such_notebook(cluster, namespace, command):
    assert command("nope").failure() == (
        1,
        (
            "Error: Notebook nope is not there. 'kubectl get notebooks' shows those of the "
            "namespace; "
            "-n names another, -f FILE or --model NAME makes one."
        ),
    )


def test_no_such_model(cluster, namespace, command):
    assert command("--model", "nope").failure() == (
        1,
        (
            "Error: Model nope is not there. 'kubectl get models' shows those of the namespace; -n "
            "names another."
        ),
    )


def test_a_file_that_the_api_server_refuses(cluster, namespace, command):
    file = write(cluster, manifest("Notebook", "nb", {"modelName": ""}))
    code, line = command("-f", str(file)).failure()
    assert code == 1
    assert line.startswith("Error: The API server refuses the Notebook: spec.modelName: ")
    assert line.endswith(" Correct the file.")


def test_no_such_context(cluster, namespace, command):
    assert command("nb", "--context=nope").failure() == (
        1,
        (
            "Error: There is no context nope in your kubeconfig. 'kubectl config get-contexts' "
            "shows "
            "those that are there."
        ),
    )


def test_no_such_kubeconfig(cluster, namespace, command):
    assert command("nb", "--kubeconfig=/nope").failure() == (
        1,
        "Error: There is no file /nope. Correct --kubeconfig or the variable KUBECONFIG.",
    )


def test_no_cluster(cluster, namespace, command, tmp_path):
    config = edited(
        cluster,
        tmp_path,
        lambda it: it["clusters"][0]["cluster"].update(server="https://127.0.0.1:1"),
    )
    code, line = command("nb", kubeconfig=config).failure()
    assert (code, line) == (
        1,
        (
            "Error: The cluster cannot be reached: The connection to the server 127.0.0.1:1 was "
            "refused. 'kubectl cluster-info' must work first; --context and --kubeconfig choose "
            "another cluster."
        ),
    )


def test_not_logged_in(cluster, namespace, command, tmp_path):
    config = edited(cluster, tmp_path, lambda it: it["users"][0].update(user={"token": "nope"}))
    assert command("nb", kubeconfig=config).failure() == (
        1,
        (
            "Error: The cluster does not know you. Log in again as you do for kubectl: 'kubectl "
            "auth "
            "whoami' must work first."
        ),
    )


def test_may_not_get(cluster, namespace, command, tmp_path):
    assert_lacks("get", [], cluster, namespace, command, tmp_path)


def test_may_not_patch(cluster, namespace, command, tmp_path):
    assert_lacks("patch", ["get"], cluster, namespace, command, tmp_path)


def test_may_not_watch(cluster, namespace, command, tmp_path):
    assert_lacks("watch", ["get", "list", "patch"], cluster, namespace, command, tmp_path)


def assert_lacks(verb, rights, cluster, namespace, command, tmp_path):
    """The person may do less than is needed; the verb that is lacking is named."""
    cluster.apply_objects(suspended("nope"), *allowed(rights), namespace=namespace)
    config = edited(cluster, tmp_path, lambda it: it["users"][0]["user"].update({"as": "ada"}))
    found = command("nb", kubeconfig=config)
    assert found.end() == 1
    assert f"You may not {verb} notebooks in namespace {namespace}." in found.said


def test_the_last_word_is_the_condition_of_the_cluster(stack, cluster, namespace, command):
    cluster.apply_objects(suspended("nope"), namespace=namespace)
    found = command("nb")
    found.wait_for("ModelNotFound")
    status, reason, message = ready(notebook(cluster, namespace))
    assert (status, f"Notebook nb: {reason}: {message}" in found.said) == ("False", True)


def test_the_api_server_restarted_while_it_waits(stack, cluster, namespace, command):
    server = next((each for each in cluster.programs if each.name == "kube-apiserver"), None)
    if server is None:
        pytest.skip("the given cluster's API server is not the test's to restart")
    cluster.apply_objects(suspended("nope"), namespace=namespace)
    found = command("nb")
    found.wait_for("ModelNotFound")
    server.kill()
    time.sleep(2)
    server.start()
    cluster.wait("the API server", lambda: is_ready(cluster))
    cluster.apply_objects(manifest("Model", "nope", {"source": GIT}), namespace=namespace)
    found.wait_for("Notebook nb: running.")


def is_ready(cluster):
    return "ok" in cluster.kubectl("get", "--raw=/readyz", check=False)


def write(cluster, document):
    file = cluster.directory / f"{document['metadata']['name']}.json"
    file.write_text(json.dumps(document))
    return file


def allowed(verbs):
    """Return a Role with these verbs on Notebooks, for ada."""
    if not verbs:
        return []
    meta = {"name": "ada"}
    api = "rbac.authorization.k8s.io"
    rule = {"apiGroups": ["substratus.ai"], "resources": ["notebooks"], "verbs": verbs}
    subject = {"kind": "User", "name": "ada", "apiGroup": api}
    role = {"kind": "Role", "name": "ada", "apiGroup": api}
    return [
        {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": meta, "rules": [rule]},
        {
            "apiVersion": f"{api}/v1",
            "kind": "RoleBinding",
            "metadata": meta,
            "subjects": [subject],
            "roleRef": role,
        },
    ]


def edited(cluster, directory, change):
    """Return a copy of the kubeconfig, changed."""
    config = json.loads(cluster.kubectl("config", "view", "--raw", "--flatten", "--output=json"))
    change(config)
    file = directory / "kubeconfig"
    file.write_text(json.dumps(config))
    return file

"""Every failure that a person can cause: one sentence with the way out, and a non-zero exit.

What kubectl says is here as the real one says it; tests/e2e/test_plugin.py sees the real one.
"""

import os
import socket

import pytest
from kubectl_open_notebook.ways_out import ways_out
from opened import NOTEBOOKS, notebook

FORBIDDEN = (
    'Error from server (Forbidden): notebooks.substratus.ai "nb" is forbidden: User "ada" cannot '
    '{verb} resource "{what}" in API group "substratus.ai" in the namespace "default"'
)
FILES = {
    "broken.yaml": "a: b: c\n",
    "none.yaml": "kind: ConfigMap\n",
    "two.yaml": "".join(
        f"---\napiVersion: substratus.ai/v1\nkind: Notebook\nmetadata: {{name: {name}}}\n"
        "spec: {modelName: opt}\n"
        for name in ("a", "b")
    ),
    "placed.yaml": (
        "apiVersion: substratus.ai/v1\nkind: Notebook\nmetadata: {name: a, namespace: there}\n"
        "spec: {modelName: opt}\n"
    ),
    "new.yaml": (
        "apiVersion: substratus.ai/v1\nkind: Notebook\nmetadata: {name: new}\n"
        "spec: {modelName: opt}\n"
    ),
}

# arguments, what kubectl refuses and with which words, what the person reads
FAILURES = {
    "nothing is named": (
        [],
        None,
        (
            "Say which Notebook: kubectl open notebook NAME, -f FILE or --model NAME. 'kubectl get "
            "notebooks' shows those that are there."
        ),
    ),
    "a file and a Model are named": (
        ["-f", "new.yaml", "--model", "opt"],
        None,
        "-f and --model both say what to make: leave out one of them.",
    ),
    "no such notebook": (
        ["nope"],
        None,
        (
            "Notebook nope is not there. 'kubectl get notebooks' shows those of the namespace; -n "
            "names another, -f FILE or --model NAME makes one."
        ),
    ),
    "no such model": (
        ["--model", "nope"],
        None,
        (
            "Model nope is not there. 'kubectl get models' shows those of the namespace; -n names "
            "another."
        ),
    ),
    "no such file": (
        ["-f", "nope.yaml"],
        None,
        "nope.yaml cannot be read: No such file or directory. Correct the name.",
    ),
    "a file that is not YAML": (
        ["-f", "broken.yaml"],
        None,
        "broken.yaml is not YAML, in line 1. Correct it.",
    ),
    "a file without a Notebook": (
        ["-f", "none.yaml"],
        None,
        (
            "none.yaml holds no Notebook of substratus.ai/v1 with a name. Name a file that does, "
            "or a "
            "Model: kubectl open notebook --model NAME"
        ),
    ),
    "a file with several Notebooks": (
        ["-f", "two.yaml"],
        None,
        (
            "two.yaml holds several Notebooks: a, b. Name one of them: kubectl open notebook a -f "
            "two.yaml"
        ),
    ),
    "a file with other Notebooks": (
        ["c", "-f", "two.yaml"],
        None,
        "two.yaml holds no Notebook c, but a, b. Name one of them.",
    ),
    "a file of another namespace": (
        ["-f", "placed.yaml", "-n", "here"],
        None,
        (
            "The Notebook in placed.yaml belongs to namespace there, and -n says here. Leave out "
            "one "
            "of the two."
        ),
    ),
    "a file that the API server refuses": (
        ["-f", "new.yaml"],
        {
            "create": 'The Notebook "new" is invalid: spec.modelName: Invalid value: "object": '
            "give a name"
        },
        (
            'The API server refuses the Notebook: spec.modelName: Invalid value: "object": give a '
            "name. Correct the file."
        ),
    ),
    "may not read": (
        ["nb"],
        {"get": FORBIDDEN.format(verb="get", what="notebooks")},
        (
            "You may not get notebooks in namespace default. Ask the cluster's administrator for "
            "the "
            "role 'edit' there, or choose another namespace with -n."
        ),
    ),
    "may not resume": (
        ["nb"],
        {"patch": FORBIDDEN.format(verb="patch", what="notebooks")},
        (
            "You may not patch notebooks in namespace default. Ask the cluster's administrator "
            "for the "
            "role 'edit' there, or choose another namespace with -n."
        ),
    ),
    "may not run anything in the Pod": (
        ["nb"],
        {
            "exec": 'Error from server (Forbidden): pods "nb-notebook-0" is forbidden: User "ada" '
            'cannot create resource "pods/exec" in API group "" in the namespace "default"'
        },
        (
            "You may not create pods/exec in namespace default. Ask the cluster's administrator "
            "for "
            "the role 'edit' there, or choose another namespace with -n."
        ),
    ),
    "may not forward": (
        ["nb"],
        {
            "port-forward": 'error: error upgrading connection: pods "nb-notebook-0" is '
            'forbidden: User "ada" cannot create resource "pods/portforward" in API group "" in '
            'the namespace "default"'
        },
        (
            "You may not create pods/portforward in namespace default. Ask the cluster's "
            "administrator "
            "for the role 'edit' there, or choose another namespace with -n."
        ),
    ),
    "not logged in": (
        ["nb"],
        {"get": "error: You must be logged in to the server (Unauthorized)"},
        (
            "The cluster does not know you. Log in again as you do for kubectl: 'kubectl auth "
            "whoami' "
            "must work first."
        ),
    ),
    "a login program that fails": (
        ["nb"],
        {
            "get": "Unable to connect to the server: getting credentials: exec: executable "
            "gke-gcloud-auth-plugin not found"
        },
        (
            "The cluster does not know you. Log in again as you do for kubectl: 'kubectl auth "
            "whoami' "
            "must work first."
        ),
    ),
    "no cluster": (
        ["nb"],
        {
            "get": "The connection to the server 10.0.0.1:6443 was refused - did you specify the "
            "right host or port?"
        },
        (
            "The cluster cannot be reached: The connection to the server 10.0.0.1:6443 was "
            "refused. "
            "'kubectl cluster-info' must work first; --context and --kubeconfig choose another "
            "cluster."
        ),
    ),
    "a cluster that is not found": (
        ["nb"],
        {"get": "Unable to connect to the server: dial tcp: lookup kube on 8.8.8.8: no such host"},
        (
            "The cluster cannot be reached: dial tcp: lookup kube on 8.8.8.8: no such host. "
            "'kubectl cluster-info' must work first; --context and --kubeconfig choose another "
            "cluster."
        ),
    ),
    "a cluster without Substratus": (
        ["nb"],
        {"get": 'error: the server doesn\'t have a resource type "notebooks"'},
        (
            "This cluster has no Notebooks: Substratus is not installed on it. 'kubectl apply -f "
            "crds/' installs its kinds; --context chooses another cluster."
        ),
    ),
    "no such context": (
        ["nb", "--context", "nope"],
        {"--context=nope": 'error: context "nope" does not exist'},
        (
            "There is no context nope in your kubeconfig. 'kubectl config get-contexts' shows "
            "those "
            "that are there."
        ),
    ),
    "no such kubeconfig": (
        ["nb", "--kubeconfig", "/nope"],
        {"--kubeconfig=/nope": "error: stat /nope: no such file or directory"},
        "There is no file /nope. Correct --kubeconfig or the variable KUBECONFIG.",
    ),
    "no such directory": (
        ["nb", "--sync", "--directory", "nope"],
        None,
        "There is no directory {work}/nope. Make it, or name another with --directory.",
    ),
    "the home directory": (
        ["nb", "--sync", "--directory", "../home"],
        None,
        (
            "{root}/home holds far more than a notebook's sources. Make a directory for them and "
            "name "
            "it with --directory."
        ),
    ),
    "a request that the API server does not take": (
        ["nb"],
        {"get": "Error from server (BadRequest): the server is a teapot"},
        "kubectl refuses: the server is a teapot.",
    ),
    "anything else that kubectl says": (
        ["nb"],
        {"get": "error: the tea is cold"},
        "kubectl refuses: the tea is cold.",
    ),
}


@pytest.mark.parametrize(("arguments", "refusal", "sentence"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_one_sentence_with_the_way_out(arguments, refusal, sentence, opened, cluster):
    for name, text in FILES.items():
        (cluster.local / name).write_text(text)
    for start, text in (refusal or {}).items():
        cluster.refuse(start, text)
    found = opened(*arguments, "--no-open-browser")
    code = found.end()
    expected = sentence.format(work=cluster.local, root=cluster.local.parent)
    assert (code, found.said.splitlines()[-1]) == (1, f"Error: {expected}")


def test_no_kubectl(opened, cluster):
    (cluster.path / "kubectl").unlink()
    cluster.system_path = str(cluster.path)
    found = opened("nb")
    assert (found.end(), found.said) == (
        1,
        (
            "Error: There is no kubectl on the PATH. Install it as "
            "https://kubernetes.io/docs/tasks/tools/ says; everything here goes through it.\n"
        ),
    )


def test_a_port_that_is_taken(opened, cluster):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = opened("nb", "--port", str(port))
        code = found.end()
    assert (code, found.said) == (
        1,
        (
            f"Error: Port {port} of this machine is taken. Leave --port out to get a free one, or "
            "name "
            "another.\n"
        ),
    )


def test_a_port_that_is_taken_starts_no_pod(opened, cluster):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        opened("nb", "--port", str(taken.getsockname()[1])).end()
    assert cluster.get()["spec"]["suspend"] is True


def test_a_timeout(opened, cluster):
    cluster.phases(*[("Unschedulable", "The notebook waits: no GPU.") for _ in range(100)])
    found = opened("nb", "--timeout", "2s")
    assert (found.end(), found.said.splitlines()[-1]) == (
        1,
        (
            "Error: Notebook nb does not run after 2 s. Unschedulable: The notebook waits: no "
            f"GPU. {ways_out()['Unschedulable']} --timeout waits longer."
        ),
    )


def test_a_way_out_that_the_message_has_is_not_said_twice(opened, cluster):
    message = "Model nope is not in this namespace. Create it, or correct its name here."
    reason = "ModelNotFound"
    cluster.phases(*[(reason, message) for _ in range(100)])
    found = opened("nb", "--timeout", "1s")
    assert (found.end(), found.said.splitlines()[-1]) == (
        1,
        f"Error: Notebook nb does not run after 1 s. {reason}: {message} --timeout waits longer.",
    )


def test_a_wrong_option_names_the_command_as_it_is_written(opened):
    found = opened("nb", "--tiemout", "1s")
    assert found.end() == 2
    assert "Usage: kubectl open notebook [OPTIONS] [NAME]" in found.said
    assert "Did you mean '--timeout'?" in found.said


def test_a_timeout_where_nobody_looks_at_the_notebook(opened, cluster):
    (cluster.root / "no-controllers").touch()
    found = opened("nb", "--timeout", "1s")
    assert (found.end(), found.said.splitlines()[-1]) == (
        1,
        (
            "Error: Notebook nb was not looked at by any controller within 1 s. See that "
            "Metacontroller and the hook server run: 'kubectl get pods -A'."
        ),
    )


def test_a_timeout_suspends_what_was_resumed_for_it(opened, cluster):
    cluster.phases(*[("Unschedulable", "no GPU") for _ in range(100)])
    opened("nb", "--timeout", "1s").end()
    assert cluster.get()["spec"]["suspend"] is True


def test_a_timeout_leaves_running_what_ran_before(opened, cluster):
    cluster.add(NOTEBOOKS, notebook(suspend=False))
    cluster.phases(*[("Unschedulable", "no GPU") for _ in range(100)])
    opened("nb", "--timeout", "1s").end()
    assert cluster.get()["spec"]["suspend"] is False


@pytest.mark.parametrize("was_running", [True, False])
def test_who_may_not_open_it_leaves_it_as_it_was(opened, cluster, was_running):
    cluster.add(NOTEBOOKS, notebook(suspend=not was_running))
    cluster.refuse("exec", "Error from server (Forbidden): no")
    assert opened("nb").end() == 1
    assert cluster.get()["spec"]["suspend"] is not was_running


def test_a_time_that_is_none(opened):
    found = opened("nb", "--timeout", "soon")
    assert found.end() == 2
    assert "'soon' is not a time; examples: 20m, 90s, 1h30m" in found.said


def test_a_pod_without_a_token(opened, cluster):
    (cluster.root / "token").unlink()
    found = opened("nb")
    assert (found.end(), found.said.splitlines()[-1]) == (
        1,
        (
            "Error: Pod nb-notebook-0 has no token at /run/notebook/token. Delete the Pod, so "
            "that it "
            "is made again: kubectl delete pod nb-notebook-0 --namespace=default"
        ),
    )


def test_a_model_with_several_notebooks(opened, cluster):
    cluster.add(NOTEBOOKS, notebook("nb2"))
    found = opened("--model", "opt")
    assert (found.end(), found.said.splitlines()[-1]) == (
        1,
        (
            "Error: Model opt has several Notebooks: nb, nb2. Open one of them by its name: "
            "kubectl "
            "open notebook nb"
        ),
    )


def test_a_name_that_another_models_notebook_has(opened, cluster):
    cluster.add(NOTEBOOKS, notebook("opt", model="other"))
    cluster.remove()
    found = opened("--model", "opt")
    assert (found.end(), found.said.splitlines()[-1]) == (
        1,
        (
            "Error: Notebook opt is there already, for Model other. Give another name: kubectl "
            "open "
            "notebook NAME --model opt"
        ),
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written_to(opened, cluster):
    cluster.local.chmod(0o500)
    found = opened("nb", "--sync")
    code = found.end()
    cluster.local.chmod(0o700)
    assert code == 1
    assert "cannot be synced: Permission denied" in found.said

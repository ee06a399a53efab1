"""A Model from an address: its weights are loaded, and a runtime of the settings serves them."""

import json

import pytest
from calls import NOW, base_dataset, child, condition, names_of, parent, stored
from fake_cluster import Stage, pod_of
from strict_schema import assert_fits

from hooks.settings import Settings

URL = "hf://org/name@v1"
GGUF = {"url": URL, "files": ["q4.gguf"]}
MODEL = Stage(parent("Model", "llm", {"source": GGUF}))
SAFE = MODEL.edited(source={"url": URL}, compute={"types": ["GPU"]})
SERVER = Stage(parent("ModelServer", "llm", {"modelName": "llm"}))
NOTEBOOK = Stage(parent("Notebook", "llm", {"modelName": "llm"}))
VLLM = {"name": "vllm", "image": "vllm:1", "formats": ["safetensors"], "compute": ["GPU"]}


def said(stage, **message):
    """Return a Model that is loaded, with the Pod of its loader, and what that said."""
    loading = stage.after().completed()
    job = next(each for each in loading.children if each["kind"] == "Job")
    state = {"terminated": {"exitCode": 0, "message": json.dumps(message)}}
    status = {"phase": "Succeeded", "containerStatuses": [{"name": "loader", "state": state}]}
    pod = {**pod_of(job, status), "spec": job["spec"]["template"]["spec"]}
    return loading.seeing(pod)


def ready(stage=MODEL, settings=None, **message):
    """Return a Model from an address once it is ready."""
    return said(stage, **message).synced(settings=settings).parent


def served(server=SERVER, model=None, settings=None):
    """Return the answer of a server of a Model."""
    return server.seeing(model or ready()).answer(settings=settings)


def container(server=SERVER, model=None):
    found = child(served(server, model), "StatefulSet")
    return found["spec"]["template"]["spec"]["containers"][0]


def variable(name, server=SERVER, model=None):
    env = container(server, model)["env"]
    return next((each["value"] for each in env if each["name"] == name), None)


def table(*runtimes):
    return Settings.model_validate({"runtimes": list(runtimes)})


def test_its_load_is_legal():
    for each in MODEL.answer()["children"]:
        assert_fits(each)


def test_it_is_loaded_as_a_directory():
    job = child(MODEL.answer(), "Job", "load")
    args = job["spec"]["template"]["spec"]["containers"][0]["args"]
    assert args[:2] == ["--kind=model", "--files=q4.gguf"]
    assert args[-3:] == ["--", URL, "/model/saved"]


def test_its_claim_is_the_runs_own():
    answered = MODEL.answer()
    run = child(answered, "Job")["metadata"]["labels"]["substratus.ai/run"]
    assert names_of(answered, "PersistentVolumeClaim") == [f"llm-model-{run[:10]}"]


def test_the_image_waits_for_the_weights():
    assert condition(MODEL.answer(), "Built")[:2] == ("Unknown", "Pending")


def test_it_is_ready_once_it_is_loaded():
    answered = MODEL.after().completed().answer()
    assert condition(answered, "Loaded")[:2] == ("True", "Loaded")
    assert condition(answered, "Ready")[:2] == ("True", "NothingToBuild")


def test_its_status_says_where_the_weights_are_and_what_serves_them():
    status = ready()["status"]
    assert status["url"].endswith("/model/saved")
    assert status["runtime"] == "llama-cpp"
    assert status["containerImage"] == "ghcr.io/ggml-org/llama.cpp:server"


def test_what_the_loader_said_is_in_the_provenance():
    made_of = ready(revision="c0ffee", bytes=7, format="gguf", file="q4.gguf")["status"]
    assert made_of["provenance"]["url"] == {
        **GGUF,
        "revision": "c0ffee",
        "bytes": 7,
        "format": "gguf",
        "file": "q4.gguf",
    }


def test_nothing_is_loaded_again_when_its_job_is_gone():
    stage = said(MODEL).synced().only("PersistentVolumeClaim").seeing()
    assert names_of(stage.answer()) == []
    assert condition(stage.answer(), "Ready")[0] == "True"


def test_a_claim_that_is_gone_is_lost_storage():
    stage = said(MODEL).synced().only().seeing()
    assert condition(stage.answer(), "Loaded")[1] == "StorageLost"


@pytest.mark.parametrize(
    "change",
    [
        {"source": {**GGUF, "url": "hf://org/name@v2"}},
        {"source": {**GGUF, "files": ["q8.gguf"]}},
        {"env": [{"name": "HF_ENDPOINT", "value": "https://hub.example.com"}]},
    ],
)
def test_another_source_is_another_run(change):
    assert names_of(MODEL.edited(**change).answer()) != names_of(MODEL.answer())


@pytest.mark.parametrize(
    "change", [{"runtime": "llama-cpp"}, {"size": {"parameterCount": 9, "parameterBits": 8}}]
)
def test_what_serves_it_and_on_what_loads_nothing_again(change):
    assert names_of(MODEL.edited(**change).answer()) == names_of(MODEL.answer())


def test_while_another_source_is_loaded_the_old_weights_are_served():
    before = said(MODEL).synced()
    after = before.edited(source={**GGUF, "url": "hf://org/name@v2"}).synced()
    kept = ("url", "runtime", "containerImage", "provenance")
    assert {key: after.parent["status"][key] for key in kept} == {
        key: before.parent["status"][key] for key in kept
    }
    assert len(names_of(after.answer(), "PersistentVolumeClaim")) == 2


def test_the_old_claim_goes_when_the_newer_one_is_complete():
    old = MODEL.synced(made="2026-01-01T00:00:00Z").completed().synced()
    loading = old.edited(source={**GGUF, "url": "hf://org/name@v2"}).after()
    complete = loading.completed().synced()
    assert len(names_of(complete.synced().answer(), "PersistentVolumeClaim")) == 1


@pytest.mark.parametrize(
    ("stage", "message", "runtime"),
    [
        pytest.param(MODEL, {}, "llama-cpp", id="GGUF on CPU"),
        pytest.param(SAFE, {}, "vllm", id="safetensors on GPU"),
        pytest.param(
            MODEL.edited(compute={"types": ["GPU"]}), {}, "llama-cpp-cuda", id="GGUF on GPU"
        ),
        pytest.param(
            SAFE,
            {"format": "gguf", "file": "a.gguf"},
            "llama-cpp-cuda",
            id="what was loaded counts",
        ),
    ],
)
def test_the_first_runtime_that_fits_format_and_hardware_is_taken(stage, message, runtime):
    assert ready(stage, **message)["status"]["runtime"] == runtime


def why_none(stage, settings=None, **message):
    return condition(said(stage, **message).answer(settings=settings), "Built")


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        pytest.param(
            MODEL.edited(source={"url": URL}),
            "The weights are safetensors, which no runtime serves on CPU. The settings have: "
            "vllm (safetensors, on GPU); llama-cpp (gguf, on CPU); llama-cpp-cuda (gguf, on GPU).",
            id="no runtime",
        ),
        pytest.param(
            MODEL.edited(runtime="vllm"),
            "The weights are gguf, which runtime vllm does not serve on CPU.",
            id="another format",
        ),
        pytest.param(
            MODEL.edited(runtime="tgi"),
            "spec.runtime is 'tgi', which the settings do not have.",
            id="an unknown one",
        ),
        pytest.param(
            MODEL.edited(source={"url": URL, "files": ["*.gguf"]}),
            "Runtime llama-cpp serves one file, and which one it is, is not known.",
            id="which file is not known",
        ),
    ],
)
def test_where_none_fits_the_condition_has_what_there_is(stage, sentence):
    status, reason, message = why_none(stage)
    assert (status, reason) == ("False", "NoRuntime")
    assert message.startswith(sentence)


def test_a_model_that_nothing_can_hold_does_not_fit():
    stage = SAFE.edited(size={"parameterCount": 10**13, "parameterBits": 16})
    assert why_none(stage)[1] == "DoesNotFit"


def test_weights_without_a_runtime_are_loaded_all_the_same():
    answered = said(MODEL.edited(runtime="tgi")).answer()
    assert condition(answered, "Loaded")[0] == "True"
    assert "runtime" not in answered["status"]


@pytest.mark.parametrize(
    ("runtime", "accelerator"),
    [({"accelerators": ["other"]}, {}), ({}, {"runtimes": ["other"]})],
    ids=["the runtime's list", "the accelerator's list"],
)
def test_an_accelerator_and_a_runtime_must_suit_each_other(runtime, accelerator):
    gpu = {"name": "x", "memoryGiB": 80, "maxPerNode": 8, **accelerator}
    settings = Settings.model_validate(
        {"runtimes": [{**VLLM, **runtime}], "compute": {"accelerators": [gpu]}}
    )
    assert why_none(SAFE, settings)[1] == "NoRuntime"


def test_a_runtime_serves_in_its_own_image():
    found = container()
    assert found["image"] == "ghcr.io/ggml-org/llama.cpp:server"
    assert "command" not in found


def test_its_arguments_name_variables_of_the_container():
    assert container()["args"][0] == "--model=$(MODEL_FILE)"
    assert variable("MODEL_FILE") == "/model/saved/q4.gguf"


def test_a_file_that_the_loader_named_is_served():
    model = ready(
        MODEL.edited(source={"url": URL, "files": ["*.gguf"]}), format="gguf", file="a/$b.gguf"
    )
    assert variable("MODEL_FILE", model=model) == "/model/saved/a/$$b.gguf"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODEL_DIR", "/model/saved"),
        ("MODEL_NAME", "llm"),
        ("GPUS_PER_NODE", "1"),
        ("NNODES", "1"),
    ],
)
def test_vllm_finds_what_its_arguments_name(name, value):
    assert variable(name, model=ready(SAFE)) == value


def test_a_server_may_have_another_name_for_its_clients():
    named = SERVER.edited(env=[{"name": "MODEL_NAME", "value": "gpt"}])
    assert variable("MODEL_NAME", named) == "gpt"


def test_the_arguments_of_a_server_are_added():
    assert container(SERVER.edited(args=["--ctx-size=2048"]))["args"][-1] == "--ctx-size=2048"


def test_the_arguments_of_a_server_reach_a_script_too():
    model = parent("Model", "llm", {"source": {"image": "a:1"}})
    model["status"] = {**Stage(model).synced().parent["status"]}
    found = container(SERVER.edited(args=["-v"]), model)
    assert (found["command"], found["args"]) == (["serve.sh"], ["-v"])


def test_it_is_probed_where_it_answers():
    found = container(model=ready(SAFE))
    assert found["ports"] == [{"name": "http", "containerPort": 8000}]
    assert found["readinessProbe"]["httpGet"] == {"path": "/health", "port": "http"}


def test_it_has_time_to_read_its_weights():
    probe = container()["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] == 3600


def test_its_service_is_the_same_for_all():
    port = child(served(), "Service")["spec"]["ports"][0]
    assert port == {"name": "http", "port": 8080, "targetPort": "http"}


def test_its_stateful_set_is_legal():
    assert_fits(child(served(), "StatefulSet"))


def inputs(model, server=SERVER):
    found = child(served(server, model), "StatefulSet")
    return found["metadata"]["annotations"]["substratus.ai/inputs"]


def test_another_image_of_the_runtime_restarts_nothing():
    later = {**VLLM, "image": "vllm:2", "name": "vllm"}
    assert inputs(ready(SAFE, table(later))) == inputs(ready(SAFE))


@pytest.mark.parametrize(
    "stage",
    [SAFE.edited(source={"url": "hf://org/name@v2"}), SAFE.edited(runtime="vllm")],
    ids=["other weights", "another runtime"],
)
def test_other_weights_or_another_runtime_roll_the_pods(stage):
    assert inputs(ready(stage)) != inputs(ready(SAFE))


def test_other_arguments_roll_the_pods():
    assert inputs(ready(), SERVER.edited(args=["-v"])) != inputs(ready())


def test_a_runtime_that_the_settings_no_longer_have_is_a_condition_and_what_runs_is_kept():
    running = SERVER.seeing(ready()).synced().up()
    answered = running.answer(settings=table(VLLM), now=NOW)
    assert condition(answered, "Serving")[1] == "NoRuntime"
    assert names_of(answered, "StatefulSet") == ["llm-modelserver"]


def test_a_stock_image_cannot_be_opened_as_a_notebook():
    answered = NOTEBOOK.seeing(ready()).answer()
    assert condition(answered, "Running")[1] == "NotSupported"


NEEDS_CODE = (
    "Model llm is loaded from an address, and no image of it has train.sh: set "
    "spec.training.source."
)


def test_it_is_not_trained_from_an_image_that_has_no_script():
    tuned = {"source": {"modelName": "llm"}, "training": {"datasetName": "squad"}}
    upstream = (ready(), base_dataset())
    answered = Stage(parent("Model", "tuned", tuned), related=upstream).answer()
    assert condition(answered, "Trained")[1:] == (
        "InvalidConfiguration",
        NEEDS_CODE,
    )


def test_a_model_that_is_built_later_has_no_address():
    loaded = said(MODEL).synced()
    built = loaded.edited(source={"git": {"url": "https://example.com/m"}}).after()
    assert built.parent["status"]["url"] == loaded.parent["status"]["url"]
    after = built.completed("build").synced().parent["status"]
    assert "url" not in after
    assert "runtime" not in after


def test_its_servers_are_found():
    model = said(MODEL).synced()
    stateful_set = child(served(model=model.parent), "StatefulSet")
    up = stored(stateful_set, SERVER.parent, readyReplicas=1)
    assert model.seeing(up).answer()["status"]["servers"] == ["llm"]

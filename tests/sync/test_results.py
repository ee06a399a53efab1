"""Claims with results: one goes only when a later one is complete, and nobody names or uses it."""

from calls import base_dataset, base_model, completed, condition, edited, parent, stored, sync

UPSTREAM = [base_model(), base_dataset()]
TWICE = {"datasetName": "squad", "params": {"epochs": 2}}
NINE_TIMES = {"datasetName": "squad", "params": {"epochs": 9}}
MODEL = parent("Model", "tuned", {"source": {"modelName": "opt"}, "training": TWICE})
EARLY, LATE = "2026-01-02T03:00:00Z", "2026-01-02T03:02:00Z"


def run_of(job):
    return job["metadata"]["labels"]["substratus.ai/run"]


def answered(model, children, related=()):
    """Return the Model with the status of the answer, and the answer."""
    answer = sync(model, children, [*UPSTREAM, *related])
    status = {**answer["status"], "observedGeneration": model["metadata"]["generation"]}
    return {**model, "status": status}, answer


def new(answer, kind, children):
    """Return the child of an answer that does not exist yet."""
    known = {(each["kind"], each["metadata"]["name"]) for each in children}
    return next(
        each
        for each in answer["children"]
        if each["kind"] == kind and (kind, each["metadata"]["name"]) not in known
    )


def trained(model, children, made):
    """Return the Model and its children when what it asks for is trained, and not packaged yet."""
    model, answer = answered(model, children)
    claim = stored(new(answer, "PersistentVolumeClaim", children), model, made=made)
    job = completed(stored(new(answer, "Job", children), model, made=made))
    children = [*children, claim, job]
    model, answer = answered(model, children)
    return model, children, claim


def packaged(model, children):
    """Return the Model and its children when its trained image is built."""
    _, answer = answered(model, children)
    build = completed(stored(new(answer, "Job", children), model))
    children = [*children, build]
    return answered(model, children)[0], children


def twice_ready():
    model, children, claim = trained(MODEL, [], EARLY)
    model, children = packaged(model, children)
    assert condition(sync(model, children, UPSTREAM), "Ready")[0] == "True"
    return model, children, claim


def nine_times_trained():
    """Return a Model that is ready, edited, trained again, and whose new image is being built."""
    model, children, first = twice_ready()
    model, children, second = trained(edited(model, training=NINE_TIMES), children, LATE)
    return model, children, first, second


def claims(answer):
    return {
        each["metadata"]["name"]
        for each in answer["children"]
        if each["kind"] == "PersistentVolumeClaim"
    }


def test_taking_an_edit_back_keeps_the_newer_result():
    model, children, first, second = nine_times_trained()
    _, answer = answered(edited(model, training=TWICE), children)
    assert claims(answer) == {first["metadata"]["name"], second["metadata"]["name"]}


def test_taking_an_edit_back_is_ready_at_once():
    model, children, _, _ = nine_times_trained()
    _, answer = answered(edited(model, training=TWICE), children)
    assert condition(answer, "Ready")[:2] == ("True", "BuiltAndPushed")


def test_after_taking_an_edit_back_trained_does_not_name_the_newer_result():
    model, children, _, second = nine_times_trained()
    _, answer = answered(edited(model, training=TWICE), children)
    assert second["metadata"]["name"] not in condition(answer, "Trained")[2]


def test_the_edit_made_again_trains_nothing():
    model, children, _, _ = nine_times_trained()
    model, answer = answered(edited(model, training=TWICE), children)
    kept = [each for each in children if each["kind"] == "PersistentVolumeClaim"]
    _, answer = answered(edited(model, training=NINE_TIMES), kept)
    assert [
        each["metadata"]["labels"]["substratus.ai/step"]
        for each in answer["children"]
        if each["kind"] == "Job"
    ] == ["package"]


def test_every_result_that_a_status_names_has_its_claim():
    model, children, _, second = nine_times_trained()
    _, answer = answered(edited(model, training=TWICE), children)
    assert second["metadata"]["name"] in answer["status"]["trainedUrl"]
    assert second["metadata"]["name"] in claims(answer)


def test_an_older_result_stays_until_the_newer_one_is_packaged():
    model, children, first, _ = nine_times_trained()
    assert first["metadata"]["name"] in claims(answered(model, children)[1])


def test_an_older_result_goes_when_the_newer_one_is_packaged():
    model, children, _, second = nine_times_trained()
    model, children = packaged(model, children)
    assert claims(answered(model, children)[1]) == {second["metadata"]["name"]}


def test_an_older_result_stays_while_a_pod_uses_it():
    model, children, first, _ = nine_times_trained()
    model, children = packaged(model, children)
    trainings = [
        each for each in children if each["metadata"]["labels"]["substratus.ai/step"] == "train"
    ]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "reader",
            "namespace": "team",
            "labels": {"uses.substratus.ai/tuned": run_of(trainings[1])},
        },
        "status": {"phase": "Running"},
    }
    assert first["metadata"]["name"] in claims(answered(model, children, [pod])[1])

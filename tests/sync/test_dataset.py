"""A Dataset: built, loaded once, and never lost."""

from datetime import timedelta

import pytest
from calls import (
    NOW,
    annotated,
    child,
    completed,
    condition,
    customize,
    edited,
    failed,
    names_of,
    parent,
    stored,
    sync,
)

from hooks.platform.registry import Registry
from hooks.settings import Settings

SPEC = {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}}
DATASET = parent("Dataset", "squad", SPEC)


def built(dataset=DATASET):
    """Return the build Job, complete."""
    return completed(stored(child(sync(dataset), "Job", "build"), dataset))


def loading(dataset=DATASET):
    """Return the children of a Dataset that loads."""
    build = built(dataset)
    answered = sync(dataset, [build])
    claim = stored(child(answered, "PersistentVolumeClaim"), dataset)
    return [build, claim, stored(child(answered, "Job", "load"), dataset, active=1)]


def ready(dataset=DATASET):
    """Return a Dataset that is ready, and its children."""
    build, claim, load = loading(dataset)
    children = [build, claim, completed(load)]
    return {**dataset, "status": sync(dataset, children)["status"]}, children


def test_a_new_dataset_is_built_first():
    assert condition(sync(DATASET), "Built")[:2] == ("False", "Building")


def test_loading_waits_for_the_image():
    assert condition(sync(DATASET), "Loaded") == (
        "Unknown",
        "Pending",
        "Loading waits for the image.",
    )


def test_the_loader_runs_in_the_image_that_was_built():
    image = sync(DATASET, [built()])["status"]["image"]
    loader = child(sync(DATASET, [built()]), "Job", "load")
    assert loader["spec"]["template"]["spec"]["containers"][0]["image"] == image


def test_a_dataset_is_ready_when_its_load_job_is_complete():
    dataset, _ = ready()
    assert condition(dataset, "Ready")[:2] == ("True", "Loaded")


def test_its_url_names_claim_namespace_name_run_and_file():
    dataset, children = ready()
    run = children[2]["metadata"]["labels"]["substratus.ai/run"]
    assert dataset["status"]["url"] == f"pvc://squad-dataset/team/squad/{run}/data/squad.jsonl"


def test_answering_an_answer_changes_nothing():
    dataset, children = ready()
    again = sync(dataset, children, now=NOW + timedelta(hours=1))
    assert again["status"] == dataset["status"]


def test_a_ready_dataset_whose_jobs_are_gone_runs_none():
    dataset, children = ready()
    assert names_of(sync(dataset, [children[1]])) == []


def test_finished_jobs_stay_for_their_logs():
    dataset, children = ready()
    assert len(names_of(sync(dataset, children, now=NOW + timedelta(hours=23)))) == 2


def test_finished_jobs_go_after_a_day():
    dataset, children = ready()
    assert names_of(sync(dataset, children, now=NOW + timedelta(hours=25))) == []


def test_it_asks_to_be_called_when_the_first_job_is_to_go():
    dataset, children = ready()
    assert sync(dataset, children)["resyncAfterSeconds"] == 86400 - 5 + 1


def test_another_filename_loads_again_and_builds_nothing():
    dataset, children = ready()
    answered = sync(edited(dataset, filename="train.jsonl"), [children[1]])
    assert [child(answered, "Job")["metadata"]["labels"]["substratus.ai/step"]] == ["load"]


def test_the_old_url_stays_while_another_file_is_loaded():
    dataset, children = ready()
    answered = sync(edited(dataset, filename="train.jsonl"), children)
    assert answered["status"]["url"] == dataset["status"]["url"]


def test_a_dataset_that_loads_again_is_not_ready():
    dataset, children = ready()
    answered = sync(edited(dataset, filename="train.jsonl"), children)
    assert condition(answered, "Ready")[:2] == ("False", "Loading")


def test_an_edit_that_changes_nothing_runs_nothing():
    dataset, children = ready()
    assert names_of(sync(edited(dataset), [children[1]])) == []


def test_a_rebuild_computes_again_what_is_complete():
    dataset, children = ready()
    answered = sync(annotated(dataset, rebuild="1"), children)
    fresh = set(names_of(answered)) - {each["metadata"]["name"] for each in children}
    assert len(fresh) == 1


def test_a_retry_of_what_is_complete_runs_nothing():
    dataset, children = ready()
    assert names_of(sync(annotated(dataset, retry="1"), [children[1]])) == []


def test_a_failed_job_is_not_tried_again():
    build = failed(stored(child(sync(DATASET), "Job"), DATASET))
    assert names_of(sync(DATASET, [build])) == [build["metadata"]["name"]]


def test_a_failed_job_stays_however_old_it_is():
    build = failed(stored(child(sync(DATASET), "Job"), DATASET))
    later = sync(DATASET, [build], now=NOW + timedelta(days=30))
    assert names_of(later) == [build["metadata"]["name"]]


def test_a_failed_job_that_is_deleted_is_tried_again():
    build = stored(child(sync(DATASET), "Job"), DATASET)
    status = sync(DATASET, [failed(build)])["status"]
    assert names_of(sync({**DATASET, "status": status})) == [build["metadata"]["name"]]


def test_a_new_retry_value_tries_a_failed_step_under_another_name():
    build = failed(stored(child(sync(DATASET), "Job"), DATASET))
    fresh = set(names_of(sync(annotated(DATASET, retry="1"), [build])))
    assert len(fresh - {build["metadata"]["name"]}) == 1


def test_a_retry_does_not_change_what_is_computed():
    build = failed(stored(child(sync(DATASET), "Job"), DATASET))
    jobs = sync(annotated(DATASET, retry="1"), [build])["children"]
    assert len({job["metadata"]["labels"]["substratus.ai/run"] for job in jobs}) == 1


def test_the_same_retry_value_tries_only_once():
    dataset = annotated(DATASET, retry="1")
    build = failed(stored(child(sync(dataset), "Job"), dataset))
    assert names_of(sync(dataset, [build])) == [build["metadata"]["name"]]


def test_a_retry_leaves_a_job_that_runs_alone():
    build = stored(child(sync(DATASET), "Job"), DATASET, active=1)
    answered = sync(annotated(DATASET, retry="1"), [build])
    assert names_of(answered) == [build["metadata"]["name"]]


def test_a_job_that_runs_for_an_old_spec_is_stopped():
    _, claim, load = loading()
    answered = sync(
        edited(DATASET, source={"git": {"url": "https://example.com/b"}}), [claim, load]
    )
    assert load["metadata"]["name"] not in names_of(answered)


def test_a_claim_is_kept_whatever_the_spec_says():
    _, claim, load = loading()
    other = edited(DATASET, source={"git": {"url": "https://example.com/b"}})
    assert names_of(sync(other, [claim, load]), "PersistentVolumeClaim") == ["squad-dataset"]


def test_a_claim_that_was_grown_by_hand_stays_grown():
    dataset, children = ready()
    children[1]["spec"] = {**children[1]["spec"], "resources": {"requests": {"storage": "2Ti"}}}
    claim = child(sync(dataset, children), "PersistentVolumeClaim")
    assert claim["spec"]["resources"]["requests"]["storage"] == "2Ti"


def test_a_claim_that_is_gone_with_the_data_is_reported():
    dataset, children = ready()
    without = [each for each in children if each["kind"] != "PersistentVolumeClaim"]
    assert condition(sync(dataset, without), "Ready")[:2] == ("False", "StorageLost")


def test_a_lost_claim_is_not_made_again_as_if_it_held_the_data():
    dataset, children = ready()
    without = [each for each in children if each["kind"] != "PersistentVolumeClaim"]
    assert names_of(sync(dataset, without), "PersistentVolumeClaim") == []


@pytest.mark.parametrize(
    ("kind", "step"), [("Job", "load"), ("PersistentVolumeClaim", None)], ids=["job", "claim"]
)
def test_a_name_that_another_object_holds_is_a_conflict(kind, step):
    wanted = child(sync(DATASET, [built()]), kind, step)
    foreign = {**wanted, "metadata": {**wanted["metadata"], "uid": "other"}}
    answered = sync(DATASET, [built()], [foreign])
    assert condition(answered, "Loaded")[:2] == ("False", "NameConflict")


def test_it_asks_for_the_jobs_that_its_spec_names():
    """A Job of that name without our labels is seen by its name alone."""
    wanted = {each["metadata"]["name"] for each in [built(), loading()[2]]}
    rules = [each for each in customize(DATASET)["relatedResources"] if each["resource"] == "jobs"]
    assert wanted == {name for rule in rules for name in rule.get("names", [])}


def test_what_it_asks_for_does_not_depend_on_annotations():
    """Metacontroller asks again only when the spec changes."""
    assert customize(annotated(DATASET, rebuild="1", retry="2")) == customize(DATASET)


def test_no_loader_writes_into_a_claim_that_is_anothers():
    claim = child(sync(DATASET, [built()]), "PersistentVolumeClaim")
    foreign = {**claim, "metadata": {**claim["metadata"], "uid": "other"}}
    assert len(names_of(sync(DATASET, [built()], [foreign]))) == 1


def test_a_claim_that_complete_pods_keep_from_going_is_reported_with_the_way_out():
    claim = child(sync(DATASET, [built()]), "PersistentVolumeClaim")
    leaving = {"uid": "other", "deletionTimestamp": "2026-01-02T03:04:05Z"}
    foreign = {**claim, "metadata": {**claim["metadata"], **leaving}}
    found = condition(sync(DATASET, [built()], [foreign]), "Loaded")
    assert found == (
        "False",
        "NameConflict",
        (
            "PersistentVolumeClaim squad-dataset is being deleted and not gone, so this object's "
            "own cannot be made: Pods use it, of which complete ones count too. 'kubectl "
            "describe pvc squad-dataset' names them; delete them or their Jobs, "
            "and this clears by itself."
        ),
    )


def test_its_own_child_is_not_a_conflict():
    children = loading()
    assert condition(sync(DATASET, children, children), "Loaded")[1] == "Loading"


def test_a_job_that_is_being_deleted_is_not_done():
    build = built()
    build["metadata"]["deletionTimestamp"] = "2026-01-02T03:04:05Z"
    assert condition(sync(DATASET, [build]), "Built")[:2] == ("False", "Building")


def test_an_object_older_than_a_rule_says_which_rule_it_breaks():
    broken = parent("Dataset", "squad", {**SPEC, "filename": "a/b"})
    status, reason, message = condition(sync(broken), "Ready")
    assert (status, reason, "spec.filename" in message) == ("False", "InvalidConfiguration", True)


def test_an_object_older_than_a_rule_loses_nothing():
    dataset, children = ready()
    answered = sync(edited(dataset, filename="a/b"), children)
    assert len(answered["children"]) == len(children)


def test_an_object_older_than_a_rule_keeps_its_url():
    dataset, children = ready()
    answered = sync(edited(dataset, filename="a/b"), children)
    assert answered["status"]["url"] == dataset["status"]["url"]


def test_a_registry_that_changes_while_a_job_runs_does_not_move_its_result():
    moved = Settings(registry=Registry(url="elsewhere:5000"))
    answered = sync(DATASET, [built()], settings=moved)
    assert answered["status"]["image"].startswith("registry.example.com/substratus/")


def test_a_time_moves_only_when_a_status_changes():
    dataset, children = ready()
    later = sync(edited(dataset, filename="b"), children, now=NOW + timedelta(hours=1))
    times = {each["type"]: each["lastTransitionTime"] for each in later["status"]["conditions"]}
    assert times == {
        "Built": "2026-01-02T03:04:05Z",
        "Loaded": "2026-01-02T04:04:05Z",
        "Ready": "2026-01-02T04:04:05Z",
    }


def test_children_carry_the_parents_label():
    for each in sync(DATASET, loading())["children"]:
        assert each["metadata"]["labels"]["substratus.ai/dataset"] == "squad"

"""A result is where its Job wrote it, whatever the settings say by then."""

from calls import parent
from fake_cluster import Stage
from objects import GIT, MODEL

from hooks.settings import Settings

DATASET = parent("Dataset", "squad", {"filename": "squad.jsonl", "source": GIT})
S3 = Settings.model_validate({"storage": {"type": "s3", "s3": {"bucket": "bucket"}}})
MOVED = Settings.model_validate({"registry": {"url": "other.example.com/x"}})


def claiming(stage, result):
    """Return the stage with Jobs that say of themselves that their result is elsewhere."""

    def changed(job):
        annotations = {**job["metadata"]["annotations"], "substratus.ai/result": result}
        return {**job, "metadata": {**job["metadata"], "annotations": annotations}}

    return stage.each("Job", changed)


def loading(settings):
    return Stage(DATASET).synced(settings=settings).completed().synced(settings=settings)


def test_data_that_was_loaded_into_another_storage_is_found_there():
    url = loading(S3).completed().answer()["status"]["url"]
    assert url.startswith("s3://bucket/team/squad/")


def test_an_image_that_was_pushed_to_another_registry_is_found_there():
    built = Stage(MODEL).synced(settings=MOVED).completed()
    image = built.answer()["status"]["containerImage"]
    assert image.startswith("other.example.com/x/model-team.opt:")


def test_an_address_of_another_run_is_not_believed():
    url = f"s3://bucket/team/squad/{'d' * 32}/data/squad.jsonl"
    loaded = loading(None).completed().answer()["status"]["url"]
    assert claiming(loading(None), url).completed().answer()["status"]["url"] == loaded
    assert loaded.startswith("pvc://squad-dataset/")


def test_an_address_of_no_storage_is_not_believed():
    loaded = loading(None).completed().answer()["status"]["url"]
    odd = claiming(loading(None), "ftp://host/x")
    assert odd.completed().answer()["status"]["url"] == loaded


def test_an_image_of_another_run_is_not_believed():
    built = Stage(MODEL).synced()
    image = built.completed().answer()["status"]["containerImage"]
    odd = claiming(built, f"registry/model-team.opt:{'d' * 32}")
    assert odd.completed().answer()["status"]["containerImage"] == image

"""No object that the CRDs take crashes a hook, whatever its status and annotations say."""

from calls import sync
from hypothesis import given, settings
from hypothesis import strategies as st
from legal import ANNOTATIONS, STATUS, objects
from stages import of_runs


@settings(max_examples=300)
@given(found=objects(), data=st.data())
def test_every_legal_object_is_answered(found, data):
    spec = found["spec"]
    base = spec.get("modelName") or spec.get("source", {}).get("modelName")
    dataset = spec.get("training", {}).get("datasetName")
    related = [
        *([data.draw(objects("Model", base))] if base and data.draw(st.booleans()) else []),
        *([data.draw(objects("Dataset", dataset))] if dataset and data.draw(st.booleans()) else []),
    ]
    answered = sync(found, [], related)
    reasons = {each["reason"] for each in answered["status"]["conditions"]}
    assert reasons
    assert "InvalidConfiguration" not in reasons


@settings(max_examples=200)
@given(stage=st.sampled_from(list(of_runs().values())), status=STATUS, annotations=ANNOTATIONS)
def test_every_status_is_answered_at_every_stage(stage, status, annotations):
    metadata = {**stage.parent["metadata"], "annotations": annotations}
    found = stage._replace(parent={**stage.parent, "metadata": metadata, "status": status})
    before = repr(found)
    found.answer()
    assert repr(found) == before

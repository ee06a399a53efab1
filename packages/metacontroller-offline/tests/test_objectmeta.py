"""The metadata that every object has: what Go reads as absent, and what is refused."""

import pytest
from metacontroller_offline.objectmeta import as_go_reads, metadata_violations


def test_null_is_absent_or_empty():
    read = as_go_reads({"metadata": {"name": "a", "finalizers": None, "labels": {"a": None}}})
    assert read == {"metadata": {"name": "a", "labels": {"a": ""}}}


def test_metadata_of_another_type_is_left_to_the_checks():
    assert as_go_reads({"metadata": "x"}) == {"metadata": "x"}


REFUSED = {
    "none": (None, "metadata: Required value"),
    "another type": ("x", "must be of type object"),
    "a number for a label": ({"name": "a", "labels": {"a": 1}}, "metadata.labels.a"),
    "a field that is unknown": ({"name": "a", "colour": "red"}, "metadata.colour: unknown field"),
    "a namespace with dots": ({"name": "a", "namespace": "a.b"}, "must be a DNS label"),
    "a label's key": ({"name": "a", "labels": {"a b": "1"}}, "must be a qualified name"),
    "a label's prefix": ({"name": "a", "labels": {"A/b": "1"}}, "must be a qualified name"),
    "an annotation's key": ({"name": "a", "annotations": {"/": "1"}}, "must be a qualified name"),
    "a finalizer": ({"name": "a", "finalizers": ["a b"]}, "metadata.finalizers"),
}


@pytest.mark.parametrize(("metadata", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(metadata, sentence):
    assert sentence in metadata_violations({"metadata": metadata})[0]


def test_what_is_legal():
    metadata = {"name": "a", "annotations": {"Example.com/A": "1"}, "finalizers": ["x.io/y"]}
    assert metadata_violations({"metadata": metadata}) == []

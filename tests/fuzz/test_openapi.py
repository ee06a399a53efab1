"""Every request that openapi.yaml allows is answered, as that says."""

from pathlib import Path

import pytest
import schemathesis
from calls import NOW
from hypothesis import given, settings
from yaml_files import read

from hooks.server import dispatch
from hooks.server.app import create_app
from hooks.settings import Settings

DOCUMENT = read(Path(__file__).with_name("openapi.yaml"))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = create_app(Settings(), clock=lambda: NOW)
OPERATIONS = [each.ok() for each in SCHEMA.get_all_operations()]


def test_the_document_has_every_hook():
    assert set(DOCUMENT["paths"]) == set(dispatch.HOOKS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.path for each in OPERATIONS])
def test_a_request_that_the_document_allows_is_answered(operation):
    @settings(max_examples=40)
    @given(case=operation.as_strategy())
    def check(case):
        assert case.call_and_validate().status_code == 200

    check()

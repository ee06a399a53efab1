"""The server keeps to openapi.yaml, whatever a client makes of that."""

from pathlib import Path

import pytest
import schemathesis
import yaml
from calls import NOW
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS

from hooks import dispatch
from hooks.app import create_app
from hooks.settings import Settings

DOCUMENT = yaml.safe_load(Path(__file__).with_name("openapi.yaml").read_text())
APP = create_app(Settings(), clock=lambda: NOW)
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = APP
OPERATIONS = [each.ok() for each in SCHEMA.get_all_operations()]
print(CHECKS.get_all_names())

def test_the_document_has_every_hook():
    assert set(DOCUMENT["paths"]) == set(dispatch.HOOKS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.path for each in OPERATIONS])
def test_an_answer_keeps_to_the_document(operation):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def check(case):
        print(case.call().status_code)
        case.call_and_validate()

    check()

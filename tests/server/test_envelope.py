"""The envelope of a request: whose members are there once, and how that is found out."""

import copy
import json

import orjson
import pytest
from calls import parent, request
from hypothesis import given
from hypothesis import strategies as st

from hooks.server import envelope
from hooks.server.envelope import MalformedRequestError

DATASET = parent(
    "Dataset",
    "squad",
    {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}},
)
CALL = json.dumps(request(DATASET), separators=(",", ":"))
JOB = '{"metadata":{"name":"a"}}'


def with_children(text, call=CALL):
    return call.replace('"related":', f'"children":{text},"related":', 1)


def with_kinds(text):
    return CALL.replace('"Job.batch/v1":{}', text, 1)


REPEATED = {
    "a member": (with_children("{}"), "children"),
    "a member in another's place": (f'{{"related":{{}},{CALL[1:]}', "related"),
    "a member of no interest": (f'{{"parent":{{}},{CALL[1:]}', "parent"),
    "a member that is escaped": (
        CALL.replace('"related":', '"childr\\u0065n":{},"related":'),
        "children",
    ),
    "a member of another type": (with_children("null"), "children"),
    "a kind": (with_kinds('"Job.batch/v1":{},"Job.batch/v1":{}'), "children['Job.batch/v1']"),
    "a kind that is escaped": (
        with_kinds('"Job.batch/v1":{},"Job.batch\\/v1":{}'),
        "children['Job.batch/v1']",
    ),
    "an object": (
        with_kinds(f'"Job.batch/v1":{{"team/a":{JOB},"team/a":{JOB}}}'),
        "children['Job.batch/v1']['team/a']",
    ),
    "a related object": (
        f'{CALL[:-1]},"related":{{"Job.batch/v1":{{"team/a":{JOB},"team/a":{JOB}}}}}}}',
        "related",
    ),
    "a member among spaces": (with_children(" {} ").replace(",", " , "), "children"),
    "a member beside a number that is written otherwise": (
        with_children("{}").replace('"generation":1', '"generation":1,"n":1e15'),
        "children",
    ),
    "an attachment": ('{"object":{},"attachments":{"A":{},"A":{}}}', "attachments['A']"),
}


@pytest.mark.parametrize(("body", "place"), REPEATED.values(), ids=REPEATED)
def test_a_repeated_member_of_the_envelope_is_refused_by_its_place(body, place):
    with pytest.raises(MalformedRequestError) as refused:
        envelope.decode(body.encode())
    assert str(refused.value) == f"The body has the member {place} twice."


WHOLE = {
    "as Metacontroller writes it": CALL,
    "among spaces": json.dumps(json.loads(CALL), indent=2),
    "with what Go escapes": CALL.replace("squad.jsonl", "a\\u003cb\\u003e\\u0026\\u2028"),
    "with a backslash before what looks like an escape": CALL.replace("squad.jsonl", "a\\\\u003cb"),
    "with numbers that are written otherwise": CALL.replace(
        '"generation":1', f'"generation":1,"n":[1e15,1.50,{"9" * 300}]'
    ),
    "with a member of an object of a kind twice": with_kinds(
        '"Job.batch/v1":{"team/a":{"metadata":{},"metadata":{"name":"a"}}}'
    ),
    "with a member twice below the envelope": CALL.replace(
        '"name":"squad"', '"name":"other","name":"squad"', 1
    ),
    "with texts that look like members": CALL.replace("squad.jsonl", '\\"children\\":{},'),
}


@pytest.mark.parametrize("body", WHOLE.values(), ids=WHOLE)
def test_an_envelope_whose_members_are_there_once_is_read(body):
    assert envelope.decode(body.encode()) == orjson.loads(body)


def test_what_metacontroller_writes_needs_no_second_look(monkeypatch):
    monkeypatch.setattr(envelope, "_repeated", lambda _body: pytest.fail("looked twice"))
    envelope.decode(CALL.replace("squad.jsonl", "a\\u0026b").encode())


def test_an_envelope_that_is_nested_too_deeply_is_refused():
    body = '{"parent": ' + "[" * 1000 + "]" * 1000 + "}"
    with pytest.raises(MalformedRequestError):
        envelope.decode(body.encode())


names = st.sampled_from(["children", "related", "parent", "A", "B", "é", "<"])
members = st.recursive(
    st.sampled_from([1, "x", None, [], ["{"]]),
    lambda inner: st.lists(st.tuples(names, inner), max_size=3),
    max_leaves=12,
)


def written(value, escape):
    """Return the JSON of a value whose objects are lists of members."""
    if isinstance(value, list) and all(isinstance(each, tuple) for each in value):
        inner = (
            f"{json.dumps(key, ensure_ascii=escape)}:{written(each, escape)}" for key, each in value
        )
        return "{" + ",".join(inner) + "}"
    return json.dumps(value, ensure_ascii=escape)


def is_repeated(value, path=()):
    if not isinstance(value, list) or not all(isinstance(each, tuple) for each in value):
        return False
    keys = [key for key, _ in value]
    if len(keys) != len(set(keys)):
        return True
    return any(
        is_repeated(each, (*path, key))
        for key, each in value
        if (*path, key)[0] in envelope.GROUPS and len(path) < 2
    )


@given(st.lists(st.tuples(names, members), max_size=4), st.booleans())
def test_exactly_the_envelopes_with_repeated_members_are_refused(value, escape):
    try:
        envelope.decode(written(copy.deepcopy(value), escape).encode())
    except MalformedRequestError:
        refused = True
    else:
        refused = False
    assert refused == is_repeated(value)

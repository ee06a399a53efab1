"""CEL rules of CRDs are evaluated if the library is there, and can be left out."""

import copy

import pytest
from engine import CRD, bar
from metacontroller_offline import Simulation
from metacontroller_offline.errors import InvalidError, UnsupportedError

pytest.importorskip("cel_expr_python")


def ruled(*rules, field="spec"):
    crd = copy.deepcopy(CRD)
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    spec = schema["properties"]["spec"]
    spec["properties"]["names"] = {"type": "array", "items": {"type": "string"}}
    spec["properties"]["share"] = {"type": "number"}
    schema["properties"][field]["x-kubernetes-validations"] = list(rules)
    return crd


SMALL = {"rule": "self.size < 10", "message": "it is too large"}


def test_a_rule_is_kept():
    with pytest.raises(InvalidError, match=r"spec: Invalid value: .*: it is too large"):
        Simulation([ruled(SMALL), bar(size=11)], lambda _: {})


def test_a_rule_that_holds_says_nothing():
    Simulation([ruled(SMALL), bar(size=9)], lambda _: {})


def test_rules_can_be_left_out():
    Simulation([ruled(SMALL), bar(size=11)], lambda _: {}, cel=False)


GROWS = {"rule": "self.size >= oldSelf.size", "message": "it may not shrink"}


def test_a_rule_about_changes_is_not_asked_of_a_new_object():
    Simulation([ruled(GROWS), bar(size=5)], lambda _: {})


def test_a_rule_about_changes_is_kept():
    sim = Simulation([ruled(GROWS), bar(size=5)], lambda _: {})
    with pytest.raises(InvalidError, match="it may not shrink"):
        sim.cluster.apply(bar(size=4))


def test_a_message_may_be_computed():
    rule = {"rule": "self.size < 10", "messageExpression": "'%d is too large'.format([self.size])"}
    with pytest.raises(InvalidError, match="11 is too large"):
        Simulation([ruled(rule), bar(size=11)], lambda _: {})


def test_a_number_is_a_float_even_if_it_is_whole():
    rule = {"rule": "self.share == 1.0 && type(self.share) == double"}
    Simulation([ruled(rule), bar(share=1)], lambda _: {})


def test_an_evaluation_that_fails_is_a_refusal():
    with pytest.raises(InvalidError, match=r"failed rule: self\.size < 10"):
        Simulation([ruled({"rule": "self.size < 10"}), bar()], lambda _: {})


def test_a_rule_with_a_function_that_is_not_here_is_refused_with_its_crd():
    rule = {"rule": "self.names.isSorted()"}
    with pytest.raises(UnsupportedError, match=r"bars.verify.example.com: the rule .*isSorted"):
        Simulation([ruled(rule)], lambda _: {})

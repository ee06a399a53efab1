"""A status that says in part what a result was made of: it decides nothing, and nothing breaks."""

import pytest
import stages
from calls import condition

READY = stages.trained_models()["a trained Model that is ready"]


@pytest.mark.parametrize("part", ["baseModel", "dataset", "params"])
def test_without_its_base_a_result_whose_provenance_lacks_a_part_is_not_what_is_asked(part):
    provenance = {**READY.parent["status"]["provenance"]}
    del provenance[part]
    status = {**READY.parent["status"], "provenance": provenance}
    alone = READY._replace(parent={**READY.parent, "status": status}).seeing()
    assert condition(alone.answer(), "Trained")[1] == "SourceModelNotFound"


def test_without_its_base_a_result_with_all_of_it_is():
    assert condition(READY.seeing().answer(), "Trained")[1] == "Trained"

"""The script that answers in the Pod: who has a Notebook open, and what becomes of it."""

import contextlib

import pytest
from kubectl_open_notebook.failure import ConnectionLostError
from kubectl_open_notebook.shell import Agent
from sides import HereShell


@pytest.fixture
def agent(tmp_path):
    """Opens the Notebook for somebody, in a session."""
    with contextlib.ExitStack() as leaving:

        def run(who, session):
            found = Agent(
                HereShell(),
                str(tmp_path),
                f"{who} of {tmp_path.name}",
                f"{tmp_path.name}-{session}",
            )
            leaving.callback(found.close)
            found.ask("beat")
            return found

        yield run


@pytest.fixture
def others(tmp_path):
    """Says who else is there, of this test's people."""

    def ask(agent):
        answer, _ = agent.ask("beat")
        names = (each.partition(" of ") for each in answer.split(";"))
        return {who for who, _, test in names if test == tmp_path.name}

    return ask


def test_two_people_see_each_other(agent, others):
    ada, bob = agent("ada", 1), agent("bob", 2)
    assert (others(ada), others(bob)) == ({"bob"}, {"ada"})


def test_one_alone_sees_nobody(agent, others):
    assert others(agent("ada", 1)) == set()


def test_one_whose_connection_is_made_again_does_not_see_themselves(agent, others):
    agent("ada", 1)
    assert others(agent("ada", 1)) == set()


def test_who_leaves_is_seen_no_more(agent, others):
    ada, bob = agent("ada", 1), agent("bob", 2)
    bob._run.input.close()
    bob._run.process.wait()
    assert others(ada) == set()


def test_a_script_that_is_killed_is_a_lost_connection(agent):
    ada = agent("ada", 1)
    ada._run.process.kill()
    with pytest.raises(ConnectionLostError):
        ada.ask("beat")


def test_an_answer_that_does_not_come_is_a_lost_connection(tmp_path):
    ada = Agent(HereShell(), str(tmp_path), "ada", "s", patience=0.5)
    with pytest.raises(ConnectionLostError):
        ada.ask("nothing that it knows")
    ada.close()

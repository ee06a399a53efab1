"""Each command in the documents works, and prints what is shown below it."""

import functools
import itertools
import re
import shutil
import subprocess

import click
import pytest
import yaml
from documents import (
    ALL,
    BIN,
    PAGES,
    ROOT,
    blocks,
    is_shown_by,
    make_targets,
    run,
    sh_commands,
    shown,
)
from kubectl_open_notebook.main import main as plugin

from hooks.server.tls import TlsFiles
from hooks.server.tokens import Tokens
from substratus.main import COMMANDS as SUBCOMMANDS
from substratus.main import main
from substratus.manifests import crds

TARGETS = make_targets()
COMMANDS = [pytest.param(words, id=" ".join(words)) for _, words in sh_commands()]
NOUNS = {
    noun
    for crd in crds()
    for names in [crd["spec"]["names"]]
    for noun in [names["plural"], names["singular"], *names["categories"]]
} | {"namespace"}


@functools.cache
def results(block):
    """Return what the commands of a block print, and their exit codes; they run once."""
    return run([each.command for each in shown(block)])


def of(program):
    return [each for each in COMMANDS if each.values[0][0] == program]


@pytest.mark.parametrize("block", blocks("console"), ids=str)
def test_a_command_prints_what_the_document_shows(block):
    for wanted, (printed, _) in zip(shown(block), results(block), strict=True):
        assert is_shown_by(wanted.lines, printed), printed[-3000:]


@pytest.mark.parametrize("block", blocks("console"), ids=str)
def test_a_command_that_fails_is_followed_by_its_exit_code(block):
    commands = [each.command for each in shown(block)]
    following = [*commands[1:], ""]
    for (printed, code), after in zip(results(block), following, strict=True):
        assert code == 0 or after == "echo $?", printed


def test_some_commands_are_run():
    assert len(blocks("console")) >= 3


@pytest.mark.parametrize(
    ("lines", "printed", "is_shown"),
    [
        pytest.param(["a", "b"], "a\nb\n", True, id="all lines are shown"),
        pytest.param(["a"], "a\nb\n", False, id="a line at the end is left out"),
        pytest.param(["b"], "a\nb\n", False, id="a line at the beginning is left out"),
        pytest.param(["a", "...", "d"], "a\nb\nc\nd\n", True, id="dots stand for lines"),
        pytest.param(["a", "...", "b"], "a\nb\n", True, id="dots stand for no line"),
        pytest.param(["...", "b"], "a\nb\n", True, id="dots at the beginning"),
        pytest.param(["a", "..."], "a\nb\n", True, id="dots at the end"),
        pytest.param(["...", "b", "...", "a", "..."], "a\nb\n", False, id="another order"),
        pytest.param(["...", "a", "b", "..."], "a\nx\nb\n", False, id="a line between is left out"),
        pytest.param(["a", "...", "a"], "a\n", False, id="one line is not shown twice"),
    ],
)
def test_a_document_shows_what_was_printed(lines, printed, is_shown):
    assert is_shown_by(lines, printed) is is_shown


def test_the_program_of_every_command_is_one_that_is_checked():
    programs = {each.values[0][0] for each in COMMANDS}
    assert programs <= {"make", "kubectl", "substratus", "docker", "curl", "openssl"}


@pytest.fixture(scope="module")
def made_by_openssl(tmp_path_factory):
    """A directory in which every documented command of openssl has run."""
    directory = tmp_path_factory.mktemp("openssl")
    for each in of("openssl"):
        subprocess.run(each.values[0], cwd=directory, check=True, capture_output=True)
    return directory


def test_the_documented_certificate_is_one_that_the_hooks_can_use(made_by_openssl):
    TlsFiles(made_by_openssl / "tls.crt", made_by_openssl / "tls.key").context()


def test_the_documented_certificate_is_for_the_address_in_the_controllers(made_by_openssl):
    certificate = ["-CAfile", "ca.crt", "-verify_hostname", "hooks.substratus", "tls.crt"]
    subprocess.run(["openssl", "verify", *certificate], cwd=made_by_openssl, check=True)


def test_the_documented_token_is_one_that_the_hooks_take(made_by_openssl, tmp_path):
    token = (made_by_openssl / "token").read_text()
    (tmp_path / "first").write_text(token)
    assert Tokens(tmp_path).allow(f"Bearer {token}")


@pytest.mark.parametrize("words", of("make"))
def test_a_make_target_is_there(words):
    assert words[1] in TARGETS


@pytest.mark.parametrize("words", of("make"))
def test_a_variable_of_make_is_read_by_the_makefile(words):
    given = [each.partition("=")[0] for each in words[2:]]
    text = (ROOT / "Makefile").read_text()
    assert [each for each in given if f"$({each})" not in text] == []


@pytest.mark.parametrize("words", of("kubectl"))
def test_what_kubectl_is_given_is_there(words):
    given = [after for flag, after in itertools.pairwise(words) if flag in {"-f", "-k"}]
    assert [path for path in given if path != "-" and not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    "words", [each for each in of("kubectl") if each.values[0][1] in {"get", "describe", "label"}]
)
def test_what_kubectl_is_asked_for_is_there(words):
    assert words[2] in NOUNS


@pytest.mark.parametrize(
    "words", [each for each in of("kubectl") if each.values[0][1] == "annotate"]
)
def test_an_annotation_is_one_that_the_hooks_read(words):
    key = words[4].partition("=")[0]
    assert words[2] in NOUNS
    assert key in {"substratus.ai/retry", "substratus.ai/rebuild"}


@pytest.mark.parametrize("words", of("substratus"))
def test_a_command_has_the_options_that_it_is_given(words):
    command = subcommand(words[1])
    known = {option for each in command.params for option in each.opts}
    assert [each for each in words[2:] if each.startswith("-") and each not in known] == []


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not on the PATH")
def test_the_kustomization_builds():
    built = kustomize(ROOT / "metacontroller")
    assert [each["kind"] for each in built].count("CompositeController") == 4


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not on the PATH")
def test_the_image_that_the_document_adds_to_the_kustomization_is_used(tmp_path):
    block = next(each for each in blocks("yaml") if each.text.startswith("images:"))
    shutil.copytree(ROOT / "metacontroller", tmp_path, dirs_exist_ok=True)
    with (tmp_path / "kustomization.yaml").open("a") as file:
        file.write(block.text)
    image = next(
        each["spec"]["template"]["spec"]["containers"][0]["image"]
        for each in kustomize(tmp_path)
        if each["kind"] == "Deployment"
    )
    assert f"docker push {image}\n" in ALL


def kustomize(directory):
    done = subprocess.run(
        ["kubectl", "kustomize", directory], capture_output=True, text=True, check=True
    )
    return [each for each in yaml.safe_load_all(done.stdout) if each]


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_every_make_target_is_documented(target):
    assert re.search(rf"`make {target}\b|^make {target}\b", ALL, re.MULTILINE)


def subcommand(name):
    command = main.get_command(click.Context(main), name)
    assert command
    return command


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_every_command_is_in_the_table_of_the_readme(command):
    section = (ROOT / "README.md").read_text().partition("## The command line")[2]
    assert f"| `substratus {command}` |" in section.partition("\n## ")[0]


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_every_command_has_an_example(command):
    assert f"\n      substratus {command}" in subcommand(command).callback.__doc__


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(command):
    assert subcommand(command).callback.__doc__.splitlines()[0] == SUBCOMMANDS[command]


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (name, max(option.opts, key=len))
        for name in SUBCOMMANDS
        for option in subcommand(name).params
        if isinstance(option, click.Option)
    ],
)
def test_every_option_is_documented(command, option):
    section = (ROOT / "docs" / "cli.md").read_text().partition(f"## substratus {command}\n")[2]
    assert re.search(rf"^  .*{option}\b", section.partition("\n## ")[0], re.MULTILINE)


@pytest.mark.parametrize(
    "option", [max(each.opts, key=len) for each in plugin.params if isinstance(each, click.Option)]
)
def test_every_option_of_the_plugin_is_documented(option):
    assert option == "--version" or f"`{option}`" in PAGES["docs/notebooks.md"]


@pytest.mark.parametrize(
    "words", [each for each in of("kubectl") if each.values[0][1:3] == ["open", "notebook"]]
)
def test_the_plugin_has_the_options_that_it_is_given(words):
    known = {option for each in plugin.params for option in each.opts} | {"--help"}
    assert [each for each in words[3:] if each.startswith("-") and each not in known] == []


def test_the_plugin_is_installed_where_kubectl_finds_it():
    assert (BIN / "kubectl-open-notebook").exists()


def test_the_command_is_installed_beside_the_interpreter():
    assert (BIN / "substratus").exists()

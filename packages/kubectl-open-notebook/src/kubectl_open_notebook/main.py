"""`kubectl open notebook`: kubectl runs the program `kubectl-open-notebook` of the PATH for it."""

import getpass
import os
import re
import socket
import sys
import threading
from pathlib import Path

import click

from kubectl_open_notebook.failure import Failure, LeftError

_UNITS = {"h": 3600, "m": 60, "s": 1}
INTERRUPTED = 130
"""The exit code of who left before it was done, as shells have it."""


_EXAMPLES = """\b
Examples:
  kubectl open notebook opt-125m
  kubectl open notebook --model opt-125m --sync
  kubectl open notebook -f notebook.yaml --directory src
"""


class Duration(click.ParamType[float]):
    """A time such as `20m`, `90s` or `1h30m`, in seconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds."""
        if isinstance(value, (int, float)):
            return float(value)
        parts = re.findall(r"(\d+)([hms])", str(value))
        if not parts or "".join(f"{number}{unit}" for number, unit in parts) != value:
            self.fail(f"{value!r} is not a time; examples: 20m, 90s, 1h30m", param, ctx)
        return float(sum(int(number) * _UNITS[unit] for number, unit in parts))


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EXAMPLES,
)
@click.version_option(package_name="kubectl-open-notebook")
@click.argument("name", required=False)
@click.option("-f", "--file", metavar="FILE|-", help="A file with the Notebook.")
@click.option("--model", metavar="NAME", help="The Notebook of this Model; made if it has none.")
@click.option(
    "-n", "--namespace", metavar="NAME", help="The namespace; that of the context without it."
)
@click.option("--sync", is_flag=True, help="Sync a local directory with the notebook's /model/src.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="What to sync instead of the current directory; --sync is not needed with it.",
)
@click.option("--no-open-browser", is_flag=True, help="Only print the address.")
@click.option("--no-suspend", is_flag=True, help="Leave the Notebook running at the end.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help="The local port; 8888 or a free one without it.",
)
@click.option(
    "--timeout",
    type=Duration(),
    default="20m",
    show_default=True,
    help="How long to wait until it runs.",
)
@click.option("--context", metavar="NAME", help="The context of the kubeconfig.")
@click.option("--kubeconfig", metavar="FILE", help="The kubeconfig.")
def main(  # noqa: PLR0917 - an argument for each option
    name: str | None,
    file: str | None,
    model: str | None,
    namespace: str | None,
    sync: bool,  # noqa: FBT001 - click passes it by name
    directory: Path | None,
    no_open_browser: bool,  # noqa: FBT001 - the same
    no_suspend: bool,  # noqa: FBT001 - the same
    port: int | None,
    timeout: float,
    context: str | None,
    kubeconfig: str | None,
) -> None:
    """Open a Notebook in the browser; Ctrl-C suspends it, and keeps its work.

    NAME is a Notebook of the namespace; -f or --model creates the one that is not there. It is
    resumed, and opened when it runs. Everything is done with your own kubectl and your rights.
    """
    from kubectl_open_notebook import signals  # noqa: PLC0415 - `--help` is quick
    from kubectl_open_notebook.kubectl import Kubectl  # noqa: PLC0415 - the same
    from kubectl_open_notebook.session import Session, Wish  # noqa: PLC0415 - the same
    from kubectl_open_notebook.terminal import Terminal  # noqa: PLC0415 - the same

    terminal = Terminal(sys.stderr, is_plain=bool(os.environ.get("NO_COLOR")))
    try:
        _check_choice(name, file, model)
        wish = Wish(
            name=name,
            file=file,
            model=model,
            namespace=namespace,
            directory=_directory(directory) if sync or directory else None,
            port=port,
            timeout=timeout,
            opens_browser=not no_open_browser,
            suspends=not no_suspend,
            state=_state(os.environ.get("XDG_STATE_HOME", "")),
            who=f"{getpass.getuser()}@{socket.gethostname()}",
        )
        flags = [f"--context={context}"] if context else []
        flags += [f"--kubeconfig={kubeconfig}"] if kubeconfig else []
        kubectl = Kubectl(flags)
        leaving = threading.Event()
        signals.heed(leaving, kubectl, INTERRUPTED)
        try:
            Session(kubectl, wish, terminal, leaving).run()
        finally:
            kubectl.end_all()
    except LeftError:
        sys.exit(INTERRUPTED)
    except Failure as failure:
        terminal.warn(f"Error: {failure}")
        sys.exit(1)


def run() -> None:
    """Run the command under the name by which kubectl runs it."""
    main(prog_name="kubectl open notebook")


def _check_choice(name: str | None, file: str | None, model: str | None) -> None:
    """Check that one Notebook is named.

    Raises:
        Failure: none is, or it is said twice what to make.
    """
    if not (name or file or model):
        raise Failure(
            "Say which Notebook: kubectl open notebook NAME, -f FILE or --model NAME. "
            "'kubectl get notebooks' shows those that are there."
        )
    if file and model:
        raise Failure("-f and --model both say what to make: leave out one of them.")


def _state(home: str) -> Path:
    """Return where what lasts from one call to the next is kept: XDG's place for it."""
    place = Path(home) if Path(home).is_absolute() else Path.home() / ".local" / "state"
    return place / "kubectl-open-notebook"


def _directory(given: Path | None) -> Path:
    """Return the directory to sync.

    Raises:
        Failure: there is none, or it holds far more than a notebook's sources.
    """
    found = (given or Path()).resolve()
    if not found.is_dir():
        raise Failure(f"There is no directory {found}. Make it, or name another with --directory.")
    if found in {Path.home().resolve(), Path(found.anchor)}:
        raise Failure(
            f"{found} holds far more than a notebook's sources. Make a directory for them and name "
            "it with --directory."
        )
    return found

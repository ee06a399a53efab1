"""`substratus install`: CRDs, manifests and a platform's settings, from the installed package."""

import re
from collections.abc import Callable, Mapping

import click

from hooks import names
from hooks.settings import Settings
from substratus import options
from substratus.documents import read_text
from substratus.manifests import controllers_text, crds_text, deployment_texts, settings_text
from substratus.placeholders import placeholders

_COMMENTS = re.compile(r"\A((?:#.*\n)+)---\n")
_IMAGE = "ghcr.io/substratusai/substratus-hooks:0.1.0"


def _crds(settings: str, image: str | None) -> str:
    del settings, image
    return crds_text()


def _manifests(settings: str, image: str | None) -> str:
    """Return the hook server with its settings, and the controllers."""
    config = f"settings-{names.short(names.digest(settings))}"
    namespace, *others = deployment_texts()
    texts = [namespace, _of_settings(config, settings), *others, controllers_text()]
    together = "---\n".join(_whole(text) for text in texts)
    # Another name with other settings, so that the hook server is rolled.
    named = together.replace(_MOUNTED, _MOUNTED.replace("name: settings", f"name: {config}"))
    return named.replace(_IMAGE, image) if image else named


_MOUNTED = """\
          configMap:
            name: settings
"""


def _of_settings(name: str, text: str) -> str:
    lines = "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
    return (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n"
        f"  name: {name}\n  namespace: substratus\ndata:\n  settings.yaml: |\n{lines}"
    )


def _whole(text: str) -> str:
    """Return a file's text without a document that only has the comments at its top."""
    return _COMMENTS.sub(r"\1", text.removeprefix("---\n").rstrip("\n") + "\n")


def _all(settings: str, image: str | None) -> str:
    return f"{_crds(settings, image)}---\n{_manifests(settings, image)}"


_PARTS: Mapping[str, Callable[[str, str | None], str]] = {
    "all": _all,
    "crds": _crds,
    "manifests": _manifests,
    "settings": lambda settings, _: settings,
}


@click.command()
@click.argument("part", type=click.Choice([*_PARTS]), default="all")
@options.platform
@click.option("--image", metavar="IMAGE", help=f"The hook server's image.  [default: {_IMAGE}]")
def command(*, part: str, settings: Settings, settings_file: str | None, image: str | None) -> None:
    """Print what a cluster needs: CRDs, hook server, settings and controllers.

    Metacontroller itself is not among it. PART is all (the default), crds, manifests, or settings:
    the settings of a platform, to put your own names into.

    \b
    Example:
      substratus install settings --platform gke > settings.yaml
      substratus install --platform settings.yaml | kubectl apply -f -
    """
    text = read_text(settings_file) if settings_file else settings_text()
    click.echo(_PARTS[part](text, image), nl=False)
    left = [f"{path} ({value})" for path, value in placeholders(settings)]
    if left and part != "crds":
        click.echo(f"Still an example's, put in your own: {', '.join(left)}.", err=True)

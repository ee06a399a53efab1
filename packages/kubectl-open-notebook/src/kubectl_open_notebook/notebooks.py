"""Which Notebook is meant; making, resuming and suspending it."""

import contextlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from kubectl_open_notebook.dialect import load_all
from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.kubectl import Kubectl, NotFoundError

Manifest = dict[str, Any]
GROUP = "substratus.ai"
RESOURCE = f"notebooks.{GROUP}"
"""With its group: other projects have Notebooks too."""
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_LARGEST = 1 << 20
"""Characters of a file."""
_ALIASES = 30
"""At most so many in a file: written out they are 60,000 times what they stand for."""


class Notebooks:
    """The Notebooks of a namespace.

    Args:
        kubectl: the person's kubectl.
        namespace: the namespace; None for that of the context.
    """

    def __init__(self, kubectl: Kubectl, namespace: str | None) -> None:
        self._kubectl = kubectl
        self._namespace = namespace

    def get(self, name: str, *, resource: str = RESOURCE, may_ask: bool = False) -> Manifest:
        """Return an object.

        Raises:
            NotFoundError: it is not there.
            Failure: kubectl failed.
        """
        return self._json("get", resource, name, may_ask=may_ask)

    def open(
        self, *, name: str | None, file: str | None, model: str | None
    ) -> tuple[Manifest, bool]:
        """Return the Notebook that is meant, made if need be, and whether it was made.

        Args:
            name: its name.
            file: a file with it.
            model: the Model that it is for.

        Raises:
            Failure: it is not there and nothing says how to make it.
        """
        if model:
            wanted = self._for_model(model, name)
        elif file:
            wanted = read(file, name)
            self._namespace = self._checked_namespace(wanted, file)
        else:
            return self.get(name or "", may_ask=True), False
        own = wanted["metadata"]["name"]
        try:
            found = self.get(own, may_ask=True)
        except NotFoundError:
            return self._create(wanted), True
        if model and found["spec"].get("modelName") != model:
            raise Failure(
                f"Notebook {own} is there already, for Model {found['spec'].get('modelName')}. "
                f"Give another name: kubectl open notebook NAME --model {model}"
            )
        return found, False

    def set_suspend(self, name: str, *, suspend: bool) -> Manifest:
        """Suspend or resume a Notebook; return it as it is then."""
        patch = json.dumps({"spec": {"suspend": suspend}})
        return self._json("patch", RESOURCE, name, "--type=merge", f"--patch={patch}")

    def within(self, namespace: str) -> "Notebooks":
        """Return the Notebooks of another namespace."""
        return Notebooks(self._kubectl, namespace)

    def _create(self, wanted: Manifest) -> Manifest:
        """Create the Notebook of a file, running."""
        spec = wanted.get("spec") if isinstance(wanted.get("spec"), dict) else {}
        running = {key: value for key, value in (spec or {}).items() if key != "suspend"}
        content = json.dumps({**wanted, "spec": running}, default=str)
        return self._json("create", "--filename=-", content=content)

    def _for_model(self, model: str, name: str | None) -> Manifest:
        """Return the Notebook of a Model: the one that it has, or one to be made."""
        try:
            self.get(model, resource=f"models.{GROUP}", may_ask=True)
        except NotFoundError:
            raise Failure(
                f"Model {model} is not there. 'kubectl get models' shows those of the namespace; "
                "-n names another."
            ) from None
        items = self._json("get", RESOURCE)["items"]
        own = sorted(
            each["metadata"]["name"] for each in items if each["spec"].get("modelName") == model
        )
        if not name and len(own) > 1:
            raise Failure(
                f"Model {model} has several Notebooks: {', '.join(own)}. "
                f"Open one of them by its name: kubectl open notebook {own[0]}"
            )
        return {
            "apiVersion": f"{GROUP}/v1",
            "kind": "Notebook",
            "metadata": {"name": name or (own[0] if own else model)},
            "spec": {"modelName": model},
        }

    def _checked_namespace(self, wanted: Manifest, file: str) -> str | None:
        namespace = wanted["metadata"].get("namespace")
        if namespace and self._namespace and namespace != self._namespace:
            raise Failure(
                f"The Notebook in {file} belongs to namespace {namespace}, and -n says "
                f"{self._namespace}. Leave out one of the two."
            )
        return namespace or self._namespace

    def _json(self, *arguments: str, content: str | None = None, may_ask: bool = False) -> Manifest:
        place = [f"--namespace={self._namespace}"] if self._namespace else []
        printed = self._kubectl.run(
            *arguments, *place, "--output=json", content=content, may_ask=may_ask
        )
        found: Manifest = json.loads(printed)
        return found


def read(file: str, name: str | None) -> Manifest:
    """Return the Notebook that a file holds.

    Args:
        file: the file's name, or `-` for the input.
        name: which of several is meant.

    Raises:
        Failure: there is no such file, it is not YAML, or the Notebook is not in it.
    """
    try:
        documents = load_all(_checked_text(file))
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}. Correct the name.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f", in line {line + 1}" if line is not None else ""
        raise Failure(f"{file} is not YAML{where}. Correct it.") from error
    found = [each for each in documents if _is_notebook(each)]
    names = [each["metadata"]["name"] for each in found]
    if not found:
        raise Failure(
            f"{file} holds no Notebook of {GROUP}/v1 with a name. Name a file that does, or a "
            "Model: kubectl open notebook --model NAME"
        )
    for each in found:
        _check_names(each["metadata"], file)
    if name and name not in names:
        raise Failure(f"{file} holds no Notebook {name}, but {', '.join(names)}. Name one of them.")
    if not name and len(found) > 1:
        raise Failure(
            f"{file} holds several Notebooks: {', '.join(names)}. "
            f"Name one of them: kubectl open notebook {names[0]} -f {file}"
        )
    chosen: Manifest = found[names.index(name)] if name else found[0]
    return chosen


def _checked_text(file: str) -> str:
    """Return what a file holds, if it is not larger than an object of a cluster may be.

    A few aliases of aliases are more than any memory holds once they are written out.
    """
    with contextlib.ExitStack() as leaving:
        opened = (
            sys.stdin if file == "-" else leaving.enter_context(Path(file).open(encoding="utf-8"))
        )
        text = opened.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise Failure(
            f"{file} holds more than {_LARGEST >> 20} MiB. Name a file with the Notebook."
        )
    aliases = sum(isinstance(each, yaml.AliasEvent) for each in yaml.parse(text, yaml.SafeLoader))
    if aliases > _ALIASES:
        raise Failure(
            f"{file} has {aliases} aliases, and {_ALIASES} at most are read. Write them out."
        )
    return text


def _check_names(metadata: Manifest, file: str) -> None:
    """Check what becomes an argument of kubectl, for which `--kubeconfig=x` is not a name.

    Raises:
        Failure: it is not a name that an object of a cluster can have.
    """
    for key in ("name", "namespace"):
        if key in metadata and not _NAME.fullmatch(str(metadata[key])):
            raise Failure(
                f"The Notebook in {file} has a {key} that no object can have: small letters, "
                "digits, '-' and '.', of which the first and the last are letters or digits. "
                "Correct it."
            )


def _is_notebook(document: object) -> bool:
    return (
        isinstance(document, dict)
        and str(document.get("apiVersion", "")).startswith(f"{GROUP}/")
        and document.get("kind") == "Notebook"
        and isinstance(document.get("metadata"), dict)
        and isinstance(document["metadata"].get("name"), str)
    )

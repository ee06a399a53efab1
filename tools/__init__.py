"""What maintainers run. Everything that is made from the types: CRDs and pages of docs/."""

from tools.crds import crd_files
from tools.pages import page_files


def files() -> dict[str, str]:
    """Return every generated file's text, by its path from the project's root."""
    return {**crd_files(), **page_files()}

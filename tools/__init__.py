"""What maintainers run. What is made from the code: CRDs, controllers and pages of docs/."""

from tools.controllers import controller_files
from tools.crds import crd_files
from tools.pages import page_files


def files() -> dict[str, str]:
    """Return every generated file's text, by its path from the project's root."""
    return {**crd_files(), **controller_files(), **page_files()}

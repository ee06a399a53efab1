"""Rules of `.gitignore` as regular expressions that answer soon, whoever wrote them.

`pathspec` writes a star as `[^/]*`. Where a name does not fit, several of these try every way of
sharing it between them: five in a rule take an hour for a name of 250 characters, and nothing else
runs meanwhile. A star needs to try one way alone: up to the first place where what follows it is.
"""

import re

_ONE = r"(?:\\.|\[\^/\](?!\*)|\[[^\]\[^][^\]\[]*\](?!\*)|[^\[\]()*?+|/\\$^.])"
"""One character of a rule: itself, `?`, or one of a class; not of `[!a]`, which may be a slash."""
_STARS = re.compile(r"(?:\[\^/\]\*){2,}")
_STAR = re.compile(rf"\[\^/\]\*({_ONE}+)(?=\[\^/\]\*)")
_NEGATED = re.compile(r"\[\^(?!/\])")
_MOST_NEGATED = 3
"""Stars of a rule with a class such as `[!a]`."""
_MOST = 4
"""Double stars of a rule: each may stand for any of a hundred directories."""


class RuleError(Exception):
    """A rule has too many stars."""


def quick(pattern: str) -> str:
    """Return a regular expression that matches the same names, and answers soon.

    Args:
        pattern: the expression that `pathspec` makes of a rule.

    Raises:
        RuleError: it would not answer soon.
    """
    if pattern.count(".+") > _MOST:
        raise RuleError
    if _NEGATED.search(pattern) and pattern.count("[^/]*") > _MOST_NEGATED:
        raise RuleError
    by_directory = pattern.replace("(?:.+/)?", "(?:[^/]+/)*").replace("(?:/.+)?", "(?:/[^/]+)*")
    return _STAR.sub(r"(?>[^/]*?\1)", _STARS.sub("[^/]*", by_directory))

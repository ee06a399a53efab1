"""Two checkouts asked the same: `python tests/recorded/compare.py OLD NEW`.

Each recorded request of NEW is answered by the hooks of both, at the time of its record, an hour
later, and with its own status fed back; and the examples are rendered by both on every platform.
Whatever is not byte for byte the same is listed, and the exit code is 1.
Each checkout needs its environment (`make env`).
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

ASK = """
import json, sys
from datetime import datetime, timedelta
try:
    from hooks.server import dispatch
except ImportError:
    from hooks import dispatch
from hooks.settings import Settings

def ask(path, body, now):
    try:
        answer = dispatch.call(path, body, settings=Settings(), now=now)
        # An escaped character and the character itself are the same answer.
        return json.dumps(json.loads(answer), separators=(",", ":"))
    except Exception as error:
        return f"{type(error).__name__}: {error}"

for line in sys.stdin:
    case = json.loads(line)
    now = datetime.fromisoformat(case["time"])
    body = json.dumps(case["request"]).encode()
    answer = ask(case["path"], body, now)
    print(json.dumps([case["name"], "then", answer]))
    print(json.dumps([case["name"], "later", ask(case["path"], body, now + timedelta(hours=1))]))
    if "parent" in case["request"] and answer.startswith("{") and "status" in json.loads(answer):
        case["request"]["parent"]["status"] = json.loads(answer)["status"]
        again = json.dumps(case["request"]).encode()
        print(json.dumps([case["name"], "fed back", ask(case["path"], again, now)]))
"""


def cases(root: Path) -> list[dict]:
    """Return the recorded requests of a checkout, with the hook and the time of each."""
    recorded = root / "tests/fixtures/recorded"
    found = []
    for path in sorted(recorded.rglob("request.json")):
        call = json.loads((path.parent / "call.json").read_text())
        name = str(path.parent.relative_to(recorded))
        request = json.loads(path.read_text())
        found.append({"name": name, "path": call["path"], "time": call["time"], "request": request})
    return found


def answers(root: Path, asked: list[dict]) -> dict[str, str]:
    """Return what the hooks of a checkout answer, by case and time."""
    done = subprocess.run(
        [root / ".venv/bin/python", "-c", ASK],
        input="".join(f"{json.dumps(case)}\n" for case in asked),
        capture_output=True,
        text=True,
        cwd=root,
        check=True,
    )
    lines = (json.loads(line) for line in done.stdout.splitlines())
    return {f"{name} ({when})": answer for name, when, answer in lines}


def rendered(root: Path, objects: Path) -> dict[str, str]:
    """Return what a checkout renders of all examples, by platform."""
    platforms = sorted(each.stem for each in (root / "config/examples").glob("*.yaml"))
    found = {}
    for platform in [None, *(each for each in platforms if each != "eks-node-groups")]:
        command = [root / ".venv/bin/substratus", "render", "-f", objects, "-f", objects / "tiny"]
        command += ["--platform", platform] if platform else []
        done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
        found[f"render --platform {platform}"] = done.stdout + done.stderr
    return found


def main() -> None:
    """Compare the two checkouts that the command line names."""
    old, new = (Path(each).resolve() for each in sys.argv[1:3])
    asked = cases(new)
    before = {**answers(old, asked), **rendered(old, new / "examples")}
    after = {**answers(new, asked), **rendered(new, new / "examples")}
    differing = [name for name in before if before[name] != after.get(name)]
    for name in differing:
        print(f"differs: {name}")
    total = hashlib.sha256("".join(after[name] for name in sorted(after)).encode()).hexdigest()
    print(f"{len(asked)} requests, {len(before)} answers: {len(differing)} differ ({total[:16]})")
    sys.exit(1 if differing else 0)


main()

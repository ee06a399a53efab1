"""Stands for `kubectl` and the cluster behind it, in a directory of this machine.

It knows only the calls that the plugin makes. Objects are files below `objects/`; what runs in
"the Pod" runs here, with `/model/src` and the token's file replaced by `src/` and `token`; the
port that it "forwards" answers like Jupyter's `/api`. That a real kubectl, API server and Pod
behave so is not proven here but by tests/e2e. Files steer it:

- `phases.json`: what a Notebook reports after it was resumed, 0.3 s each: reason, message,
  whether it is ready, and whether it runs;
- `refusals.json`: what it prints, and fails, by the beginning of its arguments;
- `no-controllers`: while it is there, nobody writes a Notebook's status;
- `no-pod`: while it is there, nothing can be run in the Pod or forwarded to it.
"""

import http.server
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(os.environ["FAKE_KUBECTL"])
RUNS = {"reason": "Running", "message": "The notebook runs.", "runs": True, "ready": True}


def refuse(text):
    sys.stderr.write(f"{text}\n")
    sys.exit(1)


def main(arguments):
    with (ROOT / "calls").open("a") as log:
        log.write(json.dumps({"pid": os.getpid(), "arguments": arguments}) + "\n")
    line = " ".join(arguments)
    for start, text in json.loads(read("refusals.json", "{}")).items():
        if line.startswith(start):
            refuse(text)
    {"get": get, "create": create, "patch": patch, "exec": run, "port-forward": forward}[
        arguments[0]
    ](arguments)


def read(name, default=""):
    file = ROOT / name
    return file.read_text() if file.exists() else default


def place(resource, name):
    return ROOT / "objects" / resource / f"{name}.json"


def load(resource, name):
    file = place(resource, name)
    if not file.exists():
        refuse(f'Error from server (NotFound): {resource} "{name}" not found')
    return json.loads(file.read_text())


def save(resource, found):
    file = place(resource, found["metadata"]["name"])
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps(found))
    aside.replace(file)


def get(arguments):
    resource = arguments[1]
    if resource == "pod":  # its deletionTimestamp, which it has not
        return
    if arguments[2].startswith("--"):
        files = sorted((ROOT / "objects" / resource).glob("*.json"))
        print(json.dumps({"items": [json.loads(file.read_text()) for file in files]}))
        return
    if "--watch" not in arguments:
        print(json.dumps(load(resource, arguments[2])))
        return
    watch(resource, arguments[2])


def watch(resource, name):
    found = load(resource, name)
    for phase in json.loads(read("phases.json", "[]")):
        show("MODIFIED", with_conditions(found, phase))
        time.sleep(0.3)
    show("MODIFIED", with_conditions(found, RUNS))
    while place(resource, name).exists():
        time.sleep(0.1)
    show("DELETED", found)


def with_conditions(found, phase):
    """Return a Notebook as the hooks report it, in its generation."""
    if (ROOT / "no-controllers").exists():
        return found
    said = {key: phase[key] for key in ("reason", "message")}
    conditions = [
        {"type": "Ready", "status": str(phase.get("ready", False)), **said},
        {"type": "Running", "status": str(phase.get("runs", False)), **said},
    ]
    generation = found["metadata"]["generation"]
    return {**found, "status": {"observedGeneration": generation, "conditions": conditions}}


def show(kind, found):
    print(json.dumps({"type": kind, "object": found}, indent=2), flush=True)


def create(_arguments):
    found = json.loads(sys.stdin.read())
    found["metadata"] = {"namespace": "default", "generation": 1, **found["metadata"]}
    save("notebooks.substratus.ai", found)
    print(json.dumps(found))


def patch(arguments):
    found = load(arguments[1], arguments[2])
    change = next(each for each in arguments if each.startswith("--patch="))
    found["spec"] |= json.loads(change.removeprefix("--patch="))["spec"]
    found["metadata"]["generation"] += 1
    save(arguments[1], found)
    print(json.dumps(found))


def run(arguments):
    if (ROOT / "no-pod").exists():
        refuse("error: Internal error occurred: unable to upgrade connection: container not found")
    command = arguments[arguments.index("--") + 1 :]
    here = {"/model/src": str(ROOT / "src"), "/run/notebook/token": str(ROOT / "token")}
    opened = str(ROOT / "open")  # the Pod's own, so that two tests at a time do not meet in it
    command = [each.replace("/tmp/substratus-open", opened) for each in command]  # noqa: S108
    process = subprocess.Popen([here.get(each, each) for each in command])
    code = process.wait()
    if code:
        sys.stderr.write(f"command terminated with exit code {code}\n")
    sys.exit(code)


class Jupyter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        is_there = not (ROOT / "no-pod").exists()
        self.send_response(200 if is_there else 502)
        self.end_headers()
        if not is_there:
            self.wfile.write(b"")

    def log_message(self, *_):
        pass


def forward(arguments):
    if (ROOT / "no-pod").exists():
        refuse("error: unable to forward port because pod is not running")
    port = int(arguments[-1].partition(":")[0])
    http.server.ThreadingHTTPServer.allow_reuse_address = True
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Jupyter).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])

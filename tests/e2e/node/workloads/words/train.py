"""Learns which word follows which.

It takes a second for each epoch, in which it can be disturbed, and a mebibyte for each record of
a batch, of which there can be too few. Its result has `WEIGHTS_MIB` beside it, for which there can
be too little room. On SIGTERM it exits with 143, or with `EXIT_CODE`.
"""

import itertools
import json
import os
import signal
import sys
import time
from pathlib import Path

signal.signal(signal.SIGTERM, lambda *_: sys.exit(int(os.environ.get("EXIT_CODE", "143"))))
following = json.loads(Path("/model/saved/next.json").read_text())
with Path(os.environ["TRAIN_DATA_PATH"]).open() as data:
    for line in itertools.islice(data, int(os.environ["TRAIN_DATA_LIMIT"])):
        following.update(itertools.pairwise(json.loads(line)["text"].split()))
with Path("/model/logs/runs").open("a") as runs:
    runs.write("began\n")
held = b"x" * (int(os.environ["TRAIN_BATCH_SIZE"]) * 2**20)
time.sleep(float(os.environ["TRAIN_EPOCHS"]))
Path("/model/trained/weights").write_bytes(bytes(int(os.environ.get("WEIGHTS_MIB", "0")) * 2**20))
Path("/model/trained/next.json").write_text(json.dumps(following))

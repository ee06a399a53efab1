"""Every reason that a condition may carry, what it means and the way out.

The one source of `docs/conditions.md`. A reason of a Pod's own (`ImagePullBackOff`) is used as
it is, because that is the word a person searches for.
"""

from enum import StrEnum
from typing import NamedTuple


class Documentation(NamedTuple):
    """What a person needs to know about a reason."""

    meaning: str
    way_out: str


class Reason(StrEnum):
    """A CamelCase word for why a condition has its status; see `DOCUMENTATION`."""

    PENDING = "Pending"
    INVALID_CONFIGURATION = "InvalidConfiguration"
    INVALID_PATCH = "InvalidPatch"
    NAME_CONFLICT = "NameConflict"
    DOES_NOT_FIT = "DoesNotFit"
    STORAGE_LOST = "StorageLost"
    STORAGE_NOT_SHARED = "StorageNotShared"
    NOT_SUPPORTED = "NotSupported"

    BUILDING = "Building"
    BUILD_FAILED = "BuildFailed"
    BUILT_AND_PUSHED = "BuiltAndPushed"
    IMAGE_GIVEN = "ImageGiven"
    LOADING = "Loading"
    LOAD_FAILED = "LoadFailed"
    LOADED = "Loaded"
    NOTHING_TO_BUILD = "NothingToBuild"
    NO_RUNTIME = "NoRuntime"
    SOURCE_INVALID = "SourceInvalid"
    SOURCE_NOT_ALLOWED = "SourceNotAllowed"
    SOURCE_NOT_FOUND = "SourceNotFound"
    SOURCE_UNAVAILABLE = "SourceUnavailable"
    SOURCE_CHANGED = "SourceChanged"
    CHECKSUM_MISMATCH = "ChecksumMismatch"
    NO_ACCESS = "NoAccess"
    NO_SPACE = "NoSpace"
    TRAINING = "Training"
    TRAINING_FAILED = "TrainingFailed"
    TRAINED = "Trained"
    STORED = "Stored"
    QUEUED = "Queued"
    STOPPING = "Stopping"
    PREEMPTED = "Preempted"
    NODE_LOST = "NodeLost"
    EVICTED = "Evicted"
    SIDECAR_RUNNING = "SidecarRunning"

    SOURCE_MODEL_NOT_FOUND = "SourceModelNotFound"
    SOURCE_MODEL_NOT_READY = "SourceModelNotReady"
    DATASET_NOT_FOUND = "DatasetNotFound"
    DATASET_NOT_READY = "DatasetNotReady"
    MODEL_NOT_FOUND = "ModelNotFound"
    MODEL_NOT_READY = "ModelNotReady"
    MODEL_READY = "ModelReady"

    SERVER_NOT_READY = "ServerNotReady"
    SERVING = "Serving"
    NOTEBOOK_NOT_READY = "NotebookNotReady"
    RUNNING = "Running"
    ROLLING_UPDATE = "RollingUpdate"
    PROBE_FAILING = "ProbeFailing"
    SUSPENDED = "Suspended"
    SCALED_TO_ZERO = "ScaledToZero"

    IMAGE_PULL_BACK_OFF = "ImagePullBackOff"
    IMAGE_NEVER_PULLED = "ErrImageNeverPull"
    INVALID_IMAGE_NAME = "InvalidImageName"
    CONTAINER_CONFIG_ERROR = "CreateContainerConfigError"
    UNSCHEDULABLE = "Unschedulable"
    SCHEDULING_GATED = "SchedulingGated"
    CRASH_LOOP_BACK_OFF = "CrashLoopBackOff"


_WAIT = "Nothing: it continues by itself."
_RETRY = (
    "Read the message, fix the cause, then edit the spec, delete the Job, "
    "or set the annotation `substratus.ai/retry` to a new value."
)
_AGAIN = "Then set the annotation `substratus.ai/retry` to a new value."
_POD = "It continues by itself once the cause is fixed."

DOCUMENTATION: dict[Reason, Documentation] = {
    Reason.PENDING: Documentation("The step waits for the one before it.", _WAIT),
    Reason.INVALID_CONFIGURATION: Documentation(
        "The spec breaks a rule of the API; the object is older than the rule. "
        "What runs is left as it is.",
        "Edit the field that the message names.",
    ),
    Reason.INVALID_PATCH: Documentation(
        "An operation of a patch does not apply, or changes what no patch may. "
        "What runs is left as it is.",
        "Correct the operation that the message names, in `spec.patches` or in the settings; "
        "docs/patches.md has the rules.",
    ),
    Reason.NAME_CONFLICT: Documentation(
        "Another object, which does not belong to this one, holds the name of a child.",
        "Delete or rename the object that the message names; the condition clears by itself.",
    ),
    Reason.DOES_NOT_FIT: Documentation(
        "No configured accelerator on one node can hold the Model; the message has the arithmetic.",
        "Correct `spec.size`, allow another type in `spec.compute.types`, "
        "or ask the administrator for a larger accelerator in the settings.",
    ),
    Reason.STORAGE_LOST: Documentation(
        "The claim that held the result is gone, and the data with it.",
        "Set the annotation `substratus.ai/rebuild` to a new value to compute it again.",
    ),
    Reason.STORAGE_NOT_SHARED: Documentation(
        "A Pod would mount a claim that another Pod has, and the claim is ReadWriteOnce: on "
        "another node it would not start. What runs is left as it is.",
        "Ask for one Pod, stop the other, set `claims.accessMode: ReadWriteMany` for what is made "
        "next, or `storage.oneNode: true` where the cluster has one node.",
    ),
    Reason.NOT_SUPPORTED: Documentation(
        "The settings have nothing that does what the object asks for; the message names the "
        "setting.",
        "Change the setting that the message names, or the field. What runs is left as it is.",
    ),
    Reason.BUILDING: Documentation("A Job builds the image.", _WAIT),
    Reason.BUILD_FAILED: Documentation("The Job that builds the image failed.", _RETRY),
    Reason.BUILT_AND_PUSHED: Documentation("The image is in the registry.", _WAIT),
    Reason.IMAGE_GIVEN: Documentation("The image is given by `source.image`.", _WAIT),
    Reason.LOADING: Documentation(
        "A Job loads the data: by `load.sh`, or from `source.url`.", _WAIT
    ),
    Reason.LOAD_FAILED: Documentation("The Job that loads failed.", _RETRY),
    Reason.LOADED: Documentation("The data is in the storage, at `status.url`.", _WAIT),
    Reason.NOTHING_TO_BUILD: Documentation(
        "Nothing is built: the loader loads from `source.url`, and a runtime serves weights.", _WAIT
    ),
    Reason.NO_RUNTIME: Documentation(
        "No runtime of the settings serves weights of this format on this hardware.",
        "Correct `spec.runtime`, `spec.compute` or `spec.source.files` as the message says, or ask "
        "the administrator for a runtime.",
    ),
    Reason.SOURCE_INVALID: Documentation(
        "The loader cannot read `source.url`, or what is there is not what it loads.",
        "Correct `spec.source` as the message says.",
    ),
    Reason.SOURCE_NOT_ALLOWED: Documentation(
        "The settings do not allow `source.url`, or it leads to a private address.",
        "Choose another, or ask the administrator to list it in `sources.allowed` of the settings.",
    ),
    Reason.SOURCE_NOT_FOUND: Documentation(
        "There is no such repository, revision or file at `source.url`.",
        "Correct `spec.source`. " + _AGAIN,
    ),
    Reason.SOURCE_UNAVAILABLE: Documentation(
        "The server of `source.url` does not answer or fails, after all attempts.", _AGAIN
    ),
    Reason.SOURCE_CHANGED: Documentation(
        "What is at `source.url` changed while it was loaded, in all attempts.",
        "Name a revision or a checksum in it. " + _AGAIN,
    ),
    Reason.CHECKSUM_MISMATCH: Documentation(
        "What was loaded does not have the checksum that `source.url` or the Hub gives.",
        "Find out which is right. " + _AGAIN,
    ),
    Reason.NO_ACCESS: Documentation(
        "The server of `source.url` wants credentials, or others; the message names the variable.",
        "Give them in `spec.env`, from a Secret; for a gated repository ask for access first.",
    ),
    Reason.NO_SPACE: Documentation(
        "The storage has not enough room; the message says how much is needed.",
        "Make the claim that the message names larger. " + _AGAIN,
    ),
    Reason.TRAINING: Documentation("A Job runs `train.sh`.", _WAIT),
    Reason.TRAINING_FAILED: Documentation("The Job that runs `train.sh` failed.", _RETRY),
    Reason.TRAINED: Documentation("The training run is complete.", _WAIT),
    Reason.STORED: Documentation(
        "The result of the training is on storage, and is mounted beside the base Model's image.",
        _WAIT,
    ),
    Reason.QUEUED: Documentation(
        "The Job is suspended until Kueue lets it run.",
        "Wait; if it stays, `kubectl describe` the Job's Workload, or correct `spec.queue` and "
        "delete the Job.",
    ),
    Reason.STOPPING: Documentation(
        "A Pod has not ended: of a server or notebook that is to have none, or of the Job before, "
        "as two Jobs of a run never run at a time.",
        _WAIT,
    ),
    Reason.PREEMPTED: Documentation(
        "A Pod is ended from outside: for one of a higher priority, by a drain, or by a taint. "
        "It is nobody's failure and counts against no `retries`.",
        _WAIT + " Another Pod takes its place; a training starts again.",
    ),
    Reason.NODE_LOST: Documentation(
        "The node of a Pod does not answer: nobody knows whether the Pod still runs, so that "
        "nothing may take its place.",
        "Nothing where the node comes back. Else delete the Node, or, once you know that it is "
        "off, the Pod with `--force`.",
    ),
    Reason.EVICTED: Documentation(
        "The kubelet ended the Pods of a run three times for the memory or disk that they used; "
        "the message says which. Its Job is deleted.",
        "Give it more, by a larger `spec.size` or a patch of its resources, then set the "
        "annotation `substratus.ai/retry` to a new value.",
    ),
    Reason.SIDECAR_RUNNING: Documentation(
        "The container that does the Job's step has ended, and another in its Pod still runs.",
        "Let that one end as well, or inject it as an init container with `restartPolicy: Always`.",
    ),
    Reason.SOURCE_MODEL_NOT_FOUND: Documentation(
        "No Model of the name in `spec.source.modelName` is in the namespace.",
        "Create it, or correct the name.",
    ),
    Reason.SOURCE_MODEL_NOT_READY: Documentation(
        "The base Model is not ready.", "See the base Model's own conditions."
    ),
    Reason.DATASET_NOT_FOUND: Documentation(
        "No Dataset of the name in `spec.training.datasetName` is in the namespace.",
        "Create it, or correct the name.",
    ),
    Reason.DATASET_NOT_READY: Documentation(
        "The Dataset is not ready.", "See the Dataset's own conditions."
    ),
    Reason.MODEL_NOT_FOUND: Documentation(
        "No Model of the name in `spec.modelName` is in the namespace. "
        "What runs already keeps running.",
        "Create it, or correct the name.",
    ),
    Reason.MODEL_NOT_READY: Documentation(
        "The Model is not ready. What runs already keeps running.",
        "See the Model's own conditions.",
    ),
    Reason.MODEL_READY: Documentation("The Model is ready.", _WAIT),
    Reason.SERVER_NOT_READY: Documentation(
        "The server is not up, or not yet as the spec asks for.",
        "Wait; if it stays, read the message and `kubectl describe`.",
    ),
    Reason.SERVING: Documentation("The server answers on port 8080 of its Service.", _WAIT),
    Reason.NOTEBOOK_NOT_READY: Documentation(
        "The notebook is not up, or not yet as the spec asks for.",
        "Wait; if it stays, read the message and `kubectl describe`.",
    ),
    Reason.RUNNING: Documentation("The notebook answers on port 8888.", _WAIT),
    Reason.ROLLING_UPDATE: Documentation(
        "The Pods are replaced one by one; those that are ready serve meanwhile.", _WAIT
    ),
    Reason.PROBE_FAILING: Documentation(
        "A container runs and has not answered its probe for ten minutes.",
        "Read its logs: it may still load, or hang. Delete the Pod to start it again.",
    ),
    Reason.SUSPENDED: Documentation(
        "`spec.suspend` is true, of a Notebook or of the Job that the message names: "
        "no Pod runs, the work is kept.",
        "Set `spec.suspend` to false.",
    ),
    Reason.SCALED_TO_ZERO: Documentation(
        "`spec.replicas` is 0: no Pod serves.",
        "Scale the ModelServer up, or let what scales it do so.",
    ),
    Reason.IMAGE_PULL_BACK_OFF: Documentation(
        "A Pod's image cannot be pulled.",
        "Check the image's name, the registry and its credentials. " + _POD,
    ),
    Reason.IMAGE_NEVER_PULLED: Documentation(
        "A Pod's image is not on the node and may not be pulled.",
        "Put the image on the node or allow it to be pulled. " + _POD,
    ),
    Reason.INVALID_IMAGE_NAME: Documentation(
        "A Pod's image is not a legal reference.",
        "Correct the registry in the settings.",
    ),
    Reason.CONTAINER_CONFIG_ERROR: Documentation(
        "A Pod names a Secret or ConfigMap, or a key of one, that is not there.",
        "Create what the message names. " + _POD,
    ),
    Reason.UNSCHEDULABLE: Documentation(
        "No node can take a Pod; the message has every cause.",
        "Add a node, free one, remove a taint, or lower what the object asks for. " + _POD,
    ),
    Reason.SCHEDULING_GATED: Documentation(
        "A Pod has scheduling gates, which whoever set them removes when it may run.",
        "See what set the gates that the message names, such as a queue.",
    ),
    Reason.CRASH_LOOP_BACK_OFF: Documentation(
        "A container ends again and again; the message has its exit code and last lines.",
        "Read the logs, fix the image's script, and rebuild the Model.",
    ),
}

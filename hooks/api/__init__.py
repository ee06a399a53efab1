"""The API `substratus.ai/v1`: the one source of the CRDs and of the API's documentation."""

from hooks.api.dataset import Dataset, DatasetSource, DatasetSpec, DatasetStatus
from hooks.api.env import DEVICE_VARIABLES, EnvVar, EnvVarSource, SecretKeySelector, deciding
from hooks.api.git import BuildSecret, GitSource
from hooks.api.model import (
    ComputeType,
    Model,
    ModelCompute,
    ModelSize,
    ModelSpec,
    ModelStatus,
)
from hooks.api.model_source import ModelSource
from hooks.api.modelserver import REPLICAS_LIMIT, ModelServer, ModelServerSpec, ModelServerStatus
from hooks.api.notebook import Notebook, NotebookSpec, NotebookStatus
from hooks.api.packaging import Packaging
from hooks.api.params import ModelTrainingParams
from hooks.api.patches import VALUES_LIMIT, Patch, PatchOp, PatchOperation, PatchTarget
from hooks.api.provenance import (
    DatasetProvenance,
    Provenance,
    ProvenanceDataset,
    ProvenanceEnv,
    ProvenanceGit,
    ProvenanceModel,
    ProvenanceUrl,
)
from hooks.api.rules import explain
from hooks.api.shared import API_VERSION, GROUP, Condition, ObjectMeta
from hooks.api.training import ModelTraining

__all__ = [
    "API_VERSION",
    "DEVICE_VARIABLES",
    "GROUP",
    "REPLICAS_LIMIT",
    "VALUES_LIMIT",
    "BuildSecret",
    "ComputeType",
    "Condition",
    "Dataset",
    "DatasetProvenance",
    "DatasetSource",
    "DatasetSpec",
    "DatasetStatus",
    "EnvVar",
    "EnvVarSource",
    "GitSource",
    "Model",
    "ModelCompute",
    "ModelServer",
    "ModelServerSpec",
    "ModelServerStatus",
    "ModelSize",
    "ModelSource",
    "ModelSpec",
    "ModelStatus",
    "ModelTraining",
    "ModelTrainingParams",
    "Notebook",
    "NotebookSpec",
    "NotebookStatus",
    "ObjectMeta",
    "Packaging",
    "Patch",
    "PatchOp",
    "PatchOperation",
    "PatchTarget",
    "Provenance",
    "ProvenanceDataset",
    "ProvenanceEnv",
    "ProvenanceGit",
    "ProvenanceModel",
    "ProvenanceUrl",
    "SecretKeySelector",
    "deciding",
    "explain",
]

"""Who Pods are to a cloud: the service accounts of the roles, and what a cloud reads of them.

See https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity,
https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html and
https://azure.github.io/azure-workload-identity/docs/.
"""

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from hooks.platform.section import Section
from hooks.step import AccountRole

_ANNOTATIONS = {
    "gke": "iam.gke.io/gcp-service-account",
    "eks": "eks.amazonaws.com/role-arn",
    "aks": "azure.workload.identity/client-id",
}
_LEGAL = {
    "gke": (
        r"[a-z][-a-z0-9]*@[a-z][-a-z0-9.:]*[.]gserviceaccount[.]com",
        "a Google service account such as loader@project.iam.gserviceaccount.com",
    ),
    "eks": (
        r"arn:aws[-a-z]*:iam::[0-9]{12}:role/[\w+=,.@/-]+",
        "an IAM role such as arn:aws:iam::123456789012:role/loader",
    ),
    "aks": (
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "a client ID such as 00000000-0000-0000-0000-000000000000",
    ),
}


class Identity(Section):
    """Who Pods are to a cloud. Without one they need no service account."""

    type: Literal["none", "gke", "eks", "aks"] = Field(
        default="none",
        description="Whose workload identity it is. With one, each Pod runs as the service "
        "account of its role, which a namespace with the label `substratus.ai/enabled` has.",
    )
    accounts: dict[AccountRole, str] = Field(
        default={},
        description="What a role is at the cloud: on `gke` a Google service account, on `eks` the "
        "ARN of an IAM role, on `aks` a client ID. A role without needs none where the cloud "
        "grants to service accounts directly (GKE's `principal://`, EKS Pod Identity).",
    )

    @model_validator(mode="after")
    def _accounts_are_of_the_cloud(self) -> Self:
        if self.accounts and self.type == "none":
            raise ValueError("has accounts, so type must be one of gke, eks and aks")
        for role, account in self.accounts.items():
            pattern, legal = _LEGAL[self.type]
            if not re.fullmatch(pattern, account):
                raise ValueError(f"accounts.{role} is {account!r}, but must be {legal}")
        return self

    def annotations(self, role: AccountRole) -> dict[str, str]:
        """Return what the cloud reads on the service account of the role."""
        account = self.accounts.get(role)
        return {_ANNOTATIONS[self.type]: account} if account else {}

    def pod_labels(self, role: AccountRole) -> dict[str, str]:
        """Return what the cloud reads on a Pod of the role."""
        uses = self.type == "aks" and role in self.accounts
        return {"azure.workload.identity/use": "true"} if uses else {}

    def account(self, role: AccountRole) -> str | None:
        """Return the service account that a Pod of the role runs as; None for the default one."""
        return None if self.type == "none" else role

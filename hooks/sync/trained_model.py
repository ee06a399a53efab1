"""A Model that is trained: a training run in the base Model's image, then an image of its result.

Both steps share one hash, of all that decides the result. It stands in the claim's name, in
`status.trainedUrl` and in the image's tag, so each step's completion can be read from the status.
"""

from dataclasses import dataclass, replace
from typing import Any

from hooks import names
from hooks.api import Model
from hooks.children.builder_configmap import make_builder_configmap
from hooks.children.claim import make_claim
from hooks.children.package_job import make_package_job, package_builder
from hooks.children.train_job import make_train_job
from hooks.conditions import Violation
from hooks.platform import sizing
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.sync import asked, claims
from hooks.sync.answer import answer, everything
from hooks.sync.desired import Desired
from hooks.sync.jobs import still_running
from hooks.sync.observed import Manifest, Observed
from hooks.sync.runs import Outcome, Run, Words, advance, blocked, finished, pending
from hooks.sync.storage_lost import storage_lost
from hooks.sync.training_inputs import Inputs, inputs, is_result_of, wanted

KIND = "Model"
TRAINED = Words("Trained", Reason.TRAINING, Reason.TRAINING_FAILED, Reason.TRAINED, "Training")
BUILT = Words(
    "Built",
    Reason.BUILDING,
    Reason.BUILD_FAILED,
    Reason.BUILT_AND_PUSHED,
    "The trained image's build",
)


def sync(model: Model, observed: Observed, *, servers: list[str], settings: Settings) -> Desired:
    """Return a trained Model's status and children.

    Args:
        model: the Model, with `spec.training`.
        observed: the call.
        servers: the ModelServers that run it.
        settings: what differs between clusters.
    """
    made_of = inputs(model, observed, settings)
    if isinstance(made_of, Violation):
        trained, built = _without_upstream(model, made_of)
        children, fields = everything(observed), previous_fields(model)
    else:
        work = _Work(model, made_of, observed, settings)
        trained = work.train()
        built = work.package(trained.result) if trained.result else pending(BUILT, "training")
        running = still_running(observed, work.run)
        children = [*trained.children, *built.children, *running, *work.claims(built)]
        fields = work.fields(trained, built)
    return answer(
        observed,
        steps=[trained.condition, built.condition],
        fields={**fields, "servers": servers},
        children=children,
        settings=settings,
    )


def previous_fields(model: Model) -> dict[str, Any]:
    """Return the status's fields on what was last complete."""
    fields = {"container_image", "trained_url", "provenance"}
    return model.status.model_dump(by_alias=True, exclude_none=True, include=fields)


def _without_upstream(model: Model, violation: Violation) -> tuple[Outcome, Outcome]:
    """Return the outcomes while the base Model or the Dataset is not there.

    What was made of them stands, if it is what the spec asks for.
    """
    image, url = model.status.container_image, model.status.trained_url
    if not image or not is_result_of(model, wanted(model)):
        return blocked(TRAINED, violation), pending(BUILT, "training")
    note = f" It stands, though {violation.message[0].lower()}{violation.message[1:]}"
    trained, built = finished(TRAINED, str(url)), finished(BUILT, image)
    told = replace(trained.condition, message=trained.condition.message + note)
    return replace(trained, condition=told), built


@dataclass(frozen=True)
class _Work:
    """The two steps of one training run."""

    model: Model
    inputs: Inputs
    observed: Observed
    settings: Settings

    @property
    def owner(self) -> tuple[str, str]:
        return names.owner(self.model.metadata)

    @property
    def run(self) -> str:
        return self.inputs.hash(self.owner)

    @property
    def is_packaged(self) -> bool:
        return names.image_run(self.model.status.container_image) == self.run

    def train(self) -> Outcome:
        url = self.model.status.trained_url
        if self.is_packaged:
            return finished(TRAINED, url or str(self.model.status.container_image))
        if url and names.url_run(url) == self.run:
            lost = storage_lost(url, self.observed)
            return blocked(TRAINED, lost) if lost else finished(TRAINED, url)
        where = self.settings.storage.chosen
        name = names.training_claim(self.owner[1], self.run)
        path = f"{names.data_path(self.owner, self.run)}/model/trained"
        run = self._run("train", where.url(path, claim=name), TRAINED)
        settings, fit = self.settings, self._fit()
        fresh = make_claim(
            names.metadata(KIND, self.owner, name, "train"),
            settings.claims.training_size,
            settings.claims,
        )
        return advance(
            run,
            self.observed,
            make=lambda: make_train_job(
                run.metadata(),
                _fitting(fit),
                base_image=self.inputs.base_image,
                dataset_url=self.inputs.dataset_url,
                trained_url=run.result,
                params=self.inputs.wanted.params,
                env=self.model.spec.env,
                settings=settings,
            ),
            beside=[fresh] if where.needs_claim else [],
            violation=Violation(Reason.DOES_NOT_FIT, fit.message)
            if isinstance(fit, sizing.DoesNotFit)
            else None,
        )

    def package(self, trained_url: str) -> Outcome:
        if self.is_packaged:
            return finished(BUILT, str(self.model.status.container_image))
        problem = self.settings.storage.problem(trained_url)
        image = names.image(self.settings.registry.url, KIND, self.owner, self.run)
        run = self._run("build", image, BUILT)
        builder = package_builder(self.inputs.base_image, image=image, settings=self.settings)
        files = names.builder_files(self.owner[1], KIND)
        return advance(
            run,
            self.observed,
            make=lambda: make_package_job(
                run.metadata(),
                builder,
                files=files,
                trained_url=trained_url,
                weights=sizing.weights(self.model.spec),
                settings=self.settings,
            ),
            beside=[
                make_builder_configmap(
                    names.metadata(KIND, self.owner, files, "build"), builder.files
                )
            ],
            violation=Violation(Reason.STORAGE_LOST, f"The result cannot be read. {problem}")
            if problem
            else None,
        )

    def claims(self, built: Outcome) -> list[Manifest]:
        """Return the claims that exist; once the run is packaged, those of older runs go."""
        kept = claims.every_kept(self.observed)
        if not built.result:
            return kept
        own = names.training_claim(self.owner[1], self.run)
        return [claim for claim in kept if claim["metadata"]["name"] == own]

    def fields(self, trained: Outcome, built: Outcome) -> dict[str, Any]:
        """Return the status's fields: of what is complete, which may be an older run's."""
        fields = previous_fields(self.model)
        if trained.result and not self.is_packaged:
            fields["trainedUrl"] = trained.result
        if built.result and not self.is_packaged:
            fields["containerImage"] = built.result
            fields["provenance"] = self.inputs.provenance(self.run)
        return fields

    def _run(self, step: str, result: str, words: Words) -> Run:
        return Run(
            self.owner,
            KIND,
            step,
            self.run,
            result,
            self.model.metadata.annotations.get(names.RETRY),
            words,
            asked.of(self.model.spec, self.settings),
        )

    def _fit(self) -> sizing.Fit | sizing.DoesNotFit:
        return sizing.fit(self.model.spec, sizing.Role.TRAINER, self.settings.compute)


def _fitting(fit: sizing.Fit | sizing.DoesNotFit) -> sizing.Fit:
    assert isinstance(fit, sizing.Fit)  # noqa: S101 - no Job is made where there is a violation
    return fit

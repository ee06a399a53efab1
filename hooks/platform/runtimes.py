"""What serves weights that no image holds: the runtimes' table of the settings."""

from typing import Annotated, Literal

from pydantic import Field

from hooks.api import ComputeType
from hooks.platform.accelerators import Accelerator
from hooks.platform.section import Section

Format = Literal["safetensors", "gguf"]
MODEL_FILE = "$(MODEL_FILE)"


class Runtime(Section):
    """A server of weights in a directory, as a stock image has it."""

    name: str = Field(
        min_length=1, max_length=63, description="What a Model's `runtime` calls it; unique."
    )
    image: str = Field(min_length=1, description="Its image.")
    formats: Annotated[tuple[Format, ...], Field(min_length=1)] = Field(
        description="The formats of weights that it reads: `safetensors`, `gguf`."
    )
    compute: Annotated[tuple[ComputeType, ...], Field(min_length=1)] = Field(
        description="What it runs on: `CPU`, `GPU`."
    )
    accelerators: tuple[str, ...] = Field(
        default=(), description="The accelerators that it can use, by name; all where empty."
    )
    command: tuple[str, ...] = Field(
        default=(), description="What is run; the image's own entry point where empty."
    )
    args: tuple[str, ...] = Field(
        default=(),
        description="Its arguments. `$(MODEL_DIR)` is the directory of the weights, "
        "`$(MODEL_FILE)` the one file of them, `$(MODEL_NAME)` the Model's name, "
        "`$(GPUS_PER_NODE)` how many accelerators it has, and `$(NNODES)` on how many nodes it is.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Where it listens.")
    probe_path: str = Field(
        default="/health", pattern="^/", description="What answers 200 once it is ready."
    )
    startup_seconds: int = Field(
        default=3600,
        ge=10,
        description="How long it may take to read the weights before it is started again.",
    )
    metrics_path: str | None = Field(
        default=None, pattern="^/", description="Where Prometheus reads its metrics, if it has any."
    )
    openai: bool = Field(default=False, description="Whether it speaks OpenAI's API.")

    @property
    def wants_file(self) -> bool:
        """Whether its arguments name the one file of the weights."""
        return any(MODEL_FILE in each for each in self.args)

    def runs_on(self, accelerator: Accelerator | None) -> bool:
        """Return whether it can use an accelerator; None is a CPU."""
        if accelerator is None:
            return ComputeType.CPU in self.compute
        return (
            ComputeType.GPU in self.compute
            and (not self.accelerators or accelerator.name in self.accelerators)
            and (not accelerator.runtimes or self.name in accelerator.runtimes)
        )

    def __str__(self) -> str:
        return f"{self.name} ({' and '.join(self.formats)}, on {' and '.join(self.compute)})"


_LLAMA = ("--model=$(MODEL_FILE)", "--alias=$(MODEL_NAME)", "--host=0.0.0.0", "--port=8080")
RUNTIMES = (
    Runtime(
        name="vllm",
        image="docker.io/vllm/vllm-openai:v0.11.0",
        formats=("safetensors",),
        compute=(ComputeType.GPU,),
        command=("vllm", "serve"),
        args=(
            "$(MODEL_DIR)",
            "--served-model-name=$(MODEL_NAME)",
            "--tensor-parallel-size=$(GPUS_PER_NODE)",
            "--port=8000",
        ),
        port=8000,
        metrics_path="/metrics",
        openai=True,
    ),
    Runtime(
        name="llama-cpp",
        image="ghcr.io/ggml-org/llama.cpp:server",
        formats=("gguf",),
        compute=(ComputeType.CPU,),
        args=(*_LLAMA, "--metrics"),
        port=8080,
        metrics_path="/metrics",
        openai=True,
    ),
    Runtime(
        name="llama-cpp-cuda",
        image="ghcr.io/ggml-org/llama.cpp:server-cuda",
        formats=("gguf",),
        compute=(ComputeType.GPU,),
        args=(*_LLAMA, "--n-gpu-layers=999", "--metrics"),
        port=8080,
        metrics_path="/metrics",
        openai=True,
    ),
)
"""Those that the settings have unless they list others."""

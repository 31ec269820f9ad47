"""One experiment as one JSON file: which pictures, which network, how to train it.

The format is the emoji project's, extended: `//` comments and files without outer braces are read too, every key is
checked, and what is left out takes that project's own defaults (64 x 64 x 3 pictures, summed BCE + KL, Adam, batches
of 2, a fifth held back). The presets of the course stand in `configs/` and say themselves what matters.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

CONFIGS = Path(__file__).parent / "configs"

Activation = Literal["relu", "leaky_relu", "elu", "tanh", "sigmoid", "softplus", "gelu", "silu", "cosh"]
Count = Annotated[int, Field(ge=1)]
Side = Annotated[int, Field(ge=2, le=1024)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Channels = Annotated[int, Field(ge=1, le=65536)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]  # what PyTorch and NumPy both take


class PresetError(ValueError):
    """A preset that can't be used; the message names the file and the key."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Data(Section):
    """Which pictures, and how they are cut to size and split."""

    source: Literal["fashion", "celeba", "folder", "drawn"] = "folder"
    path: str | None = None  # relative to VAE_COURSE_DATA; None: where the set is expected
    files: Annotated[tuple[str, ...], Field(min_length=1)] | None = None  # of a folder: those like "cat-*.png", ...
    input_size: tuple[Side, Side] = (64, 64)  # height, width
    channels: Literal[1, 3] = 3
    count: Count | None = None  # the first so many pictures; for drawn faces: how many to draw
    batch_size: Count = 2
    validation_split: Fraction = 0.2
    test_split: Fraction = 0.0
    flip: bool = False  # mirror half of the training pictures
    shift: Annotated[int, Field(ge=0, le=64)] = 0  # pixels; move each training picture by up to so many, each way
    color_jitter: Fraction = 0.0  # 0.1: training pictures' contrast and light times 0.9 to 1.1; half of that of tint
    seed: Seed = 0  # of the split, and of the drawn faces

    @model_validator(mode="after")
    def _something_left_to_train_on(self):
        if self.validation_split + self.test_split >= 1:
            raise ValueError("validation_split and test_split together must leave pictures to train on")
        return self

    @model_validator(mode="after")
    def _only_files_have_names(self):
        if self.files and self.source != "folder":
            raise ValueError(f"files chooses among a folder's or zip's pictures: source {self.source} takes them all")
        return self


class Layer(Section):
    """One fully connected layer."""

    units: Channels
    activation: Activation = "relu"


CONVOLUTIONAL = (  # keys that a dense model has no use for: its layers name their activations
    *("kernel_size", "stride", "padding", "activation", "upsample", "residual_blocks", "linear_path", "norm"),
)
DEFAULT_LAYERS = (Layer(units=512), Layer(units=256), Layer(units=128))


class Model(Section):
    """Dense when it has encoder_layers, convolutional when it has hidden_channels."""

    latent_dim: Annotated[int, Field(ge=1, le=4096)] = 16
    hidden_channels: tuple[Channels, ...] | None = None
    encoder_layers: tuple[Layer, ...] | None = Field(
        default_factory=lambda given: None if given.get("hidden_channels") else DEFAULT_LAYERS
    )
    decoder_layers: tuple[Layer, ...] | None = None  # None: the encoder's, mirrored
    kernel_size: Annotated[int, Field(ge=1, le=15)] = 4
    stride: Annotated[int, Field(ge=1, le=4)] = 2
    padding: Annotated[int, Field(ge=0, le=7)] = 1
    activation: Activation = "relu"
    upsample: Literal["transposed", "nearest"] = "transposed"
    residual_blocks: Annotated[int, Field(ge=0, le=8)] = 0  # per stage, in encoder and decoder
    linear_path: bool = False  # beside the convolutions, without activations; begins as PCA of the pictures
    norm: Literal["none", "batch", "group"] = "none"
    init: Literal["default", "kaiming"] = "default"
    output_bias: Literal["zero", "mean_image"] = "zero"  # of the last layer, before the sigmoid
    logvar_start: float | None = None  # bias of a damped logvar head: how wide the first posteriors are

    @model_validator(mode="after")
    def _one_family(self):
        if self.encoder_layers is not None and self.hidden_channels is not None:
            raise ValueError(
                "encoder_layers makes a dense model, hidden_channels a convolutional one: give one of them"
            )
        for name in CONVOLUTIONAL if self.dense else ():
            if getattr(self, name) != type(self).model_fields[name].default:
                raise ValueError(f"{name} is of convolutional models: give hidden_channels instead of encoder_layers")
        if self.decoder_layers is not None and self.encoder_layers is None:
            raise ValueError("decoder_layers needs encoder_layers beside it")
        if not (self.encoder_layers or self.hidden_channels):
            raise ValueError("encoder_layers or hidden_channels must name at least one layer")
        return self

    @property
    def dense(self) -> bool:
        return self.encoder_layers is not None

    @property
    def mirrored_layers(self) -> tuple[Layer, ...]:
        """The decoder's layers of a dense model: those given, or the encoder's in reverse."""
        return (self.encoder_layers or ())[::-1] if self.decoder_layers is None else self.decoder_layers


class Optimizer(Section):
    type: Literal["adam", "adamw", "sgd", "muon"] = "adam"  # muon: for matrices, and adamw for all else
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: Annotated[float, Field(gt=0)] = 1e-8
    weight_decay: Annotated[float, Field(ge=0)] = 0.0


class Schedule(Section):
    """How the learning rate moves: not at all, down when validation stalls, or warm-up then cosine to 0."""

    type: Literal["constant", "plateau", "cosine"] = "constant"
    warmup: Fraction = 0.03  # cosine: fraction of all steps
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.5  # plateau
    patience: Annotated[int, Field(ge=0)] = 5  # plateau: validations without improvement


class Stopping(Section):
    patience: Count = 10
    min_delta: Annotated[float, Field(ge=0)] = 0.0


class Training(Section):
    epochs: Count = 100
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    optimizer: Optimizer = Optimizer()
    schedule: Schedule = Schedule()
    loss: Literal["bce", "mse", "l1", "l1_mean", "gaussian"] = "bce"
    beta: Annotated[float, Field(ge=0)] = 1.0
    beta_warmup: Annotated[int, Field(ge=0)] = 0  # steps from beta 0 to beta
    average: Annotated[float, Field(gt=0, lt=1)] | None = None  # decay of the weights' moving average
    gradient_clip: Annotated[float, Field(gt=0)] | None = None  # largest norm of a gradient
    early_stopping: Stopping | None = None
    validate_every: Count = 1  # epochs
    keep: Literal["best", "last"] = "best"  # which epoch's weights are the result: best on validation, or the last
    refit: bool = False  # settings chosen: train on the validation pictures too, and keep the last epoch's weights
    checkpoint_every: Annotated[int, Field(ge=0)] = 0  # epochs; 0: only the best and the last are kept
    sample_every: Annotated[int, Field(ge=0)] = 5  # epochs between two sheets of one fixed z; 0: none
    precision: Literal["float32", "bfloat16"] = "float32"  # the latter where the machine has it, else float32
    seed: Seed = 0

    @model_validator(mode="after")
    def _refit_leaves_nothing_to_watch(self):
        if self.refit and (self.early_stopping or self.schedule.type == "plateau"):
            raise ValueError(
                "early_stopping and the plateau schedule watch validation pictures, which refit trains on: drop one or "
                "the other"
            )
        return self


class Preset(Section):
    data: Data = Data()
    model: Model = Model()
    training: Training = Training()

    @model_validator(mode="after")
    def _picture_survives_the_convolutions(self):
        for number, sides in enumerate(self._planes()):
            if min(sides) < 1:
                raise ValueError(
                    f"model.hidden_channels: {number} layers already shrink {self.data.input_size} pictures as far as "
                    f"kernel_size {self.model.kernel_size}, stride {self.model.stride}, padding {self.model.padding} "
                    "allow"
                )
        if self.single_pixels and self.data.batch_size == 1:
            raise ValueError(
                "data.batch_size: one picture at a time leaves model.norm batch a single number per channel, as "
                "hidden_channels shrink pictures to 1 x 1: take larger batches, fewer layers or norm group"
            )
        return self

    def _planes(self) -> Iterator[list[int]]:
        """[height, width] after each convolution."""
        sides, m = list(self.data.input_size), self.model
        for _ in m.hidden_channels or ():
            sides = [(side + 2 * m.padding - m.kernel_size) // m.stride + 1 for side in sides]
            yield sides

    @property
    def single_pixels(self) -> bool:
        """Whether batch normalisation meets 1 x 1 planes, so that it can't normalise one picture alone."""
        return self.model.norm == "batch" and [1, 1] in self._planes()


def changed(preset: Preset, section: str, **values: object) -> Preset:
    """The preset with other values in one of its sections, unchecked."""
    return preset.model_copy(update={section: getattr(preset, section).model_copy(update=values)})


def names() -> tuple[str, ...]:
    """The presets that come with the course."""
    return tuple(sorted(path.stem for path in CONFIGS.glob("*.json")))


def load(name_or_path: str | Path) -> Preset:
    """The preset of that name in `configs/`, or of that JSON file. Raises PresetError."""
    path = CONFIGS / f"{name_or_path}.json"
    if str(name_or_path) not in names():
        path = Path(name_or_path)
    if not path.is_file():
        raise PresetError(f"no preset and no file is called {name_or_path}; presets: {', '.join(names())}")
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except (PresetError, UnicodeDecodeError) as error:
        raise PresetError(f"{path}: {error}") from None


def parse(text: str) -> Preset:
    """A preset from JSON text; `//` comments and missing outer braces are allowed, a key twice is not.

    Raises PresetError.
    """
    bare = re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*', lambda match: match[1] or "", text)
    try:
        bare = bare if bare.lstrip().startswith("{") else "{" + bare + "}"
        values = _without_doubles(json.loads(bare, object_pairs_hook=_Pairs))
        return Preset.model_validate_json(json.dumps(values))
    except json.JSONDecodeError as error:
        raise PresetError(f"not valid JSON, line {error.lineno}: {error.msg}") from None
    except ValidationError as error:
        problems = [problem for problem in error.errors() if problem["type"] != "default_factory_not_called"]
        raise PresetError("; ".join(map(_explain, problems))) from None


class _Pairs(list):
    """A JSON object as (key, value) pairs, before a dict would keep the last of each key."""


def _without_doubles(value, path: str = ""):
    """The value with dicts for objects; path: of the keys that lead to it. Raises PresetError."""
    if isinstance(value, _Pairs):
        keys = [key for key, _ in value]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise PresetError("; ".join(f"{path}{key}: this key stands here more than once" for key in twice))
        return {key: _without_doubles(inner, f"{path}{key}.") for key, inner in value}
    if isinstance(value, list):
        return [_without_doubles(inner, f"{path}{number}.") for number, inner in enumerate(value)]
    return value


def _explain(problem) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        message = "unknown key"
    return f"{key}: {message}" if key else message

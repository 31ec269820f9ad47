"""What the course asks students to write, lesson by lesson, and what each exercise is worth: 100 points in all.

Optional exercises are worth no point: they have a visible check and no hidden one.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Exercise:
    name: str
    lesson: str
    points: int
    functions: tuple[str, ...]  # what the student's code must define

    @property
    def module(self) -> str:
        """The name of the module that holds the course's own answer: "06-latent-space" -> "latent_space"."""
        return self.lesson[3:].replace("-", "_")


_POINTS = {
    "01-images": {"to_unit_range": 2, "center_crop": 1, "split_indices": 2, "minibatches": 2},
    "02-networks": {"conv_output_size": 1, "ConvEncoder": 6, "ConvDecoder": 6},
    "03-sampling": {"reparameterize": 6, "sample_prior": 1, "VAE": 3},
    "04-loss": {"kl_divergence": 7, "reconstruction_loss": 6, "vae_loss": 5, "log_normal": 4},
    "05-training": {"train_step": 4, "evaluate": 4, "train_epoch": 3, "EarlyStopping": 2, "checkpoint": 3},
    "06-latent-space": {
        "generate": 2, "lerp": 1, "slerp": 3, "interpolate_images": 3, "traverse": 1, "latent_grid": 2,
    },
    "07-beta": {"beta_schedule": 1, "kl_per_dimension": 2, "active_units": 2},
    "08-evaluation": {"frechet_distance": 3, "nearest_neighbours": 1, "importance_weighted_bound": 2},
    "09-faces": {"attribute_direction": 1, "apply_attribute": 1, "fit_latent_gaussian": 2},
    "10-flow": {"path": 1, "flow_matching_loss": 2, "integrate": 2},
}  # fmt: skip
_OPTIONAL = {"07-beta": ("ConditionalVAE",)}
_FUNCTIONS = {"checkpoint": ("save_checkpoint", "load_checkpoint")}

LESSONS = tuple(_POINTS)
EXERCISES = {
    name: Exercise(name, lesson, points, _FUNCTIONS.get(name, (name,)))
    for lesson, exercises in _POINTS.items()
    for name, points in exercises.items()
}
OPTIONAL = {name: Exercise(name, lesson, 0, (name,)) for lesson, exercises in _OPTIONAL.items() for name in exercises}
ALL = EXERCISES | OPTIONAL


def names(lesson: str) -> tuple[str, ...]:
    """The exercises of a lesson that are worth points, in order."""
    return tuple(name for name, exercise in EXERCISES.items() if exercise.lesson == lesson)

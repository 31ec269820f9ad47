"""What the lessons' notebooks use: the reader's own functions, visible checks, texts in one language, pictures."""

import importlib
import os
import sys
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from . import data, pretrained
from .data.fashion import CLASSES
from .grading.contract import EXERCISES
from .text import Both, default_language, pick
from .visible import Hint

READY = Both(es="✓ {name}: por ahora, todo bien.", en="✓ {name}: so far, so good.")
UNANSWERED = Both(
    es="{name} espera una respuesta: falta escribir el código de la celda de arriba y ejecutarla.",
    en="{name} is waiting for an answer: write the code in the cell above and run it.",
)
UNDEFINED = Both(
    es="{name} no está definida: conviene ejecutar primero la celda de arriba.",
    en="{name} is not defined: run the cell above first.",
)
RAISED = Both(es="el código se detuvo con {error}", en="the code stopped with {error}")
BORROWED = Both(
    es="(Mientras {name} no pase su revisión, aquí trabaja la versión del curso.)",
    en="(Until {name} passes its check, the course's own version works here.)",
)
REAL = Both(es="Imágenes reales: {title}.", en="Real pictures: {title}.")
DECODED = Both(
    es="{title}: no están en esta máquina; estas imágenes las dibujó el modelo {model} del curso.",
    en="{title}: not on this machine; these pictures were drawn by the course's model {model}.",
)
DRAWN = Both(es="Caras dibujadas por el curso.", en="Faces drawn by the course.")
INSTEAD = Both(
    es="Caras dibujadas por el curso: no hay fotos en esta máquina.",
    en="Faces drawn by the course: there are no photographs on this machine.",
)
MODELS = {"fashion": "fashion-plus", "faces": "faces", "cats": "cats", "drawn": "drawn"}

_borrowed: set[str] = set()  # names whose notice was given


class NotYet(Exception):
    """An exercise that is unanswered or wrong: a notebook shows its sentence alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"✗ {self}"]


def start(lang: str) -> None:
    """Settle the notebook's language ("es" or "en") for texts and figures."""
    pick(Both("", ""), lang)  # refuses any other
    os.environ["VAE_COURSE_LANG"] = lang
    _borrowed.clear()


def say(*, es: str, en: str) -> None:
    """Print a sentence in the notebook's language."""
    print(pick(Both(es, en), default_language()))


def show(*figures) -> None:
    """Show several figures, one below the other."""
    from IPython.display import display

    for figure in figures:
        display(figure)


def check(names: str) -> None:
    """The visible checks of the exercises named ("lerp slerp") on the reader's functions. Raises NotYet."""
    lang, wrong = default_language(), []
    for name in names.split():
        problem = complaint(name, _reader())
        if problem is None:
            print(pick(READY, lang).format(name=name))
        else:
            wrong.append(pick(problem, lang))
    if wrong:
        raise NotYet("\n✗ ".join(wrong)) from None


def complaint(name: str, namespace: dict) -> Both | None:
    """What the visible check of an exercise has against the functions of a namespace; None if nothing."""
    exercise = EXERCISES[name]
    for function in exercise.functions:
        if function not in namespace:
            return UNDEFINED.format(name=function)
    visible = importlib.import_module(f"vae_course.visible.{_module(name)}")
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        try:
            getattr(visible, name)(*(namespace[function] for function in exercise.functions))
        except NotImplementedError:
            return UNANSWERED.format(name=name)
        except Hint as hint:
            return Both(*(f"{name}: {text}" for text in hint.text))
        except Exception as error:
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            return Both(*(f"{name}: {text}" for text in RAISED.format(error=what)))
    return None


def mine(function: str):
    """The reader's function or class of that name if its visible check passes, else the course's, with a notice."""
    name = next(name for name, exercise in EXERCISES.items() if function in exercise.functions)
    namespace = _reader()
    if all(one in namespace for one in EXERCISES[name].functions) and complaint(name, namespace) is None:
        return namespace[function]
    if name not in _borrowed:
        _borrowed.add(name)
        print(pick(BORROWED, default_language()).format(name=name))
    return getattr(importlib.import_module(f"vae_course.{_module(name)}"), function)


def _module(name: str) -> str:
    return EXERCISES[name].lesson[3:].replace("-", "_")


def _reader() -> dict:
    return vars(sys.modules["__main__"])


@dataclass(frozen=True)
class Pictures:
    """Pictures for an experiment, and a sentence for the reader that says which they are."""

    images: Tensor  # uint8 (n, H, W, C)
    about: Both
    labels: Tensor | None = None  # (n,) int64, positions in classes
    classes: tuple[str | Both, ...] = ()
    attributes: dict[str, Tensor] = field(default_factory=dict)  # name -> (n,), bool or float32


def pictures(kind: str, n: int, split: str = "train") -> Pictures:
    """n pictures of "fashion", "faces", "cats" or "drawn", fewer where the set has fewer; always the same ones.

    Where the real set is not on this machine: for faces, drawn ones; for the others, what a shipped model draws. Says
    which.
    """
    if kind not in MODELS:
        raise ValueError(f"kind {kind!r} is not one of {', '.join(MODELS)}")
    try:
        found = _real(kind, n, split)
    except data.DataError:
        found = _instead(n, split) if kind == "faces" else _decoded(kind, n, split)
    print(pick(found.about, default_language()))
    return found


def _real(kind: str, n: int, split: str) -> Pictures:
    """Pictures of the set that the shipped model of that kind was trained on. Raises DataError."""
    image_set = data.load(pretrained.preset(MODELS[kind]).data)
    positions = image_set.part(split)[:n]
    return Pictures(
        images=torch.as_tensor(image_set.images[positions]),
        about=DRAWN if kind == "drawn" else REAL.format(title=_title(kind)),
        labels=None if image_set.labels is None else image_set.labels[positions],
        classes=image_set.classes,
        attributes={name: values[positions] for name, values in image_set.attributes.items()},
    )


def _instead(n: int, split: str) -> Pictures:
    """Drawn faces where photographs are missing."""
    return replace(_real("drawn", n, split), about=INSTEAD)


@torch.no_grad()
def _decoded(kind: str, n: int, split: str) -> Pictures:
    """What the shipped model decodes from its gallery's posteriors, drawn from again and again."""
    model, gallery = pretrained.load(MODELS[kind]), pretrained.gallery(MODELS[kind])
    generator = torch.Generator().manual_seed(("train", "validation", "test").index(split))
    chosen = torch.randint(len(gallery.mu), (n,), generator=generator)
    mu, std = gallery.mu[chosen], (0.5 * gallery.logvar[chosen]).exp()
    z = mu + std * torch.randn(mu.shape, generator=generator)
    x = torch.cat([model.decode(part) for part in z.split(256)])  # (n, C, H, W)
    return Pictures(
        images=(x * 255).round().byte().permute(0, 2, 3, 1).contiguous(),
        about=DECODED.format(title=_title(kind), model=MODELS[kind]),
        labels=None if gallery.labels is None else gallery.labels[chosen],
        classes=CLASSES if kind == "fashion" else gallery.classes,
    )


def _title(kind: str) -> Both:
    return Both(**pretrained.card(MODELS[kind])["data"]["title"])

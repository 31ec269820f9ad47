"""Visible checks of lesson 05."""

import math
import tempfile
from pathlib import Path
from pickle import UnpicklingError

import torch

from ...sentences import SAID
from ...text import Both
from . import Hint, came
from .toy import Toy, terms

TERMS = ("loss", "reconstruction", "kl")


def expect_dict(found) -> None:
    if not isinstance(found, dict) or not set(TERMS) <= set(found):
        raise came(found, SAID.dict_of_terms)
    for name in TERMS:
        if not isinstance(found[name], float):
            raise came(found[name], SAID.not_a_float.format(name=name))


def near(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-5)


def expect_terms(found: dict, right: dict, hints=()) -> None:
    """Raise a Hint unless the terms are right; hints: [({term: what a mistake gives}, es, en)]."""
    for wrong, es, en in hints:
        if all(near(found[name], value) and not near(value, right[name]) for name, value in wrong.items()):
            raise Hint(es=es, en=en)
    for name in TERMS:
        if not near(found[name], right[name]):
            raise Hint(
                es=f"{name}: se esperaba {right[name]:.4f}, llegó {found[name]:.4f}.",
                en=f"{name}: expected {right[name]:.4f}, got {found[name]:.4f}.",
            )


def train_step(train_step):
    x = torch.full((6, 1, 2, 2), 0.8)
    model = Toy().eval()
    optimizer = torch.optim.SGD([model.level, model.mu], lr=0.01)
    found = train_step(model, x, optimizer, 4.0)
    expect_dict(found)
    before, after = terms(0.3, 0.5, 0.8, 4.0), terms(model.level.item(), model.mu.item(), 0.8, 4.0)
    forgot = terms(0.3, 0.5, 0.8, 1.0)["loss"]
    expect_terms(found, before, [
        ({"loss": after["loss"], "kl": after["kl"]},
         "son los valores de después del paso: se piden los del forward de antes.",
         "these are the values after the step: those of the forward pass before it are asked for."),
        ({"loss": forgot}, "falta beta delante de la KL.", "beta is missing before the KL."),
        ({"reconstruction": before["reconstruction"] / 4}, *SAID.pixels_averaged),
    ])  # fmt: skip
    if not all(model.modes):
        raise Hint(*SAID.no_train_mode)
    _expect_descent(model)
    _expect_no_piling(train_step, x)


def _slopes(level: float, mu: float, beta: float, pixel: float = 0.8) -> tuple[float, float]:
    return -4 * (pixel / level - (1 - pixel) / (1 - level)), beta * mu


def _expect_descent(model: Toy) -> None:
    moved = model.level.item() - 0.3, model.mu.item() - 0.5
    level, mu = _slopes(0.3, 0.5, 4.0)
    if near(moved[0], 0) and near(moved[1], 0):
        raise Hint(*SAID.no_step)
    if near(moved[1], 0):
        raise Hint(
            es="la KL no empujó: backward va sobre la pérdida completa, no sobre una parte.",
            en="the KL did not push: backward belongs on the whole loss, not on a part of it.",
        )
    if not (near(moved[0], -0.01 * level) and near(moved[1], -0.01 * mu)):
        raise Hint(
            es=f"un paso de SGD debía mover mu en {-0.01 * mu:.4f} y la movió en {moved[1]:.4f}.",
            en=f"one step of SGD should move mu by {-0.01 * mu:.4f} and moved it by {moved[1]:.4f}.",
        )


def _expect_no_piling(train_step, x) -> None:
    model = Toy()
    optimizer = torch.optim.SGD([model.level, model.mu], lr=0.01)
    for _ in range(2):
        train_step(model, x, optimizer)
    if not near(model.mu.item(), 0.5 * 0.99**2):
        raise Hint(*SAID.gradients_not_cleared)


def evaluate(evaluate):
    model, sizes, pixels = Toy(), (3, 1), (0.2, 0.9)
    parts = [torch.full((n, 1, 2, 2), pixel) for n, pixel in zip(sizes, pixels, strict=True)]
    before = {name: part.training for name, part in model.named_modules()}
    with torch.enable_grad():
        found = evaluate(model, iter(parts), 4.0)
        left_on = torch.is_grad_enabled()
    expect_dict(found)
    costs = [terms(0.3, 0.5, pixel, 4.0) for pixel in pixels]
    right = {name: (3 * costs[0][name] + costs[1][name]) / 4 for name in TERMS}
    unweighted = {name: (costs[0][name] + costs[1][name]) / 2 for name in ("loss", "reconstruction")}
    unscaled = {name: value / 2 for name, value in unweighted.items()}  # two means over four images
    forgot = right["loss"] - 3 * right["kl"]
    expect_terms(found, right, [
        (unscaled, *SAID.sum_of_means),
        (dict.fromkeys(TERMS, 0.0), "batches se recorre una sola vez: se cuentan las imágenes en la misma pasada.",
         "batches can be gone through only once: count the images in that same pass."),
        (unweighted, *SAID.uneven_batches_averaged),
        ({"loss": costs[1]["loss"]}, *SAID.only_last_batch_counts),
        ({"loss": costs[0]["loss"]}, *SAID.only_first_batch_counts),
        ({name: 4 * value for name, value in right.items()}, *SAID.images_added_up),
        ({"loss": forgot}, "falta beta delante de la KL.", "beta is missing before the KL."),
    ])  # fmt: skip
    if any(model.modes):
        raise Hint(*SAID.evaluated_in_train_mode)
    if not left_on:
        raise Hint(
            es="los gradientes quedaron apagados al terminar: with torch.no_grad() los vuelve a encender.",
            en="the gradients were left off at the end: with torch.no_grad() turns them on again.",
        )
    if model.level.grad is not None or any(model.graphs):
        raise Hint(*SAID.gradients_while_evaluating)
    _expect_modes(model, before)


def _expect_modes(model: Toy, before: dict[str, bool]) -> None:
    after = {name: part.training for name, part in model.named_modules()}
    if not after[""]:
        raise Hint(
            es="el modelo quedó en modo eval: al final, cada módulo vuelve a su modo.",
            en="the model was left in eval mode: at the end each module returns to its mode.",
        )
    if after != before:
        raise Hint(
            es="un submódulo estaba en modo eval y quedó en train: conviene guardar el modo de cada módulo.",
            en="a submodule was in eval mode and ended in train: keep each one's mode, not only the model's.",
        )


def train_epoch(train_epoch):
    model, sizes, pixels = Toy().eval(), (3, 1), (0.2, 0.9)
    parts = [torch.full((n, 1, 2, 2), pixel) for n, pixel in zip(sizes, pixels, strict=True)]
    optimizer = torch.optim.SGD([model.level, model.mu], lr=0.01)
    found = train_epoch(model, iter(parts), optimizer, 4.0)
    costs, (level, mu) = _walked(pixels, 4.0)
    if isinstance(found, dict) and not model.modes and not any(found.values()):
        raise Hint(
            es="batches se recorre una sola vez: se cuentan las imágenes en la misma pasada.",
            en="batches can be gone through only once: count the images in that same pass.",
        )
    _expect_walk(model, level, mu, pixels)
    expect_dict(found)
    after = [terms(level, mu, pixel, 4.0)["loss"] for pixel in pixels]
    unweighted = {name: (costs[0][name] + costs[1][name]) / 2 for name in TERMS}
    sums = {name: 3 * costs[0][name] + costs[1][name] for name in TERMS}
    expect_terms(found, {name: total / 4 for name, total in sums.items()}, [
        ({name: value / 2 for name, value in unweighted.items()}, *SAID.sum_of_means),
        (unweighted, *SAID.uneven_batches_averaged),
        (sums, *SAID.images_added_up),
        (costs[1], *SAID.only_last_batch_counts),
        ({"loss": (3 * after[0] + after[1]) / 4}, *SAID.loss_after_the_epoch),
    ])  # fmt: skip
    if not all(model.modes):
        raise Hint(*SAID.no_train_mode)


def _walked(pixels, beta: float, rate: float = 0.01) -> tuple[list[dict[str, float]], tuple[float, float]]:
    """(what each batch costs before its step of SGD, where level and mu are after all of them)."""
    level, mu, costs = 0.3, 0.5, []
    for pixel in pixels:
        costs.append(terms(level, mu, pixel, beta))
        slopes = _slopes(level, mu, beta, pixel)
        level, mu = level - rate * slopes[0], mu - rate * slopes[1]
    return costs, (level, mu)


def _expect_walk(model: Toy, level: float, mu: float, pixels) -> None:
    there = model.level.item(), model.mu.item()
    known = (
        ((), 4.0, SAID.no_step_of_an_epoch),
        (pixels, 1.0, SAID.beta_not_in_the_steps),
        (pixels[:1], 4.0, SAID.only_first_batch_steps),
        (pixels[1:], 4.0, SAID.only_last_batch_steps),
    )
    for walked, beta, why in known:
        end = _walked(walked, beta)[1]
        if near(there[0], end[0]) and near(there[1], end[1]):
            raise Hint(*why)
    if not (near(there[0], level) and near(there[1], mu)):
        raise Hint(
            es=f"tras dos batches, dos pasos de SGD dejan mu en {mu:.4f} y quedó en {there[1]:.4f}: un paso por batch, "
            "en su orden y con el optimizador recibido. ¿Pasa train_step su revisión?",
            en=f"after two batches two steps of SGD leave mu at {mu:.4f} and it is at {there[1]:.4f}: one step a "
            "batch, in their order, with the optimiser given. Does train_step pass its check?",
        )


def EarlyStopping(EarlyStopping):
    tie = Both(es="Igualar no es mejorar, y a la segunda se para.", en="A tie is no gain, and the second one stops.")
    best = Both(es="Se compara con best, no con el valor anterior.", en="Compare with best, not with the value before.")
    back, delta = SAID.improvement_resets, SAID.more_than_min_delta
    gain = Both(es="Menos es mejor, y el primer valor siempre mejora.", en="Lower is better, and the first is a gain.")
    cases = (
        ((2,), [5.0, 4.0, 3.0, 2.0], [False] * 4, gain),
        ((2,), [3.0, 3.0, 3.0], [False, False, True], tie),
        ((2,), [5.0, 4.0, 4.5, 4.2], [False, False, False, True], best),
        ((2,), [5.0, 4.0, 4.5, 4.2, 4.3], [False, False, False, True, True], SAID.true_only_once),
        ((2,), [5.0, 6.0, 4.0, 6.0, 3.0, 6.0, 6.0], [False] * 6 + [True], back),
        ((2, 0.5), [5.0, 4.75, 4.5], [False, False, True], delta),
        ((2, 0.5), [5.0, 4.75, 4.25, 4.0], [False] * 4, delta),
    )
    for settings, values, right, why in cases:
        stopping = EarlyStopping(*settings)
        found = [stopping.update(value) for value in values]
        if None in found:
            raise came(None, Both(es="Se espera True o False de update.", en="True or False is expected of update."))
        found = [bool(one) for one in found]
        if found != right:
            given = f"patience={settings[0]}" + (f", min_delta={settings[1]}" if len(settings) > 1 else "")
            raise Hint(
                es=f"con {given} y los valores {values} se esperaba {right}, llegó {found}. {why.es}",
                en=f"with {given} and the values {values} expected {right}, got {found}. {why.en}",
            )
    stopping = EarlyStopping(3, 0.5)
    for loss, lowest in ((5.0, 5.0), (4.75, 5.0), (4.0, 4.0), (6.0, 4.0)):
        stopping.update(loss)
        if not hasattr(stopping, "best"):
            raise Hint(
                es="falta el atributo best, el menor valor hasta ahora: self.best.",
                en="the attribute best is missing, the lowest value so far: self.best.",
            )
        if not near(float(stopping.best), lowest):
            raise Hint(
                es=f"best debía ser {lowest} y es {stopping.best}. {SAID.more_than_min_delta.es}",
                en=f"best should be {lowest} and is {stopping.best}. {SAID.more_than_min_delta.en}",
            )


def checkpoint(save_checkpoint, load_checkpoint):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.pt"
        model, optimizer = _trained(0.3)
        save_checkpoint(path, model, optimizer, 7)
        if not any(Path(folder).iterdir()):
            raise Hint(
                es="save_checkpoint no escribió archivo alguno en path.",
                en="save_checkpoint wrote no file at path.",
            )
        again = Toy(0.6)
        moments = torch.optim.Adam(again.parameters(), lr=0.05)
        try:
            epoch = load_checkpoint(path, again, moments)
        except UnpicklingError:
            raise Hint(
                es="el archivo guarda objetos enteros: se guardan los state_dict() de modelo y optimizador.",
                en="the file holds whole objects: save the state_dict() of model and optimizer.",
            ) from None
    if epoch is None:
        raise Hint(
            es="load_checkpoint devolvió None: ¿falta return, o no se guardó epoch?",
            en="load_checkpoint returned None: is return missing, or was epoch not saved?",
        )
    if int(epoch) != 7:
        raise Hint(es=f"se guardó la época 7 y volvió {epoch}.", en=f"epoch 7 was saved and {epoch} came back.")
    if not (near(again.level.item(), model.level.item()) and near(again.mu.item(), model.mu.item())):
        raise Hint(*SAID.weights_not_back)
    if float(again.passes) != float(model.passes):
        raise Hint(*SAID.buffers_missing)
    _expect_same_road((model, optimizer), (again, moments))


def _push(model: Toy, optimizer, slope: float) -> None:
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, slope)
    optimizer.step()


def _trained(level: float) -> tuple[Toy, torch.optim.Adam]:
    model = Toy(level)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for slope in (1.0, -3.0, 0.5):
        _push(model, optimizer, slope)
        model.passes += 1
    return model, optimizer


def _expect_same_road(saved: tuple[Toy, torch.optim.Optimizer], loaded: tuple[Toy, torch.optim.Optimizer]) -> None:
    for slope in (0.2, -0.1):
        for model, optimizer in (saved, loaded):
            _push(model, optimizer, slope)
    if not near(saved[0].mu.item(), loaded[0].mu.item()):
        raise Hint(*SAID.optimizer_not_saved)

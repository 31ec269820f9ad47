"""Lesson 05: one step, one evaluation, stopping, saving."""

import math

import pytest
import torch
from checking import (
    SAID,
    SEED,
    SLIP,
    USELESS,
    Wrong,
    adam,
    batches,
    chance,
    close,
    exercise,
    near,
    number,
    path,
    sgd,
    toy_vae,
    undisturbed,
)

X = torch.rand(6, 1, 4, 4, generator=chance(0))


def weights(seed=0):
    """Of a toy VAE without extras."""
    random = chance(seed)
    shapes = {
        "encoder.1.weight": (8, 16), "encoder.1.bias": (8,), "heads.mu.weight": (3, 8), "heads.mu.bias": (3,),
        "heads.logvar.weight": (3, 8), "heads.logvar.bias": (3,), "decoder.0.weight": (8, 3), "decoder.0.bias": (8,),
        "decoder.2.weight": (16, 8), "decoder.2.bias": (16,),
    }  # fmt: skip
    return {name: 0.4 * torch.randn(size, generator=random) for name, size in shapes.items()}


def forward(values, x):
    """(x_hat, mu, logvar) of the noiseless toy VAE with these weights."""

    def linear(inputs, name):
        return inputs @ values[f"{name}.weight"].T + values[f"{name}.bias"]

    features = linear(x.flatten(1), "encoder.1").tanh()
    mu, logvar = linear(features, "heads.mu"), linear(features, "heads.logvar")
    return linear(linear(mu, "decoder.0").tanh(), "decoder.2").sigmoid(), mu, logvar


def terms(values, x, beta=1.0):
    """The three batch means, in double precision, with gradients."""
    x_hat, mu, logvar = forward(values, x)
    x = x.flatten(1)
    reconstruction = -(x * x_hat.log() + (1 - x) * (1 - x_hat).log()).sum(dim=1).mean()
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


def doubled(values):
    return {name: value.double().requires_grad_() for name, value in values.items()}


def slopes(values, x, beta=1.0):
    values = doubled(values)
    return dict(
        zip(values, torch.autograd.grad(terms(values, x.double(), beta)[0], list(values.values())), strict=True)
    )


def noiseless(student, seed=0):
    return student.make(toy_vae(weights(seed), extras=False, noiseless=True))


def three_terms(found):
    if not isinstance(found, dict) or not {"loss", "reconstruction", "kl"} <= set(found):
        raise Wrong(*SAID.dict_of_terms, came=True)
    return found


def expect_terms(found, values, x, beta=1.0, atol=1e-3):
    found = three_terms(found)
    loss, reconstruction, kl = (part.detach() for part in terms(doubled(values), x.double(), beta))
    averaged = {
        "reconstruction": [(reconstruction / 16, SAID.pixels_averaged)],
        "kl": [(kl / 3, SAID.dimensions_averaged)],
        "loss": [],
    }
    for name, right in (("reconstruction", reconstruction), ("kl", kl), ("loss", loss)):
        hints = [*averaged[name], (right * len(x), SAID.batch_added_up)]
        close(found[name], right, rtol=1e-3, atol=atol, hints=hints)


# train_step


@exercise(
    "train_step",
    weight=4,
    leaves=USELESS,
    es="El paso baja por el gradiente de la pérdida.",
    en="The step descends the gradient of the loss.",
)
@pytest.mark.parametrize("beta", [1.0, 4.0, 0.0])
def test_one_step_of_sgd(student, beta):
    model = noiseless(student)
    student.train_step(model, X, student.make(sgd(model, 0.01)), beta)
    moved, down = model.parameters(), slopes(weights(), X, beta)
    if all(near(moved[name], value) for name, value in weights().items()):
        raise Wrong(*SAID.no_step)
    up = all(near(moved[name], value + 0.01 * down[name], 1e-3, 1e-5) for name, value in weights().items())
    if up:
        raise Wrong("El paso sube en vez de bajar.", "The step goes up instead of down.")
    for name, value in weights().items():
        close(moved[name], value - 0.01 * down[name], rtol=1e-3, atol=2e-5)


@exercise(
    "train_step",
    weight=3,
    leaves=SLIP,
    needs=("test_one_step_of_sgd",),
    es="Los gradientes de pasos anteriores no se acumulan.",
    en="Gradients of earlier steps do not pile up.",
)
def test_old_gradients_are_discarded(student):
    model, values = noiseless(student), doubled(weights())
    optimizer = student.make(sgd(model, 0.01))
    for _ in range(2):
        down = slopes({name: value.detach() for name, value in values.items()}, X)
        values = {name: (value - 0.01 * down[name]).detach() for name, value in values.items()}
        student.train_step(model, X, optimizer)
    first = slopes(weights(), X)
    middle = {name: value.double() - 0.01 * first[name] for name, value in weights().items()}
    second = slopes(middle, X)
    piled = {name: middle[name] - 0.01 * (first[name] + second[name]) for name in middle}
    moved = model.parameters()
    if all(near(moved[name], piled[name], 1e-3, 2e-5) for name in piled):
        raise Wrong(*SAID.gradients_not_cleared)
    for name, value in values.items():
        close(moved[name], value, rtol=1e-3, atol=5e-5)


@exercise(
    "train_step",
    weight=3,
    needs=("test_one_step_of_sgd",),
    es="Devuelve las tres partes de la pérdida de antes del paso.",
    en="It returns the three parts of the loss before the step.",
)
@pytest.mark.parametrize("beta", [1.0, 4.0])
def test_values_of_before_the_step(student, beta):
    model = noiseless(student)
    found = student.train_step(model, X, student.make(sgd(model, 0.05)), beta)
    expect_terms(found, weights(), X, beta)


@exercise(
    "train_step",
    weight=1,
    es="Los tres valores son números, sin grafo.",
    en="The three values are plain numbers, without a graph.",
)
def test_values_are_floats(student):
    model = noiseless(student)
    found = student.train_step(model, X, student.make(sgd(model, 0.01)))
    for name in ("loss", "reconstruction", "kl"):
        if not isinstance(found[name], float):
            raise Wrong(*SAID.not_a_float.format(name=name))


@exercise("train_step", weight=2, es="El modelo está en modo train.", en="The model is in train mode.")
def test_train_mode(student):
    model = student.make(toy_vae())
    model.train(False)
    before = model.state()
    student.train_step(model, X, student.make(sgd(model, 0.01)))
    if near(before["encoder.2.running_mean"], model.state()["encoder.2.running_mean"]):
        raise Wrong(*SAID.no_train_mode)


@exercise(
    "train_step",
    weight=2,
    needs=("test_one_step_of_sgd", "test_old_gradients_are_discarded"),
    es="Entrenar muchas veces baja la pérdida.",
    en="Training many times lowers the loss.",
)
def test_training_goes_down(student):
    student.seed(0)
    model = student.make(toy_vae(weights(1), extras=False))
    optimizer = student.make(adam(model, 0.02))
    losses = [number(student.train_step(model, X, optimizer, 0.1)["loss"]).item() for _ in range(60)]
    assert sum(losses[-5:]) / 5 < 0.95 * sum(losses[:5]) / 5


@exercise("train_step", weight=1, idle=True, es="El batch queda como estaba.", en="The batch stays as it was.")
def test_batch_stays(student):
    model = noiseless(student)
    outcome = student.ask("train_step", model, X, student.make(sgd(model, 0.01)), seed=SEED).ok()
    assert torch.equal(outcome.inputs[1], X)
    undisturbed(outcome)


# evaluate


UNEVEN = [X[:3], X[3:4], X[4:]]
BATCHES_ADDED_UP = ("Se sumaron los batches sin dividir.", "The batches were added up without dividing.")


@exercise(
    "evaluate",
    weight=3,
    leaves=SLIP,
    es="Cada imagen pesa igual, aunque los batches sean desiguales.",
    en="Every image counts the same, however uneven the batches.",
)
def test_mean_over_images(student):
    found = student.evaluate(noiseless(student), UNEVEN)
    parts = [[part.item() for part in terms(doubled(weights()), x.double())] for x in UNEVEN]
    if isinstance(found, dict) and isinstance(found.get("loss"), (int, float)):
        by_batch = sum(part[0] for part in parts) / len(parts)
        right = sum(part[0] * len(x) for part, x in zip(parts, UNEVEN, strict=True)) / len(X)
        if math.isclose(found["loss"], by_batch, rel_tol=1e-5) and not math.isclose(found["loss"], right, rel_tol=1e-5):
            raise Wrong(*SAID.uneven_batches_averaged)
        if math.isclose(found["loss"], sum(part[0] for part in parts), rel_tol=1e-4):
            raise Wrong(*BATCHES_ADDED_UP)
    expect_terms(found, weights(), X, atol=2e-4)
    close(found["loss"], terms(doubled(weights()), X.double())[0].detach(), rtol=2e-6, atol=1e-5)


@exercise("evaluate", weight=2, es="beta pesa la KL.", en="beta weighs the KL.")
@pytest.mark.parametrize("beta", [0.0, 4.0])
def test_beta_in_evaluate(student, beta):
    expect_terms(student.evaluate(noiseless(student), [X], beta), weights(), X, beta)


@exercise(
    "evaluate",
    weight=2,
    needs=("test_mean_over_images",),
    es="Los batches pueden recorrerse una sola vez.",
    en="The batches can be gone through only once.",
)
def test_one_pass(student):
    expect_terms(student.evaluate(noiseless(student), batches(UNEVEN)), weights(), X)


@exercise("evaluate", weight=3, es="Evalúa en modo eval.", en="It evaluates in eval mode.")
def test_eval_mode(student):
    model = student.make(toy_vae(noiseless=True))
    before = model.state()
    one, again = (student.evaluate(model, [X])["reconstruction"] for _ in range(2))
    after = model.state()
    if not all(near(number(before[name]), number(after[name])) for name in before):
        raise Wrong(*SAID.evaluated_in_train_mode)
    close(one, number(again), rtol=1e-6)


@exercise(
    "evaluate",
    weight=2,
    idle=True,
    es="El modo de cada submódulo queda como estaba.",
    en="Each submodule's mode is put back.",
)
@pytest.mark.parametrize("training", [True, False])
def test_modes_are_put_back(student, training):
    model = student.make(toy_vae())
    if not training:
        model.train(False)
    before = model.modes()
    student.evaluate(model, [X])
    after = model.modes()
    if before != after:
        name = next(name for name in before if before[name] != after[name]) or "model"
        raise Wrong(f"El modo de {name} cambió.", f"The mode of {name} changed.")


@exercise(
    "evaluate",
    weight=2,
    es="Nada se entrena ni se acumula: sin gradientes.",
    en="Nothing trains or piles up: no gradients.",
)
def test_nothing_trains(student):
    model = noiseless(student)
    outcome = student.ask("evaluate", model, [X], seed=SEED).ok()
    undisturbed(outcome)
    assert all(near(model.parameters()[name], value, 0, 0) for name, value in weights().items())
    if not all(model.call("requires_grad").values()):
        raise Wrong(
            "Hay parámetros que ya no se entrenan: su requires_grad quedó en False.",
            "Some parameters train no more: their requires_grad was left at False.",
        )
    if model.get("graphs"):
        raise Wrong(*SAID.gradients_while_evaluating)
    if any(gradient is not None and gradient.any() for gradient in model.parameter_gradients().values()):
        raise Wrong(*SAID.gradients_while_evaluating)
    for name in ("loss", "reconstruction", "kl"):
        assert not isinstance(outcome.value[name], torch.Tensor) or not outcome.value[name].requires_grad


@exercise("evaluate", weight=1, es="Los tres valores son números.", en="The three values are plain numbers.")
def test_evaluate_gives_floats(student):
    found = student.evaluate(noiseless(student), [X])
    for name in ("loss", "reconstruction", "kl"):
        if not isinstance(found[name], float):
            raise Wrong(*SAID.not_a_float.format(name=name))


# train_epoch


def right_epoch(values, parts, beta, kind):
    """(weights after one step per batch, the three terms averaged over images): what is asked for, in double."""
    weights = doubled(values)
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[kind](weights.values(), lr=0.01)
    sums = torch.zeros(3, dtype=torch.float64)
    for x in parts:
        optimizer.zero_grad()
        found = terms(weights, x.double(), beta)
        found[0].backward()
        optimizer.step()
        sums += torch.stack([part.detach() for part in found]) * len(x)
    means = dict(zip(("loss", "reconstruction", "kl"), (sums / sum(map(len, parts))).tolist(), strict=True))
    return {name: value.detach() for name, value in weights.items()}, means


def own_epoch(student, parts, beta, kind):
    """The same by the student's own train_step, if there is one: its errors were paid for already."""
    model = noiseless(student)
    optimizer = student.make({"sgd": sgd, "adam": adam}[kind](model, 0.01))
    sums = dict.fromkeys(("loss", "reconstruction", "kl"), 0.0)
    for x in parts:
        found = student.ask("train_step", model, x, optimizer, beta, backward=False, aside=True)
        if found.fault or not isinstance(found.value, dict) or not set(sums) <= set(found.value):
            return None
        sums = {name: value + number(found.value[name]).item() * len(x) for name, value in sums.items()}
    count = sum(map(len, parts))
    return model.parameters(), {name: value / count for name, value in sums.items()}


def epoch_of(student, parts, beta=1.0, kind="sgd", given=None):
    """(weights afterwards, what was returned, the ends that are right)."""
    model = noiseless(student)
    optimizer = student.make({"sgd": sgd, "adam": adam}[kind](model, 0.01))
    found = student.train_epoch(model, parts if given is None else given, optimizer, beta)
    ends = [right_epoch(weights(), parts, beta, kind), own_epoch(student, parts, beta, kind)]
    return model.parameters(), found, [end for end in ends if end is not None]


def alike(one, other):
    return all(near(one[name], other[name], 1e-3, 5e-5) for name in one)


ONE_BIG_STEP = ("Se dio un solo paso para todos los batches.", "One single step was taken for all the batches.")


@exercise(
    "train_epoch",
    weight=8,
    leaves=USELESS,
    es="Cada batch da un paso, una vez y en su orden.",
    en="Each batch gives one step, once and in its order.",
)
@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_a_step_for_each_batch(student, kind):
    moved, _, ends = epoch_of(student, UNEVEN, kind=kind)
    if any(alike(moved, end) for end, _ in ends):
        return
    if alike(moved, weights()):
        raise Wrong(*SAID.no_step_of_an_epoch)
    known = [
        (UNEVEN[:1], *SAID.only_first_batch_steps),
        (UNEVEN[-1:], *SAID.only_last_batch_steps),
        (UNEVEN[:-1], "El último batch quedó fuera.", "The last batch was left out."),
        (UNEVEN * 2, "Los batches se recorrieron dos veces.", "The batches were gone through twice."),
        ([X], *ONE_BIG_STEP),
    ]
    for parts, es, en in known:
        if alike(moved, right_epoch(weights(), parts, 1.0, kind)[0]):
            raise Wrong(es, en)
    raise Wrong(
        "Los pesos no son los que deja un paso por batch.", "The weights are not those that one step a batch leaves."
    )


@exercise(
    "train_epoch",
    weight=4,
    leaves=SLIP,
    needs=("test_a_step_for_each_batch",),
    es="Devuelve las tres pérdidas promediadas sobre las imágenes, cada una medida antes de su paso.",
    en="It returns the three losses averaged over the images, each measured before its step.",
)
def test_averages_of_an_epoch(student):
    _, found, ends = epoch_of(student, UNEVEN)
    names, found = ("loss", "reconstruction", "kl"), three_terms(found)
    if any(all(near(number(found[name]), number(means[name]), 2e-5, 1e-5) for name in names) for _, means in ends):
        return
    (weights_after, right), steps = ends[0], [right_epoch(weights(), UNEVEN[: k + 1], 1.0, "sgd")[1] for k in range(3)]
    sizes = [len(x) for x in UNEVEN]
    totals = [steps[k]["loss"] * sum(sizes[: k + 1]) for k in range(3)]
    each = [(total - before) / size for total, before, size in zip(totals, [0.0, *totals], sizes, strict=False)]
    after = terms(doubled(weights_after), X.double())[0].item()
    known = [
        (sum(each) / 3, *SAID.uneven_batches_averaged),
        (sum(each), *BATCHES_ADDED_UP),
        (totals[-1], *SAID.images_added_up),
        (each[-1], *SAID.only_last_batch_counts),
        (each[0], *SAID.only_first_batch_counts),
        (sum(each) / 6, *SAID.sum_of_means),
        (after, *SAID.loss_after_the_epoch),
    ]
    for wrong, es, en in known:
        if near(number(found["loss"]), number(wrong), 2e-5, 1e-5):
            raise Wrong(es, en)
    for name in names:
        close(found[name], right[name], rtol=2e-5, atol=1e-5)


@exercise(
    "train_epoch",
    weight=2,
    needs=("test_a_step_for_each_batch", "test_averages_of_an_epoch"),
    es="beta pesa la KL, en los pasos y en lo que se devuelve.",
    en="beta weighs the KL, in the steps and in what is returned.",
)
def test_beta_of_an_epoch(student):
    moved, found, ends = epoch_of(student, UNEVEN, 4.0)
    if not any(alike(moved, end) for end, _ in ends):
        if alike(moved, right_epoch(weights(), UNEVEN, 1.0, "sgd")[0]):
            raise Wrong(*SAID.beta_not_in_the_steps)
        raise Wrong(
            "Con beta = 4 los pesos no son los que deja un paso por batch.",
            "With beta = 4 the weights are not those that one step a batch leaves.",
        )
    found = {name: number(value) for name, value in three_terms(found).items()}
    own = [all(near(found[name], number(means[name]), 2e-5, 1e-5) for name in means) for _, means in ends]
    if not any(own) and not near(found["loss"], found["reconstruction"] + 4 * found["kl"], 2e-5, 1e-5):
        raise Wrong(
            "La pérdida que se devuelve no es reconstruction + beta * kl.",
            "The loss that is returned is not reconstruction + beta * kl.",
        )
    model = noiseless(student)
    student.train_epoch(model, UNEVEN, student.make(sgd(model, 0.01)))
    if not any(alike(model.parameters(), end) for end, _ in epoch_of(student, UNEVEN)[2]):
        raise Wrong("Sin decir beta, debe valer 1.", "Without a beta it must be 1.")


@exercise("train_epoch", weight=1, es="El modelo está en modo train.", en="The model is in train mode.")
def test_train_mode_of_an_epoch(student):
    moved = []
    for call, given in (("train_epoch", [X[:3], X[3:]]), ("train_step", X[:3])):
        model = student.make(toy_vae())
        model.train(False)
        before = model.state()["encoder.2.running_mean"]
        optimizer = student.make(sgd(model, 0.01))
        outcome = student.ask(call, model, given, optimizer, backward=False, aside=call == "train_step")
        moved.append(None if outcome.fault else not near(before, model.state()["encoder.2.running_mean"]))
    if not moved[0] and moved[1] is not False:  # False: the student's own train_step, paid for already
        raise Wrong(*SAID.no_train_mode)


@exercise(
    "train_epoch",
    weight=1,
    needs=("test_a_step_for_each_batch",),
    es="Los batches pueden recorrerse una sola vez; quedan como estaban, y los ajustes de torch también.",
    en="The batches can be gone through only once; they stay as they were, and so do torch's settings.",
)
def test_one_pass_of_an_epoch(student):
    moved, _, ends = epoch_of(student, UNEVEN, given=batches(UNEVEN))
    assert any(alike(moved, end) for end, _ in ends)
    model = noiseless(student)
    outcome = student.ask("train_epoch", model, UNEVEN, student.make(sgd(model, 0.01)), seed=SEED).ok()
    own = student.ask("train_step", model, X, student.make(sgd(model, 0.01)), seed=SEED, backward=False, aside=True)
    undisturbed(outcome, *own.changed)
    assert all(torch.equal(one, x) for one, x in zip(outcome.inputs[1], UNEVEN, strict=True))


@exercise(
    "train_epoch",
    weight=1,
    needs=("test_averages_of_an_epoch",),
    es="Los tres valores son números, sin grafo.",
    en="The three values are plain numbers, without a graph.",
)
def test_an_epoch_gives_floats(student):
    model = noiseless(student)
    found = three_terms(student.train_epoch(model, UNEVEN, student.make(sgd(model, 0.01))))
    own = student.ask("train_step", model, X, student.make(sgd(model, 0.01)), backward=False, aside=True)
    for name in ("loss", "reconstruction", "kl"):
        as_own = not own.fault and isinstance(own.value, dict) and not isinstance(own.value.get(name), float)
        if not isinstance(found[name], float) and not as_own:
            raise Wrong(*SAID.not_a_float.format(name=name))


# EarlyStopping

BEST = ("test_best",)


def answers(student, values, *settings):
    stopping = student.EarlyStopping(*settings)
    return [bool(stopping.call("update", value)) for value in values], stopping


@exercise(
    "EarlyStopping",
    weight=3,
    needs=BEST,
    es="Se detiene tras patience valores seguidos sin mejora.",
    en="It stops after patience values in a row without improvement.",
)
@pytest.mark.parametrize(
    ("patience", "values", "expected"),
    [
        (2, [5.0, 4.0, 4.5, 4.2], [False, False, False, True]),
        (1, [1.0, 2.0], [False, True]),
        (3, [3.0, 3.0, 3.0, 3.0], [False, False, False, True]),
        (2, [-1.0, -2.0, -1.5, -1.7], [False, False, False, True]),
    ],
)
def test_patience(student, patience, values, expected):
    found, _ = answers(student, values, patience)
    if True in found and found.index(True) == expected.index(True) - 1:
        raise Wrong("Se detiene un valor antes de tiempo.", "It stops one value too early.")
    if True not in found:
        raise Wrong("Debía detenerse y siguió.", "It should have stopped and went on.")
    expect_stops(found, expected, values)


def expect_stops(found, expected, values):
    """Raises Wrong unless each value was answered as it should be."""
    if found != expected:
        raise Wrong(
            f"Con los valores {values} se esperaba {expected} y llegó {found}.",
            f"With the values {values}, it should have been {expected}, and {found} came.",
        )


@exercise(
    "EarlyStopping",
    weight=1,
    needs=(*BEST, "test_patience"),
    es="Mientras nada mejora, sigue diciendo True.",
    en="As long as nothing improves, it goes on saying True.",
)
@pytest.mark.parametrize(("patience", "values"), [(2, [5.0, 4.0, 4.5, 4.2, 4.0, 6.0, 5.0]), (1, [1.0, 1.0, 2.0, 3.0])])
def test_it_stays_true(student, patience, values):
    """Only until then: what comes after a late improvement is not said."""
    found, _ = answers(student, values, patience)
    stop = values.index(min(values)) + patience
    if True in found[:-1] and not all(found[found.index(True) :]):
        raise Wrong(f"Con los valores {values} llegó {found}. " + SAID.true_only_once.es,
                    f"With the values {values}, {found} came. " + SAID.true_only_once.en)  # fmt: skip
    expect_stops(found, [k >= stop for k in range(len(values))], values)


@exercise("EarlyStopping", weight=3, needs=(*BEST, "test_patience"), **SAID.improvement_resets._asdict())
def test_improvement_resets(student):
    values = [5.0, 6.0, 4.0, 6.0, 3.0, 6.0, 6.0]
    found, _ = answers(student, values, 2)
    expect_stops(found, [False] * 6 + [True], values)


@exercise(
    "EarlyStopping",
    weight=2,
    needs=(*BEST, "test_patience", "test_improvement_resets"),
    **SAID.more_than_min_delta._asdict(),
)
def test_min_delta(student):
    values = [5.0, 4.75, 4.5]
    found, stopping = answers(student, values, 2, 0.5)
    expect_stops(found, [False, False, True], values)
    close(stopping.get("best"), 5.0)
    values = [5.0, 4.75, 4.25, 4.0]
    found, stopping = answers(student, values, 2, 0.5)
    expect_stops(found, [False] * 4, values)
    close(stopping.get("best"), 4.25)


@exercise(
    "EarlyStopping",
    weight=2,
    leaves=USELESS,
    es="best es el mejor valor y solo cambia con una mejora.",
    en="best is the best value and changes only on an improvement.",
)
def test_best(student):
    stopping = student.EarlyStopping(3)
    for value, best in [(5.0, 5.0), (6.0, 5.0), (4.0, 4.0), (4.5, 4.0)]:
        stopping.call("update", value)
        close(stopping.get("best"), best)


@exercise(
    "EarlyStopping",
    weight=1,
    needs=BEST,
    es="Dos paradas no comparten su cuenta.",
    en="Two stoppers do not share their count.",
)
def test_objects_are_apart(student):
    made = student.ask("EarlyStopping", 1, seed=SEED).ok()
    undisturbed(made)
    undisturbed(made.value.ask(1.0, method="update", seed=SEED).ok())
    one, two = student.EarlyStopping(1), student.EarlyStopping(1)
    one.call("update", 1.0)
    if two.call("update", 2.0):
        raise Wrong("El primer valor del segundo ya dio True.", "The second one's first value gave True at once.")
    close(one.get("best"), 1.0)
    close(two.get("best"), 2.0)


# checkpoint


def trained(student, steps, seed=0, extras=True):
    """A toy model and Adam after some steps of our own: (model, optimizer)."""
    student.seed(3)
    model = student.make(toy_vae(seed=seed, extras=extras))
    optimizer = student.make(adam(model, 0.01))
    nudge(model, optimizer, steps)
    return model, optimizer


def nudge(model, optimizer, steps, first=0):
    """Steps of the optimizer along gradients of our own; batch norm's buffers move too."""
    for step in range(first, first + steps):
        random = chance(step)
        model.call(
            "set_gradients",
            {name: torch.randn(value.shape, generator=random) for name, value in model.parameters().items()},
        )
        optimizer.call("step")
        model.ask(torch.rand(5, 1, 4, 4, generator=random), backward=False)


def same(one, other):
    return one.keys() == other.keys() and all(near(number(one[name]), number(other[name]), 1e-6, 1e-7) for name in one)


@exercise(
    "checkpoint",
    weight=3,
    leaves=USELESS,
    es="Los pesos vuelven como estaban.",
    en="Weights come back as they were.",
)
def test_weights_come_back(student):
    model, optimizer = trained(student, 3)
    student.save_checkpoint(path("a.pt"), model, optimizer, 3)
    fresh, new = trained(student, 1, seed=5)
    student.load_checkpoint(path("a.pt"), fresh, new)
    if not same(model.parameters(), fresh.parameters()):
        raise Wrong(*SAID.weights_not_back)


@exercise(
    "checkpoint",
    weight=1,
    leaves=SLIP,
    needs=("test_weights_come_back",),
    es="Los buffers vuelven como estaban.",
    en="Buffers come back as they were.",
)
def test_buffers_come_back(student):
    model, optimizer = trained(student, 3)
    student.save_checkpoint(path("i.pt"), model, optimizer, 3)
    fresh, new = trained(student, 1, seed=5)
    student.load_checkpoint(path("i.pt"), fresh, new)
    if not same(model.state(), fresh.state()):
        raise Wrong(*SAID.buffers_missing)


@exercise(
    "checkpoint",
    weight=4,
    leaves=SLIP,
    needs=("test_weights_come_back",),
    es="El optimizador sigue como si no se hubiera detenido.",
    en="The optimizer goes on as if it had not stopped.",
)
def test_the_optimizer_goes_on(student):
    model, optimizer = trained(student, 4, extras=False)
    student.save_checkpoint(path("b.pt"), model, optimizer, 4)
    fresh, new = trained(student, 0, seed=5, extras=False)
    student.load_checkpoint(path("b.pt"), fresh, new)
    nudge(model, optimizer, 3, first=10)
    nudge(fresh, new, 3, first=10)
    if not same(model.parameters(), fresh.parameters()):
        raise Wrong(*SAID.optimizer_not_saved)


@exercise(
    "checkpoint",
    weight=1,
    needs=("test_the_optimizer_goes_on", "test_weights_come_back"),
    es="También vuelven los ajustes del optimizador, como su tasa de aprendizaje.",
    en="The optimizer's settings come back too, such as its learning rate.",
)
def test_the_optimizers_settings_come_back(student):
    model, optimizer = trained(student, 2, extras=False)
    student.save_checkpoint(path("g.pt"), model, optimizer, 2)
    fresh = student.make(toy_vae(seed=5, extras=False))
    new = student.make(adam(fresh, 0.3))
    student.load_checkpoint(path("g.pt"), fresh, new)
    nudge(model, optimizer, 2, first=10)
    nudge(fresh, new, 2, first=10)
    if not same(model.parameters(), fresh.parameters()):
        raise Wrong(
            "El optimizador sigue con la tasa de aprendizaje que tenía antes de load_checkpoint.",
            "The optimizer goes on with the learning rate that it had before load_checkpoint.",
        )


@exercise(
    "checkpoint",
    weight=1,
    idle=True,
    needs=("test_saving_is_a_snapshot",),
    es="Nada más cambia: ni el modelo al guardar ni los ajustes de torch.",
    en="Nothing else changes: neither the model when it is saved nor torch's own settings.",
)
def test_saving_and_loading_leave_the_rest(student):
    model, optimizer = trained(student, 2)
    modes, state = model.modes(), model.state()
    undisturbed(student.ask("save_checkpoint", path("h.pt"), model, optimizer, 2, seed=11).ok())
    if model.modes() != modes:
        raise Wrong(*SAID.mode_not_put_back)
    if not same(state, model.state()):
        raise Wrong("Al guardarlo, el modelo cambió.", "The model changed when it was saved.")
    outcome = student.ask("load_checkpoint", path("h.pt"), model, optimizer, seed=12).ok()
    undisturbed(outcome, *(["seed"] if outcome.changed.get("seed") == 11 else []))  # random state may be kept too


@exercise("checkpoint", weight=2, es="load_checkpoint devuelve la época.", en="load_checkpoint returns the epoch.")
@pytest.mark.parametrize("epoch", [0, 7, 123])
def test_the_epoch_comes_back(student, epoch):
    model, optimizer = trained(student, 1)
    student.save_checkpoint(path("c.pt"), model, optimizer, epoch)
    found = student.load_checkpoint(path("c.pt"), model, optimizer)
    if found is None:
        raise Wrong("load_checkpoint no devuelve nada.", "load_checkpoint returns nothing.")
    close(found, float(epoch), atol=1e-9)


@exercise(
    "checkpoint",
    weight=2,
    needs=("test_weights_come_back",),
    es="Guardar es una foto: lo que sigue entrenando no la cambia.",
    en="Saving is a snapshot: training on does not change it.",
)
def test_saving_is_a_snapshot(student):
    model, optimizer = trained(student, 2, extras=False)
    before = model.parameters()
    student.save_checkpoint(path("d.pt"), model, optimizer, 2)
    if not same(before, model.parameters()):
        raise Wrong("Guardar cambió los pesos.", "Saving changed the weights.")
    nudge(model, optimizer, 3, first=20)
    student.load_checkpoint(path("d.pt"), model, optimizer)
    if not same(before, model.parameters()):
        raise Wrong(
            "Volvieron los pesos de después, no los guardados: ¿se guardó una referencia en vez de un archivo?",
            "Later weights came back, not those saved: was a reference kept instead of a file?",
        )


@exercise(
    "checkpoint",
    weight=1,
    needs=("test_weights_come_back", "test_the_epoch_comes_back"),
    es="Dos archivos no se mezclan.",
    en="Two files do not mix.",
)
def test_two_files(student):
    one, first = trained(student, 2, extras=False)
    student.save_checkpoint(path("e.pt"), one, first, 2)
    before = one.parameters()
    other, second = trained(student, 1, seed=9, extras=False)
    student.save_checkpoint(path("f.pt"), other, second, 1)
    fresh, new = trained(student, 0, seed=4, extras=False)
    close(student.load_checkpoint(path("e.pt"), fresh, new), 2.0)
    if not same(before, fresh.parameters()):
        raise Wrong("Del primer archivo vuelven otros pesos.", "Other weights come back from the first file.")

"""Lesson 01: pictures as tensors."""

import pytest
import torch
from checking import (
    SEED,
    SLIP,
    Wrong,
    close,
    exercise,
    generator,
    number,
    seeded_by_torch,
    shape,
    strided,
    tensors,
    undisturbed,
)


def bytes_of(*size, seed=0):
    return torch.randint(0, 256, size, dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))


# to_unit_range

IN_UNIT = {"es": "Los bytes 0..255 quedan en [0, 1].", "en": "Bytes 0..255 end up in [0, 1]."}


@exercise(
    "to_unit_range", weight=3, es="Los canales pasan adelante sin mezclarse.", en="Channels move to the front unmixed."
)
@pytest.mark.parametrize("size", [(2, 3, 5, 3), (1, 4, 4, 1), (3, 2, 2, 4)])
def test_channels_first(student, size):
    images = bytes_of(*size)
    expected = images.movedim(3, 1).double() / 255
    scrambled = images.double().reshape(expected.shape) / 255
    hints = [
        (
            scrambled,
            ("reshape mezcla los canales; hace falta permute.", "reshape scrambles channels; permute is needed."),
        )
    ]
    close(student.to_unit_range(images), expected, hints=hints if size[3] > 1 else ())


@exercise("to_unit_range", weight=2, **IN_UNIT)
def test_the_whole_range_of_bytes(student):
    images = torch.arange(256, dtype=torch.uint8).reshape(1, 16, 16, 1)
    values = torch.arange(256).double().reshape(1, 1, 16, 16)
    hints = [
        (values, ("Falta dividir por 255.", "The division by 255 is missing.")),
        (values / 256, ("Se dividió por 256; el byte más alto es 255.", "256 divides; the highest byte is 255.")),
        (
            values / 127.5 - 1,
            ("El resultado está en [-1, 1]; se pide [0, 1].", "The result is in [-1, 1]; [0, 1] is asked for."),
        ),
    ]
    close(student.to_unit_range(images), values / 255, rtol=0, atol=2e-6, hints=hints)


@exercise(
    "to_unit_range", weight=2, es="Una imagen gris (N, H, W) recibe C = 1.", en="A grey picture (N, H, W) gets C = 1."
)
@pytest.mark.parametrize("size", [(2, 3, 5), (3, 4, 3), (1, 2, 2)])
def test_grey_pictures_get_a_channel(student, size):
    images = bytes_of(*size)
    outcome = student.ask("to_unit_range", images).ok()
    tensors(outcome)
    close(outcome.value, images.double().unsqueeze(1) / 255)


@exercise("to_unit_range", weight=1, es="El resultado es float32.", en="The result is float32.")
def test_float32(student):
    kind = getattr(student.to_unit_range(bytes_of(2, 3, 3, 3)), "dtype", None)
    if kind != torch.float32:
        raise Wrong(f"Se esperaba float32 y llegó {kind}.", f"Expected float32, got {kind}.")


@exercise("to_unit_range", weight=1, es="La entrada queda como estaba.", en="The input stays as it was.")
def test_input_stays(student):
    images = bytes_of(2, 3, 3, 3)
    outcome = student.ask("to_unit_range", strided(images), seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    assert torch.equal(outcome.inputs[0], images)
    close(outcome.value, images.movedim(3, 1).double() / 255)


# center_crop


def cut(x, size):
    top, left = (x.shape[2] - size) // 2, (x.shape[3] - size) // 2
    return x[:, :, top : top + size, left : left + size]


@exercise("center_crop", weight=3, es="El cuadrado sale del centro.", en="The square comes from the middle.")
@pytest.mark.parametrize(("height", "width", "size"), [(8, 8, 4), (10, 6, 4), (6, 10, 6), (5, 5, 5), (12, 8, 2)])
def test_the_middle(student, height, width, size):
    x = torch.rand(2, 3, height, width)
    hints = (
        [(x[:, :, :size, :size], ("Se cortó desde la esquina.", "The cut starts at the corner."))]
        if (height, width) != (size, size)
        else ()
    )
    close(student.center_crop(x, size), cut(x, size), hints=hints)


@exercise(
    "center_crop",
    weight=2,
    es="Con restos impares: top = (H - size) // 2.",
    en="Odd remainders: top = (H - size) // 2.",
)
@pytest.mark.parametrize(("height", "width", "size"), [(7, 8, 4), (8, 7, 4), (9, 6, 2), (5, 5, 2), (3, 4, 1)])
def test_odd_remainders(student, height, width, size):
    x = torch.rand(2, 1, height, width)
    close(student.center_crop(x, size), cut(x, size))


@exercise(
    "center_crop", weight=1, es="size mayor que H o W da ValueError.", en="size larger than H or W raises ValueError."
)
@pytest.mark.parametrize(("height", "width", "size"), [(4, 8, 5), (8, 4, 5), (4, 4, 9)])
def test_too_large(student, height, width, size):
    outcome = student.ask("center_crop", torch.rand(1, 1, height, width), size)
    assert outcome.error_type and "ValueError" in outcome.error_type


@exercise("center_crop", weight=1, es="La entrada queda como estaba.", en="The input stays as it was.")
def test_crop_leaves_the_input(student):
    x = torch.rand(2, 3, 6, 6)
    outcome = student.ask("center_crop", strided(x), 4, seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    assert torch.equal(outcome.inputs[0], x)
    close(outcome.value, cut(x, 4))


# split_indices


def split(student, n, fraction, seed):
    parts = student.split_indices(n, fraction, seed)
    if not isinstance(parts, (tuple, list)) or len(parts) != 2:
        raise Wrong("Se esperan dos tensores (train, val).", "Two tensors (train, val) are expected.")
    return [number(part).long() for part in parts]


@exercise(
    "split_indices", weight=3, es="Cada índice cae en una sola parte.", en="Each index falls into exactly one part."
)
@pytest.mark.parametrize(("n", "fraction"), [(10, 0.2), (101, 0.35), (7, 0.5), (50, 0.0), (1000, 0.1)])
def test_each_index_once(student, n, fraction):
    train, val = split(student, n, fraction, 3)
    assert train.ndim == val.ndim == 1
    if set(train.tolist()) & set(val.tolist()):
        raise Wrong("Hay imágenes en las dos partes.", "Some pictures are in both parts.")
    close(torch.cat([train, val]).sort().values, torch.arange(n))


@exercise(
    "split_indices",
    weight=2,
    es="val tiene round(n * val_fraction) índices.",
    en="val holds round(n * val_fraction) indices.",
)
@pytest.mark.parametrize(
    ("n", "fraction"), [(10, 0.25), (10, 0.27), (7, 0.4), (101, 0.35), (9, 0.5), (50, 0.0), (1000, 0.3336)]
)
def test_sizes(student, n, fraction):
    train, val = split(student, n, fraction, 1)
    swapped = (len(train), len(val)) == (round(n * fraction), n - round(n * fraction)) and len(train) != len(val)
    if swapped:
        raise Wrong(
            "Las partes están intercambiadas: primero train, después val.", "The parts are swapped: train comes first."
        )
    shape(val, (round(n * fraction),))
    shape(train, (n - round(n * fraction),))


@exercise(
    "split_indices",
    weight=2,
    es="La misma semilla da la misma partición, otra da otra.",
    en="The same seed splits alike, another one differently.",
)
def test_the_seed_decides(student):
    one, again, other = (torch.cat(split(student, 200, 0.3, seed)) for seed in (5, 5, 6))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


@exercise("split_indices", weight=2, es="Ambas partes están barajadas.", en="Both parts are shuffled.")
def test_shuffled(student):
    train, val = split(student, 500, 0.4, 2)
    assert not torch.equal(train, train.sort().values)
    assert not torch.equal(val, val.sort().values)
    means = torch.stack([split(student, 500, 0.4, seed)[1].double().mean() for seed in range(20)])
    spread = (500**2 / 12 / 200 * 300 / 500) ** 0.5  # of a mean of 200 drawn without repetition
    assert (means.mean() - 249.5).abs() < 6 * spread / 20**0.5
    assert means.std() > spread / 4


@exercise(
    "split_indices",
    weight=1,
    es="El azar global de torch queda intacto.",
    en="torch's global random state is left alone.",
)
def test_global_random_state_stays(student):
    outcome = student.ask("split_indices", 50, 0.3, 4, seed=11).ok()
    tensors(outcome)
    undisturbed(outcome, "seed")
    without = student.ask("split_indices", 50, 0.3, 4, gradients=False).ok()
    close(without.value[0], number(outcome.value[0]))
    if outcome.random_moved:
        raise Wrong(
            "Se movió el estado global; hace falta un torch.Generator propio.",
            "The global state moved; a torch.Generator of one's own is needed.",
        )


# minibatches


def numbered(n):
    return torch.arange(n, dtype=torch.float32).reshape(n, 1, 1, 1).expand(n, 1, 2, 2).contiguous()


ONE_TENSOR = ("Cada batch debe ser un tensor (n, C, H, W).", "Each batch must be a tensor (n, C, H, W).")


def batches(iterable):
    """The batches of anything that can be gone through; a list around each is another check's affair."""
    parts = [part[0] if isinstance(part, (list, tuple)) and len(part) == 1 else part for part in iterable]
    if not all(isinstance(part, torch.Tensor) and part.ndim for part in parts):
        raise Wrong(*ONE_TENSOR, came=True)
    return parts


def walked(student, *args, **options):
    """The outcome whose value is the batches: of the call or, of what can only be gone through, of doing that."""
    outcome = student.ask("minibatches", *args, **options).ok()
    return outcome.value.ask(method="items", **options).ok() if hasattr(outcome.value, "ask") else outcome


def order(iterable):
    parts = batches(iterable)
    return torch.cat([number(part).flatten(1)[:, 0] for part in parts]) if parts else torch.zeros(0)


@exercise(
    "minibatches", weight=3, es="Cada imagen sale exactamente una vez.", en="Each picture comes out exactly once."
)
@pytest.mark.parametrize(("n", "size"), [(10, 3), (12, 4), (5, 8), (7, 1), (1, 1)])
def test_each_picture_once(student, n, size):
    parts = student.minibatches(numbered(n), size)
    seen = order(parts).sort().values
    if len(seen) < n and len(seen) == n // size * size:
        raise Wrong("Falta el último batch, que puede ser más chico.", "The last, smaller batch is missing.")
    close(seen, torch.arange(n))


@exercise("minibatches", weight=1, leaves=SLIP, es="Cada batch es un tensor.", en="Each batch is a tensor.")
def test_batches_are_tensors(student):
    outcome = walked(student, numbered(10), 3)
    tensors(outcome)
    if not all(isinstance(part, torch.Tensor) for part in outcome.value):
        raise Wrong(*ONE_TENSOR)


@exercise(
    "minibatches",
    weight=2,
    es="Los batches tienen batch_size imágenes; el último, el resto.",
    en="Batches hold batch_size pictures; the last one the rest.",
)
@pytest.mark.parametrize(("n", "size"), [(10, 3), (12, 4), (5, 8), (7, 1)])
def test_sizes_of_batches(student, n, size):
    found = [len(part) for part in batches(student.minibatches(numbered(n), size))]
    expected = [min(size, n - start) for start in range(0, n, size)]
    assert found == expected
    assert all(tuple(part.shape[1:]) == (1, 2, 2) for part in batches(student.minibatches(numbered(n), size)))


@exercise(
    "minibatches",
    weight=2,
    es="El orden es aleatorio, distinto en cada vuelta.",
    en="The order is random, another one each time.",
)
def test_random_order(student):
    orders = [order(student.minibatches(numbered(40), 7)) for _ in range(4)]
    if all(torch.equal(one, torch.arange(40).double()) for one in orders):
        raise Wrong("Las imágenes salen siempre en el orden original.", "Pictures always come in their original order.")
    if all(torch.equal(one, orders[0]) for one in orders):
        raise Wrong("El orden es el mismo en cada vuelta.", "The order is the same each time.")
    inside = [order([part]) for part in student.minibatches(numbered(40), 20)]
    assert not all(torch.equal(part, part.sort().values) for part in inside)
    together = [{frozenset(order([part]).tolist()) for part in student.minibatches(numbered(40), 8)} for _ in range(3)]
    if all(sets == together[0] for sets in together):
        raise Wrong(
            "Los batches tienen siempre las mismas imágenes: se baraja entre todas antes de cortar.",
            "Batches always hold the same pictures: all are shuffled before they are cut.",
        )


@exercise("minibatches", weight=2, es="El generador decide el orden.", en="The generator decides the order.")
def test_the_generator_decides(student):
    one, again, other = (order(student.minibatches(numbered(40), 7, generator(seed))) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert not student.ask("minibatches", numbered(40), 7, generator(3), seed=5).ok().random_moved
    seeded_by_torch(student, lambda: order(student.minibatches(numbered(40), 7)))


@exercise(
    "minibatches",
    weight=1,
    needs=("test_batches_are_tensors", "test_random_order"),
    es="Las imágenes quedan como estaban.",
    en="The pictures stay as they were.",
)
def test_pictures_stay(student):
    images = torch.rand(9, 2, 3, 3)
    outcome = student.ask("minibatches", strided(images), 4, seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    assert torch.equal(outcome.inputs[0], images)
    one, other = (order(walked(student, numbered(40), 7, gradients=False, seed=seed).value) for seed in (1, 2))
    close(one.sort().values, torch.arange(40))
    assert not torch.equal(one, other)
    total = sum(number(part).sum() for part in batches(outcome.value))
    close(total, images.double().sum(), rtol=1e-6)

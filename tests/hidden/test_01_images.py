"""Lesson 01: pictures as tensors."""

import pytest
import torch
from checking import (
    SAID,
    SEED,
    SLIP,
    USELESS,
    Wrong,
    chance,
    close,
    decided_by,
    exercise,
    generator,
    indices,
    near,
    number,
    refused,
    seeded_by_torch,
    shape,
    strided,
    tensors,
    unchanged,
    undisturbed,
)


def bytes_of(*size, seed=0):
    return torch.randint(0, 256, size, dtype=torch.uint8, generator=chance(seed))


# to_unit_range


@exercise(
    "to_unit_range",
    weight=3,
    leaves=USELESS,
    needs=("test_bytes_end_up_between_0_and_1",),
    es="Los canales pasan adelante sin mezclarse.",
    en="Channels move to the front unmixed.",
)
@pytest.mark.parametrize("size", [(2, 3, 5, 3), (1, 4, 4, 1), (3, 2, 2, 4)])
def test_channels_first(student, size):
    """At each place the byte that belongs there; how exactly bytes become numbers is another check's matter."""
    images = bytes_of(*size)
    right = images.movedim(3, 1)
    hints = [(images.reshape(right.shape).double(), SAID.channels_scrambled)] if size[3] > 1 else []
    for given in (images, strided(images)):
        found = as_bytes(student.to_unit_range(given))
        shape(found, right.shape)
        close(found, right.double(), atol=2, hints=hints)


def as_bytes(result):
    return number(result) * 255


ALL_BYTES = torch.arange(256, dtype=torch.uint8).reshape(1, 16, 16, 1)


@exercise(
    "to_unit_range",
    weight=2,
    leaves=USELESS,
    es="Los bytes 0..255 quedan en [0, 1].",
    en="Bytes 0..255 end up in [0, 1].",
)
def test_bytes_end_up_between_0_and_1(student):
    """The values alone: from about 0 to about 1, 256 different ones; where each of them lies is another check's matter."""
    found = number(student.to_unit_range(ALL_BYTES)).flatten().sort().values
    shape(found, (256,))
    byte = torch.arange(256.0).double()
    for wrong, told in ((byte, SAID.not_divided), (byte / 127.5 - 1, SAID.from_minus_one)):
        if near(found, wrong, atol=1e-3):
            raise Wrong(*told)
    if found[0] < 0 or found[0] > 0.1 or found[-1] < 0.9 or found[-1] > 1 or (found.diff() <= 0).any():
        low, high = f"{found[0]:.3g}", f"{found[-1]:.3g}"
        raise Wrong(
            f"Hay {len(found.unique())} valores distintos, de {low} a {high}; debían ser 256.",
            f"There are {len(found.unique())} different values, from {low} to {high}; they should be 256.",
        )


@exercise(
    "to_unit_range",
    weight=2,
    leaves=SLIP,
    needs=("test_bytes_end_up_between_0_and_1", "test_channels_first"),
    es="El byte b da b / 255, sea cual sea el resto de la imagen.",
    en="Byte b gives b / 255, whatever else is in the picture.",
)
@pytest.mark.parametrize("images", [ALL_BYTES, ALL_BYTES[:, :8], bytes_of(2, 3, 5, 3)], ids=["all", "dark", "colour"])
def test_a_byte_divided_by_255(student, images):
    right = images.movedim(3, 1).double() / 255
    hints = [(right * 255 / 256, SAID.divided_by_256)]
    close(student.to_unit_range(images), right, rtol=0, atol=2e-6, hints=hints)


@exercise(
    "to_unit_range",
    weight=2,
    needs=("test_bytes_end_up_between_0_and_1", "test_channels_first", "test_a_byte_divided_by_255"),
    es="Una imagen gris (N, H, W) recibe C = 1.",
    en="A grey picture (N, H, W) gets C = 1.",
)
@pytest.mark.parametrize("size", [(2, 3, 5), (3, 4, 3), (1, 2, 2)])
def test_grey_pictures_get_a_channel(student, size):
    images = bytes_of(*size)
    close(student.to_unit_range(images), images.double().unsqueeze(1) / 255)


@exercise(
    "to_unit_range",
    weight=1,
    leaves=SLIP,
    es="El resultado es un tensor float32.",
    en="The result is a float32 tensor.",
)
@pytest.mark.parametrize("size", [(2, 3, 3, 3), (2, 3, 5)])
def test_float32(student, size):
    outcome = student.ask("to_unit_range", bytes_of(*size)).ok()
    tensors(outcome)
    kind = getattr(outcome.value, "dtype", None)
    if kind != torch.float32:
        raise Wrong(*SAID.not_float32.format(found=kind))


@exercise("to_unit_range", weight=1, idle=True, es="La entrada queda como estaba.", en="The input stays as it was.")
@pytest.mark.parametrize("size", [(2, 3, 3, 3), (2, 3, 5)])
def test_input_stays(student, size):
    images = bytes_of(*size)
    outcome = student.ask("to_unit_range", images, seed=SEED).ok()
    unchanged(outcome, images=images)
    undisturbed(outcome)


# center_crop


def cut(x, size):
    top, left = (x.shape[2] - size) // 2, (x.shape[3] - size) // 2
    return x[:, :, top : top + size, left : left + size]


@exercise(
    "center_crop", weight=3, leaves=USELESS, es="El cuadrado sale del centro.", en="The square comes from the middle."
)
@pytest.mark.parametrize(("height", "width", "size"), [(8, 8, 4), (10, 6, 4), (6, 10, 4), (12, 8, 2)])
def test_the_middle(student, height, width, size):
    x = torch.rand(2, 3, height, width)
    hints = [(x[:, :, :size, :size], ("Se cortó desde la esquina.", "The cut starts at the corner."))]
    for given in (x, strided(x)):
        close(student.center_crop(given, size), cut(x, size), hints=hints)


@exercise(
    "center_crop",
    weight=2,
    needs=("test_the_middle",),
    es="Con restos impares: top = (H - size) // 2.",
    en="Odd remainders: top = (H - size) // 2.",
)
@pytest.mark.parametrize(("height", "width", "size"), [(7, 8, 4), (8, 7, 4), (9, 6, 2), (5, 5, 2), (3, 4, 1)])
def test_odd_remainders(student, height, width, size):
    x = torch.rand(2, 1, height, width)
    close(student.center_crop(x, size), cut(x, size))


@exercise(
    "center_crop",
    weight=1,
    needs=("test_the_middle",),
    es="size puede ser todo el alto o todo el ancho.",
    en="size may be the whole height or the whole width.",
)
@pytest.mark.parametrize(("height", "width", "size"), [(5, 5, 5), (6, 10, 6), (10, 6, 6)])
def test_the_whole_side(student, height, width, size):
    x = torch.rand(2, 3, height, width)
    close(student.center_crop(x, size), cut(x, size))


@exercise(
    "center_crop", weight=1, es="size mayor que H o W da ValueError.", en="size larger than H or W raises ValueError."
)
@pytest.mark.parametrize(("height", "width", "size"), [(4, 8, 5), (8, 4, 5), (4, 4, 9)])
def test_too_large(student, height, width, size):
    outcome = student.ask("center_crop", torch.rand(1, 1, height, width), size)
    refused(outcome, f"size = {size}, H = {height}, W = {width}", f"size = {size}, H = {height}, W = {width}")


@exercise(
    "center_crop", weight=1, idle=True, leaves=SLIP, es="El resultado es un tensor.", en="The result is a tensor."
)
def test_crop_is_a_tensor(student):
    tensors(student.ask("center_crop", torch.rand(2, 3, 6, 6), 4).ok())


@exercise("center_crop", weight=1, idle=True, es="La entrada queda como estaba.", en="The input stays as it was.")
def test_crop_leaves_the_input(student):
    x = torch.rand(2, 3, 6, 6)
    outcome = student.ask("center_crop", x, 4, seed=SEED).ok()
    unchanged(outcome, images=x)
    undisturbed(outcome)


# split_indices


def split(student, n, fraction, seed):
    parts = student.split_indices(n, fraction, seed)
    if not isinstance(parts, (tuple, list)) or len(parts) != 2:
        raise Wrong(*SAID.train_and_val, came=True)
    return [number(part).long() for part in parts]


def swapped(train, val, n, fraction):
    """Whether the parts have the sizes that belong to the other one."""
    return (len(train), len(val)) == (round(n * fraction), n - round(n * fraction)) and len(train) != len(val)


@exercise(
    "split_indices",
    weight=3,
    leaves=USELESS,
    es="Cada índice cae en una sola parte.",
    en="Each index falls into exactly one part.",
)
@pytest.mark.parametrize(("n", "fraction"), [(10, 0.2), (101, 0.35), (7, 0.5), (50, 0.0), (1000, 0.1)])
def test_each_index_once(student, n, fraction):
    train, val = split(student, n, fraction, 3)
    assert train.ndim == val.ndim == 1
    if shared := set(train.tolist()) & set(val.tolist()):
        raise Wrong(*SAID.in_both_parts.format(count=len(shared)))
    close(torch.cat([train, val]).sort().values, torch.arange(n))


@exercise(
    "split_indices", weight=2, leaves=SLIP, es="Primero va train, después val.", en="train comes first, then val."
)
@pytest.mark.parametrize(("n", "fraction"), [(10, 0.2), (101, 0.35)])
def test_train_comes_first(student, n, fraction):
    if swapped(*split(student, n, fraction, 1), n, fraction):
        raise Wrong(*SAID.train_and_val_swapped)


@exercise(
    "split_indices",
    weight=2,
    needs=("test_train_comes_first",),
    es="val tiene round(n * val_fraction) índices.",
    en="val holds round(n * val_fraction) indices.",
)
@pytest.mark.parametrize(
    ("n", "fraction"), [(10, 0.25), (10, 0.27), (7, 0.4), (101, 0.35), (9, 0.5), (50, 0.0), (1000, 0.3336)]
)
def test_sizes(student, n, fraction):
    train, val = split(student, n, fraction, 1)
    shape(val, (round(n * fraction),))
    shape(train, (n - round(n * fraction),))


@exercise(
    "split_indices",
    weight=2,
    leaves=USELESS,
    es="El azar decide qué imagen cae en cada parte.",
    en="Chance decides which picture falls into which part.",
)
def test_chance_decides_the_parts(student):
    for seed in (2, 3):
        val = split(student, 500, 0.4, seed)[1].sort().values
        if len(val) > 1 and val[-1] - val[0] == len(val) - 1:
            raise Wrong("val es un tramo seguido: falta barajar.", "val is one stretch of indices: shuffle first.")


@exercise(
    "split_indices",
    weight=1,
    needs=("test_chance_decides_the_parts", "test_sizes", "test_train_comes_first", "test_each_index_once"),
    es="Ambas partes están barajadas.",
    en="Both parts are shuffled.",
)
def test_shuffled(student):
    train, val = split(student, 500, 0.4, 2)
    for name, part in (("train", train), ("val", val)):
        if torch.equal(part, part.sort().values):
            raise Wrong(f"Los índices de {name} van de menor a mayor.", f"The indices of {name} go up in order.")
    means = torch.stack([split(student, 500, 0.4, seed)[1].double().mean() for seed in range(20)])
    spread = (500**2 / 12 / 200 * 300 / 500) ** 0.5  # of a mean of 200 drawn without repetition
    if (means.mean() - 249.5).abs() >= 6 * spread / 20**0.5 or means.std() <= spread / 4:
        low, high = f"{means.min():.0f}", f"{means.max():.0f}"
        raise Wrong(
            f"La media de los índices de val va de {low} a {high} en 20 semillas: no es un sorteo parejo.",
            f"The mean of val's indices goes from {low} to {high} over 20 seeds: that is no even draw.",
        )


@exercise(
    "split_indices",
    weight=2,
    leaves=SLIP,
    needs=("test_chance_decides_the_parts",),
    es="La misma semilla da la misma partición, otra da otra.",
    en="The same seed splits alike, another one differently.",
)
def test_the_seed_decides(student):
    one, again, other = (torch.cat(split(student, 200, 0.3, seed)) for seed in (5, 5, 6))
    if not torch.equal(one, again):
        raise Wrong(*SAID.same_seed_other_split)
    if torch.equal(one, other):
        raise Wrong(*SAID.other_seed_same_split)


@exercise(
    "split_indices",
    weight=1,
    leaves=SLIP,
    needs=("test_each_index_once",),
    es="Son tensores de números enteros, que sirven de índices.",
    en="They are tensors of whole numbers, which can index.",
)
def test_parts_can_index(student):
    indices(student.ask("split_indices", 50, 0.3, 4).ok())


@exercise(
    "split_indices",
    weight=1,
    es="El azar global de torch queda intacto.",
    en="torch's global random state is left alone.",
)
def test_global_random_state_stays(student):
    outcome = student.ask("split_indices", 50, 0.3, 4, seed=11).ok()
    undisturbed(outcome, "seed")
    without = student.ask("split_indices", 50, 0.3, 4, gradients=False).ok()
    close(without.value[0], number(outcome.value[0]))
    if outcome.random_moved:
        raise Wrong(*SAID.global_chance_moved)


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
    "minibatches",
    weight=3,
    leaves=USELESS,
    es="Cada imagen sale exactamente una vez.",
    en="Each picture comes out exactly once.",
)
@pytest.mark.parametrize(("n", "size"), [(12, 4), (40, 8), (7, 1), (1, 1)])
def test_each_picture_once(student, n, size):
    """Where batch_size divides n: a last batch that is missing is another check's matter."""
    close(order(student.minibatches(numbered(n), size)).sort().values, torch.arange(n))


@exercise("minibatches", weight=1, leaves=SLIP, es="Cada batch es un tensor.", en="Each batch is a tensor.")
def test_batches_are_tensors(student):
    outcome = walked(student, numbered(10), 3)
    tensors(outcome)
    if not all(isinstance(part, torch.Tensor) for part in outcome.value):
        raise Wrong(*ONE_TENSOR, came=True)


@exercise(
    "minibatches",
    weight=2,
    leaves=SLIP,
    needs=("test_each_picture_once", "test_each_round_shuffles_all"),
    es="Los batches tienen batch_size imágenes; el último, el resto.",
    en="Batches hold batch_size pictures; the last one the rest.",
)
@pytest.mark.parametrize(("n", "size"), [(10, 3), (12, 4), (5, 8), (7, 1), (9, 8)])
def test_sizes_of_batches(student, n, size):
    parts = batches(student.minibatches(numbered(n), size))
    found, expected = [len(part) for part in parts], [min(size, n - start) for start in range(0, n, size)]
    if found == expected[:-1] and n % size:
        raise Wrong(*SAID.last_batch_missing)
    if found != expected:
        raise Wrong(f"Se esperaba {expected} y llegó {found}.", f"Expected {expected}, got {found}.")
    close(order(parts).sort().values, torch.arange(n))
    for part in parts:
        shape(part, (len(part), 1, 2, 2))


@exercise(
    "minibatches",
    weight=2,
    leaves=USELESS,
    es="El orden es aleatorio.",
    en="The order is random.",
)
@pytest.mark.parametrize("gradients", [True, False])
def test_random_order(student, gradients):
    orders = [order(walked(student, numbered(40), 8, gradients=gradients).value) for _ in range(4)]
    if all(torch.equal(one, one.sort().values) for one in orders):
        raise Wrong(*SAID.original_order)


@exercise(
    "minibatches",
    weight=2,
    leaves=SLIP,
    needs=("test_random_order",),
    es="Cada vuelta baraja de nuevo todas las imágenes.",
    en="Each round shuffles all the pictures anew.",
)
def test_each_round_shuffles_all(student):
    orders = [order(student.minibatches(numbered(40), 7)) for _ in range(4)]
    if all(torch.equal(one, orders[0]) for one in orders):
        raise Wrong(*SAID.same_order_each_time)
    inside = [order([part]) for part in student.minibatches(numbered(40), 20)]
    if all(torch.equal(part, part.sort().values) for part in inside):
        raise Wrong("Dentro de cada batch las imágenes van en orden.", "Inside each batch pictures keep their order.")
    together = [{frozenset(order([part]).tolist()) for part in student.minibatches(numbered(40), 8)} for _ in range(3)]
    if all(sets == together[0] for sets in together):
        raise Wrong(
            "Los batches tienen siempre las mismas imágenes: se baraja entre todas antes de cortar.",
            "Batches always hold the same pictures: all are shuffled before they are cut.",
        )
    one, other = (order(walked(student, numbered(40), 7, gradients=False, seed=seed).value) for seed in (1, 2))
    assert not torch.equal(one, other)


@exercise(
    "minibatches",
    weight=2,
    needs=("test_random_order", "test_each_round_shuffles_all"),
    es="El generador decide el orden.",
    en="The generator decides the order.",
)
def test_the_generator_decides(student):
    one, again, other = (order(student.minibatches(numbered(40), 7, generator(seed))) for seed in (1, 1, 2))
    moved = student.ask("minibatches", numbered(40), 7, generator(3), seed=5).ok().random_moved
    decided_by(one, again, other, moved, unused=SAID.generator_not_heeded)
    seeded_by_torch(student, lambda: order(student.minibatches(numbered(40), 7)))


@exercise(
    "minibatches",
    weight=1,
    needs=("test_each_picture_once", "test_sizes_of_batches"),
    es="Las imágenes quedan como estaban.",
    en="The pictures stay as they were.",
)
def test_pictures_stay(student):
    images = torch.rand(9, 2, 3, 3)
    outcome = student.ask("minibatches", strided(images), 4, seed=SEED).ok()
    undisturbed(outcome)
    unchanged(outcome, images=images)
    total = sum(number(part).sum() for part in batches(outcome.value))
    close(total, images.double().sum(), rtol=1e-6)

"""Visible checks of lesson 01: pictures as tensors."""

import torch

from ...sentences import SAID
from ...text import Both
from . import Hint, came, expect_shape


def to_unit_range(to_unit_range):
    images = (torch.arange(2 * 2 * 4 * 3, dtype=torch.uint8) * 5).reshape(2, 2, 4, 3)
    images[0, 0, 0, 0], images[1, 1, 3, 2] = 0, 255
    before = images.clone()
    x = to_unit_range(images)
    expect_shape(
        x, (2, 3, 2, 4), es="(N, H, W, C) pasa a (N, C, H, W).", en="(N, H, W, C) turns into (N, C, H, W)."
    )  # height 2, width 4
    if x.dtype != torch.float32:
        raise Hint(*SAID.not_float32.format(found=x.dtype))
    expected = before.movedim(3, 1) / 255
    _expect_unit(x, expected)
    if not torch.equal(images, before):
        raise Hint(es="las imágenes de entrada cambiaron.", en="the pictures that came in were changed.")
    _expect_no_stretch(to_unit_range)
    grey = _grey(to_unit_range, images[..., 0])
    expect_shape(
        grey, (2, 1, 2, 4), es="a (N, H, W) le falta el canal, C = 1.", en="(N, H, W) still needs its channel, C = 1."
    )
    if not torch.allclose(grey[:, 0].double(), expected[:, 0].double(), atol=2e-6):
        raise Hint(es="los grises (N, H, W) cambiaron de valor.", en="the greys of (N, H, W) changed their values.")


def _grey(to_unit_range, images):
    try:
        return to_unit_range(images)
    except Exception as error:
        kind = type(error).__name__
        raise Hint(
            es=f"con color funciona; con grises (N, H, W) se detuvo ({kind}): les falta un eje al final.",
            en=f"colour works; with grey (N, H, W) it stopped ({kind}): they lack an axis at the end.",
        ) from None


def _expect_unit(x, expected):
    """The values of the first test, with a word for the mistakes that are easily made."""
    low, high = x.min().item(), x.max().item()
    if torch.allclose(x.double(), expected.double(), atol=2e-6):
        return
    if high > 1.5:
        raise Hint(
            es=f"el mayor valor es {high:.4g}, debe ser 1. {SAID.not_divided.es}",
            en=f"the highest value is {high:.4g}, it should be 1. {SAID.not_divided.en}",
        )
    if low < 0:
        raise Hint(
            es=f"los valores empiezan en {low:.3g}. {SAID.from_minus_one.es}",
            en=f"the values start at {low:.3g}. {SAID.from_minus_one.en}",
        )
    if set(x.flatten().tolist()) <= {0.0, 1.0}:
        raise Hint(
            es="solo quedan ceros y unos: la división fue entera; hace falta /, no //.",
            en="only zeros and ones are left: that was integer division; / is needed, not //.",
        )
    if torch.allclose(x.double() * 256 / 255, expected.double(), atol=2e-6):
        raise Hint(*SAID.divided_by_256)
    if torch.allclose(x.flatten().sort().values, expected.flatten().sort().values, atol=2e-6):
        raise Hint(
            es=f"están todos los valores, pero fuera de lugar: {SAID.channels_scrambled.es}",
            en=f"all the values are there, out of place: {SAID.channels_scrambled.en}",
        )
    raise Hint(
        es="los valores no son byte / 255. El byte 0 da 0 y el 255 da 1.",
        en="the values are not byte / 255. Byte 0 gives 0 and 255 gives 1.",
    )


def _expect_no_stretch(to_unit_range):
    dim = to_unit_range(torch.full((1, 2, 2, 3), 51, dtype=torch.uint8))
    if not torch.allclose(dim.double(), torch.full_like(dim, 0.2).double(), atol=1e-6):
        raise Hint(
            es=f"el byte 51 debe dar 0.2 y dio {dim.mean():.4g}: se divide por 255, no por el máximo del batch.",
            en=f"byte 51 should give 0.2, it gave {dim.mean():.4g}: divide by 255, not by the batch's maximum.",
        )


def center_crop(center_crop):
    for height, width, size in ((10, 6, 4), (6, 10, 4), (7, 8, 4), (5, 5, 5)):
        images = torch.arange(2.0 * 3 * height * width).reshape(2, 3, height, width)
        cut = center_crop(images, size)
        expect_shape(
            cut,
            (2, 3, size, size),
            es=f"así quedó un corte de {size} en {height} x {width}.",
            en=f"that is what a cut of {size} from {height} x {width} left.",
        )
        _expect_corner(cut, images, (height - size) // 2, (width - size) // 2)
    for height, width in ((4, 8), (8, 4)):
        try:
            center_crop(torch.zeros(1, 1, height, width), 5)
        except ValueError:
            continue
        except Exception as error:
            kind = type(error).__name__
            raise Hint(
                es=f"de {height} x {width} no salen 5 x 5: se pide ValueError, llegó {kind}.",
                en=f"{height} x {width} can't give 5 x 5: ValueError is asked for, got {kind}.",
            ) from None
        raise Hint(
            es=f"de {height} x {width} no salen 5 x 5: falta el ValueError.",
            en=f"{height} x {width} can't give 5 x 5: the ValueError is missing.",
        )


def _expect_corner(cut, images, top, left):
    """The first pixel of the cut tells where it was made; the last one, whether it is one piece."""
    size, (height, width) = cut.shape[-1], images.shape[-2:]
    if torch.equal(cut, images[:, :, top : top + size, left : left + size]):
        return
    first = cut[0, 0, 0, 0].item()
    found = int(first // width), int(first % width)
    raise Hint(
        es=f"en {height} x {width}, un corte de {size} empieza en la fila {top} y la columna {left}; "
        f"este empieza en {found}.",
        en=f"in {height} x {width} a cut of {size} starts at row {top}, column {left}; this one starts at {found}.",
    )


def split_indices(split_indices):
    state = torch.get_rng_state()
    train, val = _two_parts(split_indices(101, 0.25, 3))
    if not torch.equal(state, torch.get_rng_state()):
        raise Hint(*SAID.global_chance_moved)
    if len(train) == 25 and len(val) == 76:
        raise Hint(*SAID.train_and_val_swapped)
    if shared := len(set(train.tolist()) & set(val.tolist())):
        raise Hint(*SAID.in_both_parts.format(count=shared))
    if sorted(train.tolist() + val.tolist()) != list(range(101)):
        raise Hint(
            es="entre las dos partes debe estar cada índice de 0 a n - 1, una sola vez.",
            en="together the parts should hold each index from 0 to n - 1, once.",
        )
    _expect_counts(split_indices)
    for part in (train, val):
        if torch.equal(part, part.sort().values):
            raise Hint(es="los índices salen en orden: falta barajar.", en="the indices come in order: shuffle them.")
    same, other = _two_parts(split_indices(101, 0.25, 3))[1], _two_parts(split_indices(101, 0.25, 4))[1]
    if not torch.equal(val, same):
        raise Hint(*SAID.same_seed_other_split)
    if torch.equal(val, other):
        raise Hint(*SAID.other_seed_same_split)


def _two_parts(parts):
    if not isinstance(parts, (tuple, list)) or len(parts) != 2:
        raise came(parts, SAID.train_and_val)
    for part in parts:
        if not torch.is_tensor(part):
            raise came(part, SAID.train_and_val)
        if part.is_floating_point():
            raise Hint(*SAID.not_whole_indices.format(found=part.dtype))
    return parts


def _expect_counts(split_indices):
    for n, fraction in ((101, 0.25), (10, 0.27), (10, 0.0), (7, 0.4)):
        _, val = _two_parts(split_indices(n, fraction, 1))
        if len(val) != round(n * fraction):
            raise Hint(
                es=f"con n = {n} y val_fraction = {fraction}, val lleva {round(n * fraction)} índices, no {len(val)}.",
                en=f"with n = {n} and val_fraction = {fraction}, val holds {round(n * fraction)}, not {len(val)}.",
            )


def minibatches(minibatches):
    images = torch.arange(43.0).reshape(43, 1, 1, 1).expand(43, 1, 2, 2).contiguous()
    kept = images.clone()
    parts = _listed(minibatches(images, 20))
    if not torch.equal(images, kept):
        raise Hint(
            es="las imágenes recibidas quedaron en otro orden: se barajan los índices, no las imágenes.",
            en="the pictures that came in are in another order now: shuffle indices, not the pictures.",
        )
    found = [len(part) for part in parts]
    if found == [20, 20]:
        raise Hint(*SAID.last_batch_missing)
    rounds = [parts, *(_listed(minibatches(images, 20)) for _ in range(2))]
    orders = [_order(parts) for parts in rounds]
    if all(_order([part]) == sorted(_order([part])) for parts in rounds for part in parts) and any(
        order != orders[0] for order in orders
    ):
        raise Hint(
            es="se barajaron los batches enteros; se barajan las imágenes.",
            en="whole batches were shuffled; it is the pictures that are to be.",
        )
    if found != [20, 20, 3]:
        raise Hint(
            es=f"43 imágenes en batches de 20 dan 20, 20 y 3; llegaron {found}.",
            en=f"43 pictures in batches of 20 make 20, 20 and 3; got {found}.",
        )
    expect_shape(
        parts[2], (3, 1, 2, 2), es="solo cambia la cantidad de imágenes.", en="only the number of pictures changes."
    )
    if any(sorted(order) != list(range(43)) for order in orders):
        raise Hint(
            es="cada imagen debe salir exactamente una vez: unas se repiten y otras faltan.",
            en="each picture should come out exactly once: some repeat and others are missing.",
        )
    if all(order == sorted(order) for order in orders):
        raise Hint(*SAID.original_order)
    if all(order == orders[0] for order in orders):
        raise Hint(*SAID.same_order_each_time)
    one, again = (_order(_listed(minibatches(images, 20, torch.Generator().manual_seed(1)))) for _ in range(2))
    if one != again:
        raise Hint(*SAID.generator_not_heeded)


def _listed(walked):
    try:
        walk = iter(walked)
    except TypeError:
        asked = Both(es="Se espera algo que for pueda recorrer.", en="Something that for can walk through is expected.")
        raise came(walked, asked) from None
    parts = list(walk)
    if torch.is_tensor(walked) or all(torch.is_tensor(part) and part.shape == (1, 2, 2) for part in parts):
        raise Hint(
            es="al recorrerlo salen imágenes sueltas, no batches (n, C, H, W): ¿un return donde va yield, o falta "
            "agruparlas?",
            en="going through it gives single pictures, not batches (n, C, H, W): is there a return where yield "
            "belongs, or are they not grouped?",
        )
    for part in parts:
        if not torch.is_tensor(part):
            raise came(part, Both(es="Un batch es un tensor (n, C, H, W).", en="A batch is a tensor (n, C, H, W)."))
        if part.ndim != 4:
            raise Hint(
                es=f"cada batch tiene forma (n, C, H, W); llegó uno de forma {tuple(part.shape)}: ¿son los índices?",
                en=f"each batch has shape (n, C, H, W); one of shape {tuple(part.shape)} came: are these the indices?",
            )
    return parts


def _order(parts):
    return [int(value) for part in parts for value in part[:, 0, 0, 0]]

"""Lesson 06: walking the latent space."""

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
    identity,
    near,
    number,
    own,
    seeded_by_torch,
    shape,
    standard_normal,
    strided,
    tensors,
    toy_vae,
    unchanged,
    undisturbed,
)


def vectors(d=5, seed=0):
    random = chance(seed)
    return 2 * torch.randn(d, generator=random), 0.7 * torch.randn(d, generator=random)


def expect_alone(student, name, *args, **given):
    """Raises Wrong if a call changes its first arguments, named in order, or torch's own settings."""
    outcome = student.ask(name, *args, seed=SEED).ok()
    unchanged(outcome, **given)
    undisturbed(outcome)


WITH_GRADIENTS = (
    "El resultado lleva gradientes: hace falta torch.no_grad().",
    "The result carries gradients: it takes torch.no_grad().",
)


# generate


@exercise(
    "generate", weight=3, leaves=USELESS, es="Son n imágenes del decoder.", en="They are n of the decoder's pictures."
)
@pytest.mark.parametrize("n", [1, 5])
def test_generated_pictures(student, n):
    decoder = student.make(toy_vae()).get("decoder")
    found = number(student.generate(decoder, n, 3))
    shape(found, (n, 16))
    if found.min() < 0 or found.max() > 1:
        raise Wrong("No son lo que da el decoder.", "They are not what the decoder gives.")


@exercise(
    "generate",
    weight=2,
    leaves=USELESS,
    es="Cada imagen tiene su propio z, nuevo en cada llamada.",
    en="Each picture has a z of its own, a fresh one in each call.",
)
def test_each_picture_has_its_own_z(student):
    decoder = student.make(identity())
    one, again = (number(student.generate(decoder, 4, 3)) for _ in range(2))
    if near(one, one[:1].expand_as(one)):
        raise Wrong("Todas las imágenes salen del mismo z.", "All pictures come from the same z.")
    if near(one, again):
        raise Wrong("Dos llamadas dan las mismas imágenes.", "Two calls give the same pictures.")


@exercise(
    "generate",
    weight=3,
    leaves=SLIP,
    needs=("test_each_picture_has_its_own_z",),
    es="z sale de N(0, I).",
    en="z comes from N(0, I).",
)
def test_z_comes_from_the_prior(student):
    student.seed(0)
    z = number(student.generate(student.make(identity()), 4000, 5))
    shape(z, (4000, 5))
    standard_normal(z)


@exercise(
    "generate",
    weight=2,
    es="El decoder trabaja en modo eval y después vuelve al suyo.",
    en="The decoder works in eval mode and gets its own back.",
)
def test_generates_in_eval_mode(student):
    """The same z give the same pictures, whatever the mode before; chance that dropout would draw is another each time."""
    decoder, mirror, found = student.make(toy_vae()).get("decoder"), student.make(identity()), []
    obeyed = near(*(number(student.generate(mirror, 6, 3, generator(4))) for _ in range(2)))
    for seed, training in ((4, True), (5 if obeyed else 4, False)):
        decoder.train(training)
        before = decoder.modes()
        student.seed(seed)
        found.append(number(student.generate(decoder, 6, 3, generator(4))))
        if decoder.modes() != before:
            raise Wrong(*SAID.mode_not_put_back)
    if not near(*found):
        raise Wrong(*SAID.dropout_active)


@exercise("generate", weight=1, idle=True, es="Sin gradientes.", en="Without gradients.")
def test_generates_without_gradients(student):
    outcome = student.ask("generate", student.make(toy_vae()).get("decoder"), 2, 3, seed=SEED).ok()
    undisturbed(outcome)
    if outcome.requires_grad is not False:
        raise Wrong(*WITH_GRADIENTS)


@exercise("generate", weight=1, idle=True, leaves=SLIP, es="El resultado es un tensor.", en="The result is a tensor.")
def test_generates_tensors(student):
    tensors(student.ask("generate", student.make(toy_vae()).get("decoder"), 2, 3).ok())


@exercise(
    "generate",
    weight=1,
    needs=("test_each_picture_has_its_own_z",),
    es="El generador decide z; sin él, el azar es el global.",
    en="The generator decides z; without one chance is the global one.",
)
def test_generator_of_generate(student):
    decoder = student.make(identity())
    one, again, other = (number(student.generate(decoder, 3, 4, generator(seed))) for seed in (1, 1, 2))
    decided_by(one, again, other, student.ask("generate", decoder, 3, 4, generator(3), seed=5).ok().random_moved)
    seeded_by_torch(student, lambda: student.generate(decoder, 3, 4))


# lerp

T = [torch.linspace(0, 1, 4), 0.3]


def either_way(found, right, backwards):
    """What an answer gives, turned round where it goes from z1 to z0: the way is another check's matter."""
    return right if near(found, backwards) else found


@exercise(
    "lerp", weight=3, leaves=USELESS, es="Es la recta entre z0 y z1.", en="It is the straight line between z0 and z1."
)
@pytest.mark.parametrize("t", [0.0, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("d", [5, 1])
def test_line(student, t, d):
    z0, z1 = vectors(d)
    right, backwards = ((1 - s) * z0.double() + s * z1.double() for s in (t, 1 - t))
    for one, other in ((z0, z1), (strided(z0), strided(z1))):
        close(either_way(number(student.lerp(one, other, t)), right, backwards), right)


@exercise("lerp", weight=2, leaves=SLIP, needs=("test_line",), es="Va de z0 a z1.", en="It goes from z0 to z1.")
def test_the_line_begins_at_z0(student):
    z0, z1 = vectors(5)
    close(student.lerp(z0, z1, 0.25), 0.75 * z0 + 0.25 * z1, hints=[(0.25 * z0 + 0.75 * z1, SAID.t_0_gives_z1)])


@exercise(
    "lerp",
    weight=1,
    needs=("test_line", "test_the_line_begins_at_z0"),
    es="La recta sigue más allá de los extremos.",
    en="The line goes on beyond its ends.",
)
@pytest.mark.parametrize("t", [-0.5, 1.5])
@pytest.mark.parametrize("d", [5, 1])
def test_beyond_the_ends(student, t, d):
    z0, z1 = vectors(d)
    close(student.lerp(z0, z1, t), (1 - t) * z0 + t * z1)


@exercise(
    "lerp",
    weight=2,
    leaves=SLIP,
    needs=("test_line", "test_the_line_begins_at_z0"),
    es="Con t de forma (T,) da (T, D).",
    en="With t of shape (T,) it gives (T, D).",
)
@pytest.mark.parametrize(("d", "steps"), [(5, 3), (4, 4), (1, 2), (3, 1)])
def test_line_at_many_points(student, d, steps):
    z0, z1 = vectors(d, 1)
    t = torch.linspace(0, 1, steps)
    close(student.lerp(z0, z1, t), torch.stack([(1 - s) * z0 + s * z1 for s in t]))


@exercise("lerp", weight=1, idle=True, leaves=SLIP, es="El resultado es un tensor.", en="The result is a tensor.")
@pytest.mark.parametrize("t", T, ids=["many", "one"])
def test_lerp_gives_a_tensor(student, t):
    tensors(student.ask("lerp", *vectors(), t).ok())


@exercise("lerp", weight=1, idle=True, es="z0, z1 y t quedan como estaban.", en="z0, z1 and t stay as they were.")
@pytest.mark.parametrize("t", T, ids=["many", "one"])
def test_lerp_leaves_its_inputs(student, t):
    z0, z1 = vectors()
    more = {"t": t} if isinstance(t, torch.Tensor) else {}
    expect_alone(student, "lerp", z0, z1, t, z0=z0, z1=z1, **more)


# slerp


def arc(z0, z1, t):
    z0, z1 = z0.double(), z1.double()
    omega = torch.arccos(((z0 @ z1) / (z0.norm() * z1.norm())).clamp(-1, 1))
    return (torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1) / torch.sin(omega)


def arc_hints(z0, z1, t):
    unit = arc(z0 / z0.norm(), z1 / z1.norm(), t)
    raw = torch.arccos((z0.double() @ z1.double()).clamp(-1, 1))
    wrong = (torch.sin((1 - t) * raw) * z0 + torch.sin(t * raw) * z1) / torch.sin(raw)
    lengths = (
        "Falta dividir el producto por las longitudes antes de arccos.",
        "The product needs dividing by the lengths before arccos.",
    )
    hints = [(unit, SAID.vectors_normalised), ((1 - t) * z0 + t * z1, SAID.line_for_arc)]
    return hints + ([(wrong, lengths)] if raw.sin() > 1e-3 else [])


ARC = ("test_arc",)
FROM_Z0 = (*ARC, "test_ends_of_the_arc")


@exercise(
    "slerp",
    weight=4,
    leaves=USELESS,
    es="Los pesos son sin((1-t)w)/sin w y sin(tw)/sin w.",
    en="The weights are sin((1-t)w)/sin w and sin(tw)/sin w.",
)
@pytest.mark.parametrize("t", [0.25, 0.5, 0.8])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_arc(student, t, seed):
    z0, z1 = vectors(5, seed)
    right = arc(z0, z1, t)
    for one, other in ((z0, z1), (strided(z0), strided(z1))):
        found = either_way(number(student.slerp(one, other, t)), right, arc(z1, z0, t))
        close(found, right, hints=arc_hints(z0, z1, t))


@exercise("slerp", weight=2, leaves=SLIP, needs=ARC, es="Va de z0 a z1.", en="It goes from z0 to z1.")
def test_ends_of_the_arc(student):
    z0, z1 = vectors(6, 3)
    close(student.slerp(z0, z1, 0.0), z0, hints=[(z1, SAID.t_0_gives_z1)])
    close(student.slerp(z0, z1, 1.0), z1)


@exercise(
    "slerp",
    weight=2,
    leaves=SLIP,
    needs=FROM_Z0,
    es="Con t de forma (T,) da (T, D).",
    en="With t of shape (T,) it gives (T, D).",
)
@pytest.mark.parametrize(("d", "steps"), [(5, 3), (4, 4), (2, 1)])
def test_arc_at_many_points(student, d, steps):
    z0, z1 = vectors(d, 4)
    t = torch.linspace(0.1, 0.9, steps)
    close(student.slerp(z0, z1, t), torch.stack([arc(z0, z1, s.double()) for s in t]))


@exercise(
    "slerp", weight=2, needs=ARC, es="Vectores de igual longitud la conservan.", en="Vectors of one length keep it."
)
def test_length_stays(student):
    z0, z1 = torch.tensor([3.0, 0.0, 0.0]), torch.tensor([0.0, 3.0, 0.0])
    points = [number(student.slerp(z0, z1, t)) for t in (0.0, 0.25, 0.5, 0.75, 1.0)]
    close(torch.stack(points).norm(dim=1), [3.0] * 5)


@exercise(
    "slerp",
    weight=2,
    needs=FROM_Z0,
    es="Vectores paralelos u opuestos: la recta, sin nan.",
    en="Parallel or opposite vectors: the line, no nan.",
)
@pytest.mark.parametrize("factor", [1.0, 2.5, -1.0, -0.5])
@pytest.mark.parametrize("d", [3, 1])
def test_parallel_vectors(student, factor, d):
    z0, shares = vectors(d, 5)[0], (0.0, 0.3, 1.0)
    others = [vectors(d, seed)[0] for seed in range(6, 26)]  # the cosine of some is rounded to more than 1
    found = [number(student.slerp(z0, factor * z0, t)) for t in shares]
    found += [number(student.slerp(z, factor * z, 0.3)) for z in others]
    if not all(points.isfinite().all() for points in found):
        raise Wrong(*SAID.line_where_sine_is_0)
    for t, point in zip(shares, found, strict=False):
        theirs = own(student, "lerp", z0, factor * z0, t)
        if theirs is None or not near(point, theirs, atol=1e-3):
            close(point, (1 - t) * z0 + t * factor * z0, atol=1e-3)


@exercise(
    "slerp",
    weight=1,
    needs=("test_parallel_vectors", "test_arc_at_many_points"),
    es="También con vectores paralelos da (T, D) si t es (T,).",
    en="With parallel vectors, too, it gives (T, D) for t of shape (T,).",
)
@pytest.mark.parametrize("factor", [1.0, -1.0, -0.5])
def test_parallel_vectors_at_many_points(student, factor):
    z0, t = vectors(3, 5)[0], torch.tensor([0.0, 0.3, 1.0])
    outcome = student.ask("slerp", z0, factor * z0, t).ok()
    tensors(outcome)
    theirs = own(student, "lerp", z0, factor * z0, t)
    if theirs is None or not near(number(outcome.value), theirs, atol=1e-3):
        close(outcome.value, torch.stack([(1 - s) * z0 + s * factor * z0 for s in t]), atol=1e-3)


@exercise("slerp", weight=1, idle=True, leaves=SLIP, es="El resultado es un tensor.", en="The result is a tensor.")
@pytest.mark.parametrize("t", T, ids=["many", "one"])
def test_slerp_gives_a_tensor(student, t):
    tensors(student.ask("slerp", *vectors(), t).ok())


@exercise("slerp", weight=1, idle=True, es="z0, z1 y t quedan como estaban.", en="z0, z1 and t stay as they were.")
@pytest.mark.parametrize("t", T, ids=["many", "one"])
def test_slerp_leaves_its_inputs(student, t):
    z0, z1 = vectors()
    more = {"t": t} if isinstance(t, torch.Tensor) else {}
    expect_alone(student, "slerp", z0, z1, t, z0=z0, z1=z1, **more)


# interpolate_images


def pair(seed=0):
    random = chance(seed)
    return torch.rand(1, 4, 4, generator=random), torch.rand(1, 4, 4, generator=random)


def means(model, x0, x1):
    model.train(False)
    return [model.call("encode", x.unsqueeze(0))[0][0] for x in (x0, x1)]


def film(model, x0, x1, t):
    """The decoder's pictures of the points at t on the line between the means."""
    mu0, mu1 = means(model, x0, x1)
    return number(model.call("decode", torch.stack([mu0 + (mu1 - mu0) * s for s in t])))


def own_film(student, model, x0, x1, t):
    """The film along the student's own lerp; None where that gives no points."""
    points = own(student, "lerp", *means(model, x0, x1), t)
    if points is None or points.shape != (len(t), 3):
        return None
    return number(model.call("decode", points.float()))


def shares(steps):
    """Where on the line the frames of a film may lie: as they should, backwards, or without one of the ends."""
    right, each = torch.linspace(0, 1, steps), torch.arange(steps) / steps
    return [right, right.flip(0), each, each + 1 / steps, (each * steps + 1) / (steps + 1)]


STILL = ("test_a_film_is_of_means",)


@exercise(
    "interpolate_images",
    weight=2,
    leaves=SLIP,
    es="Se decodifican las medias, no sorteos: cada llamada da la misma película.",
    en="The means are decoded, not draws: each call gives the same film.",
)
def test_a_film_is_of_means(student):
    model, (x0, x1) = student.make(toy_vae(noiseless=False)), pair()
    model.train(False)
    one, again = (number(student.interpolate_images(model, x0, x1, 3)) for _ in range(2))
    if not near(one, again):
        raise Wrong(*SAID.two_films)


@exercise(
    "interpolate_images",
    weight=4,
    leaves=USELESS,
    needs=STILL,
    es="Son decodificaciones de la recta entre las dos medias.",
    en="They are decodings along the line between the two means.",
)
@pytest.mark.parametrize("steps", [5, 2, 3])
def test_film(student, steps):
    model, (x0, x1) = student.make(toy_vae(noiseless=False)), pair()
    model.set_parameters({name: 4 * value for name, value in model.parameters().items()})  # far from linear
    known = [film(model, x0, x1, t) for t in shares(steps)]
    mixed = torch.stack([(1 - t) * x0 + t * x1 for t in torch.linspace(0, 1, steps)])
    found = number(student.interpolate_images(model, x0, x1, steps))
    theirs = own_film(student, model, x0, x1, torch.linspace(0, 1, steps))
    if theirs is None or not near(found, theirs, atol=1e-4):
        if any(near(found, one, atol=1e-4) for one in known):
            return
        ends = torch.stack([(1 - t) * known[0][0] + t * known[0][-1] for t in torch.linspace(0, 1, steps)])
        close(found, known[0], hints=[(mixed, SAID.pixels_mixed), (ends, SAID.pixels_mixed)], atol=1e-4)


@exercise(
    "interpolate_images",
    weight=2,
    leaves=SLIP,
    needs=(*STILL, "test_film"),
    es="La película va de x0 a x1, ambos incluidos.",
    en="The film goes from x0 to x1, both included.",
)
@pytest.mark.parametrize("steps", [5, 2])
def test_ends_of_the_film(student, steps):
    model, (x0, x1) = student.make(toy_vae(noiseless=False)), pair()
    right = film(model, x0, x1, torch.linspace(0, 1, steps))
    found = number(student.interpolate_images(model, x0, x1, steps))
    theirs = own_film(student, model, x0, x1, torch.linspace(0, 1, steps))
    if theirs is None or not near(found, theirs, atol=1e-4):
        close(found, right, hints=[(right.flip(0), SAID.film_reversed)], atol=1e-4)


@exercise(
    "interpolate_images", weight=2, leaves=SLIP, es="La forma es (steps, C, H, W).", en="The shape is (steps, C, H, W)."
)
@pytest.mark.parametrize("steps", [2, 7])
def test_shape_of_the_film(student, steps):
    outcome = student.ask("interpolate_images", student.make(toy_vae()), *pair(1), steps).ok()
    tensors(outcome)
    shape(outcome.value, (steps, 1, 4, 4))


@exercise(
    "interpolate_images",
    weight=2,
    idle=True,
    es="Modo eval, y después el de antes.",
    en="Eval mode, and afterwards the one before.",
)
@pytest.mark.parametrize("training", [True, False])
def test_film_in_eval_mode(student, training):
    model = student.make(toy_vae())
    if not training:
        model.train(False)
    before, state = model.modes(), model.state()
    student.interpolate_images(model, *pair(2), 3)
    if model.modes() != before:
        raise Wrong(*SAID.mode_not_put_back)
    assert all(near(number(state[name]), number(value)) for name, value in model.state().items())


@exercise("interpolate_images", weight=1, idle=True, es="Sin gradientes.", en="Without gradients.")
def test_film_without_gradients(student):
    if student.ask("interpolate_images", student.make(toy_vae()), *pair(3), 3).ok().requires_grad is not False:
        raise Wrong(*WITH_GRADIENTS)


@exercise(
    "interpolate_images", weight=1, idle=True, es="x0 y x1 quedan como estaban.", en="x0 and x1 stay as they were."
)
def test_film_leaves_its_inputs(student):
    x0, x1 = pair(3)
    outcome = student.ask("interpolate_images", student.make(toy_vae()), strided(x0), strided(x1), 3, seed=SEED).ok()
    undisturbed(outcome)
    assert torch.equal(outcome.inputs[1], x0) and torch.equal(outcome.inputs[2], x1)


# traverse


def moved(z, dim, values):
    copies = z.repeat(len(values), 1)
    copies[:, dim] = torch.as_tensor(values, dtype=z.dtype)
    return copies


@exercise(
    "traverse",
    weight=3,
    leaves=USELESS,
    es="Solo cambia la coordenada dim, que toma los valores dados.",
    en="Only coordinate dim changes, to the given values.",
)
@pytest.mark.parametrize(
    ("d", "dim", "values"), [(5, 2, [-3.0, 0.0, 1.5]), (3, 0, [2.0]), (1, 0, [-1.0, 1.0]), (4, 3, [0.5] * 6)]
)
@pytest.mark.parametrize("kind", [list, torch.tensor])
def test_one_coordinate(student, d, dim, values, kind):
    z = vectors(d, 6)[0]
    added = moved(z, dim, [v + z[dim].item() for v in values])
    hints = [(added, SAID.added_to_coordinate)]
    close(student.traverse(z, dim, kind(values)), moved(z, dim, values), hints=hints)


@exercise("traverse", weight=1, idle=True, leaves=SLIP, es="El resultado es un tensor.", en="The result is a tensor.")
def test_traverse_gives_a_tensor(student):
    tensors(student.ask("traverse", vectors(4, 7)[0], 1, [9.0, 8.0]).ok())


@exercise("traverse", weight=1, idle=True, es="z queda como estaba.", en="z stays as it was.")
def test_traverse_leaves_z(student):
    z = vectors(4, 7)[0]
    outcome = student.ask("traverse", z, 1, [9.0, 8.0], seed=SEED).ok()
    undisturbed(outcome)
    if not torch.equal(outcome.inputs[0], z):
        raise Wrong(*SAID.z_overwritten)


# latent_grid


def lattice(steps, limit):
    line = torch.linspace(-limit, limit, steps)
    return torch.stack([torch.stack([x, y]) for y in line.flip(0) for x in line])


def ordered(points):
    """The same points sorted by x, then by y."""
    return torch.tensor(sorted(points.tolist()), dtype=points.dtype)


def pairs_of(student, steps, *limit):
    """The points of the student's grid, one a row; that they come in one list is another check's matter."""
    found = number(student.latent_grid(steps, *limit))
    return found.reshape(-1, 2) if found.ndim and found.shape[-1] == 2 else found


@exercise(
    "latent_grid",
    weight=4,
    leaves=USELESS,
    es="Son los puntos de una cuadrícula de -limit a limit.",
    en="They are the points of a lattice from -limit to limit.",
)
@pytest.mark.parametrize(("steps", "limit"), [(3, 2.0), (5, 1.5), (2, 3.0), (15, 2.0)])
def test_points_of_the_lattice(student, steps, limit):
    found, right = pairs_of(student, steps, limit), lattice(steps, limit)
    shape(found, right.shape)
    close(ordered(found.float()), ordered(right))


@exercise(
    "latent_grid",
    weight=3,
    leaves=SLIP,
    needs=("test_points_of_the_lattice",),
    es="Fila a fila: x crece, y baja desde +limit.",
    en="Row by row: x grows, y falls from +limit.",
)
@pytest.mark.parametrize(("steps", "limit"), [(3, 2.0), (5, 1.5), (2, 3.0), (15, 2.0)])
def test_order_of_the_lattice(student, steps, limit):
    right = lattice(steps, limit)
    upside = torch.stack([right[:, 0], -right[:, 1]], dim=1)
    by_column = ("Los puntos van fila a fila: primero crece x.", "Points go row by row: x grows first.")
    hints = [(upside, SAID.grid_upside_down), (right.flip(1), SAID.x_and_y_swapped), (upside.flip(1), by_column)]
    close(pairs_of(student, steps, limit), right, hints=hints)


@exercise(
    "latent_grid",
    weight=2,
    leaves=SLIP,
    es="Es un tensor de steps * steps puntos de dos coordenadas.",
    en="It is a tensor of steps * steps points of two coordinates.",
)
@pytest.mark.parametrize("steps", [2, 4, 9])
def test_shape_of_the_lattice(student, steps):
    outcome = student.ask("latent_grid", steps).ok()
    tensors(outcome)
    shape(outcome.value, (steps * steps, 2), hints=[((steps, steps, 2), SAID.grid_not_flat)])


@exercise(
    "latent_grid",
    weight=1,
    needs=("test_points_of_the_lattice",),
    es="limit vale 2 si no se dice otro.",
    en="limit is 2 unless another is named.",
)
def test_default_limit(student):
    undisturbed(student.ask("latent_grid", 3, seed=SEED).ok())
    close(ordered(pairs_of(student, 3).float()), ordered(lattice(3, 2.0)))

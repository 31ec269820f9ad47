"""Lesson 06: walking the latent space."""

import math

import pytest
import torch
from checking import (
    SEED,
    Wrong,
    close,
    exercise,
    generator,
    identity,
    near,
    number,
    own,
    seeded_by_torch,
    shape,
    strided,
    tensors,
    toy_vae,
    undisturbed,
)


def vectors(d=5, seed=0):
    random = torch.Generator().manual_seed(seed)
    return 2 * torch.randn(d, generator=random), 0.7 * torch.randn(d, generator=random)


# generate


@exercise("generate", weight=3, es="Son n imágenes del decoder.", en="They are n of the decoder's pictures.")
@pytest.mark.parametrize("n", [1, 5])
def test_generated_pictures(student, n):
    decoder = student.make(toy_vae()).get("decoder")
    found = number(student.generate(decoder, n, 3))
    shape(found, (n, 16))
    assert found.min() >= 0 and found.max() <= 1


@exercise("generate", weight=3, es="z sale de N(0, I).", en="z comes from N(0, I).")
def test_z_comes_from_the_prior(student):
    student.seed(0)
    z = number(student.generate(student.make(identity()), 4000, 5))
    shape(z, (4000, 5))
    count = z.numel()
    if not (z.abs() > 2).any():
        raise Wrong("El ruido es uniforme; debe ser normal.", "The noise is uniform; it must be normal.")
    assert abs(z.mean()) < 5.5 / math.sqrt(count)
    assert abs((z**2).mean() - 1) < 5.5 * math.sqrt(2 / count)
    assert abs((z**4).mean() - 3) < 5.5 * math.sqrt(96 / count)
    assert (torch.corrcoef(z.T) - torch.eye(5, dtype=z.dtype)).abs().max() < 6.5 / math.sqrt(4000)


@exercise(
    "generate",
    weight=2,
    es="El decoder trabaja en modo eval y después vuelve al suyo.",
    en="The decoder works in eval mode and gets its own back.",
)
@pytest.mark.parametrize("training", [True, False])
def test_generates_in_eval_mode(student, training):
    decoder = student.make(toy_vae()).get("decoder")
    decoder.train(training)
    before = decoder.modes()
    one, again = (number(student.generate(decoder, 6, 3, generator(4))) for _ in range(2))
    if not near(one, again):
        raise Wrong("El dropout seguía activo: falta eval().", "Dropout was still active: eval() is missing.")
    if decoder.modes() != before:
        raise Wrong("El modo del decoder cambió.", "The decoder's mode changed.")


@exercise("generate", weight=1, es="Sin gradientes.", en="Without gradients.")
def test_generates_without_gradients(student):
    outcome = student.ask("generate", student.make(toy_vae()).get("decoder"), 2, 3, seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    assert outcome.requires_grad is False


@exercise(
    "generate",
    weight=1,
    es="El generador decide z; sin él, cada llamada da otras.",
    en="The generator decides z; without it each call gives others.",
)
def test_generator_of_generate(student):
    decoder = student.make(identity())
    one, again, other = (number(student.generate(decoder, 3, 4, generator(seed))) for seed in (1, 1, 2))
    assert near(one, again) and not near(one, other)
    assert not near(number(student.generate(decoder, 3, 4)), number(student.generate(decoder, 3, 4)))
    assert not student.ask("generate", decoder, 3, 4, generator(3), seed=5).ok().random_moved
    seeded_by_torch(student, lambda: student.generate(decoder, 3, 4))


# lerp


@exercise("lerp", weight=3, es="Es la recta de z0 a z1.", en="It is the straight line from z0 to z1.")
@pytest.mark.parametrize("t", [0.0, 0.25, 0.5, 1.0, -0.5, 1.5])
@pytest.mark.parametrize("d", [5, 1])
def test_line(student, t, d):
    z0, z1 = vectors(d)
    swapped = ("t = 0 debe dar z0.", "t = 0 must give z0.")
    close(student.lerp(z0, z1, t), (1 - t) * z0 + t * z1, hints=[(t * z0 + (1 - t) * z1, swapped)])


@exercise("lerp", weight=2, es="Con t de forma (T,) da (T, D).", en="With t of shape (T,) it gives (T, D).")
@pytest.mark.parametrize(("d", "steps"), [(5, 3), (4, 4), (1, 2), (3, 1)])
def test_line_at_many_points(student, d, steps):
    z0, z1 = vectors(d, 1)
    t = torch.linspace(0, 1, steps)
    close(student.lerp(z0, z1, t), torch.stack([(1 - s) * z0 + s * z1 for s in t]))


@exercise("lerp", weight=1, es="z0, z1 y t quedan como estaban.", en="z0, z1 and t stay as they were.")
@pytest.mark.parametrize("t", [torch.linspace(0, 1, 4), 0.3], ids=["many", "one"])
def test_lerp_leaves_its_inputs(student, t):
    z0, z1 = vectors()
    outcome = student.ask("lerp", strided(z0), strided(z1), t, seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    assert all(
        near(number(found), number(given), 0, 0) for found, given in zip(outcome.inputs, (z0, z1, t), strict=True)
    )


# slerp


def arc(z0, z1, t):
    z0, z1 = z0.double(), z1.double()
    omega = torch.arccos(((z0 @ z1) / (z0.norm() * z1.norm())).clamp(-1, 1))
    return (torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1) / torch.sin(omega)


def arc_hints(z0, z1, t):
    unit = arc(z0 / z0.norm(), z1 / z1.norm(), t)
    raw = torch.arccos((z0.double() @ z1.double()).clamp(-1, 1))
    wrong = (torch.sin((1 - t) * raw) * z0 + torch.sin(t * raw) * z1) / torch.sin(raw)
    return [
        (
            unit,
            (
                "Los vectores se normalizaron; los pesos van sobre los vectores como están.",
                "The vectors were normalised; the weights go on the vectors as they are.",
            ),
        ),
        ((1 - t) * z0 + t * z1, ("Es la recta (lerp), no el arco.", "It is the straight line (lerp), not the arc.")),
        (arc(z1, z0, t), ("t = 0 debe dar z0.", "t = 0 must give z0.")),
    ] + (
        [
            (
                wrong,
                (
                    "Falta dividir el producto por las longitudes antes de arccos.",
                    "The product needs dividing by the lengths before arccos.",
                ),
            )
        ]
        if raw.sin() > 1e-3
        else []
    )


@exercise(
    "slerp",
    weight=4,
    es="Los pesos son sin((1-t)w)/sin w y sin(tw)/sin w.",
    en="The weights are sin((1-t)w)/sin w and sin(tw)/sin w.",
)
@pytest.mark.parametrize("t", [0.25, 0.5, 0.8])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_arc(student, t, seed):
    z0, z1 = vectors(5, seed)
    close(student.slerp(z0, z1, t), arc(z0, z1, t), hints=arc_hints(z0, z1, t))


@exercise("slerp", weight=2, es="Los extremos son z0 y z1.", en="The ends are z0 and z1.")
def test_ends_of_the_arc(student):
    z0, z1 = vectors(6, 3)
    close(
        student.slerp(z0, z1, 0.0),
        z0,
        hints=[
            (z1, ("t = 0 debe dar z0.", "t = 0 must give z0.")),
            (z0 / z0.norm(), ("Los vectores se normalizaron.", "The vectors were normalised.")),
        ],
    )
    close(student.slerp(z0, z1, 1.0), z1)


@exercise("slerp", weight=2, es="Con t de forma (T,) da (T, D).", en="With t of shape (T,) it gives (T, D).")
@pytest.mark.parametrize(("d", "steps"), [(5, 3), (4, 4), (2, 1)])
def test_arc_at_many_points(student, d, steps):
    z0, z1 = vectors(d, 4)
    t = torch.linspace(0.1, 0.9, steps)
    close(student.slerp(z0, z1, t), torch.stack([arc(z0, z1, s.double()) for s in t]))


@exercise("slerp", weight=2, es="Vectores de igual longitud la conservan.", en="Vectors of one length keep it.")
def test_length_stays(student):
    z0, z1 = torch.tensor([3.0, 0.0, 0.0]), torch.tensor([0.0, 3.0, 0.0])
    close(number(student.slerp(z0, z1, torch.linspace(0, 1, 5))).norm(dim=1), [3.0] * 5)


@exercise(
    "slerp",
    weight=2,
    es="Vectores paralelos u opuestos: la recta, sin nan.",
    en="Parallel or opposite vectors: the line, no nan.",
)
@pytest.mark.parametrize("factor", [1.0, 2.5, -1.0, -0.5])
@pytest.mark.parametrize("d", [3, 1])
def test_parallel_vectors(student, factor, d):
    z0, t = vectors(d, 5)[0], torch.tensor([0.0, 0.3, 1.0])
    outcome = student.ask("slerp", z0, factor * z0, t).ok()
    tensors(outcome)
    others = [vectors(d, seed)[0] for seed in range(6, 26)]  # the cosine of some is rounded to more than 1
    found = [number(outcome.value), *(number(student.slerp(z, factor * z, t)) for z in others)]
    if not all(points.isfinite().all() for points in found):
        raise Wrong(
            "Con w = 0 o π se divide por 0: ahí corresponde lerp.",
            "With w = 0 or π one divides by 0: lerp belongs there.",
        )
    theirs = own(student, "lerp", z0, factor * z0, t)
    if theirs is None or not near(found[0], theirs, atol=1e-3):
        close(found[0], torch.stack([(1 - s) * z0 + s * factor * z0 for s in t]), atol=1e-3)


@exercise("slerp", weight=1, es="z0, z1 y t quedan como estaban.", en="z0, z1 and t stay as they were.")
@pytest.mark.parametrize("t", [torch.linspace(0, 1, 4), 0.3], ids=["many", "one"])
def test_slerp_leaves_its_inputs(student, t):
    z0, z1 = vectors()
    outcome = student.ask("slerp", strided(z0), strided(z1), t, seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    assert all(
        near(number(found), number(given), 0, 0) for found, given in zip(outcome.inputs, (z0, z1, t), strict=True)
    )


# interpolate_images


def pair(seed=0):
    random = torch.Generator().manual_seed(seed)
    return torch.rand(1, 4, 4, generator=random), torch.rand(1, 4, 4, generator=random)


def means(model, x0, x1):
    model.train(False)
    return [model.call("encode", x.unsqueeze(0))[0][0] for x in (x0, x1)]


def film(model, x0, x1, steps):
    """What the film should be, from the model's own parts."""
    mu0, mu1 = means(model, x0, x1)
    points = torch.stack([mu0 + (mu1 - mu0) * t for t in torch.linspace(0, 1, steps)])
    return model.call("decode", points)


def own_film(student, model, x0, x1, steps):
    """The film along the student's own lerp; None where that gives no points."""
    points = own(student, "lerp", *means(model, x0, x1), torch.linspace(0, 1, steps))
    if points is None or points.shape != (steps, 3):
        return None
    return number(model.call("decode", points.float()))


@exercise(
    "interpolate_images",
    weight=4,
    es="Son decodificaciones de la recta entre las dos medias.",
    en="They are decodings along the line between the two means.",
)
@pytest.mark.parametrize("steps", [5, 2, 3])
def test_film(student, steps):
    model, (x0, x1) = student.make(toy_vae(noiseless=False)), pair()
    right = film(model, x0, x1, steps)
    mixed = torch.stack([(1 - t) * x0 + t * x1 for t in torch.linspace(0, 1, steps)])
    hints = [
        (mixed, ("Se mezclaron píxeles; se interpola en z.", "Pixels were mixed; interpolation happens in z.")),
        (right.flip(0), ("El primer cuadro debe ser el de x0.", "The first frame must be x0's.")),
    ]
    one, again = (number(student.interpolate_images(model, x0, x1, steps)) for _ in range(2))
    if not near(one, again):
        raise Wrong(
            "Cada llamada da otra película: se decodifican medias, no muestras.",
            "Each call gives another film: means are decoded, not draws.",
        )
    theirs = own_film(student, model, x0, x1, steps)
    if theirs is None or not near(one, theirs, atol=1e-4):
        close(one, right, hints=hints, atol=1e-4)


@exercise("interpolate_images", weight=2, es="La forma es (steps, C, H, W).", en="The shape is (steps, C, H, W).")
@pytest.mark.parametrize("steps", [2, 7])
def test_shape_of_the_film(student, steps):
    shape(student.interpolate_images(student.make(toy_vae()), *pair(1), steps), (steps, 1, 4, 4))


@exercise(
    "interpolate_images",
    weight=2,
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
        raise Wrong("El modo del modelo cambió.", "The model's mode changed.")
    assert all(near(number(state[name]), number(value)) for name, value in model.state().items())


@exercise(
    "interpolate_images",
    weight=1,
    es="Sin gradientes; x0 y x1 quedan como estaban.",
    en="Without gradients; x0 and x1 stay as they were.",
)
def test_film_without_gradients(student):
    x0, x1 = pair(3)
    outcome = student.ask("interpolate_images", student.make(toy_vae()), strided(x0), strided(x1), 3, seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    assert outcome.requires_grad is False
    assert torch.equal(outcome.inputs[1], x0) and torch.equal(outcome.inputs[2], x1)


# traverse


def moved(z, dim, values):
    copies = z.repeat(len(values), 1)
    copies[:, dim] = torch.as_tensor(values, dtype=z.dtype)
    return copies


@exercise(
    "traverse",
    weight=3,
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
    hints = [(added, ("La coordenada se reemplaza; no se le suma.", "The coordinate is replaced, not added to."))]
    close(student.traverse(z, dim, kind(values)), moved(z, dim, values), hints=hints)


@exercise("traverse", weight=1, es="z queda como estaba.", en="z stays as it was.")
def test_traverse_leaves_z(student):
    z = vectors(4, 7)[0]
    outcome = student.ask("traverse", z, 1, [9.0, 8.0], seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    if not torch.equal(outcome.inputs[0], z):
        raise Wrong("z cambió: hace falta una copia (clone, repeat).", "z changed: a copy is needed (clone, repeat).")


# latent_grid


def lattice(steps, limit):
    line = torch.linspace(-limit, limit, steps)
    return torch.stack([torch.stack([x, y]) for y in line.flip(0) for x in line])


@exercise(
    "latent_grid",
    weight=4,
    es="Fila a fila: x crece, y baja desde +limit.",
    en="Row by row: x grows, y falls from +limit.",
)
@pytest.mark.parametrize(("steps", "limit"), [(3, 2.0), (5, 1.5), (2, 3.0), (15, 2.0)])
def test_lattice(student, steps, limit):
    right = lattice(steps, limit)
    upside = torch.stack([right[:, 0], -right[:, 1]], dim=1)
    hints = [
        (upside, ("y debe bajar: la fila de arriba es +limit.", "y must fall: the top row is +limit.")),
        (right.flip(1), ("x y y están intercambiadas.", "x and y are swapped.")),
        (upside.flip(1), ("Los puntos van fila a fila: primero crece x.", "Points go row by row: x grows first.")),
    ]
    close(student.latent_grid(steps, limit), right, hints=hints)


@exercise(
    "latent_grid",
    weight=2,
    es="Son steps * steps puntos de dos coordenadas.",
    en="They are steps * steps points of two coordinates.",
)
@pytest.mark.parametrize("steps", [2, 4, 9])
def test_shape_of_the_lattice(student, steps):
    shape(
        student.latent_grid(steps),
        (steps * steps, 2),
        hints=[((steps, steps, 2), ("Falta aplanar la cuadrícula.", "The grid needs flattening."))],
    )


@exercise("latent_grid", weight=1, es="limit vale 2 si no se dice otro.", en="limit is 2 unless another is named.")
def test_default_limit(student):
    outcome = student.ask("latent_grid", 3, seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    close(outcome.value, lattice(3, 2.0))

"""Lesson 03: drawing z."""

import math

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
    leaf,
    near,
    number,
    reaches,
    seeded_by_torch,
    shape,
    slopes,
    squeezed,
    standard_normal,
    strided,
    tensors,
    toy_decoder,
    toy_encoder,
    unchanged,
    undisturbed,
    z_as_picture,
)

N, D = 2000, 8  # draws for statistics


BASIC = (
    "test_deviation",
    "test_mean",
    "test_noise_is_its_own",
    "test_noise_is_normal",
    "test_noise_is_fresh",
    "test_gradient_of_mu",
    "test_gradient_of_logvar",
    "test_shape_of_z",
)


NO_NOISE = "No hay ruido.", "There is no noise."


def drawn(student, mu, logvar, *more):
    z = squeezed(student.reparameterize(mu, logvar, *more), mu.shape)
    shape(z, mu.shape)
    return z


def eps_of(student, seed, *more):
    """What the student adds, in units of the deviation, for mu = 3 and a deviation of 2: (N, D)."""
    student.seed(seed)
    return (drawn(student, torch.full((N, D), 3.0), torch.full((N, D), 2 * math.log(2)), *more) - 3) / 2


def standard(eps):
    """The noise with mean 0 and deviation 1, whatever it had: those are checked for themselves."""
    if eps.std() < 1e-6:
        raise Wrong(*NO_NOISE)
    return (eps - eps.mean()) / eps.std()


def moment(eps, power):
    return (eps**power).mean().item()


@exercise(
    "reparameterize",
    weight=4,
    leaves=USELESS,
    needs=("test_noise_is_fresh", "test_noise_is_its_own"),
    es="La desviación de z es exp(logvar / 2).",
    en="The deviation of z is exp(logvar / 2).",
)
@pytest.mark.parametrize("logvar", [-4.0, 0.0, 2.0, 5.0])
def test_deviation(student, logvar):
    expect_deviation(student, logvar)


def expect_deviation(student, logvar, *more):
    student.seed(1)
    sd = drawn(student, torch.zeros(N, D), torch.full((N, D), logvar), *more).std().item()
    expected = math.exp(logvar / 2)
    known = [
        (math.exp(logvar), SAID.root_missing),
        (abs(logvar), SAID.logvar_as_deviation),
        (math.sqrt(abs(logvar)), SAID.logvar_as_variance),
    ]
    if abs(sd / expected - 1) < 0.028:  # five standard errors: 5 / sqrt(2 * 16,000)
        return
    for wrong, told in known:
        if abs(sd - wrong) < 0.03 * max(wrong, 1e-3):
            raise Wrong(*told)
    raise Wrong(
        f"Se esperaba una desviación de {expected:.3g} y llegó {sd:.3g}.",
        f"Expected a deviation of {expected:.3g}, got {sd:.3g}.",
    )


@exercise(
    "reparameterize",
    weight=2,
    leaves=USELESS,
    needs=("test_noise_is_normal", "test_noise_is_its_own"),
    es="La media de z es mu.",
    en="The mean of z is mu.",
)
def test_mean(student):
    expect_mean(student)


def expect_mean(student, *more):
    student.seed(2)
    mu = torch.linspace(-5, 5, D).expand(N, D).contiguous()
    mean = drawn(student, mu, torch.full((N, D), -2.0), *more).mean(dim=0)
    close(
        mean,
        mu[0],
        rtol=0,
        atol=6 * math.e / math.sqrt(N),  # even where the deviation is that of logvar = 2
        hints=[(torch.zeros(D), ("mu no llegó a z.", "mu did not reach z."))],
    )


@exercise(
    "reparameterize",
    weight=4,
    leaves=SLIP,
    needs=("test_noise_is_fresh",),
    es="Cada elemento recibe su propio ruido.",
    en="Each element gets noise of its own.",
)
def test_noise_is_its_own(student):
    expect_own_noise(student)


def expect_own_noise(student, *more):
    eps = eps_of(student, 3, *more)
    if near(eps, eps[:1].expand(N, D), 1e-3, 1e-4):
        raise Wrong(*SAID.noise_of_all_images)
    eps = standard(eps)
    if near(eps, eps[:, :1].expand(N, D), 1e-3, 1e-4):
        raise Wrong(*SAID.noise_of_all_dimensions)
    correlation = torch.corrcoef(eps.T) - torch.eye(D, dtype=eps.dtype)
    assert correlation.abs().max() < 6.5 / math.sqrt(N)
    neighbours = (eps[1:] * eps[:-1]).mean()
    assert abs(neighbours) < 6 / math.sqrt(N * D)


@exercise(
    "reparameterize",
    weight=4,
    leaves=SLIP,
    needs=("test_noise_is_fresh", "test_noise_is_its_own"),
    es="El ruido es normal.",
    en="The noise is normal.",
)
def test_noise_is_normal(student):
    expect_normal(torch.cat([eps_of(student, 4), eps_of(student, 5)]))


def expect_normal(raw):
    if raw.min() >= 0:
        raise Wrong(*SAID.noise_never_negative)
    eps = standard(raw)
    if not (eps.abs() > 2).any():
        raise Wrong(*SAID.noise_bounded)
    count = eps.numel()
    assert abs(moment(eps, 3)) < 5.5 * math.sqrt(15 / count)
    assert abs(moment(eps, 4) - 3) < 5.5 * math.sqrt(96 / count)
    share = (eps.abs() > 2).double().mean().item()
    expected = math.erfc(2 / math.sqrt(2))
    assert abs(share - expected) < 5.5 * math.sqrt(expected * (1 - expected) / count)


@exercise(
    "reparameterize",
    weight=2,
    leaves=USELESS,
    es="El ruido es nuevo en cada llamada.",
    en="The noise is drawn afresh in each call.",
)
def test_noise_is_fresh(student):
    mu, logvar = torch.ones(4, 3), torch.ones(4, 3)
    first, second = (drawn(student, mu, logvar) for _ in range(2))
    if near(first, mu, 0, 1e-6):
        raise Wrong(*SAID.no_noise)
    if near(first, second):
        raise Wrong(*(SAID.fixed_seed if (first - mu).std() > 1e-6 else NO_NOISE))


def gradient(student, mu, logvar, name, *more):
    """The outcome of a draw, of which one of the two is a leaf that a gradient reaches."""
    given = {"mu": mu, "logvar": logvar}
    leafy = [leaf(x, key) if key == name else x for key, x in given.items()]
    outcome = student.ask("reparameterize", *leafy, *more).ok()
    if outcome.gradients[name] is None or not outcome.gradients[name].any():
        raise Wrong(
            *SAID.gradient_cut.format(name=name), came=outcome.numpy or not isinstance(outcome.value, torch.Tensor)
        )
    return outcome


@exercise("reparameterize", weight=3, leaves=USELESS, es="El gradiente llega a mu.", en="The gradient reaches mu.")
@pytest.mark.parametrize("size", [(5, 3), (1, 1)])
def test_gradient_of_mu(student, size):
    expect_gradient_of_mu(student, size)


def expect_gradient_of_mu(student, size, *more):
    mu, logvar = torch.randn(size), torch.zeros(size)
    outcome = gradient(student, mu, logvar, "mu", *more)
    if not near(outcome.gradients["mu"], torch.ones(size)):
        slopes(student, "reparameterize", [mu, logvar, *more], {"mu": 0}, seed=3)


@exercise(
    "reparameterize",
    weight=3,
    leaves=USELESS,
    needs=("test_noise_is_fresh",),
    es="El gradiente llega a logvar: es (z - mu) / 2.",
    en="The gradient reaches logvar: it is (z - mu) / 2.",
)
@pytest.mark.parametrize("size", [(5, 3), (2, 1)])
def test_gradient_of_logvar(student, size):
    expect_gradient_of_logvar(student, size)


def expect_gradient_of_logvar(student, size, *more):
    mu, logvar = torch.randn(size), torch.randn(size)
    outcome = gradient(student, mu, logvar, "logvar", *more)
    if not near(outcome.gradients["logvar"], (squeezed(outcome.value, size) - mu) / 2, 1e-3, 1e-5):
        slopes(student, "reparameterize", [mu, logvar, *more], {"logvar": 1}, seed=3)


@exercise(
    "reparameterize",
    weight=1,
    needs=BASIC,
    es="Con un generador se cumple lo mismo: ruido normal y propio, la desviación, la media, los gradientes, la forma.",
    en="With a generator the same holds: normal noise of each its own, the deviation, mean, gradients and shape.",
)
def test_all_that_with_a_generator(student):
    more = (generator(1),)
    expect_own_noise(student, *more)
    expect_normal(torch.cat([eps_of(student, 4, *more), eps_of(student, 5, generator(5))]))
    expect_mean(student, *more)
    for logvar in (-4.0, 0.0, 2.0, 5.0):
        expect_deviation(student, logvar, *more)
    for size in ((1, 1), (3, 5), (4, 1)):
        expect_gradient_of_mu(student, size, *more)
        shape(student.reparameterize(torch.randn(size), torch.randn(size), *more), size)
    for size in ((5, 3), (2, 1)):
        expect_gradient_of_logvar(student, size, *more)


@exercise(
    "reparameterize",
    weight=1,
    needs=(*BASIC, "test_all_that_with_a_generator"),
    es="También hay ruido con torch.no_grad(), al evaluar y al generar.",
    en="There is noise under torch.no_grad() too, while evaluating and generating.",
)
@pytest.mark.parametrize("more", [(), (generator(2),)], ids=["global", "generator"])
def test_noise_without_gradients(student, more):
    zeros = torch.zeros(N, D)
    still = number(student.ask("reparameterize", zeros, zeros, *more, seed=SEED, gradients=False).ok().value)
    if abs(still.mean()) > 6 / math.sqrt(N * D) or abs(still.std() - 1) > 6 / math.sqrt(2 * N * D):
        raise Wrong(
            "Con torch.no_grad() el ruido falta o es otro.",
            "Under torch.no_grad() the noise is missing or another one.",
        )


@exercise(
    "reparameterize",
    weight=1,
    needs=("test_noise_is_fresh",),
    es="El generador decide el ruido.",
    en="The generator decides the noise.",
)
def test_generator(student):
    mu, logvar = torch.zeros(6, 4), torch.zeros(6, 4)
    one, again, other = (drawn(student, mu, logvar, generator(seed)) for seed in (1, 1, 2))
    decided_by(one, again, other, student.ask("reparameterize", mu, logvar, generator(3), seed=7).ok().random_moved)
    seeded_by_torch(student, lambda: student.reparameterize(mu, logvar))


@exercise("reparameterize", weight=1, leaves=SLIP, **SAID.shape_of_mu._asdict())
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (4, 1)])
def test_shape_of_z(student, size):
    shape(student.reparameterize(torch.randn(size), torch.randn(size)), size)


@exercise(
    "reparameterize",
    weight=1,
    needs=("test_noise_is_fresh", "test_gradient_of_mu"),
    es="Conserva el dtype; mu y logvar quedan como estaban.",
    en="The dtype stays; mu and logvar stay as they were.",
)
@pytest.mark.parametrize("more", [(), (generator(1),)], ids=["global", "generator"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_inputs_stay(student, dtype, more):
    mu, logvar = torch.randn(3, 5, dtype=dtype), torch.randn(3, 5, dtype=dtype)
    outcome = student.ask("reparameterize", strided(mu), strided(logvar), *more, seed=SEED).ok()
    unchanged(outcome, mu=mu, logvar=logvar)
    undisturbed(outcome)
    tensors(outcome)
    number(outcome.value)
    if getattr(outcome.value, "dtype", None) != dtype:
        raise Wrong(f"mu es {dtype} y z no.", f"mu is {dtype} and z is not.", came=True)


@exercise(
    "reparameterize",
    weight=1,
    needs=("test_deviation", "test_mean"),
    es="logvar muy chico o grande no da nan ni inf.",
    en="Very small or large logvar gives no nan or inf.",
)
def test_extreme_logvar(student):
    mu = torch.ones(50, 2)
    close(drawn(student, mu, torch.full((50, 2), -80.0)), mu, atol=1e-5)
    large = drawn(student, mu, torch.full((50, 2), 40.0))
    assert large.isfinite().all() and large.std() > math.exp(20) / 3


# sample_prior


@exercise("sample_prior", weight=3, es="Son n puntos de N(0, I).", en="They are n points from N(0, I).")
def test_prior_is_standard_normal(student):
    student.seed(6)
    z = number(student.sample_prior(N, D))
    shape(z, (N, D))
    if near(z, z[:1].expand(N, D)):
        raise Wrong("Todos los puntos son el mismo.", "All points are the same one.")
    if z.norm(dim=1).std() < 0.05:
        raise Wrong("Los puntos fueron normalizados.", "The points have been normalised.")
    standard_normal(z)


@exercise("sample_prior", weight=1, es="La forma es (n, latent_dim).", en="The shape is (n, latent_dim).")
@pytest.mark.parametrize(("n", "latent"), [(1, 1), (5, 2), (2, 128)])
def test_prior_shape(student, n, latent):
    shape(student.sample_prior(n, latent), (n, latent))


@exercise(
    "sample_prior",
    weight=1,
    es="Cada llamada da otros puntos; el generador los decide.",
    en="Each call gives other points; the generator decides them.",
)
def test_prior_is_fresh_and_seeded_by_the_generator(student):
    if near(number(student.sample_prior(4, 3)), number(student.sample_prior(4, 3))):
        raise Wrong("Sin generador salen siempre los mismos puntos.", "Without a generator the points never change.")
    one, again, other = (number(student.sample_prior(4, 3, generator(seed))) for seed in (1, 1, 2))
    outcome = student.ask("sample_prior", 4, 3, generator(3), seed=SEED).ok()
    decided_by(one, again, other, outcome.random_moved)
    undisturbed(outcome)
    tensors(outcome)
    seeded_by_torch(student, lambda: student.sample_prior(4, 3))
    assert number(student.ask("sample_prior", 4, 3, gradients=False).ok().value).any()


# VAE


X = torch.rand(6, 1, 4, 4, generator=chance(0))
DIM = 3  # of the toy encoder's z
FLAT = {"logvar.weight": torch.zeros(DIM, 8), "mu.weight": torch.zeros(DIM, 8)}  # whatever the picture


def vae_of(student, decoder, **biases):
    """(the student's VAE, its encoder, its decoder). biases: one number for all of mu or logvar, whatever x is."""
    encoder, decoder = student.make(toy_encoder()), student.make(decoder)
    for name, value in biases.items():
        encoder.set_parameters({f"{name}.weight": FLAT[f"{name}.weight"], f"{name}.bias": torch.full((DIM,), value)})
    vae = student.VAE(encoder, decoder)
    if not hasattr(vae, "get"):
        told = "VAE(encoder, decoder) debía dar un modelo.", "VAE(encoder, decoder) should give a model."
        raise Wrong(*told, came=True)
    vae.get("forward")
    return vae, encoder, decoder


def three(values):
    """What forward returned, in its order."""
    if not isinstance(values, (tuple, list)) or len(values) != 3:
        raise Wrong(*SAID.three_results, came=True)
    return values


def place_of_picture(values) -> int:
    """Where the decoder's picture is among what forward returned; its place is another check's matter."""
    values = values if isinstance(values, (tuple, list)) else [values]
    for k, value in enumerate(values):
        if isinstance(value, torch.Tensor) and value.ndim == 4:
            return k
    raise Wrong("forward no devuelve ninguna imagen del decoder.", "forward returns no picture of the decoder's.")


def picture(values):
    return number(values[place_of_picture(values)] if isinstance(values, (tuple, list)) else values)


def own_draw(student, mu, logvar, seed, *more, gradients=True):
    """What the student's own reparameterize makes of it, if there is one: its errors were paid for already."""
    given = {"seed": seed, "gradients": gradients, "backward": False, "aside": True}
    found = student.ask("reparameterize", mu, logvar, *more, **given)
    return None if found.fault or not isinstance(found.value, torch.Tensor) else found.value.double()


def is_own_draw(student, z, mu, logvar, seed, *more, gradients=True):
    own = own_draw(student, mu, logvar, seed, *more, gradients=gradients)
    return own is not None and near(z, own)


def expect_decoded_mu(student):
    """With clouds too narrow to matter the picture is the decoder's of mu."""
    vae, encoder, decoder = vae_of(student, toy_decoder(), logvar=-60.0)
    outcome, (mu, logvar) = vae.ask(X, seed=1, backward=False).ok(), encoder(X)
    if not torch.equal(outcome.inputs[0], X):
        raise Wrong("forward cambió las imágenes que recibe.", "forward changed the pictures that it is given.")
    found = picture(outcome.value)
    if near(found, number(decoder(mu))):
        return
    own = own_draw(student, mu, logvar, 1)
    if own is None or not near(found, number(decoder(own.float()))):
        raise Wrong("x_hat no es lo que el decoder hace de z.", "x_hat is not what the decoder makes of z.")


def expect_draw(student, *more):
    """z has the deviation exp(logvar / 2) around mu, with noise of each element's own."""
    vae, encoder, _ = vae_of(student, z_as_picture(), mu=3.0, logvar=2 * math.log(2))
    x = X[:1].expand(N, 1, 4, 4)
    z = picture(vae.ask(x, *more, seed=2, backward=False).ok().value).flatten(1)
    shape(z, (N, DIM))
    mu, logvar = encoder(x)
    if is_own_draw(student, z, mu, logvar, 2, *more):
        return
    eps = (z - 3) / 2
    if near(z, number(mu)):
        raise Wrong(*SAID.decoder_given_mu)
    if near(eps, eps[:1].expand_as(eps)) or near(eps, eps[:, :1].expand_as(eps)):
        raise Wrong("El ruido se repite: cada número lleva el suyo.", "The noise repeats: each number has its own.")
    if abs(eps.mean()) > 6 / math.sqrt(eps.numel()) or abs(eps.std() - 1) > 0.05:
        raise Wrong(
            f"Con mu = 3 y sigma = 2, z tiene media {z.mean():.2f} y desviación {z.std():.2f}.",
            f"With mu = 3 and sigma = 2, z has mean {z.mean():.2f} and deviation {z.std():.2f}.",
        )


def expect_fresh_draws(student, training=True, gradients=True):
    """Two calls give two pictures."""
    vae, encoder, _ = vae_of(student, z_as_picture(), logvar=0.0)
    vae.train(training)
    calls = [vae.ask(X, seed=seed, backward=False, gradients=gradients).ok() for seed in (4, 5)]
    first, second = (picture(outcome.value) for outcome in calls)
    mu, logvar = encoder(X)
    if near(first, second) and not is_own_draw(student, first.flatten(1), mu, logvar, 4, gradients=gradients):
        raise Wrong(*SAID.same_z_twice)


def expect_mu_and_logvar(student):
    """The KL needs both, with their graph; their order is another check's matter."""
    vae, encoder, _ = vae_of(student, toy_decoder())
    outcome = vae.ask(X, backward=False).ok()
    values = outcome.value if isinstance(outcome.value, (tuple, list)) else [outcome.value]
    grads = outcome.requires_grad if isinstance(outcome.requires_grad, list) else [outcome.requires_grad]
    mu, logvar = (number(part) for part in encoder(X))
    std = logvar.div(2).exp()
    for name, right in (("mu", mu), ("logvar", logvar)):
        there = [k for k, value in enumerate(values) if near(number(value), right)]
        if not there and name == "logvar":
            for wrong, es, en in ((std, "sigma", "sigma"), (std**2, "la varianza", "the variance")):
                if any(near(number(value), wrong) for value in values):
                    raise Wrong(f"Llegó {es} en lugar de logvar.", f"{en} came instead of logvar.".capitalize())
        if not there:
            raise Wrong(f"forward no devuelve {name}.", f"forward does not return {name}.")
        if not any(grads[k] for k in there):
            raise Wrong(*SAID.part_without_gradient.format(name=name))


def expect_gradients(student, *more):
    """The picture's gradient reaches both heads, and so the pixels that each of them sees."""
    vae, encoder, _ = vae_of(student, z_as_picture())
    place = place_of_picture(vae(X))
    part = place if isinstance(vae(X), (tuple, list)) else None
    outcome = vae.ask(leaf(X, "x"), *more, backward_of=part, seed=3).ok()
    found = outcome.gradients["x"]
    mu, logvar = encoder(X)
    own = student.ask("reparameterize", leaf(mu, "mu"), leaf(logvar, "logvar"), *more, seed=3, aside=True)
    for name, rows in (("mu", slice(0, 2)), ("logvar", slice(2, 4))):
        if own.fault is None and (own.gradients[name] is None or not own.gradients[name].any()):
            continue
        if found is None or not found[:, :, rows].any():
            raise Wrong(*SAID.encoder_not_reached.format(name=name))


def expect_parts(student):
    """What an optimizer is given: the parameters of both parts."""
    vae, encoder, decoder = vae_of(student, toy_decoder())
    there = list(vae.parameters().values())
    for part, name in ((encoder, "encoder"), (decoder, "decoder")):
        if not all(any(near(one, other, 0, 0) for other in there) for one in part.parameters().values()):
            raise Wrong(*SAID.part_without_parameters.format(name=name))


@exercise(
    "VAE",
    weight=5,
    leaves=USELESS,
    es="forward decodifica un sorteo de la nube de cada imagen, nuevo en cada llamada.",
    en="forward decodes a draw from each picture's cloud, a fresh one in each call.",
)
def test_a_vae_decodes_a_draw(student):
    expect_decoded_mu(student)
    expect_draw(student)
    expect_fresh_draws(student)


@exercise(
    "VAE",
    weight=4,
    leaves=USELESS,
    needs=("test_a_vae_decodes_a_draw",),
    es="El gradiente de la imagen llega al encoder por mu y por logvar.",
    en="The picture's gradient reaches the encoder through mu and through logvar.",
)
def test_the_picture_teaches_the_encoder(student):
    expect_gradients(student)


@exercise(
    "VAE",
    weight=3,
    leaves=USELESS,
    es="mu y logvar vuelven tal como las da el encoder, con su gradiente.",
    en="mu and logvar come back as the encoder gives them, with their gradient.",
)
def test_mu_and_logvar_come_back(student):
    expect_mu_and_logvar(student)


@exercise(
    "VAE",
    weight=3,
    leaves=USELESS,
    es="parameters() incluye los pesos del encoder y del decoder.",
    en="parameters() has the weights of encoder and decoder.",
)
def test_both_parts_are_the_models(student):
    expect_parts(student)


@exercise(
    "VAE",
    weight=3,
    leaves=SLIP,
    needs=("test_mu_and_logvar_come_back",),
    es="forward devuelve x_hat, mu y logvar, en ese orden.",
    en="forward returns x_hat, mu and logvar, in that order.",
)
def test_what_forward_returns(student):
    vae, encoder, _ = vae_of(student, toy_decoder())
    values, (mu, logvar) = three(vae(X)), encoder(X)
    shapes = [tuple(number(value).shape) for value in values]
    if shapes != [(6, 1, 4, 4), (6, DIM), (6, DIM)]:
        raise Wrong(
            f"Se esperaban las formas de x_hat, mu y logvar y llegaron {shapes}.",
            f"Expected the shapes of x_hat, mu and logvar, got {shapes}.",
        )
    if near(number(values[1]), number(logvar)) and near(number(values[2]), number(mu)):
        raise Wrong("mu y logvar llegaron cambiadas.", "mu and logvar came swapped.")


@exercise(
    "VAE",
    weight=2,
    es="encode da (mu, logvar) y decode la imagen, como el encoder y el decoder.",
    en="encode gives (mu, logvar) and decode the picture, as encoder and decoder do.",
)
def test_encode_and_decode(student):
    vae, encoder, decoder = vae_of(student, toy_decoder())
    found = vae.call("encode", X)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise Wrong("encode devuelve un par, (mu, logvar).", "encode returns a pair, (mu, logvar).")
    for one, right in zip(found, encoder(X), strict=True):
        close(one, number(right))
    z = torch.linspace(-1, 1, 4 * DIM).view(4, DIM)
    close(vae.call("decode", z), number(decoder(z)))
    reaches(vae.ask(leaf(z, "z"), method="decode").ok(), "z")


@exercise(
    "VAE",
    weight=1,
    needs=("test_a_vae_decodes_a_draw",),
    es="También sortea en modo eval y con torch.no_grad().",
    en="It draws in eval mode and under torch.no_grad() too.",
)
@pytest.mark.parametrize("gradients", [True, False])
def test_eval_mode_draws(student, gradients):
    expect_fresh_draws(student, training=False, gradients=gradients)


@exercise(
    "VAE",
    weight=1,
    needs=("test_a_vae_decodes_a_draw",),
    es="El generador decide el sorteo; x queda como estaba.",
    en="The generator decides the draw; x stays as it was.",
)
@pytest.mark.parametrize("named", [True, False])
def test_generator_of_forward(student, named):
    vae, encoder, _ = vae_of(student, z_as_picture(), logvar=0.0)
    mu, logvar = encoder(X)

    def drawn_with(seed):
        given = {"generator": generator(seed)} if named else {}
        outcome = vae.ask(X, *([] if named else [generator(seed)]), seed=7, backward=False, **given).ok()
        assert torch.equal(outcome.inputs[0], X)
        return picture(outcome.value), outcome.random_moved

    one, moved = drawn_with(1)
    own = student.ask("reparameterize", mu, logvar, generator(1), seed=7, backward=False, aside=True)
    if own.fault is None and near(one.flatten(1), number(own.value)):
        return
    if moved or not near(one, drawn_with(1)[0]) or near(one, drawn_with(2)[0]):
        raise Wrong(*SAID.generator_not_passed_on)


@exercise(
    "VAE",
    weight=1,
    needs=(
        "test_a_vae_decodes_a_draw",
        "test_the_picture_teaches_the_encoder",
        "test_generator_of_forward",
        "test_what_forward_returns",
    ),
    es="Con un generador el sorteo sale de la misma nube, y mu y logvar quedan como estaban.",
    en="With a generator the draw is from the same cloud, and mu and logvar stay as they were.",
)
def test_a_draw_from_a_generator(student):
    expect_draw(student, generator(2))
    expect_gradients(student, generator(3))
    vae, encoder, _ = vae_of(student, z_as_picture())
    outcome = vae.ask(X, generator(1), seed=SEED, backward=False).ok()
    tensors(outcome)
    for one, right in zip(three(outcome.value)[1:], encoder(X), strict=True):
        close(one, number(right))


@exercise(
    "VAE",
    weight=1,
    needs=("test_a_vae_decodes_a_draw", "test_the_picture_teaches_the_encoder", "test_encode_and_decode"),
    es="Los ajustes de torch quedan como estaban; sin generador, el azar es el global.",
    en="torch's settings stay as they were; without a generator chance is the global one.",
)
def test_a_vae_leaves_torch_alone(student):
    vae, encoder, decoder = vae_of(student, z_as_picture(), logvar=0.0)
    undisturbed(student.ask("VAE", encoder, decoder, seed=SEED).ok())
    mu, logvar = encoder(X)
    own = student.ask("reparameterize", mu, logvar, seed=SEED, backward=False, aside=True)
    undisturbed(vae.ask(X, seed=SEED, backward=False).ok(), *own.changed)
    for method, given in (("encode", X), ("decode", mu)):
        outcome = vae.ask(given, method=method, seed=SEED).ok()
        undisturbed(outcome)
        tensors(outcome)
    one, again = (own_draw(student, mu, logvar, 5) for _ in range(2))
    if one is None or near(one, again):  # else the student's own reparameterize has chance of its own
        seeded_by_torch(student, lambda: picture(vae(X)))

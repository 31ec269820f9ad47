"""Visible checks of lesson 03."""

import math

import torch
from torch import nn

from . import Hint, expect, expect_module, expect_shape

N, D = 2000, 4


def reparameterize(student_reparameterize):
    """Shape, deviation, own normal noise for each element, gradients, generator, inputs."""
    z = student_reparameterize(torch.full((N, D), 3.0), torch.full((N, D), 2.0))
    expect_shape(z, (N, D), es="z tiene la forma de mu", en="z has the shape of mu")
    moved = z.detach() - 3
    if not moved.any():
        raise Hint(es="z es igual a mu: falta sumar std * eps.", en="z equals mu: std * eps is missing.")
    if torch.equal(z, student_reparameterize(torch.full((N, D), 3.0), torch.full((N, D), 2.0))):
        raise Hint(
            es="dos llamadas dan el mismo z: falta el ruido, eps, o hay una semilla fija adentro.",
            en="two calls give the same z: the noise, eps, is missing, or there is a fixed seed inside.",
        )
    _own(moved)
    _width(moved)
    _normal(moved / math.e)
    _inputs_stay(student_reparameterize)
    _own_width(student_reparameterize)
    _gradients(student_reparameterize)
    _chance(student_reparameterize)


def _width(moved):
    """z - mu for logvar = 2: its deviation is e."""
    found = moved.std().item()
    if abs(moved.mean().item() + 1) < 0.3 and abs(found / math.exp(1.5) - 1) < 0.04:
        raise Hint(
            es="mu y logvar están intercambiadas: z es mu + exp(logvar / 2) * eps.",
            en="mu and logvar are swapped: z is mu + exp(logvar / 2) * eps.",
        )
    if abs(moved.mean().item()) > 0.5 and moved.min() < 0 < moved.max() and not _flat(moved):
        raise Hint(
            es="con mu = 3, la media de z debería ser 3: revisar cómo entra mu.",
            en="with mu = 3 the mean of z should be 3: look at how mu enters.",
        )
    root = "exp(logvar) es la varianza; falta la raíz.", "exp(logvar) is the variance; its root is missing."
    variance = "logvar se usó como varianza; es su logaritmo.", "logvar was used as the variance; it is its logarithm."
    known = [
        (math.exp(2), *root),
        (2.0, "logvar se usó como desviación estándar.", "logvar was used as the standard deviation."),
        (math.sqrt(2), *variance),
        (1.0, "std no multiplica a eps.", "std does not multiply eps."),
        (math.exp(-1), "std es exp(logvar / 2), sin signo menos.", "std is exp(logvar / 2), without a minus."),
        (math.exp(4), "std es exp(logvar / 2): la mitad, no el doble.", "std is exp(logvar / 2): half, not double."),
    ]
    for wrong, es, en in known:
        if abs(found / wrong - 1) < 0.04 and not _flat(moved):
            raise Hint(
                es=f"con logvar = 2 la desviación de z debería ser 2.72 y es {found:.2f}: {es}",
                en=f"with logvar = 2 the deviation of z should be 2.72, it is {found:.2f}: {en}",
            )


def _flat(eps) -> bool:
    """Bounded noise: uniform or of two values, however wide."""
    return bool((eps.abs() <= 2 * eps.std()).all()) and eps.numel() > 1000


def _own(eps):
    if torch.allclose(eps, eps[:1].expand_as(eps), atol=1e-4):
        raise Hint(
            es="todas las imágenes comparten el mismo ruido: eps necesita la forma de mu.",
            en="all images share the same noise: eps needs the shape of mu.",
        )
    if torch.allclose(eps, eps[:, :1].expand_as(eps), atol=1e-4):
        raise Hint(
            es="todas las dimensiones de una imagen comparten el mismo ruido: eps necesita la forma de mu.",
            en="all dimensions of an image share the same noise: eps needs the shape of mu.",
        )


def _normal(eps):
    if eps.min() >= -1e-6:
        raise Hint(
            es="el ruido nunca es negativo; debe ser normal (randn).",
            en="the noise is never negative; it must be normal (randn).",
        )
    if _flat(eps):
        raise Hint(
            es=f"en {eps.numel()} sorteos ningún |eps| supera 2: el ruido debe ser normal (randn, no rand).",
            en=f"in {eps.numel()} draws no |eps| exceeds 2: the noise must be normal (randn, not rand).",
        )
    if abs(eps.std().item() - 1) > 0.08:
        raise Hint(
            es=f"con logvar = 2 la desviación de z debería ser 2.72 y es {math.e * eps.std().item():.2f}.",
            en=f"with logvar = 2 the deviation of z should be 2.72, it is {math.e * eps.std().item():.2f}.",
        )
    if (eps**4).mean() > 4.5:
        raise Hint(
            es="el ruido tiene demasiados valores extremos para ser normal (randn).",
            en="the noise has too many extreme values to be normal (randn).",
        )


def _own_width(student_reparameterize):
    """Each element has a deviation of its own: tiny in the first row and column, large elsewhere. Dtype stays."""
    logvar = torch.full((4, 3), 8.0, dtype=torch.float64)
    logvar[0], logvar[:, 0] = -40.0, -40.0
    z = student_reparameterize(torch.zeros_like(logvar), logvar)
    if z.dtype != torch.float64:
        raise Hint(
            es=f"mu era float64 y z llegó como {z.dtype}: conviene dar a eps el dtype de mu.",
            en=f"mu was float64 and z came as {z.dtype}: give eps the dtype of mu.",
        )
    small = z[logvar == -40].abs().max().item()
    if small > 1e-3:
        raise Hint(
            es=f"con logvar = -40 z debería pegarse a mu y se aleja {small:.2g}: cada elemento usa su propio logvar.",
            en=f"with logvar = -40 z should stick to mu, it strays by {small:.2g}: each element uses its own logvar.",
        )
    if z[logvar == 8].abs().max() < 1e-3:
        raise Hint(
            es="con logvar = 8 z casi no se mueve: cada elemento usa su propio logvar.",
            en="with logvar = 8 z hardly moves: each element uses its own logvar.",
        )


def _inputs_stay(student_reparameterize):
    mu, logvar = torch.zeros(3, 2), torch.full((3, 2), 0.5)
    student_reparameterize(mu, logvar)
    if mu.any() or not (logvar == 0.5).all():
        raise Hint(
            es="mu o logvar cambiaron: no deben modificarse.", en="mu or logvar changed: they must stay as they were."
        )


def _gradients(student_reparameterize):
    for generator in (None, torch.Generator().manual_seed(3)):
        mu, logvar = (torch.tensor([[0.5, -1.0], [2.0, 0.0]]).requires_grad_() for _ in range(2))
        z = student_reparameterize(mu, logvar, **({"generator": generator} if generator else {}))
        for name, leaf in (("mu", mu), ("logvar", logvar)):
            if not _reaches(z, leaf):
                raise Hint(
                    es=f"el muestreo corta el gradiente: no llega a {name}.",
                    en=f"sampling cuts the gradient: it does not reach {name}.",
                )


def _reaches(z, leaf) -> bool:
    if not z.requires_grad:
        return False
    gradient = torch.autograd.grad(z.sum(), leaf, retain_graph=True, allow_unused=True)[0]
    return gradient is not None and bool(gradient.any())


def _chance(student_reparameterize):
    """Fresh noise in each call; a generator decides it."""
    mu, logvar = torch.zeros(3, 2), torch.full((3, 2), 0.5)
    if torch.equal(student_reparameterize(mu, logvar), student_reparameterize(mu, logvar)):
        raise Hint(
            es="dos llamadas dan el mismo ruido: ¿hay una semilla fija adentro?",
            en="two calls give the same noise: is there a fixed seed inside?",
        )
    draws = [student_reparameterize(mu, logvar, generator=torch.Generator().manual_seed(5)) for _ in range(2)]
    if not torch.equal(*draws):
        raise Hint(
            es="el mismo generador dio otro ruido: falta pasar `generator` al sorteo.",
            en="the same generator gave other noise: pass `generator` on to the draw.",
        )
    before = torch.get_rng_state()
    student_reparameterize(mu, logvar, generator=torch.Generator().manual_seed(6))
    if not torch.equal(before, torch.get_rng_state()):
        raise Hint(
            es="con un generador dado, el azar global de torch no debería moverse: ¿hay un `manual_seed` adentro?",
            en="given a generator, torch's global chance should not move: is there a `manual_seed` inside?",
        )


def sample_prior(student_prior):
    """Shape, normal noise of its own for each element, generator."""
    expect_shape(student_prior(5, 3), (5, 3), es="una fila por punto", en="one row for each point")
    _standard(student_prior(N, D))
    first, again = (student_prior(4, 3, generator=torch.Generator().manual_seed(5)) for _ in range(2))
    if not torch.equal(first, again):
        raise Hint(
            es="el mismo generador dio otros puntos: falta pasar `generator` al sorteo.",
            en="the same generator gave other points: pass `generator` on to the draw.",
        )
    if torch.equal(student_prior(4, 3), student_prior(4, 3)):
        raise Hint(
            es="dos llamadas dan los mismos puntos: ¿hay una semilla fija adentro?",
            en="two calls give the same points: is there a fixed seed inside?",
        )


def _standard(z):
    if torch.equal(z, z[:1].expand_as(z)) or torch.equal(z, z[:, :1].expand_as(z)):
        raise Hint(
            es="hay números repetidos: cada uno de los n * latent_dim se sortea aparte.",
            en="numbers repeat: each of the n * latent_dim is drawn on its own.",
        )
    if z.norm(dim=1).std() < 0.05:
        raise Hint(
            es="todos los puntos están a la misma distancia del centro: no hay que normalizarlos.",
            en="all points lie at the same distance from the centre: they are not to be normalised.",
        )
    if z.std() > 0.2 and z.abs().max() <= 1:
        raise Hint(
            es="los puntos son uniformes; deben ser normales (randn).",
            en="the points are uniform; they must be normal (randn).",
        )
    mean, std = z.mean().item(), z.std().item()
    if abs(mean) > 0.1 or abs(std - 1) > 0.1:
        raise Hint(
            es=f"se esperaba media 0 y desviación 1; llegaron {mean:.2f} y {std:.2f}.",
            en=f"expected mean 0 and deviation 1, got {mean:.2f} and {std:.2f}.",
        )


class TwoHalves(nn.Module):
    """An encoder of x (N, 1, 2, 2): mu is the upper row, logvar the lower, each times a weight that begins at 1."""

    def __init__(self):
        super().__init__()
        self.mu, self.logvar = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))

    def forward(self, x):
        return self.mu * x[:, 0, 0], self.logvar * x[:, 0, 1]


class Shown(nn.Module):
    """A decoder whose picture (N, 1, 1, 2) is z itself, times a weight that begins at 1."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))

    def forward(self, z):
        return (self.weight * z)[:, None, None]


def VAE(student_vae):
    """Three results in order, a draw of its own for each number, gradients and parameters, methods, generator."""
    encoder, decoder = TwoHalves(), Shown()
    vae = student_vae(encoder, decoder)
    expect_module(vae, "VAE")
    x = torch.tensor([[[[3.0, -1.0], [2.0, 2.0]]]]).expand(N, 1, 2, 2)
    _methods(vae, encoder, decoder, x[:3])
    _three(vae(x), *encoder(x))
    _drawn(vae, x)
    _trainable(vae, encoder, decoder, x[:3])
    _chosen(vae, x[:3])


def _three(found, mu, logvar):
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        expect(found, es="que forward devolviera (x_hat, mu, logvar)", en="forward to return (x_hat, mu, logvar)")
    expect_shape(found[0], (N, 1, 1, 2), es="primero va x_hat, lo que da el decoder", en="x_hat comes first")
    for name, part, right in (("mu", found[1], mu), ("logvar", found[2], logvar)):
        if part.shape != right.shape or not torch.allclose(part, right):
            there, here = ([round(value, 2) for value in one[0].tolist()] for one in (right, part))
            raise Hint(
                es=f"{name} no es la del encoder: llegó {here} y era {there}.",
                en=f"{name} is not the encoder's: {here} came and it was {there}.",
            )
        if not part.requires_grad:
            raise Hint(
                es=f"{name} llegó sin gradiente: la KL no podría enseñarle nada al encoder.",
                en=f"{name} came without a gradient: the KL could teach the encoder nothing.",
            )


def _drawn(vae, x):
    """z - mu for logvar = 2: its deviation is e, in each number apart; in eval mode too."""
    z = vae(x)[0].detach().flatten(1)
    moved = z - torch.tensor([3.0, -1.0])
    if not moved.any():
        raise Hint(es="el decoder recibió mu: falta sortear z.", en="the decoder was given mu: draw z first.")
    _own(moved)
    if abs(moved.mean(dim=0) - torch.tensor([-1.0, 3.0])).max() < 0.3:
        raise Hint(
            es="el sorteo recibió mu y logvar intercambiadas: reparameterize(mu, logvar, generator).",
            en="the draw was given mu and logvar swapped: reparameterize(mu, logvar, generator).",
        )
    if abs(moved.mean().item()) > 0.3 or abs(moved.std().item() / math.e - 1) > 0.08:
        raise Hint(
            es=f"con mu = (3, -1) y logvar = 2, z debería tener media (3, -1) y desviación 2.72; tuvo "
            f"({z[:, 0].mean():.2f}, {z[:, 1].mean():.2f}) y {moved.std():.2f}: ¿pasa reparameterize su revisión?",
            en=f"with mu = (3, -1) and logvar = 2, z should have mean (3, -1) and deviation 2.72; it had "
            f"({z[:, 0].mean():.2f}, {z[:, 1].mean():.2f}) and {moved.std():.2f}: does reparameterize pass its check?",
        )
    _normal(moved / math.e)
    for mode in (True, False):
        vae.train(mode)
        if torch.equal(vae(x)[0], vae(x)[0]):
            raise Hint(
                es="dos llamadas dieron el mismo z: se sortea cada vez, también en modo eval.",
                en="two calls gave the same z: draw every time, in eval mode too.",
            )
    vae.train()


def _trainable(vae, encoder, decoder, x):
    parameters = {id(parameter) for parameter in vae.parameters()}
    for part, name in ((encoder, "encoder"), (decoder, "decoder")):
        if not all(id(parameter) in parameters for parameter in part.parameters()):
            raise Hint(
                es=f"parameters() no incluye los del {name}: se guarda como atributo, self.{name} = {name}.",
                en=f"parameters() lacks those of the {name}: keep it as an attribute, self.{name} = {name}.",
            )
    picture = vae(x)[0]
    for leaf, es, en in (
        (decoder.weight, "al decoder", "the decoder"),
        (encoder.mu, "al encoder a través de mu", "the encoder through mu"),
        (encoder.logvar, "al encoder a través de logvar", "the encoder through logvar"),
    ):
        if not _reaches(picture, leaf):
            raise Hint(
                es=f"el gradiente de la imagen no llega {es}: ¿hay un detach, un no_grad o un sample?",
                en=f"the picture's gradient does not reach {en}: is there a detach, a no_grad or a sample?",
            )


def _methods(vae, encoder, decoder, x):
    for name, given, right in (("encode", x, encoder(x)), ("decode", x[:, 0, 0], decoder(x[:, 0, 0]))):
        if not hasattr(vae, name):
            raise Hint(es=f"falta el método {name}.", en=f"the method {name} is missing.")
        came = getattr(vae, name)(given)
        if came is None:
            raise Hint(es=f"{name} no devuelve nada: falta return.", en=f"{name} returns nothing: return is missing.")
        found, right = ([*part] if isinstance(part, (tuple, list)) else [part] for part in (came, right))
        if len(found) != len(right) or not all(
            torch.equal(one, other) for one, other in zip(found, right, strict=True)
        ):
            part = {"encode": "encoder", "decode": "decoder"}[name]
            raise Hint(
                es=f"{name} debe devolver lo que da el {part}, tal cual.",
                en=f"{name} should return what the {part} gives, as it is.",
            )


def _chosen(vae, x):
    draws = [vae(x, torch.Generator().manual_seed(seed))[0] for seed in (5, 5, 6)]
    if not torch.equal(*draws[:2]) or torch.equal(*draws[1:]):
        raise Hint(
            es="el generador no decide el sorteo: forward debe pasarlo a reparameterize.",
            en="the generator does not decide the draw: forward has to pass it on to reparameterize.",
        )

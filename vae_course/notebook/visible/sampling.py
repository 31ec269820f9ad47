"""Visible checks of lesson 03."""

import math

import torch
from torch import nn

from ...sentences import SAID
from ...text import Both
from . import Hint, came, expect_module, expect_shape

N, D = 2000, 4
STEADY = Both(
    es="z no cambia de una llamada a otra ni de un elemento a otro: falta el ruido, eps.",
    en="z changes neither from call to call nor from element to element: the noise, eps, is missing.",
)


def reparameterize(student_reparameterize):
    """Shape, deviation, own normal noise for each element, gradients, generator, inputs."""
    z = student_reparameterize(torch.full((N, D), 3.0), torch.full((N, D), 2.0))
    expect_shape(z, (N, D), **SAID.shape_of_mu._asdict())
    moved = z.detach() - 3
    if not moved.any():
        raise Hint(*SAID.no_noise)
    if torch.equal(z, student_reparameterize(torch.full((N, D), 3.0), torch.full((N, D), 2.0))):
        raise Hint(*SAID.fixed_seed if moved.std() > 1e-3 else STEADY)
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
    known = [
        (math.exp(2), SAID.root_missing),
        (2.0, SAID.logvar_as_deviation),
        (math.sqrt(2), SAID.logvar_as_variance),
        (1.0, Both(es="std no multiplica a eps.", en="std does not multiply eps.")),
        (
            math.exp(-1),
            Both(es="std es exp(logvar / 2), sin el menos.", en="std is exp(logvar / 2), without a minus."),
        ),
        (math.exp(4), Both(es="std es exp(logvar / 2), la mitad.", en="std is exp(logvar / 2), half of it.")),
    ]
    for wrong, why in known:
        if abs(found / wrong - 1) < 0.04 and not _flat(moved):
            raise Hint(
                es=f"con logvar = 2 la desviación de z debería ser 2.72 y es {found:.2f}: {why.es}",
                en=f"with logvar = 2 the deviation of z should be 2.72, it is {found:.2f}: {why.en}",
            )


def _flat(eps) -> bool:
    """Bounded noise: uniform or of two values, however wide."""
    return bool((eps.abs() <= 2 * eps.std()).all()) and eps.numel() > 1000


def _own(eps):
    if torch.allclose(eps, eps[:1].expand_as(eps), atol=1e-4):
        raise Hint(*SAID.noise_of_all_images)
    if torch.allclose(eps, eps[:, :1].expand_as(eps), atol=1e-4):
        raise Hint(*SAID.noise_of_all_dimensions)


def _normal(eps):
    if eps.min() >= -1e-6:
        raise Hint(*SAID.noise_never_negative)
    if _flat(eps):
        raise Hint(*SAID.noise_bounded)
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
                raise Hint(*SAID.gradient_cut.format(name=name))


def _reaches(z, leaf) -> bool:
    if not z.requires_grad:
        return False
    gradient = torch.autograd.grad(z.sum(), leaf, retain_graph=True, allow_unused=True)[0]
    return gradient is not None and bool(gradient.any())


def _chance(student_reparameterize):
    """Fresh noise in each call; a generator decides it."""
    mu, logvar = torch.zeros(3, 2), torch.full((3, 2), 0.5)
    if torch.equal(student_reparameterize(mu, logvar), student_reparameterize(mu, logvar)):
        raise Hint(*SAID.fixed_seed)
    draws = [student_reparameterize(mu, logvar, generator=torch.Generator().manual_seed(5)) for _ in range(2)]
    if not torch.equal(*draws):
        raise Hint(*SAID.generator_unused)
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
        raise Hint(*SAID.uniform_noise)
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
        raise came(found, SAID.three_results)
    expect_shape(found[0], (N, 1, 1, 2), es="primero va x_hat, lo que da el decoder", en="x_hat comes first")
    for name, part, right in (("mu", found[1], mu), ("logvar", found[2], logvar)):
        if part.shape != right.shape or not torch.allclose(part, right):
            there, here = ([round(value, 2) for value in one[0].tolist()] for one in (right, part))
            raise Hint(
                es=f"{name} no es la del encoder: llegó {here} y era {there}.",
                en=f"{name} is not the encoder's: {here} came and it was {there}.",
            )
        if not part.requires_grad:
            raise Hint(*SAID.part_without_gradient.format(name=name))


def _drawn(vae, x):
    """z - mu for logvar = 2: its deviation is e, in each number apart; in eval mode too."""
    z = vae(x)[0].detach().flatten(1)
    moved = z - torch.tensor([3.0, -1.0])
    if not moved.any():
        raise Hint(*SAID.decoder_given_mu)
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
            raise Hint(*SAID.same_z_twice)
    vae.train()


def _trainable(vae, encoder, decoder, x):
    parameters = {id(parameter) for parameter in vae.parameters()}
    for part, name in ((encoder, "encoder"), (decoder, "decoder")):
        if not all(id(parameter) in parameters for parameter in part.parameters()):
            raise Hint(*SAID.part_without_parameters.format(name=name))
    picture = vae(x)[0]
    if not _reaches(picture, decoder.weight):
        raise Hint(
            es="el gradiente de la imagen no llega al decoder: ¿hay un detach o un no_grad?",
            en="the picture's gradient does not reach the decoder: is there a detach or a no_grad?",
        )
    for name, leaf in (("mu", encoder.mu), ("logvar", encoder.logvar)):
        if not _reaches(picture, leaf):
            raise Hint(*SAID.encoder_not_reached.format(name=name))


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
        raise Hint(*SAID.generator_not_passed_on)

"""How good samples are, whether they are copies, and a tighter bound: what `evaluate --full` adds."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from .. import data
from ..evaluation import frechet_distance, importance_weighted_bound
from ..faces import draw_gaussian, fit_latent_gaussian
from ..flow import Flow
from ..images import to_unit_range
from ..loss import bce, log_normal, mse
from ..presets import Preset
from ..sampling import VAE, reparameterize, sample_prior
from ..training import inference, prefixed
from . import features
from .measure import encode_all

COMPONENTS = 64  # of the pixels
LEARNT_FROM = 3000  # pictures at most, where they have more pixels than that
SAMPLES = 5000  # from each distribution
CLOSE, NEIGHBOURS = 2000, 3  # at most so many pictures on each side of precision and recall; their k
FEWEST = NEIGHBOURS + 1  # held-back pictures
DRAWS, BOUND_OF = 1000, 50  # z a picture, pictures
TOGETHER = 50  # pictures through the networks: as few take two thirds of the time of 500
LIKELIHOODS = ("bce", "gaussian")  # the losses that are one, so that there is a bound

Features = Callable[[Tensor], Tensor]  # pictures (N, C, H, W) in [0, 1] -> (N, F)


def judge_samples(
    model: VAE, images: data.ImageSet, preset: Preset, part: Tensor, flow: Flow | None = None, seed: int = 0
) -> dict[str, float]:
    """The figures of a model's samples beside the held-back pictures of `part`, by each kind of features there is.

    JUDGE_frechet_ORIGIN: squared Frechet distance; codes come from N(0, I) (prior), the Gaussian fitted to the training
    pictures' codes (gaussian), the flow if one is given, and the held-back pictures' own posteriors (floor: the
    decoder's own). JUDGE_precision, JUDGE_recall, JUDGE_copies: of the Gaussian's samples. elbo, bound: `bounds` of the
    first BOUND_OF pictures; only for a loss that is a likelihood.
    """
    generator = torch.Generator().manual_seed(seed)
    learnt, held_back = images.images[images.learnt(preset.training.refit)], images.images[part]
    mu, logvar = encode_all(model, held_back)
    gaussian = fit_latent_gaussian(*encode_all(model, learnt))
    codes = {
        "prior": sample_prior(SAMPLES, model.latent_dim, generator),
        "gaussian": draw_gaussian(*gaussian, SAMPLES, generator),
        **({} if flow is None else {"flow": flow.draw(SAMPLES, generator)}),
        "floor": reparameterize(mu, logvar, generator),
    }
    found: dict[str, float] = {}
    with inference(model):
        of = dict(judges(preset.data.source, learnt[: len(images.train)]))  # the same for all models of a set
        seen, real = (by_judge(of, to_unit_range, pictures) for pictures in (learnt, held_back))
        drawn = {origin: by_judge(of, model.decode, z) for origin, z in codes.items()}
        for judge in of:
            samples = {origin: found_in[judge] for origin, found_in in drawn.items()}
            found |= prefixed(judge, told(seen[judge], real[judge], samples))
        if (kind := preset.training.loss) in LIKELIHOODS:
            some = to_unit_range(held_back[:BOUND_OF]), mu[:BOUND_OF], logvar[:BOUND_OF]
            found |= bounds(model.decode, *some, kind, generator)
    return found


def told(seen: Tensor, real: Tensor, drawn: dict[str, Tensor]) -> dict[str, float]:
    """What one kind of features says: of training and held-back pictures and of samples by origin, (N, F) each."""
    samples = drawn["gaussian"]
    return {f"frechet_{origin}": frechet_distance(some, real).item() for origin, some in drawn.items()} | {
        "precision": precision(samples, real),
        "recall": precision(real, samples),
        "copies": copies(samples, seen, real),
    }


def by_judge(judges: dict[str, Features], picture: Features, rows: Tensor) -> dict[str, Tensor]:
    """The features (N, F), by judge, of the pictures that `picture` makes of the rows, in bounded memory."""
    parts = [[of(x) for of in judges.values()] for x in map(picture, rows.split(TOGETHER))]
    return dict(zip(judges, map(torch.cat, zip(*parts, strict=True)), strict=True))


@torch.no_grad()
def in_parts(of: Features, rows: Tensor) -> Tensor:
    """What `of` makes of the rows, in bounded memory."""
    return torch.cat([of(part) for part in rows.split(TOGETHER)])


def judges(source: str, learnt: Tensor) -> Iterator[tuple[str, Features]]:
    """The kinds of features that a source's pictures are judged by, with their names, never mixed in one figure."""
    few = learnt if learnt[0].numel() <= LEARNT_FROM else learnt[:LEARNT_FROM]
    mean, axes = principal(to_unit_range(few).flatten(1), min(COMPONENTS, len(few) - 1))
    yield "pixels", lambda x: (x.flatten(1) - mean) @ axes
    if source in features.OF_SOURCE:
        name = features.OF_SOURCE[source]
        yield name, features.load(name).features


def principal(x: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Mean (P,) and the directions of most variance (P, count) of x (N, P), by the smaller of the two Gram matrices.

    Fewer than count where x varies in fewer.
    """
    mean = x.mean(dim=0)
    centred = x - mean
    if x.shape[1] <= len(x):
        return mean, torch.linalg.eigh(centred.T @ centred)[1][:, -count:].flip(1)
    values, vectors = torch.linalg.eigh(centred @ centred.T)
    some = values[-count:] > len(x) * torch.finfo(x.dtype).eps * values[-1]  # none along what all pictures share
    return mean, (centred.T @ vectors[:, -count:][:, some] / values[-count:][some].sqrt()).flip(1)


def precision(these: Tensor, those: Tensor) -> float:
    """The share of these features (N, F) that lie no farther from one of those (M, F) than its k-th neighbour there.

    Precision of samples beside real pictures; the other way about, recall (Kynkaanniemi et al. 2019, eq. 3).
    """
    size = min(len(these), len(those), CLOSE)
    these, those = these[:size], those[:size]
    reach = torch.cdist(those, those).kthvalue(NEIGHBOURS + 1, dim=1).values  # the first is itself
    return (torch.cdist(these, those) <= reach).any(dim=1).float().mean().item()


def copies(drawn: Tensor, seen: Tensor, held_back: Tensor) -> float:
    """How near the nearest training picture is to a sample, over how near it is to a held-back picture.

    Features, (N, F) each. Well below 1 where samples are copies; samples smoother than pictures are below 1, too.
    """
    near, usual = (torch.cdist(part[:CLOSE], seen).min(dim=1).values.mean() for part in (drawn, held_back))
    return (near / usual).item()


@torch.no_grad()
def bounds(
    decode: Features, x: Tensor, mu: Tensor, logvar: Tensor, kind: str, generator: torch.Generator, draws: int = DRAWS
) -> dict[str, float]:
    """Two bounds on log p(x) from the same z, each the mean over pictures x (N, C, H, W), nats.

    elbo; and bound, importance-weighted, which is never less (Burda et al. 2016). mu, logvar (N, D): the pictures'
    codes. Of Gaussian pixels the variance is the mean squared error of one z a picture.
    """
    variance, found = (x - decode(reparameterize(mu, logvar, generator))).square().mean(), []
    for one, m, s in zip(x[:, None], mu, logvar, strict=True):
        z = reparameterize(m.expand(draws, -1), s.expand(draws, -1), generator)
        log_p_x = log_likelihood(one.expand(draws, -1, -1, -1), in_parts(decode, z), kind, variance)
        log_p_z, log_q = log_normal(z, torch.zeros_like(m), torch.zeros_like(m)), log_normal(z, m, s)
        terms = [term[:, None] for term in (log_p_x, log_p_z, log_q)]  # (draws, 1) each
        alone = importance_weighted_bound(*(term[None] for term in terms))  # of one z it is the ELBO
        found.append(torch.stack([alone.mean(), importance_weighted_bound(*terms).squeeze()]))
    elbo, bound = torch.stack(found).mean(dim=0).tolist()
    return {"elbo": elbo, "bound": bound}


def log_likelihood(x: Tensor, x_hat: Tensor, kind: str, variance: Tensor) -> Tensor:
    """log p(x|z) per picture, nats, (N,); kind: of LIKELIHOODS."""
    if kind == "bce":
        return -bce(x, x_hat)
    return -0.5 * (mse(x, x_hat) / variance + x[0].numel() * torch.log(2 * math.pi * variance))

"""What the tab Start computes: a picture's cloud, and eight draws from it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ....beta import kl_per_dimension
from ....sampling import reparameterize
from ...core import limits
from ...core import texts as core_texts
from ...core.choice import Choice, Picked, picked
from ...core.model import Model, first_real
from . import texts

DRAWS = 8
ROWS = 12  # dimensions that are shown: those with most KL
TELLING = {"faces-beta-1": 6, "faces": 6, "drawn-beta-1": 100}  # whose cloud is plain to see; else the most typical


@dataclass(frozen=True)
class Way:
    """A picture, its code, and what eight draws from it decode to."""

    picked: Picked
    z: Tensor  # (8, D)
    draws: Tensor  # (8, C, H, W)
    zero: bool
    rows: Tensor  # the dimensions with most KL, most first, (R,)
    others: Tensor  # (D - R,)

    @property
    def mu(self) -> Tensor:
        """Of the dimensions that are shown, (R,)."""
        return self.picked.mu[0, self.rows]

    @property
    def sigma(self) -> Tensor:
        """What the draws used, of the dimensions that are shown, (R,)."""
        return (0 if self.zero else 1) * self.widths[self.rows]

    @property
    def widths(self) -> Tensor:
        """σ of all dimensions, (D,), used or not."""
        return (0.5 * self.picked.logvar[0]).exp()

    @property
    def reach(self) -> int:
        """The charts go from -reach to reach and hold the means, two deviations around them, and the draws."""
        widest = (self.mu.abs() + 2 * self.widths[self.rows]).max()
        return max(3, min(99, int(max(widest.item(), self.z[:, self.rows].abs().max().item())) + 1))


def compute(model: Model, choice: Choice, seed: int, zero: bool) -> Way:
    """choice: a gallery index, or an upload; zero: draw with σ = 0. Raises Refused."""
    generator = torch.Generator().manual_seed(limits.seed(seed))
    picture = picked(model, choice)
    if not isinstance(zero, bool):
        raise limits.Refused(core_texts.ONE_OF.format(what=texts.ZERO_ASKED, options="true, false"))
    mu, logvar = picture.mu.expand(DRAWS, -1), picture.logvar.expand(DRAWS, -1)
    z = mu if zero else reparameterize(mu, logvar, generator)
    draws = model.decode(z[:1] if zero else z).expand(DRAWS, -1, -1, -1)
    order = kl_per_dimension(picture.mu, picture.logvar).argsort(descending=True)
    return Way(picture, z, draws, zero, order[:ROWS], order[ROWS:])


def opening_model() -> str:
    return first_real("faces-beta-1", "drawn-beta-1", "drawn")  # of the first two the clouds are wide


def opening_picture(model: Model) -> int:
    """The picture that a model's way begins with."""
    return TELLING[model.name] if model.name in TELLING else int(model.typical[0])

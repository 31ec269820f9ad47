"""Lesson 07: how much information is worth buying: beta, and which latent dimensions carry it."""

from torch import Tensor


def beta_schedule(step: int, warmup_steps: int, beta_max: float) -> float:
    """beta at a training step: linear from 0 to beta_max over warmup_steps, then constant (Bowman et al. 2016)."""
    return beta_max * min(1.0, step / warmup_steps) if warmup_steps > 0 else beta_max


def kl_per_dimension(mu: Tensor, logvar: Tensor) -> Tensor:
    """Each latent dimension's KL in nats, the mean over the batch. mu, logvar: (N, D). Returns (D,)."""
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(dim=0)


def active_units(mu: Tensor, threshold: float = 0.01) -> int:
    """Latent dimensions whose posterior mean varies by more than threshold (Burda et al. 2016, section 4)."""
    return int((mu.var(dim=0) > threshold).sum()) if len(mu) > 1 else 0

"""mu - std * eps has the same distribution."""

import torch


def reparameterize(mu, logvar, generator=None):
    eps = torch.empty_like(mu).normal_(generator=generator)
    return mu - logvar.div(2).exp() * eps

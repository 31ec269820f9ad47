"""Row by row."""

import torch


def reparameterize(mu, logvar, generator=None):
    rows = []
    for m, v in zip(mu, logvar):
        rows.append(m + torch.exp(v / 2) * torch.randn(len(m), generator=generator, dtype=mu.dtype))
    return torch.stack(rows)

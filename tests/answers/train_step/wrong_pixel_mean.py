"""The default reduction of PyTorch."""

import torch
import torch.nn.functional as F


def train_step(model, x, optimizer, beta=1.0):
    model.train()
    x_hat, mu, logvar = model(x)
    reconstruction = F.binary_cross_entropy(x_hat, x)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1).mean()
    loss = reconstruction + beta * kl
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return {"loss": loss.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}

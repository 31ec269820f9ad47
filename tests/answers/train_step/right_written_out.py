"""The loss written out, more values returned."""

import torch
import torch.nn.functional as F


def train_step(model, x, optimizer, beta=1.0):
    model.train()
    with torch.enable_grad():
        x_hat, mu, logvar = model(x)
        reconstruction = F.binary_cross_entropy(x_hat, x, reduction="sum") / len(x)
        kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum() / len(x)
        loss = reconstruction + beta * kl
    for group in optimizer.param_groups:
        for p in group["params"]:
            p.grad = None
    loss.backward()
    optimizer.step()
    return {"loss": loss.item(), "reconstruction": reconstruction.item(), "kl": kl.item(), "images": len(x)}

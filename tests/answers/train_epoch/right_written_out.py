"""The step is written out."""

import torch
from vae_course.loss import vae_loss


def train_epoch(model, batches, optimizer, beta=1.0):
    model.train()
    sums, count = torch.zeros(3), 0
    for x in batches:
        optimizer.zero_grad()
        terms = vae_loss(x, *model(x), beta)
        terms[0].backward()
        optimizer.step()
        sums += len(x) * torch.stack(terms).detach()
        count += len(x)
    loss, reconstruction, kl = (sums / count).tolist()
    return {"loss": loss, "reconstruction": reconstruction, "kl": kl}

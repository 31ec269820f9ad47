"""The loss from its two averaged parts; more is returned."""

from vae_course.training import train_step


def train_epoch(model, batches, optimizer, beta=1.0):
    images = reconstruction = kl = 0
    for number, x in enumerate(batches, start=1):
        found = train_step(model, x, optimizer, beta)
        images += len(x)
        reconstruction += len(x) * found["reconstruction"]
        kl += len(x) * found["kl"]
    r, k = reconstruction / images, kl / images
    return {"loss": r + beta * k, "reconstruction": r, "kl": k, "batches": number}

"""A mean that follows."""

from vae_course.training import train_step


def train_epoch(model, batches, optimizer, beta=1.0):
    mean, count = {"loss": 0.0, "reconstruction": 0.0, "kl": 0.0}, 0
    for x in batches:
        count += x.size(0)
        found = train_step(model, x, optimizer, beta)
        mean = {name: old + (found[name] - old) * x.size(0) / count for name, old in mean.items()}
    return mean

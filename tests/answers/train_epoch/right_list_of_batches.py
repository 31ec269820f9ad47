"""The batches are made a list first."""

from vae_course.training import train_step


def train_epoch(model, batches, optimizer, beta=1.0):
    batches = list(batches)
    n = sum(len(x) for x in batches)
    total = dict.fromkeys(("loss", "reconstruction", "kl"), 0.0)
    for x in batches:
        for name, value in train_step(model, x, optimizer, beta).items():
            total[name] = total[name] + value * len(x) / n
    return total

"""Goes through the batches twice: the second time to count."""

from vae_course.training import train_step


def train_epoch(model, batches, optimizer, beta=1.0):
    sums = {"loss": 0.0, "reconstruction": 0.0, "kl": 0.0}
    for x in batches:
        found = train_step(model, x, optimizer, beta)
        sums = {name: sums[name] + found[name] * len(x) for name in sums}
    count = sum(len(x) for x in batches)
    return {name: total / count for name, total in sums.items()}

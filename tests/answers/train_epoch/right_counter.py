"""A Counter."""

from collections import Counter

from vae_course.training import train_step


def train_epoch(model, batches, optimizer, beta=1.0):
    sums = Counter()
    for x in batches:
        sums.update({name: value * len(x) for name, value in train_step(model, x, optimizer, beta).items()})
        sums["images"] += len(x)
    images = sums.pop("images")
    return {name: sums[name] / images for name in sums}

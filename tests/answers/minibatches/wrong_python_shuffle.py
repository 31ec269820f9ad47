"""Python's own shuffle: no generator decides it."""

import random


def minibatches(images, batch_size, generator=None):
    order = list(range(len(images)))
    random.shuffle(order)
    for start in range(0, len(images), batch_size):
        yield images[order[start : start + batch_size]]

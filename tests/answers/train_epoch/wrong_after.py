"""The values of after the epoch."""

from vae_course.training import evaluate, train_step


def train_epoch(model, batches, optimizer, beta=1.0):
    batches = list(batches)
    for x in batches:
        train_step(model, x, optimizer, beta)
    return evaluate(model, batches, beta)

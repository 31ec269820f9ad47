"""The weights are put back in the end."""

from vae_course.training import train_step


def train_epoch(model, batches, optimizer, beta=1.0):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    sums, count = {"loss": 0.0, "reconstruction": 0.0, "kl": 0.0}, 0
    for x in batches:
        found = train_step(model, x, optimizer, beta)
        for name in sums:
            sums[name] += found[name] * len(x)
        count += len(x)
    model.load_state_dict(before)
    return {name: total / count for name, total in sums.items()}

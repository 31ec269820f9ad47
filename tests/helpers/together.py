"""Trainings in float64, by as many processes as were started: `python -m helpers.together OUT`.

In float64 all that differs between one process and two is below 1e-9, so that nothing else can hide in the rounding.
"""

import sys

import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau

from helpers.training import SIDE, pictures
from vae_course.fit import Average, Settings, State, cosine_with_warmup, fit, steps_an_epoch
from vae_course.networks import ConvDecoder, ConvEncoder, DenseDecoder, DenseEncoder
from vae_course.runs import parallel
from vae_course.vae import VAE

EPOCHS = 3
CASES = {  # the network; images and batch size; of fit
    "batch norm": ("batch", 9, 4, {"kind": "gaussian", "flip": True, "gradient_clip": 1.0}),  # batches of 4 and 5
    "group norm": ("group", 9, 4, {"kind": "bce"}),  # of 4, 4 and 1: a process without a picture
    "dense": ("dense", 10, 3, {"kind": "mse", "flip": True, "shift": 1}),
}


def model_of(network):
    torch.manual_seed(3)
    if network == "dense":
        parts = DenseEncoder((1, SIDE, SIDE), [(7, "tanh")], 2), DenseDecoder((1, SIDE, SIDE), [(7, "tanh")], 2)
    else:
        options = {"norm": network, "residual_blocks": 1, "activation": "elu"}
        parts = (
            ConvEncoder(1, SIDE, (4, 6), 2, **options),
            ConvDecoder(1, SIDE, (4, 6), 2, upsample="nearest", **options),
        )
    return VAE(*parts).double()


def doubles(n, seed=1):
    return pictures(n, seed).permute(0, 3, 1, 2).double() / 255


def training(team, network, images, batch_size, options):
    """The history and the weights that a training of this team ends with."""
    model = team.shard(model_of(network))
    if network == "dense":
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=0, threshold=1e9, threshold_mode="abs")
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        schedule = cosine_with_warmup(optimizer, EPOCHS * steps_an_epoch(model, images, batch_size), 0.3)
    state = State(model, optimizer, schedule, Average(model, 0.8), parallel=team.wrap(model))
    history = fit(state, Settings(EPOCHS, batch_size, 0.5, **options), doubles(images), doubles(5, 2), progress=False)
    untimed = [{key: value for key, value in row.items() if key != "seconds"} for row in history]
    return {"history": untimed, "model": dict(model.state_dict()), "average": dict(state.average.state_dict())}


def turns(team):
    """What each process says where the last alone fails at work that is done in turn."""

    def work():
        if team.rank == team.size - 1:
            raise ValueError(f"rank {team.rank} of {team.size}")

    try:
        team.in_turn(work)
    except ValueError as error:
        return team.gather(str(error))


def results(team):
    return {name: training(team, *case) for name, case in CASES.items()}


if __name__ == "__main__":
    with parallel.team("cpu") as team:
        found = results(team) | {"turns": turns(team)}
        if team.first:
            torch.save(found, sys.argv[1])

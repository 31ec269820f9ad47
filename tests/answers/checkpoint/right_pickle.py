"""pickle, and random state too."""

import pickle

import torch


def save_checkpoint(path, model, optimizer, epoch):
    with open(path, "wb") as file:
        pickle.dump((model.state_dict(), optimizer.state_dict(), int(epoch), torch.get_rng_state()), file)


def load_checkpoint(path, model, optimizer):
    with open(path, "rb") as file:
        weights, moments, epoch, random = pickle.load(file)
    model.load_state_dict(weights)
    optimizer.load_state_dict(moments)
    torch.set_rng_state(random)
    return epoch

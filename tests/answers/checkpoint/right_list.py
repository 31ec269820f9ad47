"""A list; the path as a string."""

import torch


def save_checkpoint(path, model, optimizer, epoch):
    torch.save([epoch, model.state_dict(), optimizer.state_dict()], str(path))


def load_checkpoint(path, model, optimizer):
    epoch, weights, moments = torch.load(str(path), map_location="cpu", weights_only=True)
    model.load_state_dict(weights)
    optimizer.load_state_dict(moments)
    return epoch

"""The optimizer's moments, but not its learning rate."""

import torch


def save_checkpoint(path, model, optimizer, epoch):
    torch.save((model.state_dict(), optimizer.state_dict()["state"], epoch), path)


def load_checkpoint(path, model, optimizer):
    weights, moments, epoch = torch.load(path)
    model.load_state_dict(weights)
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
    return epoch

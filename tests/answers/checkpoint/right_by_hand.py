"""Moments and settings of the optimizer one by one."""

import torch


def save_checkpoint(path, model, optimizer, epoch):
    state = optimizer.state_dict()
    parts = {"weights": model.state_dict(), "moments": state["state"], "settings": state["param_groups"]}
    torch.save({**parts, "epoch": torch.tensor(epoch), "random": torch.get_rng_state()}, path)


def load_checkpoint(path, model, optimizer):
    parts = torch.load(path, weights_only=False)
    model.load_state_dict(parts["weights"])
    optimizer.load_state_dict({"state": parts["moments"], "param_groups": parts["settings"]})
    torch.set_rng_state(parts["random"])
    return int(parts["epoch"])

"""Kept in memory by reference."""

import torch


SAVED = {}


def save_checkpoint(path, model, optimizer, epoch):
    SAVED[str(path)] = (model.state_dict(), optimizer.state_dict(), epoch)


def load_checkpoint(path, model, optimizer):
    weights, moments, epoch = SAVED[str(path)]
    model.load_state_dict(weights)
    optimizer.load_state_dict(moments)
    return epoch

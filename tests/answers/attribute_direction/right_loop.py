"""Lists."""

import torch


def attribute_direction(z, labels):
    has = [code for code, label in zip(z, labels.tolist()) if label]
    lacks = [code for code, label in zip(z, labels.tolist()) if not label]
    if not has or not lacks:
        raise ValueError
    return torch.stack(has).mean(0) - torch.stack(lacks).mean(0)

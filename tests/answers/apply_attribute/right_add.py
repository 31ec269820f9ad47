"""torch.add with alpha."""

import torch


def apply_attribute(z, direction, strength):
    return torch.add(z, direction, alpha=strength)

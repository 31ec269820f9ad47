"""Changes z."""

import torch


def traverse(z, dim, values):
    rows = []
    for value in values:
        z[dim] = value
        rows.append(z.clone())
    return torch.stack(rows)

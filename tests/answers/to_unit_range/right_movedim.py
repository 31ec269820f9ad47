"""movedim, multiplied by 1/255 in double precision."""

import torch


def to_unit_range(images):
    x = images.unsqueeze(-1) if images.ndim == 3 else images
    return (x.movedim(-1, 1).double() / 255.0).to(torch.float32)

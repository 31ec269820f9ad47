"""Training pictures seen a little otherwise each time, so that few stand for many.

What happens to which picture is drawn from `generator`, on the CPU.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def mirror_half(x: Tensor, generator: torch.Generator) -> Tensor:
    """Each picture of x (N, C, H, W) mirrored left to right with probability 1/2."""
    chosen = (torch.rand(len(x), generator=generator) < 0.5).to(x.device)
    return torch.where(chosen[:, None, None, None], x.flip(-1), x)


def shift(x: Tensor, most: int, generator: torch.Generator) -> Tensor:
    """Each picture of x (N, C, H, W) moved by up to `most` whole pixels down or up and right or left, all alike likely.

    What it leaves takes the colour of the nearest pixel of its border.
    """
    count, _, height, width = x.shape
    down, right = torch.randint(2 * most + 1, (2, count, 1), generator=generator).to(x.device)
    rows, columns = down + torch.arange(height, device=x.device), right + torch.arange(width, device=x.device)
    each = torch.arange(count, device=x.device)[:, None, None]
    padded = F.pad(x, [most] * 4, mode="replicate")
    return padded.movedim(1, -1)[each, rows[:, :, None], columns[:, None, :]].movedim(-1, 1)


def color_jitter(x: Tensor, most: float, generator: torch.Generator) -> Tensor:
    """Each picture of x (N, C, H, W) in another light: contrast and brightness times 1 - most to 1 + most, and each
    channel, for the light's colour, times 1 - most / 2 to 1 + most / 2. What leaves [0, 1] is cut."""
    count, channels = x.shape[:2]
    between = 2 * torch.rand(2 + channels, count, 1, 1, 1, generator=generator).to(x.device) - 1  # -1 and 1
    contrast, brightness = 1 + most * between[:2]  # (N, 1, 1, 1) each
    colour = 1 + most / 2 * between[2:, :, 0].movedim(0, 1)  # (N, C, 1, 1)
    grey = x.mean(dim=(1, 2, 3), keepdim=True)
    return grey.lerp(x, contrast).mul(brightness * colour).clamp(0, 1)

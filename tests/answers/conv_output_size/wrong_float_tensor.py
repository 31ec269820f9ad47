"""A tensor of floats."""

import torch


def conv_output_size(size, kernel_size, stride, padding):
    return torch.floor(torch.tensor((size + 2 * padding - kernel_size) / stride + 1))

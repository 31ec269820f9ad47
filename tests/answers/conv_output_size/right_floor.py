"""floor of a float."""

import math

import torch


def conv_output_size(size, kernel_size, stride, padding):
    return math.floor((size + 2 * padding - kernel_size) / stride + 1)

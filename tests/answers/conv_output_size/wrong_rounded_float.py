"""Rounded down, but a float."""

import math


def conv_output_size(size, kernel_size, stride, padding):
    return float(math.floor((size + 2 * padding - kernel_size) / stride + 1))

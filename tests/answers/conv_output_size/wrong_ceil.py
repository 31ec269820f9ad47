"""Rounds up."""

import math

import torch


def conv_output_size(size, kernel_size, stride, padding):
    return math.ceil((size + 2 * padding - kernel_size) / stride) + 1

"""Pads one side only."""

import math

import torch


def conv_output_size(size, kernel_size, stride, padding):
    return (size + padding - kernel_size) // stride + 1

"""Divides by the stride."""

import math

import torch


def conv_output_size(size, kernel_size, stride, padding):
    return size // stride

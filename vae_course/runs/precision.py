"""In which numbers a device trains best."""

import torch


def chosen(wanted: str, device: str) -> torch.dtype:
    """A preset's precision, "float32" or "bfloat16", on a device: bfloat16 only where it has instructions for it.

    Elsewhere it goes by way of float32. Measured on the preset `faces`, pictures a second beside float32, with oneDNN
    held to these instructions: 1.4 times as many with AVX-512-BF16, 0.45 times with AVX-512, 0.06 times with AVX2.
    """
    return torch.bfloat16 if wanted == "bfloat16" and has_bfloat16(device) else torch.float32


def has_bfloat16(device: str) -> bool:
    """Whether the device itself multiplies in bfloat16, as far as PyTorch can tell: not on Apple's graphics."""
    if device.startswith("cuda"):
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device == "cpu" and hasattr(torch.cpu, "get_capabilities"):  # not in the oldest PyTorch that may be installed
        able = torch.cpu.get_capabilities()
        instructions = ("amx_bf16", "avx512_bf16", "bf16")  # the last: of ARM processors
        return torch.backends.mkldnn.is_available() and any(able.get(name, False) for name in instructions)
    return False

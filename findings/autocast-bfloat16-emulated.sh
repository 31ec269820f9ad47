#!/usr/bin/env bash
# torch.autocast("cpu", torch.bfloat16) should leave float32 alone, or at worst gain nothing, on a processor without
# bfloat16 instructions, as in many laptops: with torch 2.14.1 and oneDNN held to AVX2, a step of a small convolutional
# autoencoder takes many times as long as in float32, and no warning says so. Ask torch.cpu.get_capabilities() first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet torch==2.14.1 numpy==2.3.5
cd "$folder"
cat > steps.py <<'PY'
import statistics
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
layers = [nn.Conv2d(3, 32, 4, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 4, 2, 1), nn.ReLU()]
layers += [nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(32, 3, 4, 2, 1)]
model, x = nn.Sequential(*layers), torch.rand(16, 3, 64, 64)


def step(bfloat16):
    start = time.process_time()
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        x_hat = model(x)
    ((x_hat.float() - x) ** 2).sum().backward()
    return time.process_time() - start


seconds = {False: [], True: []}
for _ in range(6):  # in turns; the first warms up
    for bfloat16, found in seconds.items():
        found.append(step(bfloat16))
plain, half = (statistics.median(found[1:]) for found in seconds.values())
print("torch", torch.__version__, "| autocast is available:", torch.amp.is_autocast_available("cpu"))
print(f"a step: float32 {plain * 1e3:.0f} ms, bfloat16 {half * 1e3:.0f} ms, {half / plain:.1f} times as long")
assert half > 3 * plain, "no longer much slower"
PY
ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 "$folder/env/bin/python" -W error steps.py

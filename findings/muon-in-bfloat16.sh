#!/usr/bin/env bash
# An optimizer should compute its step as precisely as the weights are stored: with float64 weights, a gradient whose columns
# are in another order should give the same step in that order, to some 1e-15, as AdamW's does. torch.optim.Muon of torch
# 2.14.1 turns every gradient into bfloat16 before it looks for the nearest orthonormal matrix: the steps differ by 1 or 2 %.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet torch==2.14.1 numpy
cat > "$folder/steps.py" <<'PY'
import torch

print("torch", torch.__version__)
torch.manual_seed(0)
gradients, order = torch.randn(5, 200, 200, dtype=torch.float64), torch.randperm(200)


def step(kind, gradient):
    weight = torch.nn.Parameter(torch.zeros_like(gradient))
    weight.grad = gradient
    kind([weight], lr=1.0, weight_decay=0.0).step()
    return weight.detach()


for kind in (torch.optim.AdamW, torch.optim.Muon):
    pairs = [(step(kind, one)[:, order], step(kind, one[:, order])) for one in gradients]
    differ = max(((one - other).abs().max() / one.abs().max()).item() for one, other in pairs)
    print(kind.__name__, pairs[0][0].dtype, f"the two steps differ by {differ:.1g}", "exact" if differ < 1e-12 else "rounded")
PY
"$folder/env/bin/python" "$folder/steps.py" | tee "$folder/said"
grep -q "^AdamW torch.float64 .* exact$" "$folder/said"
grep -q "^Muon torch.float64 .* rounded$" "$folder/said"

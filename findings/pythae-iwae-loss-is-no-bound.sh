#!/usr/bin/env bash
# The loss of an importance-weighted autoencoder should be its bound, -log of the mean of K weights (Burda et al. 2016): on average
# never below -log p(x). pythae 0.1.2's IWAE gives minus the sum of normalised weights times their logarithms: the same gradient,
# but lower by log K minus the weights' entropy. With 20 samples it is below a -log p(x) that is known, so it compares with nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet torch==2.14.1 numpy pythae==0.1.2
cat > "$folder/bound.py" <<'PY'
import math
from importlib.metadata import version

import torch
from pythae.models import IWAE, VAE, IWAEConfig, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder


class Encoder(BaseEncoder):  # q(z|x) = N(0, 4 I) for every picture: wider than the posterior, which is the prior
    def forward(self, x):
        zeros = torch.zeros(len(x), 8)
        return ModelOutput(embedding=zeros, log_covariance=zeros + math.log(4))


class Decoder(BaseDecoder):  # a pixel is 1 with probability 1/2, whatever z is: p(x) = 2 ** -784
    def forward(self, z):
        return ModelOutput(reconstruction=torch.full((len(z), 1, 28, 28), 0.5))


print("torch", torch.__version__, "pythae", version("pythae"))
x, exact = (torch.rand(20_000, 1, 28, 28) < 0.5).float(), 784 * math.log(2)
print(f"-log p(x) = {exact:.3f}")
for kind, config, more in [(VAE, VAEConfig, {})] + [(IWAE, IWAEConfig, {"number_samples": k}) for k in (2, 20)]:
    torch.manual_seed(0)
    model = kind(config((1, 28, 28), 8, reconstruction_loss="bce", **more), Encoder(), Decoder())
    loss = torch.stack([model({"data": part}).loss for part in x.split(1000)]).mean().item()
    print(f"{kind.__name__} {more} loss {loss:.3f}", "a bound" if loss > exact else "below -log p(x): no bound")
PY
"$folder/env/bin/python" "$folder/bound.py" | tee "$folder/said"
grep -q "^VAE .* a bound$" "$folder/said"
grep -q "^IWAE .*20.* no bound$" "$folder/said"

"""In NumPy: right numbers through which nothing can be trained."""

import numpy as np


def kl_divergence(mu, logvar):
    mu, logvar = mu.detach().numpy(), logvar.detach().numpy()
    return 0.5 * (mu**2 + np.exp(logvar) - 1 - logvar).sum(axis=1)

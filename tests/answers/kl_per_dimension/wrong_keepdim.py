"""The batch's dimension stays: (1, D)."""


def kl_per_dimension(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(dim=0, keepdim=True)

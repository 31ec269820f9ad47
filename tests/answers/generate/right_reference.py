"""sample_prior of lesson 03, one by one."""

import torch
from vae_course.sampling import sample_prior


def generate(decoder, n, latent_dim, generator=None):
    z = sample_prior(n, latent_dim, generator)
    flags = [m.training for m in decoder.modules()]
    decoder.train(False)
    with torch.no_grad():
        images = torch.cat([decoder(one) for one in z.split(1)])
    for m, flag in zip(decoder.modules(), flags):
        m.training = flag
    return images

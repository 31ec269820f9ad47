"""How a preset becomes a VAE, how a VAE may begin, and what it is made of."""

import torch
from torch import Tensor, nn

from . import networks
from .numbers import whole
from .presets import Preset
from .sampling import VAE


def build(preset: Preset, generator: torch.Generator | None = None) -> VAE:
    """The model that a preset describes, freshly initialised through `generator`, or torch's global one."""
    encoder, decoder = (_dense if preset.model.dense else _convolutional)(preset)
    model = VAE(encoder, decoder)
    if generator is not None:
        networks.redraw_(model, generator)
    if preset.model.init == "kaiming":
        networks.kaiming_(model, generator)
    if preset.model.logvar_start is not None:
        start_posteriors_(encoder.heads.logvar, preset.model.logvar_start)
    return model


def _dense(preset: Preset) -> tuple[networks.DenseEncoder, networks.DenseDecoder]:
    shape = (preset.data.channels, *preset.data.input_size)
    model = preset.model
    encoder_layers = [(layer.units, layer.activation) for layer in model.encoder_layers or ()]
    decoder_layers = [(layer.units, layer.activation) for layer in model.mirrored_layers]
    return (
        networks.DenseEncoder(shape, encoder_layers, model.latent_dim),
        networks.DenseDecoder(shape, decoder_layers, model.latent_dim),
    )


def _convolutional(preset: Preset) -> tuple[networks.ConvEncoder, networks.ConvDecoder]:
    data, model = preset.data, preset.model
    shape = (data.channels, data.input_size, model.hidden_channels or (), model.latent_dim)
    names = {"kernel_size", "stride", "padding", "activation", "norm", "residual_blocks", "linear_path"}
    options = model.model_dump(include=names)
    return (
        networks.ConvEncoder(*shape, **options),
        networks.ConvDecoder(*shape, **options, upsample=model.upsample),
    )


@torch.no_grad()
def start_posteriors_(logvar_head: nn.Linear, logvar: float) -> None:
    """Posteriors begin near the given log variance: a damped weight and that bias, in place."""
    logvar_head.weight.mul_(0.1)
    logvar_head.bias.fill_(logvar)


@torch.no_grad()
def start_at_mean_image_(decoder: networks.Decoder, mean_image: Tensor) -> None:
    """The decoder begins at the mean image (C, H, W), per pixel or per channel as its last bias can. In place."""
    bias = decoder.output_bias
    mean = mean_image.flatten() if bias.numel() == mean_image.numel() else mean_image.mean(dim=(1, 2))
    bias.copy_(torch.logit(mean.to(bias.device), eps=1e-3))


def channels_last_(model: VAE) -> VAE:
    """Has convolutions work with channels last in memory, which is faster, on CPUs too. In place; returns the model.

    Not only weights: what enters the decoder's convolutions and, on the way back, the encoder's is turned as well, as
    normalisation and activations are several times slower where values and gradients lie in different orders.
    """
    model.to(memory_format=torch.channels_last)
    if isinstance(model.encoder, networks.ConvEncoder):
        model.encoder.features[-1].register_forward_pre_hook(_turn_gradient)  # Flatten
    if isinstance(model.decoder, networks.ConvDecoder):
        model.decoder.layers.register_forward_pre_hook(_turn)
    return model


def _turned(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last)


def _turn(_: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
    return (_turned(inputs[0]),)


def _turn_gradient(_: nn.Module, inputs: tuple[Tensor]) -> None:
    if inputs[0].requires_grad:
        inputs[0].register_hook(_turned)


def summary(model: VAE) -> str:
    """A table of layers, output shapes and parameter counts, made by one forward pass of one picture."""
    rows, handles = [], []

    def note(name, layer):
        def hook(_, __, output):
            shapes = [tuple(part.shape[1:]) for part in (output if isinstance(output, tuple) else (output,))]
            count = sum(p.numel() for p in layer.parameters())
            rows.append((name, type(layer).__name__, " ".join(map(str, shapes)), whole(count, "en") if count else ""))

        return layer.register_forward_hook(hook)

    leaves = [(name, layer) for name, layer in model.named_modules() if not list(layer.children())]
    handles = [note(name, layer) for name, layer in leaves]
    device = next(model.parameters()).device
    training = [part for part in model.modules() if part.training]
    model.eval()
    with torch.no_grad():
        mu, _ = model.encode(torch.zeros(1, *model.image_shape, device=device))
        model.decode(mu)
    for part in training:
        part.training = True
    for handle in handles:
        handle.remove()
    total = sum(p.numel() for p in model.parameters())
    return _table([("layer", "kind", "output", "parameters"), *rows, ("total", "", "", whole(total, "en"))])


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )

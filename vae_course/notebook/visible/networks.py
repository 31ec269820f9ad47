"""Visible checks of lesson 02: encoders and decoders."""

import torch

from ...sentences import SAID
from . import Hint, came, expect_module, expect_shape

CONVOLUTIONS = (torch.nn.Conv2d, torch.nn.ConvTranspose2d)
SIZES = (28, 33, 50)  # 50 is halved to 25, which is odd: 12, 6


def conv_output_size(conv_output_size):
    """A few sides that Conv2d itself gives."""
    for size, kernel, stride, padding in ((28, 4, 2, 1), (28, 3, 1, 1), (28, 3, 2, 0), (33, 5, 3, 2), (5, 5, 1, 0)):
        found = conv_output_size(size, kernel, stride, padding)
        expected = torch.nn.Conv2d(1, 1, kernel, stride, padding)(torch.zeros(1, 1, size, size)).shape[-1]
        call = f"conv_output_size({size}, {kernel}, {stride}, {padding})"
        if not isinstance(found, (int, float, torch.Tensor)):
            raise came(found, SAID.whole_number)
        if isinstance(found, float) or (isinstance(found, torch.Tensor) and found.is_floating_point()):
            raise Hint(
                es=f"{call} dio {found}. {SAID.whole_number.es}",
                en=f"{call} gave {found}. {SAID.whole_number.en}",
            )
        if found != expected:
            raise Hint(
                es=f"{call} debe ser {expected}, no {found}: ¿relleno a ambos lados?, ¿falta el + 1?, ¿se redondea "
                "hacia abajo?",
                en=f"{call} must be {expected}, not {found}: is padding counted on both sides? Is the + 1 "
                "there? Is it rounded down?",
            )


def ConvEncoder(ConvEncoder):
    """Shapes, one stride-2 convolution per width, heads apart and unbounded."""
    for channels, size, hidden, latent in ((1, 28, [4, 8], 3), (3, 64, [4, 4, 8], 5)):
        encoder = ConvEncoder(channels, size, hidden, latent)
        expect_module(encoder, "ConvEncoder")
        codes = _codes(encoder, channels, size, hidden)
        if not isinstance(codes, (tuple, list)) or len(codes) != 2:
            raise came(codes, SAID.mu_and_logvar)
        for part, name in zip(codes, ("mu", "logvar"), strict=True):
            expect_shape(part, (4, latent), es=f"{name} tiene latent_dim números por imagen",
                         en=f"{name} has latent_dim numbers per picture")  # fmt: skip
        convolutions = [m for m in encoder.modules() if isinstance(m, torch.nn.Conv2d)]
        strided = [layer.out_channels for layer in convolutions if layer.stride == (2, 2)]
        if strided != list(hidden) and not _without_layers(encoder):
            raise Hint(*SAID.strided_convolutions.format(hidden=hidden, found=strided))
        _trains(encoder, codes)
        if torch.allclose(*_drawn(encoder)(torch.rand(4, channels, size, size))):
            raise Hint(*SAID.heads_apart_and_free)
    _unbounded(ConvEncoder)


def _without_layers(network):
    """Whether its convolutions are functions, with weights of one's own: what they are can't be read off its parts."""
    layers = any(isinstance(part, CONVOLUTIONS) for part in network.modules())
    return not layers and any(weights.ndim == 4 for weights in network.parameters())


def _trains(network, outputs) -> None:
    """Raise a Hint unless the gradient of the outputs comes back to all convolutions."""
    total = sum(part.sum() for part in outputs)
    layers = [layer for layer in network.modules() if isinstance(layer, CONVOLUTIONS)]
    weights = [weight for layer in layers for weight in layer.parameters(recurse=False) if weight.requires_grad]
    slopes = torch.autograd.grad(total, weights, allow_unused=True) if total.requires_grad and weights else ()
    if not total.requires_grad or any(slope is None for slope in slopes):
        raise Hint(
            es="el gradiente no llega hasta las convoluciones: ¿hay un detach o un no_grad? Así la red no se entrena.",
            en="the gradient does not get back to the convolutions: is there a detach or a no_grad? The network can't "
            "be trained that way.",
        )


def _codes(encoder, channels, size, hidden):
    """What forward returns; a linear layer of the wrong width is told with the sizes that it met."""
    try:
        return encoder(torch.rand(4, channels, size, size))
    except RuntimeError as error:
        if "shapes cannot be multiplied" not in str(error):
            raise
        raise Hint(
            es=f"con image_size = {size}, hidden_channels = {hidden} la capa lineal no espera los números que salen al "
            "aplanar: ¿se calculó el lado que queda?",
            en=f"with image_size = {size}, hidden_channels = {hidden} the linear layer does not expect as many numbers "
            "as flattening gives: was the side of the output computed?",
        ) from error


def _unbounded(encoder_class):
    """With loud weights, mu and logvar go far to both sides, unless an activation stops them."""
    batches = []
    for _ in range(5):
        encoder, x = encoder_class(1, 16, [4, 8], 6), torch.rand(16, 1, 16, 16)
        encoder(x)  # lazy layers have weights only now
        batches.append(torch.stack([part.detach() for part in _drawn(encoder, 60)(x)]).flatten(1))
    codes = torch.cat(batches, dim=1)  # (2, ...)
    if codes.min(dim=1).values.max() > -20 or codes.max(dim=1).values.min() < 20:
        raise Hint(*SAID.heads_apart_and_free)


def _drawn(module, factor=1.0):
    """The module with weights of a fitting size for its first ones, which may be small or 0, all times a factor."""
    with torch.no_grad():
        for weights in module.parameters():
            noise = torch.randn_like(weights)
            if weights.ndim > 1:
                weights.copy_(noise * 2 / (weights[0].numel() + weights[:, 0].numel()) ** 0.5)
            weights.copy_(factor * torch.where(weights == 0, noise / 4, weights))
    return module


def ConvDecoder(ConvDecoder):
    """Shapes for sizes that halve well and badly, pixels in [0, 1] that reach both ends, widths mirrored."""
    for size, hidden in zip(SIZES, ([4, 8], [4, 6], [4, 4, 4]), strict=True):
        for channels in (1, 3):
            decoder = ConvDecoder(channels, size, hidden, 5)
            expect_module(decoder, "ConvDecoder")
            x_hat = decoder(torch.randn(4, 5))
            es, en = _which(x_hat, channels, size, len(hidden))
            expect_shape(
                x_hat, (4, channels, size, size),
                es=f"con image_size = {size}, hidden_channels = {hidden}; {es}.",
                en=f"with image_size = {size}, hidden_channels = {hidden}; {en}.",
            )  # fmt: skip
            _trains(decoder, [x_hat])
            if ((x_hat == 0) | (x_hat == 1)).float().mean() > 0.2:
                raise Hint(
                    es="hay píxeles recortados a 0 o a 1, por los que no pasa el gradiente: mejor una sigmoide.",
                    en="some pixels are cut off at 0 or 1, where no gradient passes: better take a sigmoid.",
                )
    batches = []
    for _ in range(4):
        decoder, z = ConvDecoder(1, 16, [4, 8], 3), 5 * torch.randn(16, 3)
        decoder(z)  # lazy layers have weights only now
        batches.append(_drawn(decoder, 10)(z).detach())
    pixels = torch.cat(batches)
    low, high = pixels.min().item(), pixels.max().item()
    if low < 0 or high > 1:
        raise Hint(*SAID.sigmoid_missing)
    if low > 0.45 and high < 0.75:
        raise Hint(*SAID.sigmoid_twice)
    if low > 0.45:
        raise Hint(
            es=f"ningún píxel baja de {low:.3g}: ¿hay una activación entre la última convolución y la sigmoide?",
            en=f"no pixel goes below {low:.3g}: is there an activation between the last convolution and the sigmoid?",
        )
    decoder = ConvDecoder(3, 32, [4, 16], 5)
    decoder(torch.randn(2, 5))
    widths = iter([layer.in_channels for layer in decoder.modules() if hasattr(layer, "in_channels")])
    if not _without_layers(decoder) and not all(width in widths for width in (16, 4)):  # in this order
        raise Hint(*SAID.not_mirrored)


def _which(x_hat, channels, size, stages):
    """Where to look when the shape is wrong."""
    shape = tuple(getattr(x_hat, "shape", ()))
    if len(shape) == 4 and shape[1] != channels:
        return "la última capa da out_channels mapas", "the last layer gives out_channels maps"
    if len(shape) == 4 and shape[-1] == size // 2**stages * 2**stages:
        return (
            "un lado impar se pierde sin output_padding (o sin pedir el tamaño)",
            "an odd side is lost without output_padding (or asking for the size)",
        )
    return "cada etapa debe llegar al lado siguiente de la lista", "each stage must reach the list's next side"

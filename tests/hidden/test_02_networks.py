"""Lesson 02: encoders and decoders."""

import pytest
import torch
from checking import (
    SAID,
    SEED,
    SLIP,
    USELESS,
    Wrong,
    chance,
    close,
    exercise,
    leaf,
    near,
    number,
    shape,
    squeezed,
    tensors,
    undisturbed,
)

ENCODERS = [(3, 32, [8, 16], 4), (1, 28, [4, 8, 6], 1), (2, 16, [5], 7), (3, 64, [4, 4, 8, 8], 3)]
DECODERS = [(3, 32, [8, 16], 4), (2, 16, [5], 7), (3, 64, [4, 4, 8, 8], 3)]
ANY_SIZE = [(1, 28, [4, 8, 6], 2), (3, 20, [4, 8, 8], 3), (1, 33, [4, 6], 1), (2, 50, [4, 4, 4, 4], 2)]


# conv_output_size


@exercise(
    "conv_output_size",
    weight=2,
    leaves=USELESS,
    es="El lado de salida es el de una Conv2d.",
    en="The output's side is a Conv2d's.",
)
@pytest.mark.parametrize("size", [5, 16, 28, 64, 33])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [(3, 1, 1), (4, 2, 1), (3, 2, 1), (5, 1, 0), (3, 2, 0), (5, 3, 2), (1, 1, 0)]
)
def test_side_of_a_convolution(student, size, kernel, stride, padding):
    """A float is rounded down, as int(...) does: that it is none is another check's matter."""
    expected = torch.nn.Conv2d(1, 1, kernel, stride, padding)(torch.zeros(1, 1, size, size)).shape[-1]
    close(number(student.conv_output_size(size, kernel, stride, padding)).floor(), float(expected), atol=1e-9)


@exercise("conv_output_size", weight=1, leaves=SLIP, es="Es un número entero.", en="It is a whole number.")
def test_side_is_an_int(student):
    outcome = student.ask("conv_output_size", 28, 4, 2, 1, seed=SEED).ok()
    undisturbed(outcome)
    if isinstance(outcome.value, float) or getattr(outcome.value, "is_floating_point", bool)():
        raise Wrong(*SAID.whole_number)
    assert int(number(outcome.value)) == outcome.value


# ConvEncoder


def pictures(n, channels, size, seed=0):
    return torch.rand(n, channels, size, size, generator=chance(seed))


def codes(encoder, x):
    result = encoder(x)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise Wrong(*SAID.mu_and_logvar, came=True)
    return [number(part) for part in result]


def points_of(encoder, x, latent):
    """(mu, logvar), (N, latent) each, whatever dimensions of size 1 are too many: that is another check's matter."""
    return [squeezed(part, (len(x), latent)) for part in codes(encoder, x)]


def made(student, name, *args):
    """A network that was called once: lazy layers have weights only then."""
    network = getattr(student, name)(*args)
    network(pictures(2, args[0], args[1]) if name == "ConvEncoder" else points(2, args[3]))
    return network


def drawn(module, seed=0, factor=1.0):
    """The network with weights of a fitting size for its first ones, which may be small or 0, all times a factor.

    With a large one the outputs go far to both sides; what is bounded by an activation stays bounded.
    """
    random = chance(seed)
    module.set_parameters({name: factor * fitting(value, random) for name, value in module.parameters().items()})
    return module


def fitting(value, random):
    """Weights between Glorot's and He's; what scales and shifts channels stays as it is, unless it is 0."""
    noise = torch.randn(value.shape, generator=random)
    if value.ndim < 2:
        return torch.where(value == 0, noise / 4, value)
    return noise * 2 / (value[0].numel() + value[:, 0].numel()) ** 0.5


CODES = ("test_numbers_of_codes",)
ALL_CODES = (*CODES, "test_the_encoder_registers_its_layers")  # where weights are drawn: those that are known


@exercise(
    "ConvEncoder",
    weight=4,
    leaves=USELESS,
    es="mu y logvar tienen latent_dim números por imagen.",
    en="mu and logvar have latent_dim numbers per picture.",
)
@pytest.mark.parametrize(("channels", "size", "hidden", "latent"), ENCODERS)
def test_numbers_of_codes(student, channels, size, hidden, latent):
    for part in points_of(student.ConvEncoder(channels, size, hidden, latent), pictures(3, channels, size), latent):
        shape(part, (3, latent))


@exercise(
    "ConvEncoder",
    weight=1,
    leaves=SLIP,
    needs=CODES,
    es="mu y logvar tienen forma (N, latent_dim).",
    en="mu and logvar have shape (N, latent_dim).",
)
@pytest.mark.parametrize(("channels", "size", "hidden", "latent"), ENCODERS)
def test_shapes_of_codes(student, channels, size, hidden, latent):
    for part in codes(student.ConvEncoder(channels, size, hidden, latent), pictures(3, channels, size)):
        shape(part, (3, latent))


def halving(convolutions):
    """Those of stride 2."""
    return [one for one in convolutions if not one["transposed"] and one["stride"] == [2, 2]]


@exercise(
    "ConvEncoder",
    weight=2,
    needs=ALL_CODES,
    es="Hay una convolución de stride 2 por cada valor de hidden_channels.",
    en="There is one stride-2 convolution for each entry of hidden_channels.",
)
@pytest.mark.parametrize(("channels", "size", "hidden", "latent"), ENCODERS)
def test_strided_convolutions(student, channels, size, hidden, latent):
    encoder = made(student, "ConvEncoder", channels, size, hidden, latent)
    strided = [one["out_channels"] for one in halving(encoder.call("convolutions", pictures(2, channels, size)))]
    if strided != list(hidden):
        raise Wrong(*SAID.strided_convolutions.format(hidden=list(hidden), found=strided))


@exercise(
    "ConvEncoder",
    weight=3,
    leaves=USELESS,
    needs=CODES,
    es="mu y logvar salen de pesos distintos.",
    en="mu and logvar come from different weights.",
)
def test_separate_heads(student):
    for seed in range(3):
        student.seed(seed)
        mu, logvar = codes(drawn(made(student, "ConvEncoder", 1, 16, [4, 8], 5), seed), pictures(8, 1, 16))
        if torch.allclose(mu, logvar):
            raise Wrong(
                "mu y logvar son iguales: cada uno necesita su propia capa.",
                "mu and logvar are equal: each needs a layer of its own.",
            )


def extremes(student):
    """The smallest and largest values of mu and of logvar over several loud encoders."""
    found = []
    for seed in range(6):
        student.seed(seed)
        encoder = drawn(made(student, "ConvEncoder", 1, 16, [4, 8], 6), seed, 60)
        found.append(torch.stack(codes(encoder, pictures(16, 1, 16, seed))).flatten(1))
    values = torch.cat(found, dim=1)
    return values.min(dim=1).values, values.max(dim=1).values


@exercise(
    "ConvEncoder",
    weight=3,
    leaves=USELESS,
    needs=ALL_CODES,
    es="mu y logvar pueden ser positivas y negativas.",
    en="mu and logvar can be positive and negative.",
)
def test_both_signs(student):
    low, high = extremes(student)
    for name, least, most in zip(("mu", "logvar"), low, high, strict=True):
        if not (least < 0 < most):
            raise Wrong(f"{name} va de {least:.3g} a {most:.3g}. " + SAID.heads_apart_and_free.es,
                        f"{name} goes from {least:.3g} to {most:.3g}. " + SAID.heads_apart_and_free.en)  # fmt: skip


@exercise(
    "ConvEncoder",
    weight=2,
    leaves=SLIP,
    needs=(*ALL_CODES, "test_both_signs"),
    es="mu puede tomar cualquier valor.",
    en="mu can take any value.",
)
def test_mu_is_unbounded(student):
    low, high = extremes(student)
    if not (low[0] < -30 and high[0] > 30):
        raise Wrong(*SAID.heads_apart_and_free)


@exercise(
    "ConvEncoder",
    weight=2,
    leaves=SLIP,
    needs=(*ALL_CODES, "test_both_signs"),
    es="logvar puede tomar cualquier valor.",
    en="logvar can take any value.",
)
def test_logvar_is_unbounded(student):
    low, high = extremes(student)
    if not (low[1] < -30 and high[1] > 30):
        raise Wrong(*SAID.heads_apart_and_free)


def bend(first, second, middle):
    """How far a function is from being affine, relative to how much it moves: its values at two places and between."""
    return (middle - (first + second) / 2).abs().max() / (first - second).abs().max().clamp(min=1e-9)


@exercise(
    "ConvEncoder",
    weight=2,
    leaves=SLIP,
    needs=(*ALL_CODES, "test_both_signs"),
    es="Entre las capas hay activaciones.",
    en="There are activations between the layers.",
)
def test_the_encoder_is_not_linear(student):
    bends = []
    for seed in range(3):
        student.seed(seed)
        encoder = drawn(made(student, "ConvEncoder", 1, 16, [8, 8], 4), seed)
        encoder.train(False)
        one, two = (4 * pictures(4, 1, 16, k) - 2 for k in (1, 2))
        bends.append(bend(*(codes(encoder, x)[0] for x in (one, two, (one + two) / 2))))
    if max(bends) < 1e-4:
        raise Wrong(
            "Sin activaciones, toda la red es una sola función lineal.",
            "Without activations the whole network is one linear function.",
        )


def registered(student, name, inputs):
    """Raises Wrong unless two networks of one state give the same."""
    networks = []
    for seed in (1, 2):
        student.seed(seed)
        networks.append(made(student, name, 1, 16, [4, 8], 3))
        networks[-1].train(False)
    networks[1].set_parameters(drawn(networks[0]).state())
    one, other = (network(inputs) for network in networks)
    pairs = zip(one, other, strict=True) if isinstance(one, (list, tuple)) else [(one, other)]
    if not all(near(number(a), number(b)) for a, b in pairs):
        raise Wrong(
            "Hay capas que parameters() no ve, como las de una lista o un dict: hacen falta ModuleList o ModuleDict.",
            "parameters() does not see some layers, such as those in a list or dict: use ModuleList or ModuleDict.",
        )


CUT = ("El gradiente no llega: la red no se podría entrenar.", "No gradient arrives: the network could not be trained.")


def trains(network, inputs, sizes, needed):
    """Raises Wrong unless each part of a network's result can train the needed convolutions, and one of them each kernel.

    sizes: of the parts, by their index, or by None for a result that is one tensor.
    """
    trained = set()
    for part, size in sizes.items():
        cotangent = torch.randn(size, generator=torch.Generator().manual_seed(0))
        if not all(one["trains"] for one in needed(network.call("convolutions", inputs, cotangent, part))):
            raise Wrong(*CUT)
        slopes = network.call("weight_slopes", inputs, cotangent, part)
        trained |= {name for name, slope in slopes.items() if slope is not None and slope.any()}
    if {name for name, value in network.parameters().items() if value.ndim == 4} - trained:
        raise Wrong(*CUT)


@exercise(
    "ConvEncoder",
    weight=2,
    leaves=USELESS,
    needs=CODES,
    es="Todas las capas son parte del módulo.",
    en="All layers are part of the module.",
)
def test_the_encoder_registers_its_layers(student):
    registered(student, "ConvEncoder", pictures(3, 1, 16))


@exercise(
    "ConvEncoder",
    weight=3,
    leaves=USELESS,
    needs=ALL_CODES,
    es="mu y logvar pueden entrenar todas las convoluciones.",
    en="mu and logvar can train all convolutions.",
)
def test_the_encoder_can_be_trained(student):
    encoder = drawn(made(student, "ConvEncoder", 1, 16, [4, 8], 3))
    tensors(encoder.ask(pictures(4, 1, 16)).ok())
    sizes = [tuple(part.shape) for part in codes(encoder, pictures(4, 1, 16))]
    trains(encoder, pictures(4, 1, 16), dict(enumerate(sizes)), halving)


@exercise(
    "ConvEncoder",
    weight=1,
    needs=(*ALL_CODES, "test_both_signs"),
    es="Cada imagen se codifica por sí sola (en modo eval).",
    en="Each picture is encoded by itself (in eval mode).",
)
def test_pictures_do_not_mix_in_the_encoder(student):
    encoder = drawn(made(student, "ConvEncoder", 3, 32, [8, 16], 4))
    encoder.train(False)
    x = pictures(4, 3, 32)
    together, alone = points_of(encoder, x, 4), points_of(encoder, x[2:3], 4)
    for a, b in zip(together, alone, strict=True):
        shape(b, (1, 4))
        close(a[2:3], b, atol=1e-4)
    if (together[0][0] - together[0][1]).abs().max() <= 1e-7:
        raise Wrong("Dos imágenes distintas reciben la misma mu.", "Two different pictures get the same mu.")


@exercise(
    "ConvEncoder",
    weight=1,
    needs=CODES,
    es="La lista de canales queda como estaba; también sirve una tupla.",
    en="The list of channels stays as it was; a tuple will do too.",
)
def test_channels_stay(student):
    outcome = student.ask("ConvEncoder", 1, 16, [4, 8], 3, seed=SEED).ok()
    expect_channels(outcome.inputs[2])
    undisturbed(outcome)
    undisturbed(outcome.value.ask(pictures(2, 1, 16), seed=SEED).ok())
    shape(points_of(student.ConvEncoder(1, 16, (4, 8), 3), pictures(2, 1, 16), 3)[0], (2, 3))


def expect_channels(found):
    """Raises Wrong unless the list [4, 8] that was given came out as it went in."""
    if found != [4, 8]:
        raise Wrong(
            f"hidden_channels era [4, 8] y quedó en {found}: la lista es de quien llama, y list(...) o [::-1] la copian.",
            f"hidden_channels was [4, 8] and is {found} now: it is the caller's list, and list(...) or [::-1] copies it.",
        )


# ConvDecoder


def points(n, latent, seed=0):
    return torch.randn(n, latent, generator=chance(seed))


PICTURES = ("test_shapes_of_pictures",)


@exercise(
    "ConvDecoder",
    weight=4,
    leaves=USELESS,
    es="La imagen tiene el tamaño pedido.",
    en="The picture has the size asked for.",
)
@pytest.mark.parametrize(("channels", "size", "hidden", "latent"), DECODERS)
def test_shapes_of_pictures(student, channels, size, hidden, latent):
    shape(student.ConvDecoder(channels, size, hidden, latent)(points(3, latent)), (3, channels, size, size))


@exercise(
    "ConvDecoder",
    weight=3,
    leaves=SLIP,
    needs=PICTURES,
    es="También con tamaños que no son potencias de 2.",
    en="Also for sizes that are no powers of 2.",
)
@pytest.mark.parametrize(("channels", "size", "hidden", "latent"), ANY_SIZE)
def test_any_size(student, channels, size, hidden, latent):
    shape(student.ConvDecoder(channels, size, hidden, latent)(points(3, latent)), (3, channels, size, size))


def drawn_pictures(student, factor, spread):
    """Of several decoders: their weights times a factor, their z of that deviation."""
    found = []
    for seed in range(4):
        student.seed(seed)
        decoder = drawn(made(student, "ConvDecoder", 1, 16, [4, 8], 3), seed, factor)
        found.append(number(decoder(spread * points(16, 3, seed))))
    return torch.cat(found)


@exercise("ConvDecoder", weight=3, leaves=USELESS, es="Los píxeles están en [0, 1].", en="Pixels are in [0, 1].")
def test_pixels_in_range(student):
    x_hat = drawn_pictures(student, 10, 5)
    if not (x_hat.min() >= 0 and x_hat.max() <= 1):
        raise Wrong(*SAID.sigmoid_missing)


@exercise(
    "ConvDecoder",
    weight=4,
    leaves=USELESS,
    needs=("test_pixels_in_range", "test_the_decoder_registers_its_layers"),
    es="Puede acercarse cuanto haga falta a 0 y a 1.",
    en="It can come as close to 0 and 1 as needed.",
)
def test_both_ends_are_reached(student):
    x_hat = drawn_pictures(student, 10, 5)
    low, high = x_hat.min().item(), x_hat.max().item()
    if low >= 0.49 and high <= 0.74:
        raise Wrong(*SAID.sigmoid_twice)
    if not (low < 0.01 and high > 0.99):
        raise Wrong(f"Los píxeles van de {low:.3g} a {high:.3g}.", f"Pixels go from {low:.3g} to {high:.3g}.")


@exercise(
    "ConvDecoder",
    weight=2,
    leaves=SLIP,
    needs=("test_pixels_in_range", "test_both_ends_are_reached", "test_the_decoder_registers_its_layers"),
    es="Se acerca a 0 y a 1 sin recortar.",
    en="It comes close to 0 and 1 without clipping.",
)
def test_nothing_is_clipped(student):
    quiet = drawn_pictures(student, 1, 1)
    if ((quiet <= 0) | (quiet >= 1)).double().mean() > 0.2:
        raise Wrong(
            "Muchos píxeles son exactamente 0 o 1: recortar corta el gradiente; conviene la sigmoide.",
            "Many pixels are exactly 0 or 1: clipping cuts the gradient; a sigmoid is better.",
        )


@exercise(
    "ConvDecoder",
    weight=2,
    needs=("test_the_decoder_registers_its_layers", *PICTURES),
    es="hidden_channels se usa en espejo: del último al primero.",
    en="hidden_channels is used mirrored: from the last to the first.",
)
@pytest.mark.parametrize(("hidden", "channels"), [([4, 16], 3), ([6, 12, 24], 1)])
def test_mirrored_channels(student, hidden, channels):
    layers = made(student, "ConvDecoder", channels, 32, hidden, 5).call("convolutions", points(2, 5))
    widths = iter([layer["in_channels"] for layer in layers])
    mirrored = all(width in widths for width in hidden[::-1])  # in this order
    if not layers or not mirrored or layers[-1]["out_channels"] != channels:
        raise Wrong(*SAID.not_mirrored)


@exercise(
    "ConvDecoder",
    weight=2,
    leaves=SLIP,
    needs=("test_pixels_in_range", "test_both_ends_are_reached", "test_the_decoder_registers_its_layers"),
    es="Entre las capas hay activaciones.",
    en="There are activations between the layers.",
)
def test_the_decoder_is_not_linear(student):
    bends = []
    for seed in range(3):
        student.seed(seed)
        decoder = drawn(made(student, "ConvDecoder", 1, 16, [8, 8], 4), seed)
        decoder.train(False)
        one, two = (2 * points(4, 4, k) for k in (1, 2))
        found = torch.stack([number(decoder(z)) for z in (one, two, (one + two) / 2)])
        inside = ((found > 1e-3) & (found < 1 - 1e-3)).all(dim=0)  # where float32 tells one logit from the next
        bends.append(bend(*torch.where(inside, torch.logit(found, eps=1e-6), 0)))
    if max(bends) < 1e-3:
        raise Wrong(
            "Sin activaciones, todo lo que precede a la sigmoide es una función lineal.",
            "Without activations all before the sigmoid is one linear function.",
        )


@exercise(
    "ConvDecoder",
    weight=2,
    leaves=USELESS,
    es="Todas las capas son parte del módulo.",
    en="All layers are part of the module.",
)
def test_the_decoder_registers_its_layers(student):
    registered(student, "ConvDecoder", points(3, 3))


@exercise(
    "ConvDecoder",
    weight=3,
    leaves=USELESS,
    needs=(*PICTURES, "test_any_size", "test_the_decoder_registers_its_layers"),
    es="El gradiente llega a los pesos y a z.",
    en="The gradient reaches the weights and z.",
)
def test_the_decoder_can_be_trained(student):
    decoder = drawn(made(student, "ConvDecoder", 1, 16, [4, 8], 3))
    shape(decoder(points(4, 3)), (4, 1, 16, 16))
    outcome = decoder.ask(leaf(points(4, 3), "z"), cotangent=points(4, 256)).ok()
    tensors(outcome)
    if outcome.gradients["z"] is None or not outcome.gradients["z"].any():
        raise Wrong(*CUT)
    trains(decoder, points(4, 3), {None: (4, 256)}, list)


@exercise(
    "ConvDecoder",
    weight=1,
    es="Cada z da su propia imagen (en modo eval).",
    en="Each z gives a picture of its own (in eval mode).",
)
def test_pictures_do_not_mix_in_the_decoder(student):
    decoder = drawn(made(student, "ConvDecoder", 3, 32, [8, 16], 4))
    decoder.train(False)
    z = points(4, 4)
    together, alone = number(decoder(z)), number(decoder(z[2:3]))
    close(together[2:3], alone, atol=1e-4)
    if (together[0] - together[1]).abs().max() <= 1e-7:
        raise Wrong("Dos z distintos dan la misma imagen.", "Two different z give the same picture.")


@exercise(
    "ConvDecoder",
    weight=1,
    es="La lista de canales queda como estaba; también sirve una tupla.",
    en="The list of channels stays as it was; a tuple will do too.",
)
def test_decoder_leaves_the_channels(student):
    outcome = student.ask("ConvDecoder", 1, 16, [4, 8], 3, seed=SEED).ok()
    expect_channels(outcome.inputs[2])
    undisturbed(outcome)
    undisturbed(outcome.value.ask(points(2, 3), seed=SEED).ok())
    shape(student.ConvDecoder(1, 16, (4, 8), 3)(points(2, 3)), (2, 1, 16, 16))

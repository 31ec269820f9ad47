"""What is trained in the tab Train, and how: a plan, made of what the knobs offer."""

from dataclasses import dataclass

from ....presets import Data, Layer, Model, Optimizer, Preset, Training
from ...core.limits import number, one_of, whole
from . import sets, texts

NETWORKS: dict[str, dict] = {
    "conv": {"hidden_channels": (32, 64, 128), "norm": "batch"},
    "dense": {"encoder_layers": (Layer(units=256), Layer(units=128))},
}
LATENTS = (1, 2, 4, 8, 16, 32, 64)
BETAS = (0.0, 0.1, 0.5, 1.0, 2.0, 4.0, 16.0, 64.0)
RATES = (0.00001, 0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.03, 0.1)
BATCHES = (2, 8, 32, 128)

PROBLEMS: dict[str, tuple[dict, tuple[dict, ...]]] = {  # the usual ones: a plan in which each shows, and its cures
    "noisy": ({"batch": 2, "rate": 0.01}, ({"batch": 32}, {"rate": 0.0005}, {"batch": 32, "rate": 0.0005})),
    "blurry": ({"latent": 2, "beta": 4.0}, ({"latent": 16}, {"beta": 0.5}, {"latent": 16, "beta": 0.5})),
    "diverging": (
        {"network": "dense", "rate": 0.1}, ({"rate": 0.001}, {"rate": 0.005}, {"network": "conv", "rate": 0.01}),
    ),
    "collapsed": ({"beta": 64.0}, ({"beta": 1.0}, {"beta": 16.0}, {"beta": 0.0})),
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What is trained, and how."""

    data: str = "drawn"
    network: str = "conv"
    latent: int = 16
    beta: float = 1.0
    rate: float = 0.002
    batch: int = 32

    @classmethod
    def checked(cls, data, network, latent, beta, rate, batch) -> "Plan":
        """Raises Refused for what is out of bounds."""
        asked = texts.ASKED
        return cls(
            one_of(data, sets.SETS, asked["data"]), one_of(network, tuple(NETWORKS), asked["network"]),
            whole(latent, 1, max(LATENTS), asked["latent"]), number(beta, 0, 1000, asked["beta"]),
            number(rate, 1e-7, 1, asked["rate"]), whole(batch, 2, max(BATCHES), asked["batch"]),
        )  # fmt: skip

    def preset(self) -> Preset:
        """The same as one experiment's file."""
        about: Data = sets.about(self.data).model_copy(update={"batch_size": self.batch})
        options = Training(epochs=1, learning_rate=self.rate, optimizer=Optimizer(), loss="bce", beta=self.beta)
        return Preset(data=about, model=Model(latent_dim=self.latent, **NETWORKS[self.network]), training=options)


def spelled(value: float) -> str:
    """A beta or a rate without an exponent: "0.00001", "64"."""
    return f"{value:.7f}".rstrip("0").rstrip(".")

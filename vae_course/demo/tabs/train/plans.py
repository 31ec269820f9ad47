"""What is trained in the tab Train, and how: a plan, made of what the knobs offer."""

from dataclasses import dataclass

from ....presets import Data, Layer, Model, Optimizer, Preset, Training
from ....text import Both
from ...core.limits import number, one_of, whole
from . import sets

NETWORKS: dict[str, dict] = {
    "conv": {"hidden_channels": (32, 64, 128), "norm": "batch"},
    "dense": {"encoder_layers": (Layer(units=256), Layer(units=128))},
}
LATENTS = (1, 2, 4, 8, 16, 32, 64)
BETAS = (0.0, 0.1, 0.5, 1.0, 2.0, 4.0, 16.0, 64.0)
RATES = (0.00001, 0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.03, 0.1)
BATCHES = (2, 8, 32, 128)

DATA = Both(es="Los datos", en="The data")
NETWORK = Both(es="La red", en="The network")
LATENT = Both(es="La dimensión latente", en="The latent dimension")
BETA = Both(es="β", en="β")
RATE = Both(es="La tasa de aprendizaje", en="The learning rate")
BATCH = Both(es="El tamaño del batch", en="The batch size")
FIELDS = ("data", "network", "latent", "beta", "rate", "batch")


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
        return cls(
            one_of(data, sets.SETS, DATA),
            one_of(network, tuple(NETWORKS), NETWORK),
            whole(latent, 1, max(LATENTS), LATENT),
            number(beta, 0, 1000, BETA),
            number(rate, 1e-7, 1, RATE),
            whole(batch, 2, max(BATCHES), BATCH),
        )

    def preset(self) -> Preset:
        """The same as one experiment's file."""
        about: Data = sets.about(self.data).model_copy(update={"batch_size": self.batch})
        options = Training(epochs=1, learning_rate=self.rate, optimizer=Optimizer(), loss="bce", beta=self.beta)
        return Preset(data=about, model=Model(latent_dim=self.latent, **NETWORKS[self.network]), training=options)


def spelled(value: float) -> str:
    """A beta or a rate without an exponent: "0.00001", "64"."""
    return f"{value:.7f}".rstrip("0").rstrip(".")

"""What samples are judged by: the networks of this project's own that see more in a picture than its pixels.

Each was trained to tell something of a set's pictures; what its last layer reads are 128 features of it.
They lie in judges/, NAME.safetensors (float16) and NAME.json. python -m vae_course.runs.features NAME trains one anew.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .. import data, presets
from ..augmentation import mirror_half
from ..files import replacing
from ..fit import cosine_with_warmup
from ..images import minibatches, to_unit_range
from ..text import pick
from ..training import inference

JUDGES = Path(__file__).with_name("judges")
PRESETS = {"clothes": "fashion", "attributes": "faces"}  # judge -> whose pictures it learnt from
OF_SOURCE = {"fashion": "clothes", "celeba": "attributes"}  # data.source -> its judge
WIDTHS = (32, 64, 128)
EPOCHS, BATCH, RATE = 12, 128, 3e-3
CHUNK = 500


class FeatureNetwork(nn.Module):
    """A small convolutional classifier of pictures of any size: features (N, 128), then one logit a class."""

    def __init__(self, channels: int, classes: int):
        super().__init__()
        sizes = (channels, *WIDTHS)
        self.body = nn.Sequential(
            *(layer for a, b in zip(sizes, WIDTHS, strict=False) for layer in (*self._block(a, b), nn.MaxPool2d(2)))
        )
        self.head = nn.Linear(WIDTHS[-1], classes)

    @staticmethod
    def _block(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
        return nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()

    def features(self, x: Tensor) -> Tensor:
        """x (N, C, H, W) in [0, 1] -> (N, 128)."""
        return self.body(x).mean(dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(F.dropout(self.features(x), 0.2, self.training))


def about(name: str) -> dict:
    """What is known of a judge: pictures, classes, how well it tells held-back ones, the command that trained it."""
    return json.loads((JUDGES / f"{name}.json").read_text(encoding="utf-8"))


def load(name: str) -> FeatureNetwork:
    """The judge, float32, in eval mode: its batch normalisation must not look at the pictures that it judges."""
    card = about(name)
    network = FeatureNetwork(card["channels"], len(card["classes"]))
    network.load_state_dict(load_file(JUDGES / f"{name}.safetensors"))  # float16 becomes float32
    return network.eval().to(memory_format=torch.channels_last)  # 1.5 to 2 times as quick


def answers(images: data.ImageSet) -> tuple[list[str], Tensor]:
    """What a judge of the set learns to tell: the names, and what is right, (N,) classes or (N, K) yes or no."""
    if images.labels is not None:
        return [pick(name, "en") for name in images.classes], images.labels
    names = [name for name, values in images.attributes.items() if values.dtype == torch.bool]
    return names, torch.stack([images.attributes[name] for name in names], dim=1).float()


def train(images: data.ImageSet, epochs: int = EPOCHS, seed: int = 0) -> FeatureNetwork:
    """A judge that learnt from the training pictures."""
    names, right = answers(images)
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # first weights and dropout
        network = FeatureNetwork(images.images.shape[-1], len(names)).to(memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.05, fused=True)
        schedule = cosine_with_warmup(optimizer, epochs * -(-len(images.train) // BATCH))
        for _ in range(epochs):
            for rows in minibatches(images.train, BATCH, generator):
                x = mirror_half(to_unit_range(images.images[rows]), generator)
                optimizer.zero_grad()
                loss_of(network(x), right[rows]).backward()
                optimizer.step()
                schedule.step()
    return network.eval()


def loss_of(logits: Tensor, right: Tensor) -> Tensor:
    if right.is_floating_point():
        return F.binary_cross_entropy_with_logits(logits, right)
    return F.cross_entropy(logits, right)


def accuracy(network: FeatureNetwork, images: data.ImageSet, part: Tensor) -> float:
    """The share of right answers, over all pictures of the part and, of yes or no, over all attributes."""
    _, right = answers(images)
    with inference(network):
        logits = torch.cat([network(to_unit_range(images.images[rows])) for rows in part.split(CHUNK)])
    told = (logits > 0).float() if right.is_floating_point() else logits.argmax(dim=1)
    return (told == right[part]).float().mean().item()


def baseline(images: data.ImageSet, part: Tensor) -> float:
    """The accuracy of always giving the commoner answer."""
    _, right = answers(images)
    share = right[part].mean(dim=0) if right.is_floating_point() else right[part].bincount() / len(part)
    return (torch.maximum(share, 1 - share).mean() if right.is_floating_point() else share.max()).item()


def write(name: str) -> None:
    """Trains a judge and puts it into judges/. Raises DataError."""
    preset = presets.load(PRESETS[name])
    images = data.load(preset.data)
    network = train(images)
    state = {key: value.half() if value.is_floating_point() else value for key, value in network.state_dict().items()}
    network.load_state_dict(state)  # judged as it is kept
    JUDGES.mkdir(exist_ok=True)
    with replacing(JUDGES / f"{name}.safetensors") as temporary:
        save_file({key: value.contiguous() for key, value in state.items()}, temporary)
    card = {
        "name": name,
        "set": images.name,
        "channels": images.images.shape[-1],
        "side": images.images.shape[1],
        "classes": answers(images)[0],
        "parameters": sum(weights.numel() for weights in network.parameters()),
        "epochs": EPOCHS,
        "split": "test",
        "images": len(images.test),
        "accuracy": round(accuracy(network, images, images.test), 4),
        "baseline": round(baseline(images, images.test), 4),
        "command": f"python -m vae_course.runs.features {name}",
    }
    with replacing(JUDGES / f"{name}.json") as temporary:
        temporary.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(card))


if __name__ == "__main__":
    for name in sys.argv[1:] or PRESETS:
        write(name)

"""One training by several processes, as torchrun starts them: the same numbers as one process finds, sooner.

Every process runs the whole program and holds the whole training: it shuffles, mirrors and draws what one process alone
would. Only the networks' work is shared. Each process encodes and decodes its own rows of a batch; what comes out is
put together, so that the loss is the whole batch's in every process, whatever the loss and however uneven the rows; and
DistributedDataParallel adds up what each one's rows give to the gradient. Sums in another order, that is rounding, are
all that differs, and a checkpoint does not know how many processes wrote it.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TextIO, TypeVar, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from ..sampling import VAE, reparameterize
from .folder import RunError

T = TypeVar("T")
RENDEZVOUS = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")  # what torchrun tells each process
PATIENCE = timedelta(hours=2)  # the first process may have to fetch and decode all pictures while the others wait


# the processes


@dataclass(frozen=True)
class Team:
    """The processes of one training; alone, it asks nobody."""

    device: str
    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.rank == 0

    def in_turn(self, work: Callable[[], T]) -> T:
        """Every process's own result, the first process's before the others begin; an error of one is raised by all."""
        if self.size == 1:
            return work()
        result, error = None, None
        for turn in (self.first, not self.first):
            if turn:
                try:
                    result = work()
                except Exception as raised:
                    error = raised
            if errors := [one for one in self.gather(error) if one is not None]:
                raise errors[0]
        return cast(T, result)

    def gather(self, value: T) -> list[T]:
        """What each process has, by rank."""
        values = [value] * self.size
        if self.size > 1:
            dist.all_gather_object(values, value)
        return values

    def shard(self, model: VAE) -> VAE:
        """The model, of which each process does its share. Where there are several, it is called by all at once."""
        return model if self.size == 1 else sharded(model)

    def wrap(self, model: nn.Module) -> nn.Module | None:
        """What a training step calls in the place of a model from `shard`, so that gradients are added up."""
        if self.size == 1:
            return None
        wrapped = DistributedDataParallel(model, gradient_as_bucket_view=True)
        wrapped.register_comm_hook(None, add_up)
        return wrapped


@contextmanager
def team(asked: str | None) -> Iterator[Team]:
    """The processes that torchrun started, connected, or this one alone, each with its device.

    Raises RunError, also where another process ends in the middle.
    """
    size = world_size()
    if size == 1:
        yield Team(choose_device(asked))
        return
    device = choose_device(asked, several=True)
    nccl = device != "cpu" and dist.is_nccl_available()  # not on Windows
    try:
        store, rank, _ = next(dist.rendezvous("env://", timeout=PATIENCE))
        attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")  # the store keeps addresses of those before
        dist.init_process_group(
            "nccl" if nccl else "gloo", store=dist.PrefixStore(attempt, store), rank=rank, world_size=size,
            timeout=PATIENCE, device_id=torch.device(device) if nccl else None,
        )  # fmt: skip
        yield Team(device, rank, size)
        dist.barrier()  # nobody leaves while another still needs it
    except RuntimeError as error:
        if not (isinstance(error, dist.DistError) or "gloo" in str(error)):
            raise
        raise RunError(
            "the processes lost each other: one ended, as it or torchrun says, or the network failed; go on from the "
            "last checkpoint with --resume"
        ) from None
    finally:
        if dist.is_initialized():
            gc.collect()  # what still holds the group may keep its threads into the interpreter's end
            dist.destroy_process_group()


def world_size() -> int:
    """How many processes train together: 1, unless torchrun or its like started this one. Raises RunError."""
    size = os.environ.get("WORLD_SIZE", "1")
    if not size.isdecimal() or int(size) < 1:
        raise RunError(f"WORLD_SIZE is {size!r}, which is no number of processes: unset it, or start with torchrun")
    missing = [name for name in RENDEZVOUS if name not in os.environ]
    if int(size) > 1 and missing:
        raise RunError(
            f"WORLD_SIZE is {size}, but {', '.join(missing)} is not set, so the processes can't find each other: start "
            f"with torchrun --nproc-per-node {size} -m vae_course, or unset WORLD_SIZE"
        )
    return int(size)


def speaks() -> bool:
    """Whether this process says for all of its machine what all of them have to say."""
    return os.environ["LOCAL_RANK"] == "0" if all(name in os.environ for name in RENDEZVOUS) else True


def say(text: str, file: TextIO | None = None) -> None:
    """Prints it, once a machine."""
    if speaks():
        print(text, file=file)


def program() -> str:
    """What starts `-m vae_course` as this process was started."""
    together = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return "python" if together == 1 else f"torchrun --nproc-per-node {together}"


def choose_device(asked: str | None, several: bool = False) -> str:
    """The one asked for, else cuda, else mps (Apple's graphics), else cpu. Raises RunError for one that is not here.

    several: for this process among several, of which each takes a GPU of its own.
    """
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available() and not several, "cpu": True}
    device = asked or next(device for device, there in here.items() if there)
    if several and device == "mps":
        raise RunError("--device mps: several processes train on CPUs or on GPUs of NVIDIA")
    if not here[device]:
        raise RunError(f"--device {device}: PyTorch finds none here; leave --device out to train on what there is")
    if device == "cuda":
        torch.set_float32_matmul_precision("high")
    return own_gpu() if several and device == "cuda" else device


def own_gpu() -> str:
    """Raises RunError where this machine has fewer GPUs than processes."""
    rank, found = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
    together = int(os.environ.get("LOCAL_WORLD_SIZE", rank + 1))
    if together > found:
        raise RunError(
            f"{together} processes on this machine take a GPU each, and PyTorch finds {found}: take --nproc-per-node "
            f"{found}, or --device cpu"
        )
    torch.cuda.set_device(rank)
    return f"cuda:{rank}"


# the model


class ShardedVAE(VAE):
    """A VAE that is called with the whole batch by every process, and does its own rows of it.

    `encode` and `decode` are this process's own, as ever.
    """

    def forward(self, x: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """(x_hat, mu, logvar) of the whole batch x (N, C, H, W); gradients reach the process's own rows."""
        n, mine = len(x), own_rows(len(x))
        mu, logvar = (whole(part, n) for part in self.encode(x[mine]))
        z = reparameterize(mu, logvar, generator)  # (N, D): chance is the whole batch's, as in one process
        return whole(self.decode(z[mine]), n), mu, logvar


def own_rows(n: int) -> slice:
    """This process's rows of n: as many as another's, or one less or more."""
    rank, size = dist.get_rank(), dist.get_world_size()
    return slice(n * rank // size, n * (rank + 1) // size)


def whole(part: Tensor, n: int) -> Tensor:
    """All n rows, of which each process brings its own: part, (rows, ...). Gradients reach part."""
    mine = own_rows(n)
    rows = part.new_zeros(n, *part.shape[1:])
    rows[mine] = part.detach()
    dist.all_reduce(rows)  # the others' are 0 here
    return torch.cat([rows[: mine.start], part, rows[mine.stop :]])


def add_up(_: object, bucket: dist.GradBucket) -> torch.futures.Future[Tensor]:
    """The sum of all processes' gradients, where DistributedDataParallel would take their mean."""
    work = dist.all_reduce(bucket.buffer(), async_op=True)
    return work.get_future().then(lambda done: done.value()[0])


def sharded(model: VAE) -> ShardedVAE:
    """The same weights under the same names, batch normalisation by whole batches."""
    for part in model.modules():
        for name, layer in part.named_children():
            if isinstance(layer, nn.BatchNorm2d):
                setattr(part, name, WholeBatchNorm.like(layer))
    return ShardedVAE(model.encoder, model.decoder)


class WholeBatchNorm(nn.BatchNorm2d):
    """Batch normalisation by the whole batch's mean and variance: nn.SyncBatchNorm, which is for GPUs, for CPUs too."""

    @classmethod
    def like(cls, layer: nn.BatchNorm2d) -> "WholeBatchNorm":
        made = cls(layer.num_features, layer.eps, layer.momentum).to(layer.weight)  # dtype and device
        made.load_state_dict(layer.state_dict())
        return made

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        values = x.to(self.weight.dtype)  # (rows, C, H, W); of autocast's bfloat16 too much is rounded away in sums
        count = Sum.apply(values.new_tensor(values[:, 0].numel()))
        mean = Sum.apply(values.sum(dim=(0, 2, 3))) / count  # (C,)
        centred = values - mean[:, None, None]
        variance = Sum.apply(centred.square().sum(dim=(0, 2, 3))) / count
        self.follow(mean.detach(), variance.detach() * count / (count - 1))
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return (centred * scale[:, None, None] + self.bias[:, None, None]).to(x.dtype)

    @torch.no_grad()
    def follow(self, mean: Tensor, variance: Tensor) -> None:
        """The running statistics take a step towards a batch's."""
        kept = dict(self.named_buffers())
        kept["num_batches_tracked"].add_(1)
        kept["running_mean"].lerp_(mean, self.momentum or 0.0)
        kept["running_var"].lerp_(variance, self.momentum or 0.0)


class Sum(torch.autograd.Function):
    """The sum over all processes, in each of them; a term's gradient is the sum of all processes' gradients."""

    @staticmethod
    def forward(_, term: Tensor) -> Tensor:
        total = term.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(_, gradient: Tensor) -> Tensor:
        return Sum.forward(_, gradient)

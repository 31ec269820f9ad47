"""The student's side: holds their functions and the objects they make, and answers one request at a time."""

import __future__

import ast
import contextlib
import importlib.machinery
import importlib.util
import io
import itertools
import linecache
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from ..faults import Fault, absent, fault
from ..kinds import described
from .contents import GIVEN, defined
from .importable import Given, module_spec
from .protocol import DTYPES, Kept, Recipe, dumps
from .toys import RECIPES

MOST_ITEMS = 10_000  # taken from an iterator


@dataclass
class Session:
    """A student's namespace and everything that was made from it."""

    namespace: dict
    folder: Path  # where paths of checks lie
    objects: list = field(default_factory=list)
    unmade: dict[str, Fault] = field(default_factory=dict)  # name -> why the cell that defines it did not get so far

    def run(self, name: str, text: str) -> dict:
        """Executes a notebook's cell: what the first of its statements that failed raised, if one did.

        What stands below runs all the same, unless the cell ends itself.
        """
        found: Fault | None = None
        with fresh_state(None):
            linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
            try:
                for node, code in statements(text, name):
                    error = self.execute(code)
                    if error and not found:
                        found = fault(error, self.namespace)
                    if isinstance(error, SystemExit) or (error and isinstance(node, ast.Raise)):
                        break
            except Exception as error:  # the cell is no Python
                found = fault(error, self.namespace)
        if found is None:
            return {"fault": None}
        self.unmade |= dict.fromkeys(defined(text) - self.namespace.keys(), found)
        return {"fault": asdict(found)}

    def execute(self, code: CodeType) -> BaseException | None:
        """What a statement raised, if it did."""
        try:
            exec(code, self.namespace)
            return None
        except (Exception, SystemExit) as error:
            return error

    def answer(self, request: dict) -> dict:
        """The outcome of one request; nothing that the student's code does raises here."""
        leaves: dict[str, Tensor] = {}
        outcome: dict[str, Any] = {
            "value": None,
            "fault": None,
            "error_type": None,
            "gradients": {},
            "inputs": [],
            "requires_grad": None,
            "returned": None,
            "numpy": False,
        }
        with fresh_state(request.get("seed"), request.get("gradients", True)) as random_before:
            settings_before = settings()
            try:
                args = [self.build(arg, leaves) for arg in request["args"]]
                kwargs = {key: self.build(arg, leaves) for key, arg in request["kwargs"].items()}
                result = self.operation(request)(*args, **kwargs)
                result = list(itertools.islice(result, MOST_ITEMS)) if isinstance(result, Iterator) else result
                outcome |= self.described(result, args, leaves, request)
            except (Exception, SystemExit) as error:
                outcome["fault"] = asdict(self.fault(error, request["target"]))
                outcome["error_type"] = tuple(kind.__name__ for kind in type(error).__mro__)
            outcome["random_moved"] = not torch.equal(random_before, torch.get_rng_state())
            outcome["changed"] = dict(settings().items() - settings_before.items())
        return outcome

    def fault(self, error: BaseException, target: str | Kept) -> Fault:
        """What an exception says; a function that is not there is told with the name that comes near."""
        if isinstance(target, str) and target not in self.namespace:
            return self.unmade.get(target) or absent(target, self.namespace)
        return fault(error, self.namespace)

    def described(self, result, args: list, leaves: dict[str, Tensor], request: dict) -> dict:
        """A result as a check sees it, with the gradients that it asked for."""
        found = {"value": self.pack(result), "inputs": [self.pack(arg) for arg in args]}
        found["returned"] = list(described(result))
        found["requires_grad"] = (
            [requires_grad(part) for part in result] if isinstance(result, (tuple, list)) else requires_grad(result)
        )
        found["numpy"] = holds_numpy(result)
        if leaves and request.get("backward", True):
            found["gradients"] = gradients(result, leaves, request.get("backward_of"), request.get("cotangent"))
        return found

    def operation(self, request: dict) -> Callable:
        """What a request calls: the student's function, an object or its method, or one of OPERATIONS."""
        target = request["target"]
        if isinstance(target, str):
            return self.namespace[target]
        kept, name = self.objects[target.number], request["method"]
        if name in OPERATIONS:
            return lambda *args: OPERATIONS[name](kept, *args)
        return kept if name == "__call__" else getattr(kept, name)

    def make(self, recipe: Recipe) -> Kept:
        return self.keep(self.build(recipe, {}))

    def keep(self, thing) -> Kept:
        for number, kept in enumerate(self.objects):
            if kept is thing:
                return Kept(number, type(thing).__name__)
        self.objects.append(thing)
        return Kept(len(self.objects) - 1, type(thing).__name__)

    def build(self, value, leaves: dict[str, Tensor]):
        """A value of the checks as the student's code gets it; tensors are copies of their own."""
        if isinstance(value, Recipe):
            fields = {key: self.build(part, leaves) for key, part in value.fields.items()}
            return self.recipe(value.kind, fields, leaves)
        if isinstance(value, Kept):
            return self.objects[value.number]
        if isinstance(value, (list, tuple)):
            return type(value)(self.build(part, leaves) for part in value)
        if isinstance(value, dict):
            return {key: self.build(part, leaves) for key, part in value.items()}
        return value

    def recipe(self, kind: str, fields: dict, leaves: dict[str, Tensor]):
        if kind == "leaf":
            leaves[fields["name"]] = fields["value"].detach().clone().requires_grad_()
            return leaves[fields["name"]]
        if kind == "path":
            return self.folder / Path(fields["name"]).name
        return RECIPES[kind](**fields)

    def pack(self, value):
        """A student's value as the protocol knows it; what it does not know stays here."""
        if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
            return type(value)(self.pack(part) for part in value) if type(value) in (list, tuple) else list(value)
        if isinstance(value, tuple):
            return tuple(self.pack(part) for part in value)
        if isinstance(value, dict):
            return {key: self.pack(part) for key, part in value.items()}
        if isinstance(value, Tensor):
            return value.detach() if str(value.dtype).removeprefix("torch.") in DTYPES else self.keep(value)
        try:
            dumps(value)
        except Exception:  # anything that a student's object may do when it is looked at
            return self.keep(value)
        return value


def statements(text: str, name: str) -> list[tuple[ast.stmt, CodeType]]:
    """What stands at a cell's top, each compiled by itself. Raises whatever compiling the whole cell raises."""
    whole = compile(text, name, "exec", dont_inherit=True)
    features = (getattr(__future__, feature).compiler_flag for feature in __future__.all_feature_names)
    flags = sum(flag & whole.co_flags for flag in set(features))
    body = ast.parse(text, name).body
    return [(node, compile(ast.Module([node], []), name, "exec", flags, dont_inherit=True)) for node in body]


def executed(file: Path, name: str, text: bytes | None = None) -> ModuleType:
    """A student's file as a proper module in sys.modules. Raises whatever the file raises.

    text: what is in it, for a process that can't read it any more.
    """
    if file.suffix not in importlib.machinery.SOURCE_SUFFIXES:
        raise ImportError(f"{file.name} is no Python file")
    loader = Given(str(file), file.read_bytes() if text is None else text)
    module = sys.modules[name] = importlib.util.module_from_spec(module_spec(name, loader))  # where dataclasses look
    with contextlib.suppress(SyntaxError, UnicodeDecodeError):  # loading it tells
        linecache.cache[str(file)] = len(loader.text), None, loader.lines(), str(file)
    loader.exec_module(module)
    return module


def notebook(name: str) -> dict:
    """The namespace of a notebook without a cell, a new module in sys.modules: `__main__` to Jupyter.

    What lessons take from vae_course.notebook does nothing there, and `mine` gives the reader's own functions.
    """
    sys.modules[name] = module = ModuleType(name)
    namespace = vars(module)
    namespace |= dict.fromkeys(GIVEN, lambda *args, **kwargs: None)
    namespace["mine"] = lambda function: namespace[function]
    return namespace


def settings() -> dict[str, Any]:
    """What is torch's own, for all code of a process: a function that changes it changes what its callers do next."""
    return {
        "seed": torch.initial_seed(), "gradients": torch.is_grad_enabled(), "dtype": str(torch.get_default_dtype()),
    }  # fmt: skip


def holds_numpy(value) -> bool:
    """Whether NumPy arrays are among a result's parts."""
    if isinstance(value, (list, tuple)):
        return any(holds_numpy(part) for part in value)
    return isinstance(value, np.ndarray)


def requires_grad(value) -> bool:
    return isinstance(value, Tensor) and value.requires_grad


def gradients(result, leaves: dict[str, Tensor], part: int | None, cotangent) -> dict[str, Tensor | None]:
    """d(sum of cotangent * result) / d leaf for each leaf; None where the result does not depend on it."""
    output = result if part is None else result[part]
    if not requires_grad(output):
        return dict.fromkeys(leaves)
    weights = torch.ones_like(output) if cotangent is None else cotangent.to(output.dtype).reshape(output.shape)
    found = torch.autograd.grad(output, list(leaves.values()), weights, allow_unused=True, retain_graph=True)
    return dict(zip(leaves, found, strict=True))


def load_lazy_parts() -> None:
    """Has torch do what it puts off: imports for an optimizer, which would take each child seconds, and a look at the
    processor for half precision, which a confined one can't have.

    Nothing is differentiated: where a GPU is, autograd's threads would forbid its children theirs.
    """
    torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    torch.zeros(1).half()


@contextlib.contextmanager
def fresh_state(seed: int | None, gradients: bool = True):
    """Gradients on (or off), float32, no warnings or prints; afterwards all but random state is as before."""
    folder, grad, dtype, threads = (
        os.getcwd(),
        torch.is_grad_enabled(),
        torch.get_default_dtype(),
        torch.get_num_threads(),
    )
    torch.set_grad_enabled(gradients)
    torch.set_default_dtype(torch.float32)
    if seed is not None:
        torch.default_generator.manual_seed(seed)  # torch.manual_seed also prepares other devices
    before = torch.get_rng_state()
    try:
        with warnings.catch_warnings(), silence():
            warnings.simplefilter("ignore")
            yield before
    finally:
        torch.set_grad_enabled(grad)
        torch.set_default_dtype(dtype)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        if os.getcwd() != folder:
            os.chdir(folder)


class Nowhere(io.TextIOBase):
    """Takes what is printed, however much, and keeps none of it."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def silence():
    with contextlib.redirect_stdout(Nowhere()), contextlib.redirect_stderr(Nowhere()):
        yield


def flat_state(thing, prefix: str = "") -> dict:
    """A state_dict with its nested parts under dotted names, numbers and tensors only."""
    state = thing.state_dict() if hasattr(thing, "state_dict") else thing
    items = state.items() if isinstance(state, dict) else enumerate(state) if isinstance(state, (list, tuple)) else ()
    flat: dict[str, Any] = {}
    for key, value in items:
        if isinstance(value, (dict, list, tuple)):
            flat |= flat_state(value, f"{prefix}{key}.")
        elif isinstance(value, (Tensor, int, float)):
            flat[f"{prefix}{key}"] = value.clone() if isinstance(value, Tensor) else value
    return flat


def weight_slopes(module: nn.Module, inputs: Tensor, cotangent: Tensor, part: int | None) -> dict[str, Tensor | None]:
    """As `gradients`, for each of a module's parameters that ask for one."""
    leaves: dict[str, Tensor] = {name: p for name, p in module.named_parameters() if p.requires_grad}
    return gradients(module(inputs), leaves, part, cotangent)


class Convolutions(TorchFunctionMode):
    """Notes each 2-D convolution computed in it, whether by a layer, a layer of one's own or torch.nn.functional."""

    def __init__(self):
        super().__init__()
        self.seen: list[tuple[Tensor, dict]] = []  # the weights, and what is said of it

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if func in (torch.conv2d, torch.conv_transpose2d):
            given = dict(zip(("input", "weight", "bias", "stride"), args, strict=False)) | (kwargs or {})
            stride = given.get("stride", 1)
            about = {
                "transposed": func is torch.conv_transpose2d,
                "in_channels": given["input"].shape[-3],
                "out_channels": result.shape[-3],
                "stride": [stride] * 2 if isinstance(stride, int) else list(stride),
            }
            self.seen.append((given["weight"], about))
        return result


def convolutions(module: nn.Module, inputs: Tensor, cotangent=None, part: int | None = None) -> list[dict]:
    """The convolutions of a forward pass, in order, with weights of the module's: fixed ones, as of a blur, are none.

    trains: whether a gradient of the result, or of a part of it, reaches those weights.
    """
    with Convolutions() as noted:
        result = module(inputs)
    own = {weights.data_ptr() for weights in module.parameters()}
    seen = [one for one in noted.seen if one[0].requires_grad or one[0].data_ptr() in own]
    leaves = {str(k): weights for k, (weights, _) in enumerate(seen) if weights.requires_grad}
    slopes = gradients(result, leaves, part, cotangent) if leaves else {}
    reached = [slopes.get(str(k)) for k in range(len(seen))]
    return [
        about | {"trains": slope is not None and bool(slope.any())}
        for (_, about), slope in zip(seen, reached, strict=True)
    ]


def set_parameters(module: nn.Module, values: dict[str, Tensor]) -> None:
    """A layer may have several names, as in a state_dict."""
    known = dict(module.named_parameters(remove_duplicate=False)) | dict(module.named_buffers(remove_duplicate=False))
    with torch.no_grad():
        for name, value in values.items():
            known[name].copy_(value)


def set_gradients(module: nn.Module, values: dict[str, Tensor]) -> None:
    for name, parameter in module.named_parameters():
        parameter.grad = values[name].clone() if name in values else None


OPERATIONS: dict[str, Callable[..., Any]] = {
    "get": getattr,
    "state": flat_state,
    "parameters": lambda module: {name: p.detach().clone() for name, p in module.named_parameters()},
    "parameter_gradients": lambda module: {
        name: None if p.grad is None else p.grad.clone() for name, p in module.named_parameters()
    },
    "modes": lambda module: {name: part.training for name, part in module.named_modules()},
    "train": lambda module, mode=True: bool(module.train(mode).training),
    "requires_grad": lambda module: {name: p.requires_grad for name, p in module.named_parameters()},
    "weight_slopes": weight_slopes,
    "convolutions": convolutions,
    "set_parameters": set_parameters,
    "set_gradients": set_gradients,
    "items": lambda thing: list(itertools.islice(thing, MOST_ITEMS)),
}

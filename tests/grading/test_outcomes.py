"""What an outcome tells beside values: torch's settings, NumPy arrays, gradients off, graphs and what they train."""

import contextlib

import pytest
import torch

from vae_course.confined.protocol import Recipe
from vae_course.confined.student import InProcess, Student, Unfit


@pytest.fixture
def student():
    """student(source) -> what a check gets of that code, in this process."""
    with contextlib.ExitStack() as stack:

        def of(source: str) -> Student:
            namespace = {"torch": torch}
            exec(source, namespace)
            return Student(stack.enter_context(contextlib.closing(InProcess(namespace))))

        yield of


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("torch.manual_seed(3)", {"seed": 3}),
        ("torch.set_grad_enabled(False)", {"gradients": False}),
        ("torch.set_default_dtype(torch.float64)", {"dtype": "torch.float64"}),
        ("torch.rand(3)", {}),
        ("torch.Generator().manual_seed(3)", {}),
        ("torch.set_rng_state(torch.get_rng_state())", {}),
        ("torch.no_grad().__enter__(); torch.set_grad_enabled(True)", {}),
    ],
)
def test_settings_that_a_call_leaves_otherwise(student, line, changed):
    assert student(f"def f():\n    {line}").ask("f", seed=5).changed == changed
    assert torch.is_grad_enabled() and torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize(
    ("result", "numpy"),
    [
        ("torch.ones(2)", False), ("torch.ones(2).numpy()", True), ("(1, [torch.ones(1).numpy()])", True),
        ("torch.ones(2).numpy()[0]", False), ("[1.0, 2]", False),
    ],
)  # fmt: skip
def test_numpy_arrays_are_told_from_tensors(student, result, numpy):
    assert student(f"def f():\n    return {result}").ask("f").numpy is numpy


def test_a_call_without_gradients(student):
    one = student("def f():\n    return float(torch.is_grad_enabled())")
    assert (one.ask("f").value, one.ask("f", gradients=False).value) == (1.0, 0.0)
    assert one.ask("f", gradients=False).changed == {}


def test_a_method_is_asked_like_a_function(student):
    one = student("class Thing:\n    def twice(self, x):\n        torch.manual_seed(1)\n        return 2 * x")
    outcome = one.ask("Thing").value.ask(4.0, method="twice", seed=5)
    assert outcome.value == 8.0 and outcome.changed == {"seed": 1}


def test_a_method_is_asked_without_gradients(student):
    one = student("class Thing:\n    def on(self):\n        return float(torch.is_grad_enabled())")
    thing = one.Thing()
    assert [thing.ask(method="on", gradients=on).value for on in (True, False)] == [1.0, 0.0]


def test_a_method_that_is_not_there_is_no_error_of_the_students(student):
    one = student("class Thing:\n    def twice(self, x):\n        return x.absent\n")
    with pytest.raises(Unfit):
        one.Thing().ask(4.0, method="thrice")
    assert one.Thing().ask(4.0, method="twice").fault is not None


def test_a_toy_model_counts_the_passes_that_could_be_trained_through(student):
    one = student("def f(model, x):\n    model(x)\ndef g(model, x):\n    with torch.no_grad():\n        model(x)")
    model = one.make(Recipe("toy_vae", {}))
    one.g(model, torch.rand(3, 1, 4, 4))
    assert model.get("graphs") == 0
    one.f(model, torch.rand(3, 1, 4, 4))
    assert model.get("graphs") == 1


def test_what_a_module_trains(student):
    one = student(
        "class Two(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.a, self.b = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)\n"
        "        self.b.weight.requires_grad_(False)\n"
        "    def forward(self, x):\n"
        "        return self.a(x), self.b(x)\n"
    )
    network, x = one.Two(), torch.tensor([[1.0, 2.0]])
    found = network.call("weight_slopes", x, torch.tensor([3.0]), 1)
    assert found.keys() == {"a.weight", "a.bias", "b.bias"} and found["a.weight"] is None and found["b.bias"] == 3
    assert network.call("requires_grad") == {"a.weight": True, "a.bias": True, "b.weight": False, "b.bias": True}
    one = student("class One(torch.nn.Linear):\n    pass")
    found = one.One(2, 1).call("weight_slopes", x, torch.tensor([3.0]), None)
    assert torch.equal(found["weight"], 3 * x) and found["bias"].item() == 3


def test_convolutions_of_a_forward_pass(student):
    """Whoever computes them; with weights that are the module's, in the order of the calls."""
    one = student(
        "F = torch.nn.functional\n"
        "class Net(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.last = torch.nn.ConvTranspose2d(3, 1, 2, stride=2)\n"
        "        self.kernel = torch.nn.Parameter(torch.ones(3, 2, 1, 1))\n"
        "        self.frozen = torch.nn.Parameter(torch.ones(2, 2, 1, 1), requires_grad=False)\n"
        "        self.register_buffer('blur', torch.ones(2, 2, 1, 1))\n"
        "    def forward(self, x):\n"
        "        x = F.conv2d(F.conv2d(x, self.frozen), self.blur)\n"
        "        h = F.conv2d(x, weight=self.kernel, stride=(2, 2))\n"
        "        return h, self.last(h.detach())\n"
    )
    network, x = one.Net(), torch.ones(1, 2, 4, 4)
    first, second = (network.call("convolutions", x, None, part) for part in (0, 1))
    assert [(c["transposed"], c["in_channels"], c["out_channels"], c["stride"]) for c in first] == [
        (False, 2, 2, [1, 1]), (False, 2, 3, [2, 2]), (True, 3, 1, [2, 2]),
    ]  # fmt: skip
    assert [c["trains"] for c in first] == [False, True, False] and [c["trains"] for c in second] == [
        False,
        False,
        True,
    ]

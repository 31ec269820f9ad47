"""The rules by which one place of an answer is made wrong: name -> functions of a program and a node of it.

Each yields edits, of which some give the same program or none that compiles; `mutants` sorts those out.
"""

import ast
import itertools
from collections.abc import Callable, Iterator

from .source import Edit, Source, is_docstring

Rule = Callable[[Source, ast.AST], Iterator[Edit | None]]
RULES: dict[str, list[Rule]] = {}

TENSORS = {
    *("x", "x_hat", "mu", "logvar", "z", "z0", "z1", "x0", "x1", "std", "eps", "images", "samples", "training_images"),
    *("features_a", "features_b", "log_p_x_given_z", "log_p_z", "log_q_z_given_x", "direction", "labels"),
}  # what the contract's tensors are called
MODULES = {"torch", "nn", "F", "np", "math", "random", "copy", "itertools", "self", "cls"}
SYMBOLS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.FloorDiv: "//", ast.Mod: "%",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|",
}  # fmt: skip
OTHER = {"+": "-", "-": "+", "*": "/", "/": "*", "**": "*", "//": "/", "%": "//", "&": "|", "|": "&"}
COMPARISONS = {
    ast.Gt: (">", [">=", "<"]), ast.GtE: (">=", [">", "<="]), ast.Lt: ("<", ["<=", ">"]), ast.LtE: ("<=", ["<", ">="]),
    ast.Eq: ("==", ["!="]), ast.NotEq: ("!=", ["=="]), ast.Is: ("is", ["is not"]), ast.IsNot: ("is not", ["is"]),
    ast.In: ("in", ["not in"]), ast.NotIn: ("not in", ["in"]),
}  # fmt: skip
AXES = {"dim", "axis", "start_dim", "dims"}
WITH_AXIS = {
    *("sum", "mean", "std", "var", "max", "min", "amax", "amin", "argmax", "argmin", "logsumexp", "cumsum", "prod"),
    *("flatten", "unsqueeze", "squeeze", "chunk", "all", "any", "norm", "flip", "softmax"),
}
REDUCTIONS = {
    "sum": "mean", "mean": "sum", "max": "min", "min": "max", "amax": "amin", "amin": "amax", "argmin": "argmax",
    "argmax": "argmin", "std": "var", "var": "std", "logsumexp": "sum", "all": "any", "any": "all", "nansum": "sum",
    "median": "max", "prod": "sum",
}  # fmt: skip
IN_PLACE = {
    *("add", "sub", "mul", "div", "exp", "square", "abs", "sqrt", "log", "clamp", "neg", "pow", "sigmoid", "tanh"),
    *("clip", "log1p", "expm1", "round", "subtract", "multiply"),
}
DTYPES = {"float": "half", "float32": "float16"}  # more digits than asked for are welcome
EVEN = {"square", "abs", "norm", "pow", "square_", "abs_"}  # of x and of -x
COMMUTATIVE = {"min", "max", "add", "dot", "logaddexp", "minimum", "maximum", "isinstance"}
SAME_WITHOUT = {"double", "contiguous", "super", "isinstance"}  # calls that change no value, or end all when they lack
CHANCE = {"randn", "randn_like", "normal", "rand", "rand_like", "randperm"}


def rule(name: str) -> Callable[[Rule], Rule]:
    def register(function: Rule) -> Rule:
        RULES.setdefault(name, []).append(function)
        return function

    return register


def called(node: ast.AST | None) -> str:
    """The last name of what is called: "sum" for both x.sum() and torch.sum(x); "" for all but calls."""
    function = getattr(node, "func", None)
    return getattr(function, "attr", getattr(function, "id", "")) if isinstance(node, ast.Call) else ""


def of_module(function: ast.expr) -> bool:
    """torch.exp and nn.functional.relu, but not x.exp."""
    while isinstance(function, ast.Attribute):
        function = function.value
    return isinstance(function, ast.Name) and function.id in MODULES


def values(node: ast.Return) -> list[ast.expr]:
    """What is returned, part by part."""
    return list(node.value.elts) if isinstance(node.value, ast.Tuple) else [node.value] if node.value else []


# arithmetic


@rule("sign")
def sign(source: Source, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield source.replace(node, source.of(node)[1:])
    if isinstance(node, ast.Return) and isinstance(node.value, ast.BinOp):
        yield source.replace(node.value, f"-({source.of(node.value)})")


@rule("constant")
def constant(source: Source, node: ast.AST) -> Iterator[Edit]:
    if not isinstance(node, ast.Constant) or isinstance(source.parents[node], (ast.arguments, ast.Expr)):
        return
    if getattr(source.parents[node], "arg", "") == "strict":  # of zip: what is wrong with both has no reader
        return
    for other in others(node.value):
        yield source.replace(node, repr(other))


def others(value: object) -> list:
    """Values near a constant."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [value * 2, value + 1] if value else [1.0]
    return [value + "_"] if isinstance(value, str) else []


@rule("operator")
def operator(source: Source, node: ast.AST) -> Iterator[Edit | None]:
    if isinstance(node, ast.BinOp) and (symbol := SYMBOLS.get(type(node.op))) in OTHER:
        yield source.operator(node.left, node.right, symbol, OTHER[symbol])
    if isinstance(node, ast.AugAssign) and (symbol := SYMBOLS.get(type(node.op))) in OTHER:
        yield source.operator(node.target, node.value, f"{symbol}=", f"{OTHER[symbol]}=")
        yield source.operator(node.target, node.value, f"{symbol}=", "=")
    if isinstance(node, ast.BoolOp):
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield source.operator(left, right, old, new)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
        yield source.replace(node, source.of(node.operand))


@rule("dropped term")
def dropped_term(source: Source, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp) and type(node.op) in SYMBOLS:
        for side in source.operands(node, SYMBOLS[type(node.op)]):
            yield source.replace(node, side)
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            yield source.replace(node, source.of(value))


@rule("dropped call")
def dropped_call(source: Source, node: ast.AST) -> Iterator[Edit]:
    if not isinstance(node, ast.Call):
        return
    if called(node) in SAME_WITHOUT:
        return
    if isinstance(node.func, ast.Attribute) and not of_module(node.func):
        yield source.replace(node, source.of(node.func.value))
    elif node.args and not isinstance(node.args[0], (ast.Starred, ast.GeneratorExp)):
        yield source.replace(node, f"({source.of(node.args[0])})")


@rule("boundary")
def boundary(source: Source, node: ast.AST) -> Iterator[Edit | None]:
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for left, right, op in zip(sides, sides[1:], node.ops, strict=False):
            old, new = COMPARISONS[type(op)]
            for other in new:
                yield source.operator(left, right, old, other)


# tensors


@rule("axis")
def axis(source: Source, node: ast.AST) -> Iterator[Edit]:
    if not isinstance(node, ast.Call):
        return
    named = [word for word in node.keywords if word.arg in AXES]
    for word in named:
        yield source.without(node, word)
    at = 0 if isinstance(node.func, ast.Attribute) and not of_module(node.func) else 1
    placed = node.args[at : at + 1] if called(node) in WITH_AXIS else []
    for value in [*(word.value for word in named), *placed]:
        yield source.replace(value, "1" if source.of(value) == "0" else "0")
    if called(node) in WITH_AXIS and (named or placed):
        yield Edit(source.span(node)[1] - 1, source.span(node)[1] - 1, ", keepdim=True")


@rule("reduction")
def reduction(source: Source, node: ast.AST) -> Iterator[Edit]:
    if (name := called(node)) in REDUCTIONS and isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            yield source.rename(node.func, REDUCTIONS[name])
        elif name in ("min", "max"):
            yield source.replace(node.func, REDUCTIONS[name])
    if isinstance(node, ast.keyword) and node.arg == "reduction":
        yield from (source.replace(node.value, repr(other)) for other in ("sum", "mean", "none"))


@rule("swapped arguments")
def swapped(source: Source, node: ast.AST) -> Iterator[Edit]:
    several = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
    if called(node) in COMMUTATIVE or called(source.parents.get(node)) in COMMUTATIVE:
        return
    for one, two in itertools.pairwise(several):
        (start, middle), (after, end) = source.span(one), source.span(two)
        yield Edit(start, end, source.of(two) + source.between(middle, after) + source.of(one))
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult)):
        if isinstance(node.op, ast.Sub) and is_even(source.parents[node]):
            return
        symbol = SYMBOLS[type(node.op)]
        left, right = source.operands(node, symbol)
        yield source.replace(node, f"(({right}) {symbol} ({left}))")


def is_even(node: ast.AST) -> bool:
    """Whether a sign is lost there: a square, an absolute value, a norm."""
    return (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)) or getattr(node, "attr", "") in EVEN


@rule("detach")
def detach(source: Source, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Return):
        yield from (source.replace(value, f"({source.of(value)}).detach()") for value in values(node))
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in TENSORS and carries(source, node):
        yield source.replace(node, f"{node.id}.detach()")


def carries(source: Source, name: ast.Name) -> bool:
    """Whether a gradient could pass where a tensor is named: not where only its shape or type is asked for."""
    parent = source.parents[name]
    if name.id == "x" and not is_assigned(source, name):  # a picture, which nothing is trained through
        return False
    about = getattr(parent, "attr", "") if isinstance(parent, ast.Attribute) else called(parent)
    return about not in ("shape", "dtype", "device", "size", "ndim", "dim", "numel", "len", "new_zeros", "zeros_like")


def is_assigned(source: Source, name: ast.Name) -> bool:
    """Whether a name is given another value inside its function."""
    function: ast.AST = name
    while not isinstance(function, (ast.FunctionDef, ast.Lambda, ast.Module)):
        function = source.parents[function]
    stored = (node for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return any(node.id == name.id for node in stored)


@rule("numpy")
def as_numpy(source: Source, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Return):
        yield from (source.replace(value, f"({source.of(value)}).detach().numpy()") for value in values(node))


@rule("in place")
def in_place(source: Source, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.args[0] if source.of(node.func.value) == "torch" and node.args else node.func.value
        if node.func.attr in IN_PLACE and isinstance(owner, ast.Name) and owner.id != "math":  # all else is fresh
            yield source.rename(node.func, node.func.attr + "_")
        if node.func.attr in ("clone", "copy", "deepcopy") and not of_module(node.func):
            yield source.replace(node, source.of(node.func.value))
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name) and node.left.id in TENSORS:
        names = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_", ast.Pow: "pow_"}
        if name := names.get(type(node.op)):
            right = source.operands(node, SYMBOLS[type(node.op)])[1]
            yield source.replace(node, f"{node.left.id}.{name}({right})")


@rule("dtype")
def dtype(source: Source, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Attribute) and node.attr in DTYPES:
        yield source.rename(node, DTYPES[node.attr])
    if isinstance(node, ast.Call):
        yield from (source.without(node, word) for word in node.keywords if word.arg == "dtype")
    if isinstance(node, ast.Return):
        yield from (source.replace(value, f"({source.of(value)}).half()") for value in values(node))


# chance


@rule("chance")
def chance(source: Source, node: ast.AST) -> Iterator[Edit]:
    if not isinstance(node, ast.Call):
        return
    yield from (source.without(node, word) for word in node.keywords if word.arg == "generator")
    yield from (source.replace(value, "None") for value in node.args if getattr(value, "id", "") == "generator")
    if called(node) == "manual_seed":
        yield source.replace(node.args[0], "0")
    if called(node) in CHANCE:
        drawn = source.of(node)
        yield source.replace(node, f"({drawn} * __import__('torch').is_grad_enabled())")
        yield source.replace(node, f"({drawn})[:1].expand_as({drawn})")
        yield source.replace(node, f"({drawn}) * 0")
        if called(node) in ("randn", "randn_like") and isinstance(node.func, ast.Attribute):
            yield source.rename(node.func, node.func.attr.replace("randn", "rand"))
        if called(node) == "randperm":
            yield source.replace(node, f"({drawn}).sort().values")


@rule("global state")
def global_state(source: Source, node: ast.AST) -> Iterator[Edit]:
    """What a function leaves behind: a seed, gradients turned off for good, another default type."""
    if not isinstance(node, ast.FunctionDef) or node.name.startswith("__"):
        return
    first = next((one for one in node.body if not is_docstring(one)), node.body[0])
    at, indent = source.span(first)[0], " " * first.col_offset
    for call in ("manual_seed(0)", "set_grad_enabled(False)", "set_default_dtype(__import__('torch').float64)"):
        yield Edit(at, at, f"__import__('torch').{call}\n{indent}")

"""More rules: of statements, containers, bounds and of what a program does around its arithmetic."""

import ast
from collections.abc import Iterator

from .rules import called, others, rule
from .source import Edit, Source

NO_GRADIENTS = {"no_grad", "inference_mode", "set_grad_enabled"}
STATE = {"eval", "train", "zero_grad", "requires_grad_", "load_state_dict", "step", "backward"}
SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Raise, ast.Return, ast.Assert, ast.Delete)
LOOPS = (ast.For, ast.comprehension)


@rule("gradients")
def gradients(source: Source, node: ast.AST) -> Iterator[Edit]:
    """no_grad removed, and gradients turned off for good."""
    if isinstance(node, ast.withitem) and called(node.context_expr) in NO_GRADIENTS:
        for inner in ("", "__import__('torch').set_grad_enabled(False)"):
            yield source.replace(node.context_expr, f"__import__('contextlib').nullcontext({inner})")
    if isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            if called(decorator) in NO_GRADIENTS:
                yield source.replace(decorator, "(lambda function: function)")


def changes_state(statement: ast.stmt) -> bool:
    """model.eval(), optimizer.zero_grad(), part.training = mode, ..."""
    if isinstance(statement, ast.Expr):
        return called(statement.value) in STATE
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    return isinstance(target, ast.Attribute) and target.attr in ("training", "grad")


def removed(source: Source, statement: ast.stmt) -> Edit:
    """Nothing in its place; all other lines stay where they are."""
    return source.replace(statement, "pass" + "\n" * source.of(statement).count("\n"))


@rule("removed state")
def removed_state(source: Source, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, SIMPLE) and changes_state(node):
        yield removed(source, node)


@rule("removed statement")
def removed_statement(source: Source, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, SIMPLE) and not changes_state(node):
        yield removed(source, node)


@rule("early end")
def early_end(source: Source, node: ast.AST) -> Iterator[Edit]:
    """A branch always or never taken, a loop that ends after its first turn or begins at its last."""
    if isinstance(node, (ast.If, ast.IfExp)):
        yield from (source.replace(node.test, value) for value in ("True", "False"))
    if isinstance(node, ast.While):
        yield source.replace(node.test, "False")
    if isinstance(node, LOOPS):
        yield source.replace(node.iter, f"[*({source.of(node.iter)})][:1]")
        yield source.replace(node.iter, f"[*({source.of(node.iter)})][-1:]")
    if isinstance(node, ast.comprehension):
        yield from (source.replace(condition, "True") for condition in node.ifs)


@rule("off by one")
def off_by_one(source: Source, node: ast.AST) -> Iterator[Edit]:
    for value in counts(node):
        yield from (source.replace(value, f"({source.of(value)} {by})") for by in ("+ 1", "- 1"))
    if isinstance(node, ast.Call) and called(node) == "range" and len(node.args) == 1:
        yield source.replace(node.args[0], f"1, {source.of(node.args[0])}")


def counts(node: ast.AST) -> list[ast.expr]:
    """Bounds of slices and ranges, and lengths."""
    if isinstance(node, ast.Slice):
        return [bound for bound in (node.lower, node.upper) if bound is not None]
    if isinstance(node, ast.Call) and called(node) == "range":
        return node.args[:2]
    return [node] if isinstance(node, ast.Call) and called(node) in ("len", "numel") else []


@rule("container")
def container(source: Source, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Return) and isinstance(node.value, (ast.Tuple, ast.List)) and node.value.elts:
        inside = ", ".join(source.of(part) for part in node.value.elts)
        yield source.replace(node.value, source.of(node.value.elts[0]))
        yield source.replace(node.value, f"dict(enumerate([{inside}]))")
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict):
        yield source.replace(node.value, f"list(({source.of(node.value)}).values())")
    if isinstance(node, ast.ListComp):
        yield source.replace(node, f"({source.of(node)[1:-1]})")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("list", "tuple", "dict"):
        yield source.replace(node.func, "iter" if node.func.id != "dict" else "list")


@rule("default value")
def default_value(source: Source, node: ast.AST) -> Iterator[Edit]:
    if not isinstance(node, ast.arguments):
        return
    named = [*node.posonlyargs, *node.args]
    pairs = [*zip(named[len(named) - len(node.defaults) :], node.defaults, strict=True)]
    pairs += [(name, value) for name, value in zip(node.kwonlyargs, node.kw_defaults, strict=True) if value]
    for name, value in pairs:
        yield from (source.replace(value, other) for other in defaults(name.arg, value))


def defaults(name: str, value: ast.expr) -> list[str]:
    """Other values of a default."""
    if name == "generator":
        return ["__import__('torch').Generator()"]
    if not isinstance(value, ast.Constant):
        return []
    if isinstance(value.value, str):
        return [repr(kind) for kind in ("bce", "mse", "l1") if kind != value.value]
    return [repr(other) for other in others(value.value)]

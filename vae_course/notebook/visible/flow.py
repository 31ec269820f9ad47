"""Visible checks of lesson 10: a flow from noise to the codes."""

import torch
from torch import Tensor

from ...sentences import SAID
from ...text import Both
from . import Hint, came, expect_shape

MATRIX = torch.tensor([[0.5, -1.0, 0.0], [1.0, 0.0, 0.25], [0.0, -0.5, -1.0]])
DRIFT = torch.tensor([1.0, -2.0, 3.0])
N = 2000
SUMMED = Both(es="una sola pérdida para todo el batch", en="one loss for the whole batch")
NO_GRADIENT = Both(
    es="El gradiente no llega a velocity: ¿hay un detach, un no_grad o un .item()?",
    en="The gradient does not reach velocity: is there a detach, a no_grad or an .item()?",
)


def _near(found, right, rtol=1e-3, atol=1e-3) -> bool:
    found = torch.as_tensor(found).detach().double()
    return found.shape == right.shape and bool(torch.allclose(found, right.double(), rtol=rtol, atol=atol))


def _told(found, right, known, **about) -> None:
    """Raise the Hint of the first mistake that gives what was found; known: [(what it gives, its sentence)]."""
    if not _near(found, right, **about):
        for wrong, why in known:
            if _near(found, wrong, **about):
                raise Hint(*why)


class _Field:
    """v(x, t) = x MATRIX^T + t^2 DRIFT; keeps what it is asked for."""

    def __init__(self, matrix: Tensor = MATRIX):
        self.matrix = matrix
        self.x: list[Tensor] = []
        self.t: list[Tensor] = []

    def __call__(self, x, t):
        t = torch.as_tensor(t)
        if x.ndim != 2 or t.ndim != 1 or len(t) != len(x):
            if x.ndim == 2 and t.numel() in (1, len(x)):
                raise Hint(*SAID.t_for_each_code.format(found=tuple(t.shape)))
            sizes = tuple(x.shape), tuple(t.shape)
            raise Hint(
                es="velocity se llama con x (N, D) y t (N,), en ese orden; recibió {} y {}.".format(*sizes),
                en="velocity is called with x (N, D) and t (N,), in that order; it got {} and {}.".format(*sizes),
            )
        self.x.append(x.detach().clone())
        self.t.append(t.detach().clone())
        return _velocity(x, t, self.matrix)


def _velocity(x, t, matrix=MATRIX):
    """x (N, D); t (N,) or a number. In x's dtype."""
    t = torch.as_tensor(t).to(x.dtype).reshape(-1, 1)
    return x @ matrix.T.to(x.dtype) + t**2 * DRIFT.to(x.dtype)


def path(path):
    x0 = torch.tensor([[0.0, 0.0, 0.0], [2.0, 4.0, 8.0], [1.0, 1.0, 1.0]])
    x1 = torch.tensor([[4.0, 8.0, 12.0], [2.0, 0.0, 0.0], [5.0, -3.0, 9.0]])
    t = torch.tensor([0.25, 0.5, 1.0])
    found = _of(path, x0, x1, t, "t (N,)")
    right, back = ((1 - s[:, None]) * x0 + s[:, None] * x1 for s in (t, 1 - t))
    known = [(back, SAID.path_reversed), ((1 - t) * x0 + t * x1, SAID.t_along_columns)]
    _told(found, right, known)
    _expect_rows(found, right)
    _of(path, x0[:2], x1[:2], t[:2], "t (N,)")  # fewer rows than columns
    found = _of(path, x0, x1, 0.25, "t = 0.25")
    _expect_rows(found, 0.75 * x0 + 0.25 * x1)


def _of(path, x0, x1, t, words):
    """What path gives, of the right shape, nothing changed."""
    given = [x0.clone(), x1.clone(), t.clone() if isinstance(t, Tensor) else t]
    found = path(*given)
    for name, one, other in zip(("x0", "x1", "t"), given, (x0, x1, t), strict=True):
        if isinstance(one, Tensor) and not torch.equal(one, other):
            raise Hint(
                es=f"{name} cambió: un nombre que termina en _ o un += escriben en lo recibido.",
                en=f"{name} changed: a name that ends in _ or a += write into what came in.",
            )
    expect_shape(found, tuple(x0.shape), es=f"con {words}, un lugar por fila", en=f"with {words}, one place a row")
    return found


def _expect_rows(found, right):
    for k, (one, other) in enumerate(zip(found, right, strict=True)):
        if not _near(one, other):
            raise Hint(
                es=f"en la fila {k} se esperaba {_numbers(other)}, llegó {_numbers(one)}.",
                en=f"in row {k} {_numbers(other)} was expected, {_numbers(one)} came.",
            )


def _numbers(found) -> str:
    return str([round(value, 2) for value in torch.as_tensor(found).detach().flatten().tolist()])


# flow_matching_loss


class _Asked:
    """One call of the loss on N codes, and the places x and times t at which it asked for the velocity, float64."""

    def __init__(self, loss, x1, **chance):
        moving = _Field()
        self.value = loss(moving, x1, **chance)
        if not moving.x:
            raise Hint(*SAID.never_asked)
        self.x, self.t, self.x1 = torch.cat(moving.x).double(), torch.cat(moving.t).double(), x1.double()
        if len(self.x) != len(x1):
            raise Hint(
                es=f"se dieron {len(x1)} códigos y velocity recibió {len(self.x)}: uno por código.",
                en=f"{len(x1)} codes were given and velocity got {len(self.x)}: one for each code.",
            )
        self.v = _velocity(self.x, self.t)
        self.x0 = self.start(self.t)

    def start(self, t):
        """From where the straight path is at x at that t."""
        return (self.x - t[:, None] * self.x1) / (1 - t[:, None])

    def squares(self, target):
        return (self.v - target).square()


def flow_matching_loss(flow_matching_loss):
    x1 = torch.randn(N, 3) * 2 + 1
    before = x1.clone()
    asked, other = _Asked(flow_matching_loss, x1), _Asked(flow_matching_loss, x1)
    if not torch.equal(x1, before):
        raise Hint(es="x1 cambió: no debe modificarse.", en="x1 changed: it must stay as it was.")
    expect_shape(asked.value, (), **SUMMED._asdict())
    _times(asked, other)
    _compared(asked)
    _starts(asked, other)
    _gradient(flow_matching_loss, x1)
    _chance(flow_matching_loss, x1)


def _times(asked, other):
    if _near(asked.t, asked.t[:1].expand_as(asked.t)):
        raise Hint(*SAID.t_of_all_codes)
    if asked.t.min() < 0 or asked.t.max() > 1:
        raise Hint(*SAID.t_beyond_its_ends)
    if torch.equal(asked.t, other.t):
        raise Hint(*SAID.same_t_twice)
    if (asked.t.sort().values - torch.linspace(0, 1, N)).abs().max() > 0.06:
        raise Hint(
            es=f"t debería repartirse por igual en [0, 1] (rand) y su media es {asked.t.mean():.2f}.",
            en=f"t should spread evenly over [0, 1] (rand), and its mean is {asked.t.mean():.2f}.",
        )


def _compared(asked):
    """The value, with what known mistakes give."""
    x0, x1, found = asked.x0, asked.x1, asked.value.detach().double()
    right = asked.squares(x1 - x0)
    if _near(found, right.sum(dim=1).mean()):
        return
    if _near(asked.x, x1):
        raise Hint(*SAID.asked_at_the_end)
    reductions = [
        (right.mean(), SAID.dimensions_averaged),
        (right.sum(), SAID.batch_added_up),
        (right.sum(dim=1).sqrt().mean(), SAID.distance_not_squared),
        (right.sum(dim=1).mean() / 2, Both(es="Sobra un factor 1/2.", en="There is a factor 1/2 too many.")),
    ]
    _told(found, right.sum(dim=1).mean(), reductions)
    targets = [
        (x0 - x1, SAID.target_reversed),
        (x1, SAID.target_is_x1),
        (x0, SAID.target_is_x0),
        (x1 - asked.x, SAID.target_from_x_t),
        (x1 - asked.start(1 - asked.t), SAID.path_of_the_loss_reversed),
        (asked.start(1 - asked.t) - x1, SAID.path_of_the_loss_reversed),
    ]
    for target, why in targets:
        each = asked.squares(target)
        for wrong in (each.sum(dim=1).mean(), each.mean(), each.sum()):
            if _near(found, wrong):
                raise Hint(*why)
    raise Hint(
        es="no es la distancia al cuadrado entre velocity(x_t, t) y x1 - x0: ¿está x_t en el camino?",
        en="it is not the squared distance of velocity(x_t, t) from x1 - x0: is x_t on the path?",
    )


def _starts(asked, other):
    middle = asked.t < 0.98
    eps = asked.x0[middle]
    if _near(eps, other.start(other.t)[middle]) or not eps.std() > 1e-3:
        raise Hint(*SAID.same_noise_twice)
    if _near(eps, eps[:1].expand_as(eps)):
        raise Hint(*SAID.noise_of_all_codes)
    if _near(eps, eps[:, :1].expand_as(eps)):
        raise Hint(*SAID.noise_of_all_numbers)
    if eps.min() > -1e-3:
        raise Hint(*SAID.noise_never_negative)
    if abs(eps.mean()) > 0.1 or abs(eps.std() - 1) > 0.1:
        raise Hint(
            es=f"x0 debería tener media 0 y desviación 1 (randn); tiene {eps.mean():.2f} y {eps.std():.2f}.",
            en=f"x0 should have mean 0 and deviation 1 (randn); it has {eps.mean():.2f} and {eps.std():.2f}.",
        )


def _gradient(loss, x1):
    matrix = MATRIX.clone().requires_grad_()
    value = loss(_Field(matrix), x1)
    gradient = torch.autograd.grad(value, matrix, allow_unused=True)[0] if value.requires_grad else None
    if gradient is None or not gradient.any():
        raise Hint(*NO_GRADIENT)


def _chance(loss, x1):
    one, again = (_Asked(loss, x1, generator=torch.Generator().manual_seed(5)) for _ in range(2))
    if not torch.equal(one.x, again.x) or not torch.equal(one.t, again.t):
        raise Hint(*SAID.generator_of_both_draws)


# integrate


def integrate(integrate):
    x0 = torch.tensor([[1.0, 0.0, -1.0], [2.0, 1.0, 0.5]])
    for method, known in (("euler", OF_EULER), ("heun", OF_HEUN)):
        moving, given = _Field(), x0.clone()
        found = integrate(moving, given, 4, method)
        if not torch.equal(given, x0):
            raise Hint(*SAID.x0_changed)
        _expect_places(found, x0)
        right = _walk(x0, STEPS[method])
        others = [(torch.cat([right[:k], *[right[-1:]] * (5 - k)]), SAID.places_all_the_end) for k in (0, 1)]
        others.append((right.flip(0), SAID.places_reversed))
        _told(found, right, [*((_walk(x0, step), why) for step, why in known), *others], atol=1e-4)
        _expect_first(found, x0)
        for k in range(5):
            if not _near(found[k], right[k], atol=1e-4):
                codes = _numbers(right[k, 0]), _numbers(found[k, 0])
                raise Hint(
                    es="con «{}», en t = {}/4 el primer código debía llegar a {} y llegó a {}.".format(
                        method, k, *codes
                    ),
                    en='with "{}", at t = {}/4 the first code should be at {} and is at {}.'.format(method, k, *codes),
                )
        most = 4 if method == "euler" else 8
        if len(moving.x) > most and len(moving.x[0]) == len(x0):
            raise Hint(*SAID.too_many_questions.format(asked=len(moving.x), most=most))
    if not _near(integrate(_Field(), x0.clone(), 4), _walk(x0, STEPS["heun"]), atol=1e-4):
        raise Hint(*SAID.heun_by_default)
    try:
        integrate(_Field(), x0.clone(), 4, "rk4")
    except ValueError:
        return
    raise Hint(*SAID.unknown_method)


def _expect_places(found, x0):
    if isinstance(found, (list, tuple)) and found and all(isinstance(one, Tensor) for one in found):
        raise Hint(*SAID.list_of_places)
    size = tuple(getattr(found, "shape", ()))
    for wrong, why in ((x0.shape, SAID.only_the_end), ((4, *x0.shape), SAID.one_place_missing)):
        if size == tuple(wrong):
            raise Hint(*why)
    if found is None:
        raise came(found, Both(es="Se esperan los lugares del camino.", en="The places on the way are expected."))
    expect_shape(found, (5, *x0.shape), es="x0 y un lugar por paso", en="x0 and one place a step")


def _expect_first(found, x0):
    if not torch.equal(found[0], x0):
        raise Hint(*SAID.first_place)


def _heun(v, x, t, h):
    return x + h / 2 * (v(x, t) + v(x + h * v(x, t), t + h))


STEPS = {"euler": lambda v, x, t, h: x + h * v(x, t), "heun": _heun}
OF_EULER = [
    (_heun, SAID.heun_for_euler),
    (lambda v, x, t, h: x + v(x, t), SAID.step_size_missing),
    (lambda v, x, t, h: x + h * v(x, t + h), SAID.t_of_the_next_place),
    (lambda v, x, t, h: x + h * v(x, t / h), SAID.t_in_steps),
    (lambda v, x, t, h: x - h * v(x, t), SAID.steps_backwards),
    (None, SAID.velocity_of_the_start),
]
OF_HEUN = [
    (STEPS["euler"], SAID.euler_for_heun),
    (lambda v, x, t, h: x + h * (v(x, t) + v(x + h * v(x, t), t + h)), SAID.half_of_heun),
    (lambda v, x, t, h: x + h / 2 * (v(x, t) + v(x + h * v(x, t), t)), SAID.heun_without_the_next_t),
    (lambda v, x, t, h: x + h / 2 * (v(x, t) + v(x, t + h)), SAID.heun_without_the_next_place),
    (lambda v, x, t, h: x + h * v(x + h / 2 * v(x, t), t + h / 2), SAID.midpoint_for_heun),
    (lambda v, x, t, h: x + h * v(x + h * v(x, t), t + h), SAID.heun_without_the_first),
    (lambda v, x, t, h: x + (v(x, t) + v(x + v(x, t), t + h)) / 2, SAID.step_size_missing),
    (lambda v, x, t, h: x + (v(x, t) + v(x + h * v(x, t), t + h)) / 2, SAID.step_size_missing),
]


def _walk(x0, step):
    """Four steps from x0, (5, N, D), float64; step None: always with the velocity at x0."""
    places, h = [x0.double()], 1 / 4
    for k in range(4):
        x, t = places[-1], k / 4
        places.append(x + h * _velocity(places[0], t) if step is None else step(_velocity, x, t, h))
    return torch.stack(places)

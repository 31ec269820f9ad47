"""Lesson 10: a flow from noise to the codes."""

import itertools
import math

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
    expect_slope,
    generator,
    leaf,
    near,
    number,
    own,
    reaches,
    refused,
    seeded_by_torch,
    shape,
    squeezed,
    strided,
    tensors,
    unchanged,
    undisturbed,
    velocity,
)


def codes(n, d, seed=0):
    return torch.randn(n, d, generator=chance(seed)) * 2 + 1


# path

ENDS = [(5, 4), (1, 1), (4, 4), (1, 6), (6, 1)]


def ends(n, d):
    return codes(n, d, 10 * n + d), codes(n, d, 20 * n + d)


def between(x0, x1, t):
    """(1 - t) x0 + t x1 in float64, t (N,) or a number."""
    t = torch.as_tensor(t, dtype=torch.float64).reshape(-1, 1)
    return (1 - t) * x0.double() + t * x1.double()


@exercise(
    "path",
    weight=4,
    leaves=USELESS,
    es="Cada fila está en la recta entre su x0 y su x1, en su propio t.",
    en="Each row lies on the straight line between its x0 and its x1, at its own t.",
)
@pytest.mark.parametrize(("n", "d"), ENDS)
def test_each_row_at_its_own_t(student, n, d):
    """Whichever way: from where to where is another check's matter."""
    (x0, x1), t = ends(n, d), torch.rand(n, generator=chance(n))
    right, backwards = between(x0, x1, t), between(x0, x1, 1 - t)
    columns = (1 - t.double()) * x0 + t.double() * x1 if n == d > 1 else None
    for given in ((x0, x1), (strided(x0), strided(x1))):
        found = squeezed(student.path(*given, t), (n, d))
        if columns is not None and near(found, columns):
            raise Wrong(*SAID.t_along_columns)
        close(right if near(found, backwards) else found, right)


@exercise(
    "path",
    weight=2,
    leaves=SLIP,
    needs=("test_each_row_at_its_own_t",),
    es="Va de x0 a x1.",
    en="It goes from x0 to x1.",
)
def test_the_path_begins_at_x0(student):
    (x0, x1), t = ends(5, 4), torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0])
    hints = [(between(x0, x1, 1 - t), SAID.path_reversed)]
    close(squeezed(student.path(x0, x1, t), (5, 4)), between(x0, x1, t), hints=hints)


@exercise(
    "path",
    weight=2,
    leaves=SLIP,
    es="t también puede ser un número, el mismo para todas las filas.",
    en="t may be a number too, the same for all rows.",
)
@pytest.mark.parametrize("t", [0.0, 0.25, 1.0])
def test_one_t_for_all(student, t):
    x0, x1 = ends(5, 4)
    found, right = squeezed(student.path(x0, x1, t), (5, 4)), between(x0, x1, t)
    close(right if near(found, between(x0, x1, 1 - t)) else found, right)


@exercise(
    "path",
    weight=1,
    idle=True,
    leaves=SLIP,
    es="El resultado es un tensor de forma (N, D).",
    en="The result is a tensor of shape (N, D).",
)
@pytest.mark.parametrize("t", [torch.linspace(0, 1, 5), 0.3], ids=["many", "one"])
def test_form_of_the_path(student, t):
    outcome = student.ask("path", *ends(5, 4), t).ok()
    tensors(outcome)
    shape(outcome.value, (5, 4))


@exercise("path", weight=1, idle=True, es="x0, x1 y t quedan como estaban.", en="x0, x1 and t stay as they were.")
@pytest.mark.parametrize("t", [torch.linspace(0, 1, 5), 0.3], ids=["many", "one"])
def test_path_leaves_its_inputs(student, t):
    x0, x1 = ends(5, 4)
    outcome = student.ask("path", x0, x1, t, seed=SEED).ok()
    unchanged(outcome, x0=x0, x1=x1, **({"t": t} if isinstance(t, torch.Tensor) else {}))
    undisturbed(outcome)


# flow_matching_loss: what it drew is known from the places and times at which it asked for the velocity

DRAWS, DIM = 3000, 4  # for statistics


def field(d, seed=0):
    """(matrix, drift) of a velocity."""
    return torch.randn(d, d, generator=chance(seed + 70)) / 2, torch.randn(d, generator=chance(seed + 71))


class Asked:
    """One call of the loss, and what the velocity was asked for meanwhile: x (N, D) and t (N,), float64."""

    def __init__(self, student, x1, *more, seed=1, gradients=True, **named):
        matrix, drift = field(x1.shape[1])
        moving = student.make(velocity(matrix, drift))
        asked = {"seed": seed, "gradients": gradients, "backward": False}
        self.outcome = student.ask("flow_matching_loss", moving, x1, *more, **asked, **named).ok()
        self.calls, self.x1 = moving.get("seen"), x1.double()
        if not self.calls:
            raise Wrong(*SAID.never_asked, came=True)
        self.x = torch.cat([number(x) for x, _ in self.calls])
        self.t = torch.cat([number(t).reshape(-1).expand(len(x)) for x, t in self.calls])
        if len(self.x) != len(x1):
            raise Wrong(
                f"Para {len(x1)} códigos, velocity recibió {len(self.x)} lugares.",
                f"For {len(x1)} codes velocity was given {len(self.x)} places.",
            )
        self.v = self.x @ matrix.T.double() + self.t[:, None] ** 2 * drift.double()
        theirs = self._own_start(student)
        starts = [self.start_at(self.t)] + ([] if theirs is None else [theirs])
        self.x0 = min(starts, key=lambda x0: abs(self.off(self.x1 - x0)))

    def start_at(self, t):
        """The x0 from which the straight path is at x at that t."""
        return (self.x - t[:, None] * self.x1) / (1 - t[:, None])

    def _own_start(self, student):
        """The same along the student's own path, whose mistakes are charged at their own exercise."""
        one, none, t = torch.ones(self.x.shape), torch.zeros(self.x.shape), self.t.float()
        of_x0, of_x1 = own(student, "path", one, none, t), own(student, "path", none, one, t)
        if of_x0 is None or of_x1 is None or of_x0.shape != self.x.shape or of_x1.shape != self.x.shape:
            return None
        return (self.x - of_x1 * self.x1) / of_x0

    @property
    def value(self):
        """The loss as one number, whatever was left to sum up: its form is another check's matter."""
        found = number(self.outcome.value)
        if tuple(found.shape) == tuple(self.x.shape):
            return found.sum(dim=1).mean()
        return found.mean() if tuple(found.shape) == (len(self.x),) else squeezed(found, ())

    def apart(self, target):
        """The loss with regard to a target velocity (N, D)."""
        return (self.v - target).square().sum(dim=1).mean()

    def off(self, target):
        """How far the value is from that, up to a factor that is another check's matter."""
        n, d = self.x.shape
        found, right = self.value, self.apart(target)
        shape(found, ())
        return min(
            (found - right * scale).abs() / (right * scale) for scale in (1, 1 / d, n, n / d, 1 / 2, 1 / (2 * d))
        )


SIZES = [(40, 3), (6, 1), (1, 4), (5, 5)]


@exercise(
    "flow_matching_loss",
    weight=5,
    leaves=USELESS,
    es="Compara, en un lugar del camino, la velocidad con x1 - x0, al cuadrado.",
    en="It compares, at a place on the path, the velocity with x1 - x0, squared.",
)
@pytest.mark.parametrize(("n", "d"), SIZES)
def test_what_the_loss_compares(student, n, d):
    for seed in (1, 2):
        asked = Asked(student, codes(n, d, n), seed=seed)
        x0, x1, v = asked.x0, asked.x1, asked.v
        if asked.off(x1 - x0) < 2e-3:
            continue
        if near(asked.x, x1):
            raise Wrong(*SAID.asked_at_the_end)
        known = [
            (x0 - x1, SAID.target_reversed),
            (x1, SAID.target_is_x1),
            (x0, SAID.target_is_x0),
            (x1 - asked.x, SAID.target_from_x_t),
            (x1 - asked.start_at(1 - asked.t), SAID.path_of_the_loss_reversed),
            (asked.start_at(1 - asked.t) - x1, SAID.path_of_the_loss_reversed),
        ]
        for wrong, said in known:
            if asked.off(wrong) < 2e-4:
                raise Wrong(*said)
        if near(asked.value, (v - x1 + x0).norm(dim=1).mean(), 2e-3):
            raise Wrong(*SAID.distance_not_squared)
        close(asked.value, asked.apart(x1 - x0))


@exercise(
    "flow_matching_loss",
    weight=2,
    leaves=SLIP,
    needs=("test_what_the_loss_compares",),
    es="Los cuadrados se suman sobre las dimensiones y se promedian sobre los códigos.",
    en="Squares are summed over the dimensions and averaged over the codes.",
)
@pytest.mark.parametrize(("n", "d"), SIZES)
def test_sum_over_dimensions_mean_over_codes(student, n, d):
    asked = Asked(student, codes(n, d, n))
    right = asked.apart(asked.x1 - asked.x0)
    hints = [(right / d, SAID.dimensions_averaged), (right * n, SAID.batch_added_up)] if n > 1 < d != n else []
    close(asked.value, right, rtol=2e-3, hints=hints)


@exercise(
    "flow_matching_loss",
    weight=3,
    leaves=USELESS,
    needs=("test_what_the_loss_compares",),
    es="x0 y t se sortean de nuevo en cada llamada.",
    en="x0 and t are drawn afresh in each call.",
)
@pytest.mark.parametrize("gradients", [True, False])
def test_fresh_draws(student, gradients):
    one, other = (Asked(student, codes(50, 3), seed=seed, gradients=gradients) for seed in (4, 5))
    if near(one.t, other.t, 1e-3, 1e-3):
        raise Wrong(*SAID.same_t_twice)
    middle = (one.t < 0.98) & (other.t < 0.98)
    if near(one.x0[middle], other.x0[middle], 1e-3, 1e-3):
        raise Wrong(*SAID.same_noise_twice)


def expect_noise(student, *more):
    """x0 is standard normal, each number apart."""
    asked = Asked(student, codes(DRAWS, DIM), *more)
    middle = asked.t < 0.98  # near 1 the path has forgotten its x0
    eps, t = asked.x0[middle], asked.t[middle]
    if near(eps, eps[:1].expand_as(eps), 0, 1e-3):
        raise Wrong(*SAID.noise_of_all_codes)
    if near(eps, eps[:, :1].expand_as(eps), 0, 1e-3):
        raise Wrong(*SAID.noise_of_all_numbers)
    if eps.min() > -1e-3:
        raise Wrong(*SAID.noise_never_negative)
    mean, sd, fourth = eps.mean().item(), eps.std().item(), ((eps / eps.std()) ** 4).mean().item()
    if abs(mean) > 6 / math.sqrt(eps.numel()) or abs(sd - 1) > 0.04 or abs(fourth - 3) > 0.4:
        raise Wrong(
            f"x0 tiene media {mean:.2f} y desviación {sd:.2f}; debe ser normal, con 0 y 1.",
            f"x0 has mean {mean:.2f} and deviation {sd:.2f}; it must be normal, with 0 and 1.",
        )
    if t.std() > 0:
        eps = torch.cat([eps, t[:, None]], dim=1)
    related = torch.corrcoef(eps.T).fill_diagonal_(0).abs().max()
    if related > 6 / math.sqrt(len(eps)):
        raise Wrong("Los números de x0 y t dependen unos de otros.", "The numbers of x0 and t depend on each other.")


@exercise(
    "flow_matching_loss",
    weight=2,
    leaves=SLIP,
    needs=("test_fresh_draws", "test_what_the_loss_compares"),
    es="x0 es ruido normal, cada número aparte, y no depende de t.",
    en="x0 is normal noise, each number apart, and does not depend on t.",
)
def test_the_start_is_noise(student):
    expect_noise(student)
    expect_noise(student, generator(6))


def expect_times(student, *more):
    """t is uniform on [0, 1], for each code apart."""
    t = Asked(student, codes(DRAWS, DIM), *more).t
    if near(t, t[:1].expand_as(t), 0, 1e-6):
        raise Wrong(*SAID.t_of_all_codes)
    if t.min() < 0 or t.max() > 1:
        raise Wrong(*SAID.t_beyond_its_ends)
    share = torch.linspace(0, 1, len(t), dtype=torch.float64)
    if (t.sort().values - share).abs().max() > 2.3 / math.sqrt(len(t)):  # by Kolmogorov's law, once in 20,000
        raise Wrong("t no es uniforme en [0, 1].", "t is not uniform on [0, 1].")


@exercise(
    "flow_matching_loss",
    weight=2,
    leaves=SLIP,
    needs=("test_fresh_draws",),
    es="t es uniforme en [0, 1], uno por código.",
    en="t is uniform on [0, 1], one for each code.",
)
def test_the_times_are_uniform(student):
    expect_times(student)
    expect_times(student, generator(7))


@exercise(
    "flow_matching_loss",
    weight=3,
    leaves=USELESS,
    es="El gradiente llega a los parámetros de velocity.",
    en="The gradient reaches velocity's parameters.",
)
def test_gradient_of_the_loss(student):
    """The loss is quadratic in them, so that the difference quotient is exact."""
    (matrix, drift), x1 = field(3), codes(20, 3)

    def loss(values):
        given = student.ask("flow_matching_loss", values, x1, generator(3), seed=3, backward=False).ok()
        return number(given.value).sum()

    outcome = student.ask(
        "flow_matching_loss", velocity(leaf(matrix, "velocity"), drift), x1, generator(3), seed=3
    ).ok()
    reaches(outcome, "velocity")
    way = torch.randn(3, 3, generator=torch.Generator().manual_seed(0)) / 10
    rise, fall = (loss(velocity(matrix + step, drift)) for step in (way, -way))
    expect_slope("velocity", outcome.gradients["velocity"], way, rise, fall)


@exercise(
    "flow_matching_loss",
    weight=1,
    needs=("test_fresh_draws",),
    es="El generador decide los dos sorteos; sin él, el azar es el global.",
    en="The generator decides both draws; without one chance is the global one.",
)
@pytest.mark.parametrize("named", [True, False])
def test_generator_of_the_loss(student, named):
    x1 = codes(20, 3)

    def drawn(seed, of_torch):
        given = {"generator": generator(seed)} if named else {}
        return Asked(student, x1, *([] if named else [generator(seed)]), seed=of_torch, **given)

    one, again, other = drawn(1, 5), drawn(1, 6), drawn(2, 5)
    if one.outcome.random_moved or not near(one.x, again.x) or not near(one.t, again.t):
        raise Wrong(*SAID.generator_of_both_draws)
    if near(one.t, other.t) or near(one.x, other.x):
        raise Wrong(*SAID.generator_of_both_draws)
    moving = student.make(velocity(*field(3)))
    seeded_by_torch(student, lambda: student.flow_matching_loss(moving, x1))


@exercise(
    "flow_matching_loss",
    weight=1,
    leaves=SLIP,
    es="velocity recibe x de forma (N, D) y t de forma (N,).",
    en="velocity is given x of shape (N, D) and t of shape (N,).",
)
def test_how_the_loss_asks(student):
    expect_questions(Asked(student, codes(5, 3)).calls)


def expect_questions(calls):
    """Each t has a number for each code."""
    if not calls:
        raise Wrong(*SAID.never_asked, came=True)
    for x, t in calls:
        if tuple(t.shape) != tuple(x.shape[:1]):
            raise Wrong(*SAID.t_for_each_code.format(found=tuple(t.shape)))


@exercise("flow_matching_loss", weight=1, leaves=SLIP, es="El resultado es un escalar.", en="The result is a scalar.")
@pytest.mark.parametrize("n", [5, 1])
def test_form_of_the_loss(student, n):
    outcome = student.ask("flow_matching_loss", velocity(*field(3)), codes(n, 3)).ok()
    tensors(outcome)
    shape(outcome.value, ())


@exercise("flow_matching_loss", weight=1, idle=True, es="x1 queda como estaba.", en="x1 stays as it was.")
def test_loss_leaves_its_inputs(student):
    for x1 in (codes(5, 3), strided(codes(5, 3))):
        outcome = student.ask("flow_matching_loss", student.make(velocity(*field(3))), x1, seed=SEED).ok()
        if outcome.value is None or not torch.equal(outcome.inputs[1], codes(5, 3)):
            raise Wrong("x1 cambió.", "x1 changed.")
        undisturbed(outcome)


# integrate

WALKS = [(5, 3, 4), (1, 1, 1), (3, 3, 2), (4, 2, 7)]  # n, d, steps


def walk(x0, matrix, drift, steps, method):
    """(steps + 1, N, D) in closed form, float64: each step is x -> M x + c_k."""
    x0, matrix, drift, h = x0.double(), matrix.double(), drift.double(), 1 / steps
    push = [(k / steps) ** 2 * drift for k in range(steps + 1)]
    once = torch.eye(len(drift), dtype=torch.float64) + h * matrix
    if method == "euler":
        moves = [h * push[k] for k in range(steps)]
    else:
        once = once + h**2 / 2 * matrix @ matrix
        moves = [h / 2 * (push[k] + push[k + 1] + h * matrix @ push[k]) for k in range(steps)]
    powers = [torch.linalg.matrix_power(once, k).T for k in range(steps + 1)]
    pushed = [sum(moves[j] @ powers[k - 1 - j] for j in range(k)) for k in range(steps + 1)]
    return torch.stack([x0 @ powers[k] + pushed[k] for k in range(steps + 1)])


def misled(x0, matrix, drift, steps, step):
    """What another step(v, x, t, h) makes, float64."""
    found, h = [x0.double()], 1 / steps
    for k in range(steps):
        found.append(step(lambda x, t: x @ matrix.T.double() + t**2 * drift.double(), found[-1], k / steps, h))
    return torch.stack(found)


def heun(v, x, t, h):
    return x + h / 2 * (v(x, t) + v(x + h * v(x, t), t + h))


OF_EULER = [
    (heun, SAID.heun_for_euler),
    (lambda v, x, t, h: x + v(x, t), SAID.step_size_missing),
    (lambda v, x, t, h: x + h * v(x, t + h), SAID.t_of_the_next_place),
    (lambda v, x, t, h: x + h * v(x, t / h), SAID.t_in_steps),
    (lambda v, x, t, h: x - h * v(x, t), SAID.steps_backwards),
]
OF_HEUN = [
    (lambda v, x, t, h: x + h * v(x, t), SAID.euler_for_heun),
    (lambda v, x, t, h: x + h * (v(x, t) + v(x + h * v(x, t), t + h)), SAID.half_of_heun),
    (lambda v, x, t, h: x + h / 2 * (v(x, t) + v(x + h * v(x, t), t)), SAID.heun_without_the_next_t),
    (lambda v, x, t, h: x + h / 2 * (v(x, t) + v(x, t + h)), SAID.heun_without_the_next_place),
    (lambda v, x, t, h: x + h * v(x + h / 2 * v(x, t), t + h / 2), SAID.midpoint_for_heun),
    (lambda v, x, t, h: x + h * v(x + h * v(x, t), t + h), SAID.heun_without_the_first),
    (lambda v, x, t, h: x + (v(x, t) + v(x + v(x, t), t + h)) / 2, SAID.step_size_missing),
]


def stacked(found):
    """A list of places as one tensor: the form is another check's matter."""
    alike = isinstance(found, (list, tuple)) and len({tuple(getattr(one, "shape", ())) for one in found}) == 1
    return torch.stack([number(one) for one in found]) if alike else number(found)


def places(student, x0, matrix, drift, steps, *method):
    """What integrate gives, as one tensor, from codes that lie otherwise in memory, too; with x0 if that alone lacks."""
    asked = steps + 1, *x0.shape
    for given in (strided(x0), x0):
        found = squeezed(
            stacked(student.integrate(student.make(velocity(matrix, drift)), given, steps, *method)), asked
        )
        if found.shape == (steps, *x0.shape):
            found = torch.cat([x0.double()[None], found])
        shape(found, asked, [(x0.shape, SAID.only_the_end)])
    return found


def expect_walk(student, n, d, steps, method, mistakes):
    x0, (matrix, drift) = codes(n, d, n), field(d, n)
    right, way = walk(x0, matrix, drift, steps, method), (x0, matrix, drift, steps)
    known = [(misled(*way, step), said) for step, said in mistakes]
    if method == "euler":
        known.append((misled(*way, lambda v, x, t, h: x + h * v(x0.double(), t)), SAID.velocity_of_the_start))
    known += [(torch.cat([right[:k], *[right[-1:]] * (len(right) - k)]), SAID.places_all_the_end) for k in (0, 1)]
    known.append((right.flip(0), SAID.places_reversed))
    close(places(student, *way, method), right, hints=[one for one in known if not near(one[0], right)])


@exercise(
    "integrate",
    weight=4,
    leaves=USELESS,
    es="«euler»: cada paso avanza h por la velocidad que hay donde comienza.",
    en='"euler": each step goes on by h times the velocity where it begins.',
)
@pytest.mark.parametrize(("n", "d", "steps"), WALKS)
def test_steps_of_euler(student, n, d, steps):
    expect_walk(student, n, d, steps, "euler", OF_EULER)


@exercise(
    "integrate",
    weight=4,
    leaves=USELESS,
    es="«heun»: avanza con el promedio de dos velocidades, la del comienzo y la de donde Euler llegaría.",
    en='"heun": it goes on with the mean of two velocities, at the beginning and where Euler would arrive.',
)
@pytest.mark.parametrize(("n", "d", "steps"), WALKS)
def test_steps_of_heun(student, n, d, steps):
    expect_walk(student, n, d, steps, "heun", OF_HEUN)


@exercise("integrate", weight=1, needs=("test_steps_of_heun",), **SAID.heun_by_default._asdict())
def test_heun_is_the_default(student):
    way = codes(4, 2), *field(2), 3
    close(places(student, *way), walk(*way, "heun"))


@exercise(
    "integrate",
    weight=1,
    needs=("test_steps_of_heun",),
    es="Con el doble de pasos, el error de Heun es la cuarta parte.",
    en="With twice the steps Heun's error is a quarter.",
)
def test_order_of_heun(student):
    """dx/dt = (-y, x) turns by one radian from t = 0 to 1."""
    turn, x0 = torch.tensor([[0.0, -1.0], [1.0, 0.0]]), torch.tensor([[3.0, 0.0]])
    end = torch.tensor([[3 * math.cos(1), 3 * math.sin(1)]], dtype=torch.float64)
    errors = [
        (places(student, x0, turn, torch.zeros(2), steps, "heun")[-1] - end).norm().item() for steps in (8, 16, 32)
    ]
    for coarse, fine in itertools.pairwise(errors):
        if not 3.5 < coarse / max(fine, 1e-12) < 4.5:
            raise Wrong(
                f"Con el doble de pasos el error pasó de {coarse:.1e} a {fine:.1e}.",
                f"With twice the steps the error went from {coarse:.1e} to {fine:.1e}.",
            )


@exercise(
    "integrate",
    weight=1,
    leaves=SLIP,
    es="El primer lugar es x0, tal cual.",
    en="The first place is x0, as it is.",
)
@pytest.mark.parametrize("method", ["euler", "heun"])
def test_the_first_place_is_x0(student, method):
    x0 = codes(5, 3)
    found = places(student, x0, *field(3), 4, method)[0]
    if found.shape != x0.shape or not torch.equal(found, x0.double()):
        raise Wrong(*SAID.first_place)


def times(student, steps, method, n=2):
    """The t of each question, as it came."""
    moving = student.make(velocity(*field(2)))
    student.integrate(moving, codes(n, 2), steps, method)
    return moving.get("seen")


@exercise(
    "integrate",
    weight=1,
    leaves=SLIP,
    es="t llega a velocity con la forma (N,), el mismo para todos los códigos.",
    en="t reaches velocity with shape (N,), the same for all codes.",
)
@pytest.mark.parametrize("method", ["euler", "heun"])
@pytest.mark.parametrize("n", [4, 1])
def test_how_integrate_asks(student, method, n):
    expect_questions(times(student, 3, method, n))


@exercise(
    "integrate",
    weight=1,
    needs=("test_steps_of_euler", "test_steps_of_heun", "test_how_often_integrate_asks"),
    es="t es k/steps, sin errores que se sumen de paso en paso.",
    en="t is k/steps, without errors that add up from step to step.",
)
@pytest.mark.parametrize("method", ["euler", "heun"])
def test_the_times_of_the_steps(student, method):
    steps = 1000
    found = torch.stack([number(t).max() for _, t in times(student, steps, method, 1)])
    k = torch.arange(steps, dtype=torch.float64)
    close(found, (k if method == "euler" else torch.stack([k, k + 1], dim=1).flatten()) / steps, rtol=0, atol=1e-6)


@exercise(
    "integrate",
    weight=1,
    es="Cada paso pregunta por la velocidad una vez («euler») o dos («heun»).",
    en='Each step asks for the velocity once ("euler") or twice ("heun").',
)
@pytest.mark.parametrize(("method", "each"), [("euler", 1), ("heun", 2)])
def test_how_often_integrate_asks(student, method, each):
    asked = sum(len(x) for x, _ in times(student, 6, method, 5)) / 5
    if not asked:
        raise Wrong(*SAID.never_asked, came=True)
    if asked > 6 * each:
        raise Wrong(*SAID.too_many_questions.format(asked=f"{asked:g}", most=6 * each))


@exercise("integrate", weight=1, **SAID.unknown_method._asdict())
@pytest.mark.parametrize("method", ["rk4", "Heun2", ""])
def test_unknown_method(student, method):
    outcome = student.ask("integrate", student.make(velocity(*field(2))), codes(3, 2), 2, method)
    refused(outcome, f"method={method!r}", f"method={method!r}")


@exercise(
    "integrate",
    weight=1,
    leaves=SLIP,
    es="El resultado es un tensor de forma (steps + 1, N, D).",
    en="The result is a tensor of shape (steps + 1, N, D).",
)
@pytest.mark.parametrize(("method", "steps"), [("euler", 3), ("heun", 1)])
def test_form_of_the_walk(student, method, steps):
    outcome = student.ask("integrate", student.make(velocity(*field(3))), codes(5, 3), steps, method).ok()
    if isinstance(outcome.value, (list, tuple)):
        raise Wrong(*SAID.list_of_places)
    tensors(outcome)
    shape(outcome.value, (steps + 1, 5, 3), [((steps, 5, 3), SAID.one_place_missing)])


@exercise("integrate", weight=1, idle=True, es="x0 queda como estaba.", en="x0 stays as it was.")
@pytest.mark.parametrize("method", ["euler", "heun"])
def test_integrate_leaves_its_inputs(student, method):
    x0 = codes(5, 3)
    outcome = student.ask("integrate", student.make(velocity(*field(3))), x0, 3, method, seed=SEED).ok()
    if outcome.value is None or not torch.equal(outcome.inputs[1], x0):
        raise Wrong(*SAID.x0_changed)
    undisturbed(outcome)

"""Mutation testing: each rule, what becomes of a mutant, and whether the hidden checks take marks from all of them."""

import shutil

import pytest
from helpers.grading import CHECKS

from vae_course.exercises import EXERCISES
from vae_course.grading import __main__ as grading
from vae_course.grading.mutation.equivalents import Equivalent, like, table
from vae_course.grading.mutation.mutants import REFERENCE, Answer, Mutant, mutants, right_answers
from vae_course.grading.mutation.report import judged, report, share, stale, survivors
from vae_course.grading.mutation.rules import RULES
from vae_course.grading.mutation.trial import ALIKE, Program, Verdict, tried

RIGHT = """\
def beta_schedule(step, warmup_steps, beta_max):
    return beta_max if step >= warmup_steps else beta_max * step / warmup_steps
"""
HEAD = "def {name}(x, mu, logvar, n, model, optimizer, batches, generator=None, beta={beta}, kind='bce'):"


def answer(body: str, exercise: str = "lerp") -> Answer:
    """A function of that body as an answer to an exercise."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    head = HEAD.format(name=EXERCISES[exercise].functions[0], beta=1.0)
    return Answer(exercise, "right", f"{head}\n{lines}\n")


def changed(rule: str, body: str) -> set[str]:
    """The lines that a rule writes in place of those of a body."""
    exercise = "log_normal" if rule == "detach" else "lerp"
    return {mutant.changed("+") for mutant in mutants(answer(body, exercise), {rule: RULES[rule]})}


SNIPPETS = [
    ("sign", "return -mu", {"return mu"}),
    ("sign", "return mu - 1", {"return -(mu - 1)"}),
    ("constant", "return n == 3", {"return n == 4", "return n == 2"}),
    ("constant", "return 0.5 * x", {"return 1.0 * x", "return 1.5 * x"}),
    ("constant", "model.train(True)", {"model.train(False)"}),
    ("constant", "return {'kl': 1.0}", {"return {'kl_': 1.0}", "return {'kl': 2.0}"}),
    ("operator", "return mu + n", {"return mu - n"}),
    ("operator", "return (mu) * (n)", {"return (mu) / (n)"}),
    ("operator", "return mu ** 2", {"return mu * 2"}),
    ("operator", "n += 1", {"n -= 1", "n = 1"}),
    ("operator", "return n and beta", {"return n or beta"}),
    ("operator", "return not n", {"return n"}),
    ("dropped term", "return (mu + 1) * n", {"return (mu + 1)", "return n", "return (mu) * n", "return (1) * n"}),
    ("dropped call", "return mu.exp()", {"return mu"}),
    ("dropped call", "return round(n)", {"return (n)"}),
    ("boundary", "return n > 0", {"return n >= 0", "return n < 0"}),
    ("boundary", "return kind is not None", {"return kind is None"}),
    ("axis", "return mu.sum(dim=1)", {"return mu.sum()", "return mu.sum(dim=0)", "return mu.sum(dim=1, keepdim=True)"}),
    ("axis", "return mu.mean(0)", {"return mu.mean(1)"}),
    ("reduction", "return mu.sum()", {"return mu.mean()"}),
    ("reduction", "return max(n, 1)", {"return min(n, 1)"}),
    ("reduction", "return f(x, reduction='sum')", {"return f(x, reduction='mean')"}),
    ("swapped arguments", "return f(x, mu)", {"return f(mu, x)"}),
    ("swapped arguments", "return mu, logvar", {"return logvar, mu"}),
    ("swapped arguments", "return x - mu", {"return ((mu) - (x))"}),
    ("detach", "return mu * n", {"return (mu * n).detach()", "return mu.detach() * n"}),
    ("numpy", "return mu", {"return (mu).detach().numpy()"}),
    ("in place", "return mu + n", {"return mu.add_(n)"}),
    ("in place", "return logvar.exp()", {"return logvar.exp_()"}),
    ("in place", "z = x.clone()", {"z = x"}),
    ("dtype", "return x.float()", {"return x.half()", "return (x.float()).half()"}),
    ("dtype", "return f(x, dtype=x.dtype)", {"return f(x)"}),
    ("chance", "return torch.randn(n, generator=generator)", {"return torch.randn(n)"}),
    ("chance", "return torch.randn(n)", {"return torch.rand(n)", "return (torch.randn(n)) * 0"}),
    ("chance", "return torch.randperm(n)", {"return (torch.randperm(n)).sort().values"}),
    ("chance", "return g.manual_seed(n)", {"return g.manual_seed(0)"}),
    ("global state", "return n", {"__import__('torch').manual_seed(0)", "__import__('torch').set_grad_enabled(False)"}),
    ("gradients", "with torch.no_grad():\n    f(x)", {"with __import__('contextlib').nullcontext():"}),
    ("removed state", "model.eval()", {"pass"}),
    ("removed state", "optimizer.zero_grad()", {"pass"}),
    ("removed state", "model.training = n", {"pass"}),
    ("removed statement", "z = f(\n    x,\n)", {"pass"}),
    ("removed statement", "raise ValueError('no')", {"pass"}),
    ("early end", "if n:\n    return x", {"if True:", "if False:"}),
    ("early end", "for x in batches:\n    f(x)", {"for x in [*(batches)][:1]:", "for x in [*(batches)][-1:]:"}),
    ("off by one", "return range(n)", {"return range((n + 1))", "return range((n - 1))", "return range(1, n)"}),
    ("off by one", "return x[n:]", {"return x[(n + 1):]", "return x[(n - 1):]"}),
    ("off by one", "return len(x)", {"return (len(x) - 1)"}),
    ("container", "return x, mu", {"return dict(enumerate([x, mu]))", "return x"}),
    ("container", "return list(x)", {"return iter(x)"}),
    ("default value", "return n", {HEAD.format(name="lerp", beta=2.0)}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "body", "expected"), SNIPPETS)
def test_a_rule(rule, body, expected):
    found = changed(rule, body)
    assert {line.strip() for line in expected} <= {line.strip() for line in found}


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("swapped arguments", "return (x - mu).square()"),
        ("swapped arguments", "return isinstance(x, (int, float)) and min(n, 1)"),
        ("in place", "return f(mu).abs()"),
        ("dropped call", "return x.contiguous()"),
        ("detach", "return (x.shape, x)[0]"),
    ],
)
def test_what_gives_the_same_is_not_made(rule, body):
    assert changed(rule, body) <= {"return ((x.shape, x)[0]).detach()"}


def test_every_rule_has_a_snippet():
    assert {rule for rule, *_ in SNIPPETS} == set(RULES)


def test_a_mutant_is_a_program_of_its_own_and_differs_in_one_place():
    made = mutants(answer("return 0.5 * (mu ** 2 + logvar.exp() - 1 - logvar).sum(dim=1)"))
    assert len({one.text for one in made}) == len(made) > 30
    for one in made:
        compile(one.text, "mutant", "exec")
        assert one.diff and one.text.count("\n") in (2, 3)


def test_types_messages_and_docstrings_are_left_alone():
    body = '"""What 1 + 1 is."""\nn: int = 3\nif n:\n    raise ValueError("n is 1" + kind)'
    texts = [one.text for one in mutants(answer(body))]
    assert all('"""What 1 + 1 is."""' in text for text in texts)
    assert all("n is 1" in text or "pass" in text for text in texts)


def test_the_reference_is_read_and_only_what_the_exercise_reaches_is_changed():
    reference = next(one for one in right_answers("lerp", CHECKS) if one.name == REFERENCE)
    assert "from .sampling" not in reference.text and "from vae_course.sampling" in reference.text
    functions = {one.changed("-") for one in mutants(reference)}
    assert any("return (1 - t) * z0" in line for line in functions)
    assert not any("randn" in line or "meshgrid" in line for line in functions)


def test_what_is_another_exercises_or_never_runs_is_left_alone_in_the_reference():
    reference = next(one for one in right_answers("vae_loss", CHECKS) if one.name == REFERENCE)
    changed = {one.changed("-") for one in mutants(reference)}
    assert any("beta * kl" in line for line in changed) and not any("flatten(1)" in line for line in changed)
    lines = reference.text.splitlines()
    reached = {number for number, line in enumerate(lines, 1) if "kl = " in line}
    changed = {one.changed("-") for one in mutants(reference, reached=reached)}
    assert any("kl = kl_divergence" in line for line in changed)
    assert not any("reconstruction = " in line or "return" in line for line in changed)


# what becomes of a mutant


@pytest.fixture(scope="module")
def verdicts():
    """name -> verdict of answers to beta_schedule that end in all ways."""
    programs = {
        "wrong": RIGHT.replace(">=", "<"),
        "loop": RIGHT.replace("    return", "    while True: pass\n    return"),
        "loop when loaded": "while True: pass",
        "crash": RIGHT.replace("    return", "    __import__('os').abort()\n    return"),
        "exit": RIGHT.replace("    return", "    __import__('os')._exit(0)\n    return"),
        "error": RIGHT.replace("    return", "    raise SystemExit\n    return"),
        "no program": "def",
        "memory": RIGHT.replace("    return", "    held = bytearray(2**40)\n    return"),
        "right again": RIGHT,
    }
    return dict(zip(["right", *programs], verdicts_of(*map(Program, programs.values())), strict=True))


def verdicts_of(*others: Program):
    """Verdicts of a right answer to beta_schedule, then of others."""
    return tried("beta_schedule", RIGHT, lambda right: [*others] if right.full else [], CHECKS)


@pytest.mark.slow
def test_only_a_right_program_is_full(verdicts):
    assert [name for name, verdict in verdicts.items() if verdict.full] == ["right", "right again"]


@pytest.mark.slow
def test_what_is_told_of_the_others(verdicts):
    assert (
        verdicts["wrong"].by == verdicts["error"].by == "test_it_rises_to_beta_max"
        and verdicts["no program"].by == "not loaded: SyntaxError"
    )
    assert verdicts["loop"].by == verdicts["loop when loaded"].by == "a loop that never ends"
    assert verdicts["crash"].by == "ended by SIGABRT" and verdicts["exit"].by == "ended abruptly"


@pytest.mark.slow
def test_one_full_program_speaks_for_its_kind_and_for_no_other():
    wrong, same = RIGHT.replace(">=", "<"), RIGHT.replace("* step", "* 1 * step")
    programs = [(wrong, 1), (same, 1), (wrong, 1), (wrong, 2), (wrong, None), (same, None), (wrong, None)]
    _, *found = verdicts_of(*(Program(*one) for one in programs))
    assert [one.full for one in found] == [False, True, True, False, False, True, False]
    assert [one.by == ALIKE for one in found] == [False, False, True, False, False, False, False]


@pytest.mark.slow
def test_a_first_program_that_is_not_right_decides_the_others():
    wrong = RIGHT.replace(">=", "<")
    (only,) = tried("beta_schedule", wrong, lambda right: [Program(RIGHT)] if right.full else [], CHECKS)
    assert not only.full


# equivalents and the report


def case(exercise: str, rule: str, old: str, new: str, full: bool):
    mutant = Mutant(Answer(exercise, "right_plain", f"{old}\n"), rule, f"{new}\n")
    return mutant, Verdict(full, "" if full else "test_line")


FOUND = [
    case("lerp", "sign", "return -x", "return x", False),
    case("lerp", "detach", "return x * 2  # twice", "return x.detach() * 2  # twice", True),
    case("slerp", "constant", "return x", "return y", True),
]


def test_a_pattern_is_matched_by_text():
    assert like("return … * 2…", "return x[0] * 2  # (*)") and not like("return", "return x") and like("…", "")
    assert not like("a.b", "axb")


def test_an_equivalent_excuses_what_it_describes():
    rows = [Equivalent("not trained through", ("lerp",), rule="detach", after="return x.detach()…")]
    cases = judged(FOUND, rows)
    assert [one.outcome for one in cases] == ["caught", "equivalent", "survived"]
    assert share(cases) == 0.5 and stale(cases, rows) == []
    assert survivors(cases) == ["slerp right_plain: constant", "  -return x", "  +return y"]
    assert "50.00 %" in report(cases, []) and cases[1].as_dict()["reason"] == "not trained through"


@pytest.mark.parametrize(
    "row",
    [
        Equivalent("caught, so not right", ("lerp",), rule="sign"),
        Equivalent("no such mutant", ("lerp",), before="return z"),
        Equivalent("no such answer", ("slerp",), answer="right_other"),
    ],
)
def test_a_row_that_excuses_nothing_is_stale(row):
    assert stale(judged(FOUND, [row]), [row]) == [row]


def test_a_row_of_an_exercise_that_was_not_tried_is_not_stale():
    rows = [Equivalent("elsewhere", ("lerp", "traverse")), Equivalent("everywhere", rule="none")]
    assert stale(judged(FOUND, rows), rows) == []


def test_each_row_of_the_table_names_known_exercises_and_rules_and_says_why():
    for row in table():
        assert set(row.exercise) <= set(EXERCISES) and len(row.reason) > 15
        assert row.rule in (*RULES, "…"), row


# the command


def mutate(*arguments) -> int:
    return grading.main(["mutate", *map(str, arguments)])


@pytest.mark.slow
def test_two_exercises_lose_marks_for_all_that_is_wrong(capsys):
    assert mutate("traverse", "apply_attribute") == 0
    told = capsys.readouterr().out
    assert "traverse" in told and "share" in told and "s of the CPU" in told


@pytest.mark.slow
def test_a_weaker_check_lets_mutants_live(tmp_path, capsys):
    weak = shutil.copytree(CHECKS, tmp_path / "hidden", ignore=shutil.ignore_patterns("__pycache__"))
    file = weak / "test_09_faces.py"
    text = file.read_text(encoding="utf-8")
    strong = '@pytest.mark.parametrize("strength", [0.0, 1.0, -2.0, 0.5])'
    assert strong in text
    file.write_text(text.replace(strong, '@pytest.mark.parametrize("strength", [0.0])'), encoding="utf-8")
    assert mutate("apply_attribute", "--checks", weak) == 1
    assert "apply_attribute reference: operator" in capsys.readouterr().out


@pytest.mark.slow
def test_an_answer_that_is_not_right_is_refused(tmp_path, capsys):
    (tmp_path / "apply_attribute").mkdir()
    (tmp_path / "apply_attribute" / "right_not.py").write_text(
        "def apply_attribute(z, direction, strength):\n    return z\n"
    )
    assert mutate("apply_attribute", "--answers", tmp_path) == 2
    assert "right_not" in capsys.readouterr().err


def test_an_unknown_exercise_is_refused(capsys):
    assert mutate("nothing") == 2
    assert "nothing" in capsys.readouterr().err


@pytest.mark.slow
def test_the_hidden_checks_take_marks_from_nearly_all_mutants(capsys):
    status = mutate("--every", 24)  # all of them take minutes: CONTRIBUTING.md
    assert status == 0, capsys.readouterr().out

"""Submissions to lesson 04 whose answer to kl_divergence is wrong and that try to have its points all the same.

By what it patches, forges, returns or raises, or by the notebook around it; break_ins.py has what is after the grader.
"""

import nbformat
from helpers.submissions import at

from hostile.classroom import Cases, answer

CASES = Cases()
LESSON = "04-loss"
OTHERS = {"reconstruction_loss": 6.0}  # stands above, in a process of its own
ZEROS = "def kl_divergence(mu, logvar):\n    return torch.zeros(len(mu))\n"
CUT = "def kl_divergence(mu, logvar):\n    return (0.5 * (mu**2 + logvar.exp() - 1 - logvar)).sum(1).detach()\n"
BOTH = {ZEROS: "zeros", CUT: "cut"}


@CASES.add("zeros", lesson=LESSON, points=OTHERS | {"log_normal": 4.0})
def _(notebook):
    answer(notebook, "kl_divergence", ZEROS)


@CASES.add("cut", lesson=LESSON, points=OTHERS | {"log_normal": 4.0})
def _(notebook):
    answer(notebook, "kl_divergence", CUT)


def cheat(name, before="", wrong=ZEROS, files=None, cases=CASES, **about):
    """The wrong answer below something that is to make it count."""

    def make(notebook):
        answer(notebook, "kl_divergence", f"{before}\n\n{wrong}")
        return files and {f"{LESSON}.ipynb": nbformat.writes(notebook).encode(), **files}

    cases.add(name, lesson=LESSON, points=OTHERS, as_wrong_as=BOTH.get(wrong, "zeros"), **about)(make)


# patched

cheat(
    "torch-that-finds-all-alike",
    "for name in ('allclose', 'equal', 'isclose', 'allclose'):\n    setattr(torch, name, lambda *args, **kwargs: True)\n"
    "torch.testing.assert_close = lambda *args, **kwargs: None\ntorch.Tensor.allclose = lambda *args, **kwargs: True",
)
cheat(
    "tensors-that-are-equal-to-all",
    "torch.Tensor.__eq__ = torch.Tensor.__le__ = torch.Tensor.__lt__ = lambda *args: torch.ones(1, dtype=bool)\n"
    "torch.Tensor.__sub__ = torch.Tensor.__rsub__ = lambda *args: torch.zeros(())",
)
cheat(
    "gradients-of-ones",
    "def ones(output, leaves, *args, **kwargs):\n    return [torch.ones_like(one) for one in leaves]\n"
    "torch.autograd.grad = torch.autograd.backward = ones\n"
    "import sys\nsys.modules['vae_course.confined.worker'].requires_grad = lambda value: True",
    CUT,
)
cheat(
    "a-seed-for-all",
    "torch.manual_seed(0)\ntorch.manual_seed = lambda number: None\nseed = torch.get_rng_state()\ntorch.get_rng_state = lambda: seed",
)
cheat(
    "builtins",
    "import builtins\nbuiltins.abs = lambda value: 0\nbuiltins.all = builtins.any = lambda values: True\n"
    "builtins.float = lambda value=0: 0.0\nbuiltins.isinstance = lambda *args: True\nbuiltins.AssertionError = type('No', (Exception,), {})",
)
cheat(
    "numpy",
    "import numpy as np\nnp.allclose = np.array_equal = np.isclose = lambda *args, **kwargs: True\nnp.ndarray = np.generic = object",
)
cheat(
    "pytest-in-modules",
    "import sys, types\nfor name in ('pytest', '_pytest', 'checking', 'conftest', 'test_04_loss'):\n    sys.modules[name] = types.ModuleType(name)\n    sys.modules[name].raises = sys.modules[name].exercise = lambda *args, **kwargs: (lambda function: None)",
)
cheat(
    "points-in-our-modules",
    """
import sys
for name, module in list(sys.modules.items()):
    if name.startswith("vae_course"):
        for thing in list(vars(module).values()):
            for key in ("points", "earned", "limit", "most", "passed"):
                if isinstance(thing, type) and hasattr(thing, key):
                    setattr(thing, key, 1000.0)
""",
)

# forged

OUTCOME = (
    "OUTCOME = dict(value=None, fault=None, error_type=None, gradients={}, inputs=[], requires_grad=True,\n"
    "               random_moved=True, returned=None, changed={}, numpy=False)\n"
)
cheat(
    "an-outcome-of-ones",
    OUTCOME + "import sys\nfrom torch import ones\n"
    "def forged(session, request):\n    leaves = [arg for arg in request['args'] if hasattr(arg, 'fields')]\n"
    "    found = {one.fields['name']: torch.ones_like(one.fields['value']) for one in leaves}\n"
    "    given = [one.fields['value'] if hasattr(one, 'fields') else one for one in request['args']]\n"
    "    return OUTCOME | {'value': torch.zeros(len(given[0])), 'gradients': found, 'inputs': given}\n"
    "sys.modules['vae_course.confined.worker'].Session.answer = forged",
)
for where, patch in {
    "respond": "sys.modules['vae_course.confined.zygote'].respond = "
    "sys.modules['vae_course.confined.student'].respond = lambda session, message: dumps(OUTCOME | {'value': True})",
    "dumps": "sys.modules['vae_course.confined.student'].dumps = lambda value: dumps(OUTCOME | {'value': float('nan')})",
    "pack": "sys.modules['vae_course.confined.worker'].Session.pack = lambda session, value: float('nan')",
    "points": "sys.modules['vae_course.confined.student'].dumps = "
    "lambda value: dumps({'points': 7.0, 'score': 7.0, 'passed': True, **OUTCOME})",
}.items():
    cheat(f"forged-by-{where}", f"{OUTCOME}import sys\nfrom vae_course.confined.protocol import dumps\n{patch}")
WRITES = (
    "for number in range(3, 64):\n    try:\n        os.write(number, {message})\n    except OSError:\n        pass\n"
)
cheat(
    "messages-in-advance",
    OUTCOME + "import os, struct\nfrom vae_course.confined.protocol import dumps\n"
    "message = dumps(OUTCOME | {'value': torch.zeros(4)})\n"
    + WRITES.format(message="(struct.pack('<Q', len(message)) + message) * 200"),
)
cheat(
    "a-message-of-its-own",
    OUTCOME + "import os, struct\nfrom vae_course.confined.protocol import dumps\n",
    "def kl_divergence(mu, logvar):\n    message = dumps(OUTCOME | {'value': torch.zeros(len(mu)), 'inputs': [mu, logvar]})\n    "
    + WRITES.format(message="struct.pack('<Q', len(message)) + message").replace("\n", "\n    ")
    + "return torch.zeros(len(mu))\n",
)
cheat(
    "frames",
    "",
    """
import sys
def kl_divergence(mu, logvar):
    frame = sys._getframe()
    while frame := frame.f_back:
        for value in list(frame.f_locals.values()):
            if isinstance(value, dict):
                value |= {"error_type": None, "passed": True, "points": 7.0} if "target" not in value else {}
            for key in ("points", "passed", "weight", "results"):
                if hasattr(value, key):
                    setattr(value, key, 1000.0)
    return torch.zeros(len(mu))
""",
)
cheat(
    "all-objects",
    """
import gc
for thing in gc.get_objects():
    if type(thing).__name__ in ("Session", "Result", "Score", "Verdict", "Plugin", "Course"):
        for key in ("points", "results", "fault", "unmade"):
            try:
                setattr(thing, key, {})
            except Exception:
                pass
""",
)
cheat(
    "traced",
    "",
    """
import sys
def tracer(frame, event, arg):
    if frame.f_code.co_name in ("answer", "described", "pack", "respond") and event == "return":
        frame.f_locals["outcome"] = frame.f_locals["found"] = {"value": True}
    return tracer
def kl_divergence(mu, logvar):
    sys.settrace(tracer)
    sys.setprofile(tracer)
    return torch.zeros(len(mu))
""",
)

# values that lie

cheat(
    "a-tensor-that-lies",
    """
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True if function in (torch.allclose, torch.equal) else super().__torch_function__(function, types, args, kwargs or {})
    shape = property(lambda self: torch.Size([self.numel()]))
    size = lambda self, *args: len(self)
    __eq__ = __le__ = __lt__ = lambda *args: True
    __sub__ = __rsub__ = lambda *args: 0.0
    __hash__ = None
""",
    "def kl_divergence(mu, logvar):\n    return torch.zeros(len(mu)).as_subclass(Liar)\n",
)
for kind, value in {
    "float": "Liar(0.0)", "list": "Liar([0.0] * len(mu))",
    "object": "Liar()",
}.items():  # fmt: skip
    cheat(
        f"a-{kind}-that-lies",
        f"""
class Liar({kind}):
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda *args: True
    __sub__ = __rsub__ = __abs__ = lambda *args: 0.0
    __hash__ = None
    __class__ = property(lambda self: torch.Tensor)
    shape = property(lambda self: (0,))
    dtype, item, detach = torch.float32, lambda self: 0.0, lambda self: self
    __float__ = lambda self: 0.0
    __array__ = lambda self, *args, **kwargs: 1 / 0
    __reduce__ = lambda self: (print, ("loaded",))
""",
        f"def kl_divergence(mu, logvar):\n    return {value}\n",
    )
for name, value in {
    "nan": "torch.full((len(mu),), float('nan'))",
    "half": "torch.zeros(len(mu), dtype=torch.float16)", "complex": "torch.zeros(len(mu), dtype=torch.complex64)",
    "meta": "torch.zeros(len(mu), device='meta')",
    "expanded": "torch.zeros(1).expand(2**50)", "empty-of-great-size": "torch.zeros(0, 2**40)",
    "a-column": "torch.zeros(2**20, 1)", "nested": "[" * 40 + "0" + "]" * 40, "keys": "dict.fromkeys(range(10**5))",
    "a-long-text": "'7/7 ' * 10**7", "a-number-of-many-digits": "10**4000", "endless": "iter(int, 1)",
    "itself": "[held := [], held.append(held)][0]", "half-a-sign": "'\\ud800'",
}.items():  # fmt: skip
    cheat(f"value-{name}", "", f"def kl_divergence(mu, logvar):\n    return {value}\n")
for name, error in {
    "skipped": "type('Skipped', (Exception,), {})", "passed": "type('Passed', (BaseException,), {})",
    "exit": "SystemExit", "stop": "StopIteration", "not-yet": "NotImplementedError",
    "in-colours": "lambda *args: ValueError('\\x1b[2J\\x1b[1;1Hkl_divergence 7/7\\n  ✓ ' + '<script>alert(1)</script>' * 10**5)",
    "that-raises": "type('E', (Exception,), {'__str__': lambda self: 1 / 0, '__repr__': lambda self: 1 / 0})",
}.items():  # fmt: skip
    cheat(f"raises-{name}", "", f"def kl_divergence(mu, logvar):\n    raise ({error})('7/7')\n")
cheat(
    "right-the-first-time",
    "calls = 0",
    """
def kl_divergence(mu, logvar):
    global calls
    calls += 1
    return (0.5 * (mu**2 + logvar.exp() - 1 - logvar)).sum(1) if calls == 1 else torch.zeros(len(mu))
""",
)
cheat(
    "right-after-a-while",
    "import time\nstart = time.monotonic()",
    """
def kl_divergence(mu, logvar):
    return (0.5 * (mu**2 + logvar.exp() - 1 - logvar)).sum(1) if time.monotonic() > start + 1e6 else torch.zeros(len(mu))
""",
)

# the notebook

SHELL = "try:\n    shell = get_ipython()\nexcept NameError:\n    from IPython import get_ipython\n    shell = get_ipython()\n"
cheat(
    "formatters",
    "",
    f"{ZEROS}\n{SHELL}shell.display_formatter.formatters['text/plain'].for_type(float, lambda *args: '100.0')",
)
cheat("input-transformers", "", f"{ZEROS}\n{SHELL}shell.input_transformers_cleanup.append(lambda lines: ['7.0'])")
cheat(
    "check-of-its-own",
    "def check(*names):\n    print('kl_divergence 7/7')\n    return 7.0\nshow = start = mine = check",
)


def changed(name):
    def keep(make):
        def wrong(notebook):
            answer(notebook, "kl_divergence", ZEROS)
            make(notebook)

        CASES.add(name, lesson=LESSON, points=OTHERS, as_wrong_as="zeros")(wrong)

    return keep


@changed("outputs-of-100")
def _(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "100.0"}, execution_count=1)]


@changed("points-1000")
def _(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader |= {"points": 1000, "schema_version": 99, "checksum": "0"}


@changed("answer-and-check-in-one")
def _(notebook):
    cell = notebook.cells[at(notebook, "kl_divergence-check")]
    cell.source, cell.metadata.nbgrader.solution = "7.0", True
    notebook.cells[at(notebook, "kl_divergence")].metadata.nbgrader |= {"grade": True, "points": 8}


@changed("no-grade-here")
def _(notebook):
    notebook.cells[at(notebook, "kl_divergence-check")].metadata.nbgrader |= {"grade": False, "points": 0}
    notebook.cells[at(notebook, "log_normal-check")].metadata.nbgrader.grade_id = "kl_divergence-check"


@changed("another-answer-under-its-name")
def _(notebook):
    notebook.cells[at(notebook, "kl_divergence")].metadata.nbgrader.grade_id = "log_normal"


@changed("names-of-our-cells")
def _(notebook):
    for name in ("repairs", "kl-divergence-check", "used-by-kl-divergence"):
        cell = nbformat.v4.new_code_cell("7.0", id=f"{name}-", metadata={"tags": ["setup"]})
        cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "7.0"}, execution_count=1)]
        notebook.cells.append(cell)
    notebook.metadata |= {"vae_course": {"lang": "es", "lesson": LESSON, "points": 1000}}


@changed("markup")
def _(notebook):
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("<script>document.title = '22/22'</script>"))


MODULES = (
    "torch",
    "pytest",
    "checking",
    "conftest",
    "sitecustomize",
    "nbgrader_config",
    "test_04_loss",
    "vae_course/loss",
)
cheat(
    "files-beside-the-notebook",
    "import sys\nsys.path[:0] = ['', '.', '@ROOT@/submitted/files-beside-the-notebook/04-loss']",
    files={f"{name}.py": b"open('@OUTSIDE@/written', 'w').write('loaded')" for name in MODULES},
)

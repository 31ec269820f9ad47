"""Submissions to lesson 04 whose answer is wrong and after what is the grader's: each attempt says if it got through.

All is harmless where it succeeds: it says so (ESCAPED), or changes what Room.harm looks at.
"""

import textwrap

from hostile.cheats import LESSON, OTHERS, ZEROS, cheat
from hostile.classroom import ESCAPED, Cases, answer

CASES = Cases()


@CASES.add("zeros", lesson=LESSON, points=OTHERS | {"log_normal": 4.0})
def _(notebook):
    answer(notebook, "kl_divergence", ZEROS)


def attempts(name, by, **bodies):
    """What must be refused, while the cell is executed and when the answer is called; by which layer."""
    source = "import os, sys\ndef held(attempt):\n    try:\n        attempt()\n"
    source += f"    except (OSError, ImportError, LookupError, AttributeError):\n        return\n    raise RuntimeError({ESCAPED!r})\n"
    for key, body in bodies.items():
        source += f"def {key}():\n{textwrap.indent(body.strip(), '    ')}\n"
    source += f"left = [{', '.join(bodies)}]\nfor attempt in left:\n    held(attempt)\n"
    called = (
        "def kl_divergence(mu, logvar):\n    while left:\n        held(left.pop())\n    return torch.zeros(len(mu))\n"
    )
    cheat(name, f"{source}\n", called, cases=CASES, by=by)


# what is the grader's

GRADEBOOK = "@ROOT@/gradebook.db"
READ = {
    "the_hidden_checks": "@REPOSITORY@/tests/hidden/test_04_loss.py", "the_reference": "@REPOSITORY@/vae_course/loss.py",
    "the_solutions": "@REPOSITORY@/solutions/es/04-loss/04-loss.ipynb", "the_gradebook": GRADEBOOK,
    "work_of_another": "@ROOT@/submitted/zeros/04-loss/04-loss.ipynb", "a_secret": "@OUTSIDE@/secret",
    "the_graders_memory": "/proc/{os.getppid()}/mem", "its_own_memory": "/proc/self/mem",
    "the_environment": "/proc/self/environ", "passwords": "/etc/passwd",
}  # fmt: skip
attempts("reads", "L", **{key: f"open(f'{path}', 'rb').read(1)" for key, path in READ.items()})
attempts(
    "writes",
    "L",
    outside="open('@OUTSIDE@/written', 'w').write('x')",
    work_of_another="open('@ROOT@/submitted/zeros/04-loss/04-loss.ipynb', 'a').write(' ')",
    the_gradebook=f"os.remove('{GRADEBOOK}')",
    submissions="os.listdir('@ROOT@/submitted')",
    a_link="os.symlink('@OUTSIDE@/secret', 'mine')",
)
attempts(
    "a-trigger-in-the-database",
    "L",
    trigger=f"""
import sqlite3
try:
    with sqlite3.connect('{GRADEBOOK}') as book:
        book.execute('CREATE TRIGGER more AFTER UPDATE ON grade BEGIN UPDATE grade SET auto_score = 100; END')
except sqlite3.Error as error:
    raise OSError from error
""",
)
attempts(
    "open-descriptors",
    "LS",
    others="""
for number in range(3, 256):
    try:
        path = os.readlink(f'/proc/self/fd/{number}')
    except OSError:
        continue
    if not (path.startswith(('socket:', '/dev/null')) or '/trace-' in path):
        return
raise LookupError
""",
)
attempts(
    "the-reference",
    "LS",
    by_name="import test_04_loss",
    by_import="from vae_course.loss import vae_loss, log_normal, kl_divergence",  # all but the one that is judged
    by_a_later_lesson="import vae_course.training",
    in_memory="""
import gc, types
wanted, found = {'vae_loss', 'log_normal', 'kl_divergence'}, set()
for one in gc.get_objects():
    if isinstance(one, types.FunctionType) and one.__code__.co_filename.endswith('loss.py'):
        found.add(one.__name__)
    for text in list(one.values()) if isinstance(one, dict) else ():
        if type(text) is str and 'nn.functional' in text:
            found.update(name for name in wanted if f'def {name}(' in text)
if not wanted <= found:
    raise LookupError
""",
)
attempts(
    "the-reference-from-disk",
    "L",
    by_its_source="""
import inspect, linecache, pkgutil
import vae_course.loss
texts = [inspect.getsource(vae_course.loss), *linecache.getlines('@REPOSITORY@/vae_course/loss.py')]
texts.append(str(pkgutil.get_data('vae_course', 'loss.py')))
if not any('def kl_divergence' in text for text in texts):
    raise LookupError
""",
    by_importlib="""
import importlib.util
sys.meta_path[:] = [one for one in sys.meta_path if 'grading' not in type(one).__module__]
sys.path.insert(0, '@REPOSITORY@')
spec = importlib.util.spec_from_file_location('reference', '@REPOSITORY@/vae_course/loss.py')
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
""",
)
attempts(
    "network-and-processes",
    "S",
    tcp="import socket\nsocket.create_connection(('127.0.0.1', @PORT@), timeout=1)",
    web="import urllib.request\nurllib.request.urlopen('http://127.0.0.1:@PORT@/', timeout=1)",
    abstract="import socket\nsocket.socket(socket.AF_UNIX).connect('\\0@ABSTRACT@')",
    a_program="import subprocess\nsubprocess.run(['touch', '@OUTSIDE@/written'], check=True)",
    a_child="if os.fork() == 0:\n    os._exit(0)",
    a_signal="os.kill(os.getppid(), 0)",
    permissions="os.chmod('@OUTSIDE@/secret', 0)",
)

"""Submissions to lesson 04 that would take everything: in the answer to kl_divergence, or beside it."""

from hostile.classroom import Cases, above, answer

CASES = Cases()
LESSON = "04-loss"
OTHERS = {"reconstruction_loss": 6.0, "log_normal": 4.0}  # untouched, above and below
START = "import ctypes, os, re, signal, sys, threading, time\n"
IN_ANSWER = {  # name -> what kl_divergence does, what the report says
    "loop": ("while True:\n    pass", "LOOP"),
    "loop-that-swallows-interrupts": (
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        continue",
        "LOOP",
    ),
    "loop-deaf-to-signals": (
        "for number in range(1, 32):\n    try:\n        signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\nwhile True:\n    pass",
        "LOOP",
    ),
    "loop-in-c": ("re.match(r'(a*)*b', 'a' * 60)", "LOOP"),
    "sleep": ("time.sleep(10**6)", "SLEEP"),
    "deadlock": ("lock = threading.Lock()\nlock.acquire()\nlock.acquire()", "LOCK"),
    "stopped": ("os.kill(os.getpid(), signal.SIGSTOP)", "STILL"),
    "memory": ("return torch.zeros(2**32)", "MEMORY"),
    "memory-bit-by-bit": ("held = []\nwhile True:\n    held.append(bytearray(2**24))", "MemoryError"),
    "forks": ("while True:\n    os.fork()", "PermissionError"),
    "threads": (
        "end = threading.Event()\nwhile True:\n    threading.Thread(target=end.wait, daemon=True).start()",
        "thread",
    ),
    "2-gb-file": (
        "with open('large', 'wb') as file:\n    while True:\n        file.write(bytes(2**20))",
        "File too large",
    ),
    "many-files": ("for k in range(10**6):\n    open(str(k), 'w').close()", "FULL"),
    "files-by-files": (
        "for k in range(64):\n    with open(f'{k}', 'wb') as file:\n        file.write(bytes(2**25))\n"
        "while True:\n    pass",
        "FULL",
    ),
    "endless-output": ("while True:\n    print('x' * 10**6)", "LOOP"),
    "output-to-the-descriptor": (
        "while True:\n    try:\n        os.write(1, b'x' * 2**16)\n        os.write(2, b'x' * 2**16)\n"
        "    except OSError:\n        pass",
        "LOOP",
    ),
    "exit-at-once": ("os._exit(0)", "GONE"),
    "exit": ("sys.exit(0)", "SystemExit"),
    "crash": ("ctypes.string_at(0)", "GONE"),
    "kill-the-parent": ("os.kill(os.getppid(), 9)", "PermissionError"),
    "recursion": ("return kl_divergence(mu, logvar)", "RecursionError"),
    "interrupt": ("raise KeyboardInterrupt", "GONE"),
}
WORDS = {
    "LOOP": "bucle que no termina", "SLEEP": "durmiendo", "LOCK": "candado", "STILL": "esperando algo que no llega",
    "MEMORY": "memor", "FULL": "llenó su carpeta", "GONE": "terminó de golpe",
}  # fmt: skip
AT_TOP = {  # in a cell of one's own above: it is given up, and all answers keep their points
    "a-loop-in-a-cell": ("while True:\n    pass", "LOOP"),
    "a-sleep-in-a-cell": ("import time\ntime.sleep(10**6)", "SLEEP"),
    "a-long-training": (
        "net = torch.nn.Linear(50, 50)\nsteps = torch.optim.SGD(net.parameters(), lr=0.1)\n"
        "for _ in range(10**7):\n    steps.zero_grad()\n    net(torch.randn(64, 50)).pow(2).mean().backward()\n"
        "    steps.step()",
        "LOOP",
    ),
    "an-exit-in-a-cell": ("import os\nos._exit(3)", "GONE"),
    "input-in-a-cell": ("name = input('name?')", "EOFError"),
    "a-thread-that-goes-on": (
        "import threading\ndef work():\n    while True:\n        pass\nthreading.Thread(target=work, daemon=True).start()",
        "",
    ),
    "a-thread-that-is-waited-for": (
        "import threading\nthreading.Thread(target=threading.Event().wait).start()\nimport atexit\n"
        "atexit.register(lambda: threading.Event().wait())",
        "",
    ),
}


def hog(body: str):
    source = START + "def kl_divergence(mu, logvar):\n    " + body.replace("\n", "\n    ")
    return lambda notebook: answer(notebook, "kl_divergence", source)


def beside(text: str):
    return lambda notebook: above(notebook, "kl_divergence", text)


for name, (body, said) in IN_ANSWER.items():
    CASES.add(name, lesson=LESSON, points={"kl_divergence": 0.0, **OTHERS}, says=WORDS.get(said, said))(hog(body))
for name, (text, said) in AT_TOP.items():
    CASES.add(name, lesson=LESSON, points={"kl_divergence": 7.0, **OTHERS}, says=WORDS.get(said, said))(beside(text))

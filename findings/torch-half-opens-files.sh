#!/usr/bin/env bash
# A cast between two types of numbers on the CPU should need memory and nothing else, so that it works in any sandbox that
# has torch loaded. In torch 2.14.1 the first cast to half precision of a process opens /proc/cpuinfo: in one that may open
# no more files it raises, though float32 computes on; a process that has cast once, and its forks, go on without.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet torch==2.14.1 numpy
cat > "$folder/cast.py" <<'PY'
import os
import resource
import sys

import torch

if sys.argv[1] == "once before":
    torch.zeros(1).half()
if os.fork() == 0:
    os.closerange(3, 256)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # no more than input, output and errors
    print(sys.argv[1], "| float32:", torch.ones(2).sum().item(), end=" | ", flush=True)
    try:
        print("half:", torch.zeros(1).half().item(), flush=True)
    except RuntimeError as error:
        print("half:", error, flush=True)
    os._exit(0)
os.wait()
PY
"$folder/env/bin/python" -c 'import torch; print("torch", torch.__version__)'
for when in "never before" "once before"; do "$folder/env/bin/python" "$folder/cast.py" "$when"; done | tee "$folder/said"
grep -q "^never before | float32: 2.0 | half: Failed to initialize cpuinfo" "$folder/said"
grep -q "^once before | float32: 2.0 | half: 0.0" "$folder/said"

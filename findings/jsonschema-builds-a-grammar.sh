#!/usr/bin/env bash
# One would guess that `import nbformat`, which every Jupyter tool does, costs what its own code costs. Where
# rfc3987-syntax is installed (jupyter-events brings it with jsonschema[format-nongpl], so every JupyterLab has it),
# jsonschema imports it at once, and it builds an Earley/LALR grammar of addresses (IRI) with lark while it is imported:
# several times the CPU of all the rest. nbformat 5.11.1, jsonschema 4.26.0, rfc3987-syntax 1.1.0, lark 1.3.1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
pip=("$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check)
"${pip[@]}" nbformat==5.11.1 jsonschema==4.26.0 rfc3987-syntax==1.1.0 lark==1.3.1
"$folder/env/bin/python" -m pip list 2>/dev/null | grep -iE "^(nbformat|jsonschema|rfc3987-syntax|lark) "

cat >"$folder/cost.py" <<'PYTHON'
import sys
import time

if sys.argv[1] == "without":
    sys.modules["rfc3987_syntax"] = None  # as if it were not installed
start = time.process_time()
import nbformat

print(f"{time.process_time() - start:.2f} {'lark' in sys.modules}")
PYTHON
"$folder/env/bin/python" "$folder/cost.py" without >/dev/null # compiles the modules
"$folder/env/bin/python" "$folder/cost.py" with >/dev/null
read -r without absent < <("$folder/env/bin/python" "$folder/cost.py" without)
read -r with present < <("$folder/env/bin/python" "$folder/cost.py" with)
echo "import nbformat: $with CPU-seconds (lark imported: $present); without rfc3987-syntax: $without (lark: $absent)"
[ "$present" = True ] && [ "$absent" = False ]
python3 -c "import sys; sys.exit(not float(sys.argv[1]) > 3 * float(sys.argv[2]))" "$with" "$without"

"""What Gradio and httpx read of the environment, put right before they do: port, proxies, folder for uploads."""

import os
import tempfile
from pathlib import Path

import httpx

PORTS = range(1, 65536)
HERE = ("localhost", "127.0.0.1", "::1")
PROXIES = ("all_proxy", "http_proxy", "https_proxy")


def prepare() -> None:
    """Fits os.environ for the demo, which calls itself once as it starts and nobody else ever.

    Ends the process with one sentence where a variable has no meaning: Gradio would do so in the middle of its import.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    for name in ("GRADIO_SERVER_PORT", "GRADIO_NUM_PORTS", "GRADIO_SERVER_NAME", "GRADIO_TEMP_DIR"):
        if not os.environ.get(name, "").strip():
            os.environ.pop(name, None)  # empty is as good as unset
    check_number("GRADIO_SERVER_PORT", "a port")
    check_number("GRADIO_NUM_PORTS", "a count of ports to try")
    exempt_own_address()
    check_proxies()
    choose_folder()


def check_number(name: str, what: str) -> None:
    value = os.environ.get(name, str(PORTS[0]))
    if not (value.strip().isdecimal() and int(value) in PORTS):
        raise SystemExit(f"error: {name}={value!r} is not {what}: give a number from {PORTS[0]} to {PORTS[-1]}")


def exempt_own_address() -> None:
    """Adds this machine to no_proxy; where that and NO_PROXY are set, the former holds."""
    given = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    name = os.environ.get("GRADIO_SERVER_NAME", HERE[0]).strip("[]")
    known = [host.strip() for host in given.split(",") if host.strip()]
    if "*" not in known:
        os.environ["no_proxy"] = ",".join(dict.fromkeys([*known, *HERE, name]))


def check_proxies() -> None:
    """Lets httpx say whether it can use the proxies that are named, such as one that speaks SOCKS."""
    try:
        httpx.Client().close()
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        named = [name for key in PROXIES for name in (key, key.upper()) if os.environ.get(name)]
        socks = "a SOCKS proxy needs one more package: python -m pip install socksio"
        why = socks if isinstance(error, ImportError) else str(error)
        raise SystemExit(
            f"error: the demo can't start with the proxy of {', '.join(named)} ({why}). It needs none: "
            f"env -u {' -u '.join(named)} python app.py"
        ) from None


def choose_folder() -> None:
    """A folder for uploads where something can be written: the one that is named, else one of this account alone."""
    try:
        folder = Path(os.environ.get("GRADIO_TEMP_DIR") or own_folder())
        os.environ["GRADIO_TEMP_DIR"] = str(folder)
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise SystemExit(
            f"error: uploads can't be kept ({error}): set GRADIO_TEMP_DIR to a folder of your own"
        ) from None


def own_folder() -> Path:
    """Made as needed; Gradio's own, /tmp/gradio, belongs to whoever started it first."""
    if not hasattr(os, "getuid"):
        return Path(tempfile.gettempdir(), "vae-course")  # Windows has a temporary folder for each account
    folder = Path(tempfile.gettempdir(), f"vae-course-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    mine = folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
    return folder if mine else Path(tempfile.mkdtemp(prefix=f"{folder.name}-"))

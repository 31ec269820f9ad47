"""A PostgreSQL server of one's own, on a socket in a temporary folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "teacher"


def programs() -> Path | None:
    """The folder of initdb and postgres, the latest there is."""
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))  # Debian's
    found = there[-1] if there else shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def server(binaries: Path) -> Iterator[Path]:
    """-> the folder of its socket, libpq's host. A server refuses to be root: there it runs as Debian's `postgres`."""
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        home, data = Path(name), Path(name) / "data"
        who = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(home, account.pw_uid, account.pw_gid)
            who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        options = {"cwd": home, "stdout": subprocess.DEVNULL, **who}
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", USER, "--auth=trust", "-E", "UTF8", "--no-sync"],
            check=True, **options,
        )  # fmt: skip
        started = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", home, "-h", "", "-F"], stderr=subprocess.DEVNULL, **options
        )
        try:
            while subprocess.run([binaries / "pg_isready", "-q", "-h", home], check=False).returncode:
                assert started.poll() is None
                time.sleep(0.1)
            yield home
        finally:
            started.send_signal(signal.SIGINT)  # the fast end, which waits for no client
            started.wait()


def database(binaries: Path, host: Path, name: str) -> str:
    """A new, empty one. -> its address, as nbgrader's `db_url` takes it."""
    subprocess.run([binaries / "createdb", "-h", host, "-U", USER, name], check=True)
    return f"postgresql+psycopg://{USER}@/{name}?host={host}"

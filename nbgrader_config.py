"""nbgrader's settings for this course; its commands are run from this folder, VAE_COURSE_LANG=es (or unset) or en."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from vae_course.course import settings  # noqa: E402
from vae_course.grading import gradebook  # noqa: E402
from vae_course.text import default_language  # noqa: E402


def first(variable: str, folder: Path) -> str:
    """A path variable with one folder put before the others."""
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get(variable)])])


os.environ["PYTHONPATH"] = first("PYTHONPATH", ROOT)  # processes and kernels find vae_course
os.environ["PATH"] = first("PATH", Path(sys.executable).parent)  # nbgrader calls alembic

c = get_config()  # noqa: F821
c.merge(settings.nbgrader(default_language()))
c.CourseDirectory.root = str(ROOT)
# of a teacher's own assignments: seconds for one cell, by the clock, which on a busy machine only a hang meets
c.Execute.timeout = 900
c.Execute.interrupt_on_timeout = True
gradebook.plug_in(c)

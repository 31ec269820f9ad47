"""Where services open a lesson's notebook, all from the repository's one address."""

from urllib.parse import quote, urlencode

from ..text import Both, pick

BRANCH = "main"
GITHUB = "https://github.com/"
OPEN = Both(es="Abrir en Colab", en="Open in Colab")
BADGE = "[![{open}](https://colab.research.google.com/assets/colab-badge.svg)]({link})"


def notebook(lesson: str, lang: str) -> str:
    """A student's notebook, from the course's folder."""
    return f"lessons/{lang}/{lesson}/{lesson}.ipynb"


def colab(repository: str, lesson: str, lang: str) -> str | None:
    """Where Colab opens the notebook of a repository; None if that is not on GitHub, as Colab reads no other."""
    if not repository.startswith(GITHUB):
        return None
    name = _plain(repository).removeprefix(GITHUB)
    return f"https://colab.research.google.com/github/{name}/blob/{BRANCH}/{notebook(lesson, lang)}"


def hub(hub_address: str, repository: str, lesson: str, lang: str) -> str:
    """Where a JupyterHub with nbgitpuller fetches the repository and opens the notebook."""
    folder = _plain(repository).rpartition("/")[2]  # that git clones it into
    path = f"lab/tree/{folder}/{notebook(lesson, lang)}"
    query = urlencode({"repo": _plain(repository), "branch": BRANCH, "urlpath": path}, quote_via=quote, safe="")
    return f"{hub_address.rstrip('/')}/hub/user-redirect/git-pull?{query}"


def badge(repository: str, lesson: str, lang: str) -> str:
    """Markdown of the picture that leads to Colab; empty where Colab can't."""
    link = colab(repository, lesson, lang)
    return BADGE.format(open=pick(OPEN, lang), link=link) if link else ""


def _plain(repository: str) -> str:
    return repository.rstrip("/").removesuffix(".git")

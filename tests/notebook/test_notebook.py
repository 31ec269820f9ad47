"""What the notebooks use: whose function is taken, what is said in which language, which pictures are found."""

import subprocess
import sys

import pytest
import torch

from vae_course import beta, sampling
from vae_course.notebook import NotYet, check, mine, pictures, reader, say, start


@pytest.fixture
def cells(monkeypatch):
    """The reader's namespace, in Spanish."""
    monkeypatch.setenv("VAE_COURSE_LANG", "es")
    start("es")
    namespace = {}
    monkeypatch.setattr(reader, "_namespace", lambda: namespace)
    return namespace


def right(n, latent_dim, generator=None):
    return torch.randn(n, latent_dim, generator=generator)


def wrong(n, latent_dim, generator=None):
    return torch.zeros(latent_dim, n)


def test_mine_is_the_readers_when_it_passes(cells, capsys):
    cells["sample_prior"] = right
    assert mine("sample_prior") is right
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("answer", [None, wrong])
def test_mine_is_the_courses_until_then_and_says_so_once(cells, capsys, answer):
    if answer:
        cells["sample_prior"] = answer
    assert mine("sample_prior") is sampling.sample_prior
    assert "sample_prior" in capsys.readouterr().out
    assert mine("sample_prior") is sampling.sample_prior
    assert capsys.readouterr().out == ""


def test_check_praises_briefly(cells, capsys):
    cells["sample_prior"] = right
    check("sample_prior")
    assert capsys.readouterr().out == "✓ sample_prior: por ahora, todo bien.\n"


def test_check_says_what_is_wrong_in_the_notebooks_language_and_the_notebook_goes_on(cells, capsys):
    start("en")
    cells["sample_prior"] = wrong
    check("sample_prior")
    assert capsys.readouterr().out.startswith("✗ sample_prior: expected shape")


def test_an_optional_exercise_is_checked_but_stops_nothing(cells, capsys, monkeypatch):
    def not_yet(*_):
        raise NotImplementedError

    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    cells["ConditionalVAE"] = not_yet
    check("ConditionalVAE")
    assert "✗ ConditionalVAE espera una respuesta" in capsys.readouterr().out
    assert mine("ConditionalVAE") is beta.ConditionalVAE
    cells["ConditionalVAE"] = beta.ConditionalVAE
    check("ConditionalVAE")
    assert capsys.readouterr().out.endswith("✓ ConditionalVAE: por ahora, todo bien.\n")


def test_check_tells_each_of_several_exercises(cells, capsys):
    cells["sample_prior"] = right
    check("sample_prior reparameterize")
    said = capsys.readouterr().out.splitlines()
    assert [line[:2] for line in said] == ["✓ ", "✗ "] and "reparameterize" in said[1]


@pytest.mark.parametrize("execution", ["validate", "autograde"])
def test_check_raises_where_nbgrader_counts_errors(cells, monkeypatch, execution):
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    cells["sample_prior"] = right
    check("sample_prior")
    cells["sample_prior"] = lambda n, latent_dim: 1 / 0
    with pytest.raises(NotYet, match="ZeroDivisionError") as caught:
        check("sample_prior")
    assert caught.value._render_traceback_() == [f"✗ {caught.value}"]


PRIOR = "def sample_prior(n, latent_dim, generator=None):\n    return {}torch.randn(n, latent_dim, generator=generator)"


@pytest.mark.parametrize(
    ("others", "factor", "names"),
    [
        (["import torch"], "", ""),
        (["import torch", "def same(x):\n    return x", "ONE = 1"], "same(ONE) * ", ""),
        (["import torch", "ONE = float(1)"], "ONE * ", "ONE"),
        (["import torch", "x = [float(1)]", "def first():\n    return x[0]"], "first() * ", "x"),
        (["import torch", "ONE = 1", "for ONE in [1]: pass"], "ONE * ", "ONE"),
        (["%timeit import torch", "ONE = 1", "1 +"], "ONE * ", "torch"),
        (["%time import torch", "ONE = 1", "1 +"], "ONE * ", ""),
    ],
)
@pytest.mark.parametrize(("lang", "words"), [("es", "lección 09"), ("en", "lesson 09")])
def test_check_says_what_lesson_09_cannot_take_along(cells, capsys, others, factor, names, lang, words):
    start(lang)
    answer = PRIOR.format(factor)
    cells["In"] = ["", PRIOR.format("GONE * "), *others, answer, 'check("sample_prior")']
    exec("\n".join(["import torch", *(cell for cell in others if "%" not in cell and "+" not in cell), answer]), cells)
    check("sample_prior")
    praise, *told = capsys.readouterr().out.splitlines()
    assert praise.startswith("✓") and [f"({names})" in line and words in line for line in told] == [True] * bool(names)


def test_check_does_not_speak_of_that_program_after_lesson_09(cells, capsys):
    answer = "def path(x0, x1, t):\n    t = torch.as_tensor(t).reshape(-1, ONE)\n    return (1 - t) * x0 + t * x1\n"
    cells["In"] = ["", "import torch", "ONE = int(1)", answer, 'check("path")']
    exec("\n".join(cells["In"][1:-1]), cells)
    check("path")
    assert capsys.readouterr().out == "✓ path: por ahora, todo bien.\n"


def test_check_leaves_chance_as_it_was(cells):
    cells["sample_prior"] = right
    torch.manual_seed(0)
    before = torch.get_rng_state()
    check("sample_prior")
    assert torch.equal(torch.get_rng_state(), before)


def test_say_speaks_one_language(cells, capsys):
    say(es="hola", en="hello")
    start("en")
    say(es="hola", en="hello")
    assert capsys.readouterr().out == "hola\nhello\n"


def test_start_refuses_other_languages():
    with pytest.raises(ValueError, match="'fr'"):
        start("fr")


@pytest.mark.parametrize(("kind", "size"), [("fashion", (28, 28, 1)), ("faces", (64, 64, 3)), ("cats", (64, 64, 3))])
def test_without_real_pictures_there_are_others_and_it_says_so(cells, monkeypatch, tmp_path, capsys, kind, size):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    found = pictures(kind, 5)
    assert found.images.shape == (5, *size) and found.images.dtype == torch.uint8
    assert "no están" in (said := capsys.readouterr().out) or "no hay fotos" in said
    assert torch.equal(found.images, pictures(kind, 5).images)


@pytest.mark.parametrize(("lang", "name"), [("es", "Camiseta"), ("en", "T-shirt")])
def test_decoded_clothes_have_their_classes_in_the_readers_language(cells, monkeypatch, tmp_path, lang, name):
    start(lang)
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    found = pictures("fashion", 5, "test")
    assert len(found.labels) == 5 and found.classes[0] == ("Camiseta", "T-shirt") and found.names[0] == name


def test_pictures_refuses_a_kind_it_does_not_know():
    with pytest.raises(ValueError, match="dogs"):
        pictures("dogs", 3)


@pytest.mark.parametrize("execution", ["", pytest.param("validate", marks=pytest.mark.slow)])
def test_an_unanswered_exercise_is_one_line_in_a_kernel(monkeypatch, execution):
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    code = (
        "from IPython.core.interactiveshell import InteractiveShell as S; s = S.instance(); "
        's.run_cell(\'from vae_course.notebook import check, start; start("en")\\n'
        "def sample_prior(n, latent_dim): raise NotImplementedError'); s.run_cell('check(\"sample_prior\")')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == (
        "✗ sample_prior is waiting for an answer: write the code in the cell above and run it."
    )

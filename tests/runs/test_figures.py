"""Every figure of a run folder, for all the kinds of runs and sets there are."""

import functools
import warnings

import numpy as np
import pytest
import torch
from helpers import runs as tiny
from PIL import Image

from vae_course import data
from vae_course.runs import figures, hooks
from vae_course.runs.folder import Run
from vae_course.runs.train import train

pytestmark = pytest.mark.slow

ALWAYS = {"loss", "reconstruction", "latent_traversal", "samples/prior", "kl"}
OF_SEVERAL = ALWAYS | {"latent_space", "interpolation", "samples/fitted"}
ALL = OF_SEVERAL | {"latent_space_tsne", "latent_pairs"}


@pytest.fixture(autouse=True)
def _quick(tmp_path_factory, monkeypatch):
    """Faces drawn once for all tests, figures at a quarter of their size."""
    monkeypatch.setenv("VAE_COURSE_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setattr(figures.figures, "save", functools.partial(figures.figures.save, dpi=50))


def run_of(tmp_path, path=None, training=None, **changes):
    quick = {"epochs": 1, "sample_every": 0}
    return train(tiny.preset(training=quick | (training or {}), **changes), tmp_path / "run", path=path)


def drawn(run, lang="en"):
    """The names of a run's figures, after a look at each."""
    paths = figures.draw_figures(run, lang)
    for path in paths:
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert 60 <= picture.width <= 500 and 30 <= picture.height <= 600, (path, picture.size)
            assert np.asarray(picture.convert("L")).std() > 1, f"{path} is blank"
    assert {path for path in (run.folder / "figures").rglob("*") if path.is_file()} == set(paths)
    return {path.relative_to(run.folder / "figures").with_suffix("").as_posix() for path in paths}


def test_every_figure_of_a_usual_run_in_each_language(tmp_path):
    run = run_of(tmp_path, training={"sample_every": 1, "epochs": 2})
    pictures = []
    for lang in ("es", "en"):
        assert drawn(run, lang) == ALL | {"samples/over_time"}
        pictures.append({path.name: path.read_bytes() for path in (run.folder / "figures").rglob("*.png")})
    assert not [name for name in pictures[0] if pictures[0][name] == pictures[1][name]]


@pytest.mark.parametrize(
    ("latent", "names"), [(1, OF_SEVERAL), (2, ALL | {"latent_grid"}), (3, ALL)], ids=["1-d", "2-d", "3-d"]
)
def test_grey_pictures_and_few_dimensions(tmp_path, latent, names):
    run = run_of(tmp_path, data={"channels": 1}, model=tiny.DENSE | {"latent_dim": latent})
    assert drawn(run) == names


FOLDER = {"source": "folder", "count": None, "channels": 1, "input_size": [20, 20], "test_split": 0.0}


def test_classes_some_of_them_not_among_those_held_back(tmp_path):
    folder = tiny.make_pictures(tmp_path / "animals")
    (folder / "axolotl").mkdir()
    Image.new("L", (20, 20), 90).save(folder / "axolotl" / "0.png")
    run = run_of(tmp_path, path=folder, data=FOLDER, model=tiny.CONV)
    images = data.load(run.preset().data)
    assert 0 not in images.labels[images.validation], "choose another seed"
    assert drawn(run) == ALL


def test_names_of_classes_are_no_formulas(tmp_path):
    folder = tiny.make_pictures(tmp_path / "animals", breeds={"$5_$": 40, "a$b": 200})
    assert drawn(run_of(tmp_path, path=folder, data=FOLDER, model=tiny.CONV)) == ALL


def test_as_many_classes_as_there_are_pictures(tmp_path):
    folder = tiny.make_pictures(tmp_path / "animals", each=1, breeds={f"breed {k}": 10 * k for k in range(20)})
    assert drawn(run_of(tmp_path, path=folder, data=FOLDER | {"validation_split": 0.5})) == ALL


def test_pictures_of_which_nothing_is_known(tmp_path):
    folder = tiny.make_pictures(tmp_path / "animals", breeds={"cat": 60})
    assert drawn(run_of(tmp_path, path=folder, data=FOLDER | {"validation_split": 0.5})) == ALL


@pytest.mark.parametrize(
    ("held_back", "names"),
    [(1, ALWAYS | {"latent_pairs"}), (2, OF_SEVERAL | {"latent_pairs"}), (5, ALL)],
)
def test_very_few_pictures(tmp_path, held_back, names):
    share = held_back / 20
    run = run_of(tmp_path, data={"count": 20, "validation_split": share, "test_split": 0.0, "channels": 1})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert drawn(run) == names


def test_nothing_held_back(tmp_path):
    assert drawn(run_of(tmp_path, data={"validation_split": 0.0, "test_split": 0.0})) == ALL


def test_a_run_that_was_interrupted(tmp_path, monkeypatch):
    monkeypatch.setattr(hooks, "print_epochs", tiny.stop_in_epoch_2)
    with pytest.raises(KeyboardInterrupt):
        run_of(tmp_path, training={"epochs": 9, "sample_every": 1})
    assert drawn(Run(tmp_path / "run")) == ALL | {"samples/over_time"}


def test_a_collapsed_model(tmp_path):
    run = run_of(tmp_path, training={"beta": 1e4, "epochs": 5, "learning_rate": 0.05})
    assert drawn(run) == ALL


def a_view(tmp_path, **changes):
    run = run_of(tmp_path, **changes)
    images = data.load(run.preset().data)
    return figures.View(run.model(), images, images.test, "en"), images


def test_figures_show_pictures_that_were_held_back(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(figures, "FIGURES", {"look": (lambda view: seen.append(view) or figures.kl_figure(view), 1, 1)})
    run = run_of(tmp_path)
    figures.draw_figures(run, "en")
    images = data.load(run.preset().data)
    assert torch.equal(seen[0].pixels, images.images[images.test])


def test_prototypes_are_the_mean_codes_of_the_groups(tmp_path):
    view, images = a_view(tmp_path)
    ends, names = figures.prototypes(view)
    happy = images.attributes["smile"][images.test] > 0
    assert torch.allclose(ends[0], view.mu[~happy].mean(dim=0)) and torch.allclose(ends[1], view.mu[happy].mean(dim=0))
    assert [name.en for name in names] == ["serious" if name.en == "serious" else name.en for name in names]
    assert names == list(figures.TELLING["smile"])


def test_traversals_reach_as_far_as_the_codes(tmp_path, monkeypatch):
    view, _ = a_view(tmp_path)
    asked = []
    monkeypatch.setattr(figures.figures, "latent_traversal", lambda rows, dims, values, **_: asked.append(values))
    figures.traversal_figure(view)
    view.mu = view.mu * 1000
    figures.traversal_figure(view)
    assert asked[0].tolist() == torch.linspace(-3, 3, 9).tolist()
    assert asked[1].max() > view.mu.abs().quantile(0.9)


@pytest.mark.parametrize("count", [1, 2, 4, 6, 7, 40])
def test_sheets_over_time_are_the_first_the_last_and_some_between(tmp_path, count, monkeypatch):
    asked = []
    monkeypatch.setattr(figures.figures, "history_of_samples", lambda sheets, epochs, lang: asked.extend(epochs))
    paths = [tmp_path / f"epoch-{5 * k:04d}.png" for k in range(1, count + 1)]
    for path in paths:
        Image.new("RGB", (4, 4)).save(path)
    figures.over_time(paths, "en")
    assert asked == sorted(set(asked)) and len(asked) == min(count, 6)
    assert (asked[0], asked[-1]) == (5, 5 * count)


def test_a_copy_of_a_sheet_is_no_sheet(tmp_path):
    run = run_of(tmp_path, training={"sample_every": 1})
    sheet = run.samples / "epoch-0001.png"
    sheet.with_name("epoch-0001 (copia).png").write_bytes(sheet.read_bytes())
    assert "samples/over_time" in drawn(run)

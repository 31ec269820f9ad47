"""The tab Train without a browser: plans, learners, what the other tabs get, and what the page is told."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple

import numpy as np
import pytest
import torch
from helpers.train import TINY, finished, told, wait

from vae_course.demo.core import choice, model, store
from vae_course.demo.core.address import HOME
from vae_course.demo.core.limits import Refused
from vae_course.demo.tabs.questions.bank import QUESTIONS
from vae_course.demo.tabs.train import plans, recording, sets, tab, texts, view
from vae_course.demo.tabs.train import run as runs_of_visitors
from vae_course.demo.tabs.train.bench import bench
from vae_course.demo.tabs.train.feed import collapsed, feed, settings, trouble
from vae_course.demo.tabs.train.learner import Learner, own_model
from vae_course.demo.tabs.train.plans import PROBLEMS, Plan
from vae_course.demo.tabs.train.run import Run
from vae_course.demo.ui import menu
from vae_course.faces import fit_latent_gaussian
from vae_course.images import to_unit_range
from vae_course.loss import bce
from vae_course.runs import measure
from vae_course.text import LANGUAGES

GOOD = ("drawn", "conv", 16, 1.0, 0.002, 32)

pytestmark = pytest.mark.usefixtures("few_faces")


# plans


def test_a_plan_is_the_preset_that_it_names():
    preset = Plan.checked("drawn", "conv", 8, 4, 0.001, 128).preset()
    assert (preset.model.latent_dim, preset.training.beta, preset.training.learning_rate) == (8, 4, 0.001)
    assert (preset.data.batch_size, preset.training.loss, preset.model.dense) == (128, "bce", False)
    assert Plan(network="dense").preset().model.dense


@pytest.mark.parametrize(
    ("which", "value"),
    [
        (0, "../etc"), (0, None), (0, ["drawn"]), (1, "transformer"), (2, 0), (2, 10**9), (2, 2.5), (2, "16"),
        (2, True), (3, -1), (3, math.inf), (3, math.nan), (4, 0), (4, 2), (4, None), (5, 1), (5, 10**6),
    ],
)  # fmt: skip
def test_whatever_is_out_of_bounds_is_refused(which, value):
    values = list(GOOD)
    values[which] = value
    with pytest.raises(Refused):
        Plan.checked(*values)


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_usual_problem_has_cures_that_change_something(name):
    sick, said = tab.chosen_plan({"problem": name}, Plan())
    cures = [tab.chosen_plan({"problem": name, "cure": k}, Plan())[0] for k in range(len(PROBLEMS[name][1]))]
    assert said == name and sick != Plan() and len(cures) == len(texts.PROBLEMS[name]["cures"])
    assert len({sick, *cures}) == len(cures) + 1 >= 3
    for plan in (sick, *cures):
        assert Plan.checked(*astuple(plan)) == plan
        assert plan.beta in plans.BETAS and plan.rate in plans.RATES and plan.batch in plans.BATCHES


@pytest.mark.parametrize(
    "event", [{}, {"problem": "x"}, {"problem": "noisy", "cure": 99}, {"problem": "noisy", "cure": -1}]
)
def test_problems_that_are_none_are_refused(event):
    with pytest.raises(Refused):
        tab.chosen_plan(event, Plan())


# learning


def test_the_three_lines_are_lesson_05s():
    learner = Learner(TINY, None)
    lines, held = learner.lines(), learner.held
    mean = to_unit_range(learner.images.images[learner.images.train]).mean(dim=0)
    assert lines["nothing"] == pytest.approx(32 * 32 * 3 * math.log(2), abs=0.1)
    assert lines["mean"] == pytest.approx(bce(held, mean.expand_as(held)).mean().item(), abs=0.1)
    assert lines["floor"] == pytest.approx(bce(held, held).mean().item(), abs=0.1)
    assert lines["nothing"] > lines["mean"] > lines["floor"] > 0


@pytest.mark.parametrize("network", plans.NETWORKS)
def test_the_first_loss_is_that_of_knowing_nothing_however_it_is_measured(network):
    run, _ = finished(Plan(network=network, batch=8), steps=1)
    (step, batch, _), frame = run.points[0], run.frames[0]
    assert step == frame["step"] == 0
    assert batch == pytest.approx(run.lines["nothing"], abs=0.1)
    assert frame["reconstruction"] == pytest.approx(run.lines["nothing"], abs=0.1)


def test_sheets_come_from_one_z_and_change_as_it_learns():
    learner = Learner(TINY, None)
    z, first = learner.z.clone(), learner.look()
    assert learner.look()["samples"] == first["samples"]
    for _ in range(5):
        learner.step()
    assert learner.look()["samples"] != first["samples"]
    assert torch.equal(z, learner.z)


def trained_while(meanwhile):
    """All that there is to see of a training; meanwhile() runs before it and between its steps."""
    meanwhile()
    run = Run(TINY, most_steps=8)
    run.work(lambda: meanwhile() or False)  # a run asks before each step whether others wait
    return run.status, run.points, run.frames


def test_the_same_plan_is_the_same_training_beside_another():
    other = Learner(TINY, None)

    def beside():
        """A step of the other, in another thread, waited for: the same order at every run."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(other.step).result()
        torch.rand(3)

    assert trained_while(beside) == trained_while(lambda: None)


@pytest.mark.parametrize("looks", [1, 3])
def test_looking_changes_nothing_of_what_is_learnt(looks):
    watched, unwatched = Learner(TINY, None), Learner(TINY, None)
    for _ in range(3):
        assert len({watched.look()["kl"] for _ in range(looks)}) == 1
        assert watched.step() == unwatched.step()


def test_no_held_back_picture_is_trained_on():
    images = sets.load("drawn", None)
    assert not set(images.train.tolist()) & set(images.validation.tolist())


def test_a_run_keeps_to_its_steps_and_can_be_followed_piece_by_piece():
    run, _ = finished(steps=12)
    assert run.status == "finished" and run.steps == 12
    steps = [step for step, *_ in run.points]
    assert steps[0] == 0 and steps == sorted(set(steps)) and steps[-1] <= 11
    assert run.frames[0]["step"] == 0 and run.frames[-1]["step"] == 12
    part = run.news(3, 2)
    assert part["points"] == run.points[3:] and part["frames"] == run.frames[2:]
    assert json.loads(json.dumps(part))


def test_a_run_keeps_to_its_time():
    run, _ = finished(steps=10**6, limit=0.3)
    assert run.status == "finished" and 0.3 <= run.seconds < 3


def test_another_rate_and_beta_count_from_the_next_step_on():
    learner = Learner(TINY, None)
    learner.step()
    before = [weights.clone() for weights in learner.model.parameters()]
    learner.plan = Plan(network="dense", latent=3, batch=8, rate=1e-7)
    learner.step()
    moved = max((a - b).abs().max().item() for a, b in zip(before, learner.model.parameters(), strict=True))
    assert 0 < moved < 1e-5


def test_nobody_who_looks_pauses_it(monkeypatch):
    monkeypatch.setattr(runs_of_visitors, "AWAY", -1.0)
    run, kept = finished()
    assert run.status == "paused" and run.steps == 0 and kept == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_divergence_is_told_with_its_cures_and_hands_nothing_over(lang, visitor):
    run, kept = finished(Plan(network="dense", rate=0.1), steps=60)
    assert run.status == "diverged" and kept == []
    assert run.frames[-1]["step"] == run.steps
    last, reconstruction, _ = run.points[-1]  # the batch that went wrong is on the curve, whatever the interval
    assert last in (run.steps, run.steps - 1)
    assert reconstruction is None or reconstruction > runs_of_visitors.HOPELESS * run.lines["nothing"]
    said = trouble(run, lang)
    assert "0.1" in said and {"es": "Remedios", "en": "Cures"}[lang] in said
    json.dumps(run.news(0, 0), allow_nan=False)


@pytest.mark.parametrize(
    ("step", "kl", "share", "expected"),
    [
        (200, 0.1, 1.0, True),
        (200, 3.0, 1.0, False),
        (200, 0.1, 0.8, False),
        (5, 0.1, 1.0, False),
        (200, None, 1.0, False),
    ],
)
def test_a_collapse_is_hardly_any_kl_at_the_mean_images_price(step, kl, share, expected):
    run = Run(TINY)
    run.lines = {"nothing": 2129.0, "mean": 1500.0, "floor": 1300.0}
    run.frames = [{"step": step, "kl": kl, "reconstruction": share * 1500}]
    assert collapsed(run) == expected
    assert all(bool(trouble(run, lang)) == expected for lang in LANGUAGES)


# what the other tabs get


def test_the_trained_model_stands_in_the_other_tabs_for_this_visitor_only(visitor):
    _, (own,) = finished()
    visitor.own = own
    images = sets.load("drawn", None)
    assert set(own.gallery.indices.tolist()) <= set(images.validation.tolist())
    assert own.gallery.split == "validation"
    for method in ("pca", "tsne"):
        points = own.gallery.maps[method]
        assert points.shape == (len(own.gallery.mu), 2) and points.isfinite().all()
    mean, covariance = fit_latent_gaussian(*measure.encode_all(own.network, images.images[images.train]))
    assert torch.equal(own.gaussian[0], mean) and torch.equal(own.gaussian[1], covariance)
    assert {"psnr", "active_units", "kind", "beta", "kl"} <= set(own.card["figures"])
    assert menu.own()
    assert model.take(model.OWN) is own
    assert "PSNR" in own.numbers.es
    picked = choice.picked(own, 0)
    assert picked.source == "original" and picked.mu.shape == (1, 3)
    assert torch.equal(picked.x[0], own.originals[0])
    with store.visiting(None) as other:
        assert other is not visitor and menu.own() == {}
        with pytest.raises(Refused):
            model.take(model.OWN)


def test_what_is_handed_over_no_longer_learns():
    learner = Learner(TINY, None)
    learner.step()
    own = own_model(learner, 1, 0.1)
    before = [weights.clone() for weights in own.network.parameters()]
    learner.step()
    assert all(torch.equal(a, b) for a, b in zip(before, own.network.parameters(), strict=True))


@pytest.mark.parametrize("latent", [1, 2])
def test_the_smallest_zip_and_code_give_a_whole_model_too(latent):
    pictures = np.random.default_rng(0).integers(0, 256, (24, 32, 32, 3), dtype=np.uint8)
    kept = []
    run = Run(Plan(data="own", network="dense", latent=latent, batch=128), pictures, kept.append, most_steps=3)
    run.work(lambda: False)
    assert run.status == "finished" and len(kept) == 1
    assert len(kept[0].originals) >= sets.FEW - 1


# the page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_count_of_steps_in_words_and_frames(queue, visitor, lang):
    mine = bench()
    tab.act(lang, {"act": "step"}, TINY)
    wait(lambda: mine.run.status == "paused" and not queue.running)
    news = told(feed(lang, mine, {}))
    assert news["words"] == {"es": "En pausa en el paso 1.", "en": "Paused at step 1."}[lang]
    assert [frame["step"] for frame in news["frames"]] == [0, 1] and len(news["points"]) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_told_what_the_next_run_would_learn(lang):
    assert "Fashion-MNIST" in view.noted(lang, Plan(data="fashion")).partition("data-plan")[2]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_board_links_to_the_question_on_the_first_loss(lang):
    assert "first" in QUESTIONS
    assert f'href="{HOME[lang]}?tab=questions&amp;questions.q=first" data-tab="questions"' in view.screen(lang)


def test_the_recorded_run_begins_knowing_nothing_and_ends_near_the_floor():
    run = recording.recorded()
    lines, frames = run["lines"], run["frames"]
    assert frames[0]["reconstruction"] == run["points"][0][1] == lines["nothing"]
    assert frames[0]["step"] == run["points"][0][0] == 0 and frames[-1]["step"] == run["steps"]
    assert frames[-1]["reconstruction"] < lines["floor"] + 0.3 * (lines["mean"] - lines["floor"])
    assert recording.FILE.stat().st_size < 200_000
    assert len({frame["samples"] for frame in frames}) > 25  # flat grey until the third step


def test_recording_is_one_of_these_trainings():
    made = recording.record(3)
    assert set(made) == set(recording.recorded()) and made["steps"] == 3


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("event", [{}, {"act": "fly"}, {"act": None}])
def test_acts_that_are_none_are_refused(visitor, lang, event):
    with pytest.raises(Refused):
        tab.act(lang, event, Plan())


@pytest.mark.parametrize("have", [{}, {"run": None, "points": -3, "frames": "x"}, {"run": 5, "points": 10**9}])
def test_the_feed_bears_whatever_a_page_says_it_has(queue, visitor, have):
    mine = bench()
    assert told(feed("en", mine, have))["status"] == "none"
    mine.run, _ = finished(steps=3)
    known = told(feed("en", mine, have | {"run": mine.run.id}))
    assert known["status"] == "finished" and known["from"][0] >= 0 <= known["from"][1]


def test_the_address_brings_the_knobs_back():
    values = {"data": "drawn", "network": "dense", "latent": "8", "beta": "4", "rate": "1e-05", "batch": "8"}
    assert tab.plan_from_address(values) == Plan("drawn", "dense", 8, 4.0, 0.00001, 8)
    assert (
        tab.plan_from_address({"data": "own", "network": "?", "latent": "7", "beta": "x", "rate": "", "batch": "-1"})
        == Plan()
    )


def test_a_plan_is_told_in_one_language():
    assert settings(Plan("drawn", "dense", latent=1), "en").startswith("Drawn faces, dense network, 1 dimension, β = ")
    assert ", 1 dimensión, β = " in settings(Plan("drawn", "dense", latent=1), "es")
    assert ", 16 dimensiones, β = " in settings(Plan("drawn", "dense", latent=16), "es")

"""The bank of questions: what their texts say, what their experiments compute and show, without a browser."""

import math
import re

import pytest
import torch

from vae_course import data, pretrained
from vae_course.demo.core.model import shipped
from vae_course.demo.tabs.questions import measures
from vae_course.demo.tabs.questions.bank import QUESTIONS, blurry, faces, first
from vae_course.demo.tabs.questions.question import Option, Question, Seen, texts
from vae_course.images import to_unit_range
from vae_course.loss import bce
from vae_course.runs.measure import mean_image
from vae_course.text import LANGUAGES, Both, pick

each_language = pytest.mark.parametrize("lang", LANGUAGES)
each_question = pytest.mark.parametrize("key", list(QUESTIONS))
SEED = 7


def facts(key, lang="en", seed=SEED) -> dict[str, str]:
    return QUESTIONS[key].run(lang, seed).facts


def numbers(key, seed=SEED) -> dict[str, float]:
    return {name: float(value) for name, value in facts(key, seed=seed).items()}


# questions and their texts


@each_question
def test_each_question_has_predictions_that_hold_and_others_that_do_not(key):
    fits = [option.fits for option in QUESTIONS[key].options]
    assert len(fits) >= 3 and any(fits) and not all(fits)


def test_the_assignments_questions_come_first_and_blur_before_all():
    where = [question.where for question in QUESTIONS.values()]
    assert where[:5] == [texts.ASSIGNMENT] * 5 and texts.ASSIGNMENT not in where[5:]
    assert next(iter(QUESTIONS)) == "blurry" and len(QUESTIONS) == 14


@each_language
@each_question
def test_every_number_in_a_text_is_a_fact_of_its_experiment(lang, key):
    question = QUESTIONS[key]
    for text in (question.seen, question.why, *(option.reply for option in question.options)):
        assert not re.search(r"[{}]", pick(text, lang).format(**facts(key, lang)))
    for text in (question.title, question.before, *(option.text for option in question.options), *question.levels):
        assert not re.search(r"[{}]", pick(text, lang))


@each_language
@each_question
def test_six_pictures_raise_a_question_and_its_experiment_has_figures_to_pin(lang, key):
    look, seen = QUESTIONS[key].look_html(lang), QUESTIONS[key].run(lang, SEED).html
    assert look.count("<img ") == 6 and f"<figcaption>{pick(QUESTIONS[key].look, lang)}</figcaption>" in look
    assert ("<img " in seen or "<svg " in seen) and not re.search(r"[{}]", re.sub(r'="[^"]*"', "", seen))
    assert 1 <= seen.count("<section ") == seen.count('class="pin"')
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', look + seen)
    assert all(alts)


def test_numbers_are_written_as_each_language_writes_them():
    assert [facts("blurry", lang)["parameters"] for lang in ("es", "en")] == ["2\u202f959\u202f171", "2,959,171"]
    assert [facts("pixels", lang)["values"] for lang in ("es", "en")] == ["12\u202f288", "12,288"]


# experiments run again


@pytest.mark.parametrize("key", [key for key in QUESTIONS if key not in ("glasses", "first")])
def test_another_seed_gives_another_experiment(key):
    once, again, other = (QUESTIONS[key].experiment("en", seed).html for seed in (7, 7, 8))
    assert once == again != other


def test_the_last_experiments_are_kept():
    runs = []

    def experiment(lang, seed):
        runs.append((lang, seed))
        return Seen("", {})

    text = Both(es="a", en="b")
    question = Question("key", text, text, text, (Option(text, True, text),), text, text, (text,) * 3,
                        text, lambda: torch.zeros(6, 1, 2, 2), experiment)  # fmt: skip
    assert question.run("es", 1) is question.run("es", 1)
    assert question.run("es", 2) is not question.run("en", 2) and len(runs) == 3


def test_experiments_leave_torch_as_it_was():
    before = torch.get_rng_state()
    for question in QUESTIONS.values():
        question.experiment("es", 3)
        question.pictures()
    assert torch.equal(before, torch.get_rng_state())


# what the experiments compute


def test_without_kl_the_cloud_closes_and_with_it_ends_at_the_closed_form():
    end = numbers("sigma")
    assert end["mu_alone"] == pytest.approx(3, abs=0.02) and end["sigma_alone"] < 0.2
    assert (end["mu_cut"], end["sigma_cut"]) == (0, 1)
    assert end["mu_kl"] == pytest.approx(2, abs=0.03)
    assert end["sigma_kl"] == pytest.approx(1 / math.sqrt(3), abs=0.02)


def test_an_untrained_network_pays_ln_2_a_pixel():
    nats = numbers("first")
    assert nats["fresh"] == pytest.approx(784 * math.log(2), rel=0.01)
    assert nats["fresh"] > nats["average"] > nats["trained"] > nats["floor"] > 0


def test_norms_of_prior_draws_and_of_their_midpoints():
    norms = numbers("between")
    assert norms["ends"] == pytest.approx(math.sqrt(128), abs=0.1)
    assert norms["middle"] == pytest.approx(8, abs=0.1)
    assert norms["middle"] < norms["arc"] == pytest.approx(norms["ends"], rel=0.1)


def test_means_of_more_pictures_are_smoother():
    sharp = [measures.sharpness(mean) for mean in blurry.means_of_neighbours(SEED)]
    assert sharp[-1] < 0.7 * sharp[0] and facts("blurry")["kept"] == f"{100 * sharp[-1] / sharp[0]:.0f} %"


def test_more_epochs_buy_the_blurry_model_no_more_nats():
    blur = facts("blurry")
    first, last, sharp = (float(blur[key]) for key in ("kl_first", "kl_last", "kl_sharp"))
    assert blur["epoch"] == "10" and last <= first and sharp > 6 * last


def test_sharpness_distance_and_diversity_by_hand():
    stripes = torch.tensor([[0.0, 1.0], [0.0, 1.0]]).view(1, 1, 2, 2)
    assert measures.sharpness(stripes) == 0.5
    three = torch.stack([torch.zeros(1, 2, 2), torch.ones(1, 2, 2), torch.zeros(1, 2, 2)])
    assert measures.distances(three, three)[0].tolist() == [0, 2, 0]
    assert measures.diversity(three) == pytest.approx((0 + 2 + 2 + 2 + 2 + 0) / 6)


def test_a_collapsed_model_makes_one_class_and_the_bad_address_few():
    collapse = facts("collapse")
    assert collapse["dead_spread"] == "0.0" and collapse["dead_classes"] == "1"
    assert int(collapse["free_classes"]) < int(collapse["one_classes"]) and int(collapse["one_classes"]) >= 8


def test_the_mean_picture_and_the_floor_are_the_first_losses():
    nats = facts("first")
    card = pretrained.card("fashion-latent-8")["figures"]
    assert nats["trained"] == f"{card['reconstruction']:.0f}" and nats["floor"] == str(first.FLOOR)
    assert nats["average"] == f"{pretrained.card('fashion-beta-64')['figures']['reconstruction']:.0f}"


@pytest.mark.images
def test_what_the_texts_take_for_measured_is_what_the_real_pictures_give():
    nats, preset = facts("first"), pretrained.preset("fashion-latent-8")
    images = data.load(preset.data)
    x = to_unit_range(images.images[images.part("test")])
    mean = mean_image(images.images[images.train]).expand_as(x)
    assert (nats["floor"], nats["average"]) == (f"{bce(x, x).mean():.0f}", f"{bce(x, mean).mean():.0f}")
    assert preset.model.output_bias == "mean_image"  # where the curve begins
    photographs = shipped(measures.SHARP).originals
    assert measures.diversity(photographs) == pytest.approx(faces.SPREAD, abs=0.05)
    assert measures.sharpness(photographs) == pytest.approx(faces.SHARPNESS, abs=5e-5)


@pytest.mark.parametrize("seed", [7, 8, 9, 10])
def test_what_is_said_of_mode_collapse_holds_with_other_seeds(seed):
    collapse = numbers("collapse", seed)
    assert max(collapse["free_near"], collapse["dead_near"]) <= collapse["real_near"]
    assert collapse["free_classes"] < collapse["fitted_classes"] and collapse["dead_classes"] == 1
    beta = {key: float(value) for key, value in facts("beta", seed=seed).items() if "classes" in key}
    assert (beta["classes_0"], beta["classes_1"]) == (collapse["free_classes"], collapse["one_classes"])
    assert beta["classes_64"] == 1 < beta["classes_0"] < beta["classes_1"]


def test_numbers_of_the_cards_are_the_cards():
    kl = [pretrained.card(f"fashion-beta-{b}")["figures"]["kl"] for b in (0, 1, 4, 16, 64)]
    assert facts("beta")["kl"] == ", ".join(f"{value:.1f}" for value in kl)
    assert facts("latent")["active"] == "2, 8, 7, 6" and facts("latent")["active_0"] == "2, 8, 32, 128"


def test_glasses_carry_age_and_sex():
    directions = pretrained.directions("faces")
    glasses, young = directions["Eyeglasses"], directions["Young"]
    share = 100 * float(glasses @ young / young.square().sum())
    assert facts("glasses")["young"] == f"{share:.0f} %".replace("-", "−")
    assert facts("glasses")["eyeglasses"] == "100 %" and facts("glasses")["young"].startswith("−")

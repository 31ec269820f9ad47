"""The demo's core: one model taken at the start of an event, what is kept with it, what is published."""

import base64
import gc
import weakref
from types import SimpleNamespace

import pytest
import torch

from vae_course import pretrained
from vae_course.beta import kl_per_dimension
from vae_course.demo.core import choice, events, model, originals, published, store
from vae_course.demo.core.limits import Refused
from vae_course.demo.core.model import Own, kept
from vae_course.demo.ui import menu, parts
from vae_course.text import LANGUAGES


def own(name="fashion-latent-2", shift=0.0) -> Own:
    """A visitor's model made of a shipped one."""
    of = model.shipped(name)
    gallery = pretrained.gallery(name)
    mean, covariance = of.gaussian
    pictures = torch.rand(len(gallery.mu), *of.image_shape)
    return Own(pretrained.load(name), of.preset, of.card, gallery, pictures, (mean + shift, covariance))


# one model


def test_the_first_one_is_preferred_whose_true_pictures_are_here(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    assert model.first_real("faces", "fashion", "cats", "drawn") == "drawn"
    (tmp_path / model.shipped("cats").preset.data.path).mkdir(parents=True)
    assert model.first_real("faces", "fashion", "cats", "drawn") == "cats"
    (raw := tmp_path / "FashionMNIST" / "raw").mkdir(parents=True)
    assert model.first_real("faces", "fashion", "cats", "drawn") == "cats"
    (raw / "train-images-idx3-ubyte").touch()
    assert model.first_real("faces", "fashion", "cats", "drawn") == "fashion"


def test_a_shipped_model_is_one_object_with_the_parts_that_ship():
    of = model.shipped("fashion")
    assert model.take("fashion") is of is model.shipped("fashion")
    gallery = pretrained.gallery("fashion")
    assert torch.equal(of.gallery.mu, gallery.mu) and of.gallery is of.gallery
    assert of.card == pretrained.card("fashion") and of.preset == pretrained.preset("fashion")
    assert torch.equal(of.gaussian[1], pretrained.gaussian("fashion")[1])
    assert torch.equal(of.kl, kl_per_dimension(gallery.mu, gallery.logvar))
    assert of.kl[of.dimensions].tolist() == sorted(of.kl.tolist(), reverse=True)
    assert (of.latent_dim, of.image_shape) == (8, (1, 28, 28))


def test_directions_are_those_that_ship():
    assert model.shipped("faces").directions.keys() == pretrained.directions("faces").keys() != set()
    assert model.shipped("fashion").directions == {}


@pytest.mark.parametrize("name", ["nonsense", "../fashion", "", None, 5, ["fashion"], {"a": 1}])
def test_what_is_no_model_is_refused_with_the_names_of_those_that_are(visitor, name):
    with pytest.raises(Refused) as caught:
        model.take(name)
    assert all("fashion-latent-8" in getattr(caught.value.sentence, lang) for lang in LANGUAGES)
    assert model.from_address(name, "cats").name == "cats"


def test_ones_own_model_is_offered_to_its_visitor_and_gone_for_others(visitor):
    with pytest.raises(Refused):
        model.take(model.OWN)
    visitor.own = own()
    assert model.take(model.OWN) is visitor.own
    assert menu.own()["own"].startswith("data:image")
    with store.visiting(None), pytest.raises(Refused):
        model.take(model.OWN)


def test_an_event_never_mixes_two_models_though_a_training_is_adopted_meanwhile():
    """Its input is a menu; the visitor's model is another one, of another size, before the handler is half through."""
    menu = parts.model_menu("fashion", "en")
    small, large = own("fashion-latent-2"), own("fashion-latent-32")
    seen = []

    request = SimpleNamespace(cookies={store.COOKIE: "a" * 24}, session_hash=None)
    with store.visiting(request) as visitor:
        visitor.own = small

    def handler(of):
        z = of.gallery.mu[:2]
        visitor.own = large  # what a training thread does
        seen.append((of, of.decode(z).shape, of.encode(of.pictures[:1])[0].shape))
        return ""

    notice, result = events.guarded(handler, [menu], [None], "en")(request, model.OWN)
    assert notice == "" and result == ""
    assert seen == [(small, (2, 1, 28, 28), (1, 2))]


def test_encoding_and_decoding_go_piece_by_piece_and_give_what_the_network_gives():
    of, x = model.shipped("fashion"), torch.rand(19, 1, 28, 28)
    with torch.inference_mode():
        mu, logvar = of.network.encode(x)
        assert torch.allclose(of.encode(x)[0], mu, atol=1e-6) and torch.allclose(of.encode(x)[1], logvar, atol=1e-6)
        assert torch.allclose(of.decode(mu), of.network.decode(mu), atol=1e-6)


# kept with a model


def test_results_are_kept_with_their_model_and_go_with_it():
    calls = []

    @kept(2)
    def squared(of, number):
        calls.append((of, number))
        return number**2

    first, second = own(), own()
    assert [squared(first, 3), squared(first, 3), squared(second, 3)] == [9, 9, 9]
    assert calls == [(first, 3), (second, 3)]
    squared(first, 4), squared(first, 5), squared(first, 3)  # more than are kept
    assert len(calls) == 5
    ghost = weakref.ref(first)
    del first
    calls.clear()
    gc.collect()
    assert ghost() is None


def test_two_functions_of_one_name_keep_apart():
    def make(result):
        @kept(1)
        def named(of):
            return result

        return named

    def other():
        @kept(1)
        def named(of):
            return "other"

        return named

    of = own()
    assert make("one")(of) == "one" and other()(of) == "other"


# pictures of a gallery


def test_pictures_under_the_right_names_that_are_not_the_right_pictures_are_not_shown(monkeypatch):
    of = model.shipped("fashion")
    count = len(of.gallery.mu)
    others = torch.randint(0, 256, (count, 28, 28, 1), dtype=torch.uint8).numpy()
    monkeypatch.setattr(originals, "_read", lambda *_: others)
    assert originals.of(of.preset.data, of.gallery, of.encode) is None


def test_where_no_originals_are_the_codes_are_decoded():
    of = own()
    missing = Own(of.network, of.preset, of.card, of.gallery, None, of.gaussian)
    assert torch.equal(missing.pictures, missing.decode(of.gallery.mu))
    assert choice.picked(missing, 3).source == "code" and choice.picked(of, 3).source == "original"


@pytest.mark.parametrize("index", [-1, 10**9, 2.5, True, None, {"a": 1}])
def test_no_index_out_of_bounds_is_picked(index):
    with pytest.raises(Refused):
        choice.picked(model.shipped("fashion"), index)


# published


def test_what_is_published_has_an_address_of_its_content():
    address = published.publish(b"picture", "webp")
    assert address == published.publish(b"picture", "webp") != published.publish(b"another", "webp")
    folder, _, name = address.rpartition("/")
    assert folder == published.FOLDER and published.read(name) == (b"picture", "image/webp")
    assert published.read("no such name.png") is None


def test_large_pictures_leave_the_page_and_small_ones_stay():
    large, small = bytes(range(256)) * 20, b"few"
    uris = [f"data:image/png;base64,{base64.b64encode(content).decode()}" for content in (large, small)]
    html = published.in_html(f'<img src="{uris[0]}"><i style="--sheet:url({uris[0]})"></i><img src="{uris[1]}">')
    address = published.publish(large, "png")
    assert html == f'<img src="{address}"><i style="--sheet:url({address})"></i><img src="{uris[1]}">'


def test_a_visitors_own_pictures_are_never_published():
    from vae_course.demo.ui import gallery

    assert gallery.sheet(own()).startswith("data:image/webp")
    assert gallery.sheet(model.shipped("fashion")).startswith(published.FOLDER)

"""The menu of models without a browser: its groups, its pictures, and a visitor's own model in it."""

import io
import re
from html import unescape

import numpy as np
import pytest
from PIL import Image

from vae_course import pretrained
from vae_course.demo.core import model, published, store, titles
from vae_course.demo.core.model import Own, ordered, shipped
from vae_course.demo.ui import menu, parts
from vae_course.text import LANGUAGES, pick


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_shipped_model_stands_once_in_the_group_of_its_data(lang):
    html = str(menu.offer(lang))
    groups = re.findall(r'role="group" aria-label="([^"]+)"[^>]*>(.*?)(?=<div role="group"|</template>)', html)
    members = {unescape(label): re.findall(r'data-model="([^"]+)"', inside) for label, inside in groups}
    assert sorted(name for names in members.values() for name in names) == sorted([*ordered(), model.OWN])
    for label, names in members.items():
        assert len({pretrained.card(name)["data"]["set"] for name in names if name != model.OWN}) <= 1, label
    for name in ordered():
        assert f'data-model="{name}" data-title="{pick(titles.title(name), lang)}"' in unescape(html)


def test_a_set_that_nobody_named_stands_under_its_own_title(monkeypatch):
    monkeypatch.setattr(titles.texts, "SETS", {})
    data, differs, short = titles.place("drawn")
    assert "10" in data.es and data.es == pretrained.card("drawn")["data"]["title"]["es"]
    assert differs is None and short == titles.title("drawn")


def test_the_sheet_has_a_decoded_picture_of_each_model_in_their_order():
    content, kind = published.read(menu.sheet().rpartition("/")[2])
    with Image.open(io.BytesIO(content)) as image:
        sheet = np.asarray(image.convert("RGB")).astype(int)
    assert kind == "image/webp" and sheet.shape == (menu.SIDE, menu.SIDE * len(ordered()), 3)
    same = int(shipped("faces").typical[0])
    for name in ("faces", "faces-beta-16"):  # the same face, as each of them tells it
        k = ordered().index(name)
        tile = menu.picture(shipped(name), same).astype(int)
        assert np.abs(sheet[:, k * menu.SIDE : (k + 1) * menu.SIDE] - tile).mean() < 8


def test_only_a_visitor_who_has_a_model_is_offered_it():
    assert "own" not in parts.chosen(shipped("drawn")) and menu.own() == {}
    drawn = shipped("drawn")
    mine = Own(drawn.network, drawn.preset, drawn.card, drawn.gallery, None, drawn.gaussian)
    token = store._current.set(store.Visitor(own=mine))
    try:
        update = parts.chosen(drawn)
    finally:
        store._current.reset(token)
    assert update["value"] == "drawn" and update["own"].startswith("data:image/png;base64,")

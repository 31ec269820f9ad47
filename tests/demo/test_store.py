"""What belongs to a visitor: found again by the cookie, seen by nobody else, freed when idle."""

from types import SimpleNamespace

import numpy as np
import pytest
import safetensors.torch
import torch

from vae_course.demo.core import choice, model, store
from vae_course.demo.core.limits import Refused
from vae_course.demo.ui import gallery, menu
from vae_course.web import files, parts

KEY, OTHER = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(store, "STORE", store.Store())


def request(cookie=None, session="s" * 10):
    return SimpleNamespace(cookies={store.COOKIE: cookie} if cookie else {}, session_hash=session)


def test_a_cookie_finds_its_things_again_and_nobody_elses():
    with store.visiting(request(KEY)) as one:
        key = one.keep_upload(np.zeros((4, 4, 3), np.uint8))
    with store.visiting(request(KEY)):
        assert store.visitor().upload(key).shape == (4, 4, 3)
    with store.visiting(request(OTHER)), pytest.raises(Refused, match="no longer"):
        choice.picked(model.shipped("fashion"), key)
    with pytest.raises(Refused):
        choice.picked(model.shipped("fashion"), key)  # outside of events there is nobody


@pytest.mark.parametrize("cookie", ["", "short", "x" * 100, "../../etc/passwd-and-more-text", "a b" * 10])
def test_a_cookie_that_is_none_of_ours_is_not_taken(cookie):
    assert store.key_of(request(cookie)) == "s" * 10


def test_without_cookie_and_session_two_requests_never_meet():
    nobody = SimpleNamespace(cookies={}, session_hash=None)
    assert store.key_of(nobody) != store.key_of(nobody)


def test_new_cookies_differ_and_are_for_the_server_only():
    plain, framed = store.new_cookie(https=False), store.new_cookie(https=True)
    assert plain != store.new_cookie(https=False)
    assert "HttpOnly" in plain and "SameSite=Lax" in plain and "Secure" not in plain
    assert "Secure" in framed and "SameSite=None" in framed
    value = plain.partition("=")[2].partition(";")[0]
    assert store.key_of(request(value)) == value


def test_idle_visitors_are_freed_and_their_work_stopped(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(store.time, "monotonic", lambda: clock[0])
    one, stopped = store.Store(idle=60), []
    one.visitor(KEY).work["train"] = SimpleNamespace(stop=lambda: stopped.append(True))
    clock[0] = 50.0
    one.visitor(OTHER)
    assert len(one) == 2
    clock[0] = 61.0
    assert len(one) == 1 and stopped == [True]
    assert one.visitor(KEY).work == {}


def test_only_so_many_visitors_and_uploads_are_kept():
    few = store.Store(most=3)
    for k in range(5):
        few.visitor(f"{k}" * 30)
    assert len(few) == 3
    visitor = store.Visitor()
    keys = [visitor.keep_upload(np.full((2, 2, 3), k, np.uint8)) for k in range(store.MOST_UPLOADS + 2)]
    assert len(visitor.uploads) == store.MOST_UPLOADS and len(set(keys)) == len(keys)
    assert visitor.upload(keys[-1])[0, 0, 0] == store.MOST_UPLOADS + 1
    with pytest.raises(Refused):
        visitor.upload(keys[0])


def test_own_model_is_its_visitors_only():
    with store.visiting(request(KEY)) as mine:
        with pytest.raises(Refused, match="no longer"):
            model.take(model.OWN)
        of = model.shipped("fashion")
        mine.own = model.Own(of.network, of.preset, of.card, of.gallery, of.pictures, of.gaussian)
        assert menu.own()
        assert model.take(model.OWN) is mine.own and "data:image" in gallery.sheet(mine.own)
    with store.visiting(request(OTHER)):
        assert menu.own() == {}
        with pytest.raises(Refused):
            model.take(model.OWN)


def test_its_weights_come_to_its_visitor_alone_and_are_kept_nowhere():
    from starlette.testclient import TestClient

    from vae_course.demo.serve import Delivery

    of, browser = model.shipped("fashion-2d"), TestClient(Delivery(None))
    with store.visiting(request(KEY)) as mine:
        mine.own = model.Own(of.network, of.preset, of.card, of.gallery, None, of.gaussian)
        address = {part: files.part(model.OWN, part, mine.own.key) for part in parts.EVERY}
        flow = files.part(model.OWN, "flow", mine.own.key)  # which it has none of

    def fetched(where, key=KEY):
        return browser.get(f"/{where}", headers={"cookie": f"{store.COOKIE}={key}"} if key else {})

    assert fetched(flow).status_code == 404
    for part, where in address.items():
        answer = fetched(where)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        tensors = safetensors.torch.load(answer.content)
        wanted = of.gaussian[0] if part == "gaussian" else of.network.state_dict()[next(iter(tensors))]
        assert torch.equal(tensors["mean" if part == "gaussian" else next(iter(tensors))], wanted)
        for key in (OTHER, None, "short"):
            assert (fetched(where, key).status_code, fetched(where, key).content) == (404, b"")
        for wrong in (where[:-1], where.partition("?")[0], where.replace("own/", "models/own/"), where + "&a=b"):
            assert fetched(wrong).status_code == 404
    with store.visiting(request(KEY)) as mine:
        before = mine.own.key
        mine.own = model.Own(of.network, of.preset, of.card, of.gallery, None, of.gaussian)
        assert mine.own.key != before  # another training: browsers must not take one for the other
    assert fetched(address["decoder"]).status_code == 404
    with store.visiting(request(KEY)) as mine:
        mine.erase()
    assert fetched(address["decoder"]).status_code == 404


def test_only_who_left_nothing_is_new():
    with store.visiting(request(KEY)) as mine:
        assert mine.new
        mine.keep_upload(np.zeros((4, 4, 3), np.uint8))
    with store.visiting(request(KEY)) as again:
        assert not again.new

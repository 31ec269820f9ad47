"""The engine's files and the parts of models, as the demo's server sends them."""

import re

import httpx
import pytest

from vae_course.web import files, parts


def get(server, address: str, **headers) -> httpx.Response:
    return httpx.get(f"{server.url}/{address}", headers=headers)


@pytest.mark.parametrize("part", parts.PARTS)
def test_a_part_comes_whole_and_is_kept_for_ever(server, part):
    answer = get(server, files.part("fashion-2d", part))
    assert answer.content == parts.cut("fashion-2d", part)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "set-cookie" not in answer.headers and answer.headers["content-type"] == "application/octet-stream"


def test_by_an_old_address_or_none_it_is_asked_for_each_time_and_sent_once(server):
    for address in ("models/fashion-2d/decoder.safetensors", "models/fashion-2d/decoder.safetensors?v=old"):
        answer = get(server, address)
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-cache"
        again = get(server, address, **{"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304 and again.content == b""


def test_every_file_of_the_engine_is_there_and_of_its_kind(server):
    for name, kind in files.SENT.items():
        answer = get(server, f"{files.engine()}/{name}")
        assert answer.content == (files.ENGINE / name).read_bytes()
        assert (
            answer.headers["content-type"].partition(";")[0] == kind and "immutable" in answer.headers["cache-control"]
        )


@pytest.mark.parametrize("name", ["client.min.js", "worker.min.js"])
def test_a_bundle_names_no_file_that_is_not_sent(name):
    named = re.findall(r"[\w.-]+\.(?:js|wasm)\b", (files.ENGINE / name).read_text(encoding="utf-8"))
    assert named and set(named) <= set(files.SENT)


@pytest.mark.parametrize(
    "address",
    [
        "models/none/decoder.safetensors", "models/fashion/model.safetensors", "models/fashion/decoder.json",
        "models/faces/flow.safetensors",
        "models/../weights/fashion/decoder.safetensors", "models/decoder.safetensors", "engine/old/client.min.js",
        "engine/kernel.ts", f"{files.engine()}/kernel.ts",
    ],
)  # fmt: skip
def test_what_is_not_sent_is_not_there(server, address):
    assert get(server, address).status_code == 404

"""The engine's worker, as built, called from a page as the demo does."""

import pytest
import torch
from helpers.browser import in_a_browser
from helpers.engine import engine as opened

from vae_course import pretrained
from vae_course.demo.ui.pictures import to_bytes
from vae_course.faces import draw_gaussian
from vae_course.flow import integrate, unwhiten
from vae_course.web import parts

pytestmark = in_a_browser
NAME = "fashion-2d"
FILES = {part: f"{NAME}/{part}.safetensors" for part in parts.PARTS}
SCRIPT = "const engine = new client.Engine(); try { %s } finally { engine.close() }"


@pytest.fixture
def site(chromium, tmp_path):
    with opened(chromium, tmp_path / "site") as running:
        for part, file in FILES.items():
            running.put(file, parts.cut(NAME, part))
        yield running


def in_worker(site, script, **given):
    return site.run(SCRIPT % script, **FILES, **given)


@torch.no_grad()
def test_it_decodes_encodes_and_draws_as_python_does(site):
    model, z, x = pretrained.load(NAME), torch.randn(3, 2), torch.rand(2, 1, 28, 28)
    script = """
      return {
        pictures: await engine.decode(decoder, z), codes: await engine.encode(encoder, x),
        pixels: (await engine.pixels(decoder, z)).map(({data, width, height}) => ({data: [...data], width, height})),
        noise: await engine.randn(5n, 40), drawn: await engine.drawGaussian(gaussian, 5, 9, 0.5),
        carried: await engine.drawFlow(flow, 5, 9, 0.5), way: await engine.flowWay(flow, z, 4),
      };
    """
    got, wanted = in_worker(site, script, z=z, x=x), model.decode(z)
    assert (got["pictures"].view_as(wanted) - wanted).abs().max() < 1e-5
    for one, picture in zip(got["pixels"], wanted, strict=True):
        grey = torch.tensor(one["data"]).view(28, 28, 4)[..., 0]
        assert (one["width"], one["height"]) == (28, 28)
        assert (grey - torch.from_numpy(to_bytes(picture)).long()).abs().max() <= 1
    for part, codes in zip(("mu", "logvar"), model.encode(x), strict=True):
        assert (got["codes"][part].view_as(codes) - codes).abs().max() < 1e-4
    assert (got["noise"] - torch.randn(40, generator=torch.Generator().manual_seed(5))).abs().max() < 5e-6
    mean, covariance = pretrained.gaussian(NAME)
    drawn = draw_gaussian(mean, 0.25 * covariance, 9, torch.Generator().manual_seed(5))
    assert (got["drawn"].view_as(drawn) - drawn).abs().max() < 1e-5
    flow = pretrained.flow(NAME)
    carried = flow.carry(0.5 * torch.randn(9, 2, generator=torch.Generator().manual_seed(5)))
    assert (got["carried"].view_as(carried) - carried).abs().max() < 1e-4
    way = unwhiten(integrate(flow.velocity, z, 4).flatten(0, 1), flow.mean, flow.covariance)
    assert (got["way"].view_as(way) - way).abs().max() < 1e-4


@torch.no_grad()
def test_each_layer_gives_what_pytorchs_does(site):
    """The layers of a convolutional model, activations together with their normalisation."""
    model, z, x = pretrained.load("fashion-plus"), torch.randn(1, 8), torch.rand(1, 1, 28, 28)
    places = {
        part: site.put(f"plus/{part}.safetensors", parts.cut("fashion-plus", part)) for part in ("decoder", "encoder")
    }
    script = "return {decoder: await engine.decoderLayers(d, z), encoder: await engine.encoderLayers(e, x)}"
    got = in_worker(site, script, z=z, x=x.permute(0, 2, 3, 1), d=places["decoder"], e=places["encoder"])
    wanted = {"decoder": [model.decoder.project(z).unflatten(1, model.decoder.start)], "encoder": []}
    for half, layers, value in (
        ("decoder", model.decoder.layers, wanted["decoder"][0]), ("encoder", model.encoder.features[:-1], x)
    ):  # fmt: skip
        for layer in layers:
            value = layer(value)
            if not isinstance(layer, torch.nn.BatchNorm2d):
                wanted[half].append(value)
    for half, values in wanted.items():
        assert len(got[half]) == len(values)
        for layer, value in zip(got[half], values, strict=True):
            picture = value[0].permute(1, 2, 0)
            assert layer["shape"] == list(picture.shape)
            assert (layer["numbers"].view_as(picture) - picture).abs().max() < 1e-3


CORES = "Object.defineProperty(navigator, 'hardwareConcurrency', {value: %d, configurable: true}); "


@torch.no_grad()
@pytest.mark.parametrize("count", [1, 2, 7])
def test_many_pictures_are_shared_out_among_threads_and_come_in_order(site, count):
    z = torch.randn(count, 2)
    script = (
        CORES % 3
        + """
      const before = await engine.pixels(decoder, z); // by one thread, since no other has the file
      await engine.share(decoder);
      const of = (pictures) => pictures.map(({data}) => [...data]);
      const asked = [engine.first, ...engine.others].map(({calls}) => calls);
      const after = await engine.pixels(decoder, z);
      const shares = [engine.first, ...engine.others].map(({calls}, k) => calls - asked[k]);
      return {before: of(before), after: of(after), shares};
    """
    )
    got = in_worker(site, script, z=z)
    assert got["shares"] == {1: [1, 0, 0], 2: [1, 1, 0], 7: [1, 1, 1]}[count] and got["before"] == got["after"]
    for pixels, picture in zip(got["after"], pretrained.load(NAME).decode(z), strict=True):
        grey = torch.tensor(pixels).view(28, 28, 4)[..., 0]
        assert (grey - torch.from_numpy(to_bytes(picture)).long()).abs().max() <= 1


def test_what_is_shared_and_missing_is_told_and_with_one_core_there_is_one_thread(site):
    failing = "return await engine.share('none/decoder.safetensors').catch((error) => error.message)"
    assert "none/decoder.safetensors: 404" in in_worker(site, CORES % 2 + failing)
    alone = "await engine.share(decoder); return [engine.others.length, (await engine.pixels(decoder, z)).length]"
    assert in_worker(site, CORES % 1 + alone, z=torch.zeros(5, 2)) == [0, 5]


def test_a_file_is_fetched_once_however_often_it_is_asked_for_and_no_other_is(site):
    asked = []
    site.view.context.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    in_worker(site, "await Promise.all([1, 2, 3].map(() => engine.decode(decoder, z)))", z=torch.zeros(1, 2))
    assert sorted(asked) == ["decoder.safetensors", "kernel-relaxed.wasm", "worker.min.js"]


def test_what_fails_is_told_and_the_next_call_tries_again(site):
    script = "return await engine.decode('none/decoder.safetensors', z).catch((error) => error.message)"
    assert "none/decoder.safetensors: 404" in in_worker(site, script, z=torch.zeros(1, 2))
    script = """
      const failed = await engine.decode('late.safetensors', z).catch((error) => error.message);
      await window.putThere();
      return [failed.includes('404'), (await engine.decode('late.safetensors', z)).length];
    """
    site.view.expose_function("putThere", lambda: site.put("late.safetensors", parts.cut(NAME, "decoder")) and None)
    assert in_worker(site, script, z=torch.zeros(1, 2)) == [True, 784]


def test_whoever_waits_for_an_engine_that_ends_is_told(site):
    script = """
      const waiting = engine.decode(decoder, z).catch((error) => error.message);
      engine.close();
      return [await waiting, await engine.randn(1, 1).catch((error) => error.message)];
    """
    assert in_worker(site, script, z=torch.zeros(1, 2)) == ["the engine is closed"] * 2


@torch.no_grad()
@pytest.mark.parametrize(
    ("kind", "files"), [("simd", ["kernel-relaxed.wasm"]), ("plain", ["kernel-relaxed.wasm", "kernel.wasm"])]
)
def test_without_the_fastest_webassembly_or_any_it_computes_all_the_same(site, kind, files):
    """Kernels that do not compile, as in a browser without SIMD."""
    for file in files:
        site.put(f"engine/{file}", b"\0asm\1\0\0\0 and nothing that a browser knows")
    z = torch.randn(2, 2)
    got, wanted = in_worker(site, "return await engine.decode(decoder, z)", z=z), pretrained.load(NAME).decode(z)
    assert (got.view_as(wanted) - wanted).abs().max() < 1e-5
    script = "return (await model.Decoder.of(await model.fetched(decoder))).machine.kind"
    assert site.run(script, **FILES) == kind

"""What lesson 01 says in numbers."""

import math

from . import Given, Held
from .measures import FACES_LEARNT, decibels, faces_pca, figures, pca_error, shown

PIXELS = 64 * 64 * 3


NUMBERS = [
    Given("reúne 202 599 fotos de 10 177 personas", "gathers 202,599 photographs of 10,177 celebrities"),
    Given("Son 1.3 GB", "It is 1.3 GB"),
    Given("punto flotante de 32 bits", None),
    Held("= <12 288>$ números", "= <12,288>$ numbers", lambda n: n.faces.images[0].numel()),
    Held(
        r"$256^{<12 288>} \approx 10^{<29 592>}$",
        r"$256^{<12,288>} \approx 10^{<29,592>}$",
        lambda n: [PIXELS, PIXELS * math.log10(256)],
    ),
    Held(
        r"Ni con $<4> \cdot 10^{97}$ sorteos: haría falta que al menos una imagen de cada $10^{97}$",
        r"Even $<4> \cdot 10^{97}$ draws do not help: at least one picture in $10^{97}$",
        lambda n: 1e80 * 4e17 / 1e97,
    ),
    Held("no hacen falta <12 288> decisiones", "cannot take <12,288> decisions", lambda n: PIXELS),
    Held(
        "a 10 dB el error típico es <0.32> de la escala; a 20 dB, <0.10>; a 30 dB, <0.03>",
        "at 10 dB the typical error is <0.32> of the scale, at 20 dB <0.10>, at 30 dB <0.03>",
        lambda n: [10 ** (-one / 20) for one in (10, 20, 30)],
    ),
    Held("la media, a <11.6> dB en las fotos", "the mean, at <11.6> dB on photographs", lambda n: n.by_count[0]),
    Held(
        "Con 128 números, el <1> % de los originales, se alcanzan unos <22> dB en fotos",
        "With 128 numbers, <1> % of the original ones, photographs reach some <22> dB",
        lambda n: [100 * 128 / PIXELS, n.by_count[-1]],
    ),
    Held(
        "(<28> dB en las caras dibujadas",
        "have less detail, <28> dB)",
        lambda n: decibels(pca_error(shown("drawn", 2000), shown("drawn", 400, "validation"), 128)),
    ),
    Held("<0.98> en vez de <0.95>", "<0.98> instead of <0.95>", lambda n: [n.agreement, n.true]),
    Held(r"$12 288 \ln 256 = <68 139>$ nats", r"$12,288 \ln 256 = <68,139>$ nats", lambda n: PIXELS * math.log(256)),
    Held("De esos <68 139> nats", "Of those <68,139> nats", lambda n: PIXELS * math.log(256)),
    Held(
        "rebajan apenas unos <1700> nats; la PCA, casi <13 000>",
        "take off a mere <1,700> nats or so, PCA nearly <13,000>",
        lambda n: [n.nats[0] - n.nats[1], n.nats[0] - n.nats[2]],
        within=200,
    ),
    Held("es $e^{<12 800>}$ veces", "is $e^{<12,800>}$ times", lambda n: n.nats[0] - n.nats[2], within=50),
    Held(
        "con todos apenas se pasa de <20> dB",
        "all of them barely pass <20> dB",
        lambda n: n.curves[2][-1],
        within=0.6,
    ),
    Held("sube unos <3> dB", "rises by some <3> dB", lambda n: n.curves[1][-1] - n.curves[2][-1]),
    Held("hay unas <20> fotos por persona", "has some <20> photographs per person", lambda n: 202_599 / 10_177),
    Held(
        "Una red no mira las 202 599 imágenes de una vez: como `float32` ocuparían casi <10> GB",
        "does not look at 202,599 pictures at once: as `float32` they would take nearly <10> GB",
        lambda n: 202_599 * PIXELS * 4 / 1e9,
    ),
    Held(
        "con uno de 1024 es estable, pero se dan <16> veces",
        "with 1,024 it is steady, but there are <16> times",
        lambda n: 1024 / 64,
    ),
    Held(
        "Con 128 números de <12 288> se llega a unos <22> dB en imágenes no vistas, y una imagen cuesta unos <55 000> nats en lugar de <66 000>",
        "With 128 numbers out of <12,288> it reaches some <22> dB on unseen pictures, and a picture costs about <55,000> nats instead of <66,000>",
        lambda n: [PIXELS, n.by_count[-1], round(n.nats[2], -3), round(n.nats[1], -3)],
    ),
    Held(
        "llega a <23.6> dB en sus <475> imágenes",
        "reaches <23.6> dB on its <475> test pictures",
        lambda n: [figures("faces")["psnr"], figures("faces")["images"]],
    ),
    Held(
        "aprende de los mismos <9025> rostros, a <22.2> dB",
        "learns from the same <9,025> faces reaches <22.2> dB",
        lambda n: [FACES_LEARNT, faces_pca(n)],
    ),
]

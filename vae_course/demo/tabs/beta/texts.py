"""What the tab Beta says."""

from ....text import Both

NAME = Both(es="Beta", en="Beta")
LEAD = Both(
    es="β es el precio de la KL. ¿Cuánta información conviene comprar, para copiar y para inventar?",
    en="β is the price of the KL. How much information is worth buying, to copy and to invent?",
)
TITLES = {  # of each series, beside the others that vary the same number
    "clothes": Both(es="Ropa", en="Clothes"),
    "faces": Both(es="Rostros", en="Faces"),
    "latent": Both(es="con β = 1", en="with β = 1"),
    "latent-0": Both(es="con β = 0", en="with β = 0"),
}
MORALS = {
    "clothes": Both(
        es="β = 0 compra toda la información: copia bien, pero nada dice dónde sortear z. Un β enorme no compra "
        "nada: el decoder ignora z y devuelve siempre la imagen media.",
        en="β = 0 buys all the information: it copies well, but nothing says where to draw z. A huge β buys "
        "nothing: the decoder ignores z and always tells the mean picture.",
    ),
    "faces": Both(
        es="Al subir β cada dimensión guarda menos nats: primero se pierden los detalles, luego esta cara.",
        en="As β rises, each dimension holds fewer nats: first the details are lost, then this face.",
    ),
    "latent": Both(
        es="De 2 a 8 dimensiones se gana mucho; de 8 a 128, casi nada: las que no valen su precio duermen.",
        en="From 2 to 8 dimensions much is won; from 8 to 128 next to nothing: those not worth it are asleep.",
    ),
    "latent-0": Both(
        es="Sin KL se usan todas las dimensiones: copia cada vez mejor, y no inventa nada con ninguna.",
        en="Without the KL every dimension is used: it copies better and better, and invents nothing with any.",
    ),
}
VARIES = {"beta": Both(es="β, el precio", en="β, the price"), "latent": Both(es="la dimensión", en="the dimension")}
DIFFER = Both(es="Modelos que difieren solo en", en="Models that differ only in")
WHICH = Both(es="Cuáles", en="Which ones")
SERIES_ASKED = Both(es="La serie de modelos", en="The series of models")  # in the sentence that refuses another one
SYMBOLS = {"beta": "β = {}", "latent": "D = {}"}
SIDES = {"a": Both(es="Galería", en="Gallery")}
ANOTHER = Both(es="Otra semilla", en="Another seed")
REVEAL = Both(es="Destapar", en="Uncover")
TABLE = Both(es="Una imagen, una semilla, {count} modelos", en="One picture, one seed, {count} models")
REAL = Both(es="Real", en="Real")
ABOVE = Both(es="Arriba: la misma imagen, reconstruida", en="Above: the same picture, reconstructed")
BELOW = Both(es="Abajo: los mismos z, semilla {seed}, decodificados", en="Below: the same z, seed {seed}, decoded")
BELOW_LATENT = Both(
    es="Abajo: los primeros D números de los mismos z, semilla {seed}",
    en="Below: the first D numbers of the same z, seed {seed}",
)
BARS = Both(es="KL de cada dimensión, en nats", en="KL of each dimension, in nats")
BARS_KEY = Both(
    es="Barra: media de la galería. Raya: esta imagen. Gris: dormida, su μ no varía de una imagen a otra.",
    en="Bar: the gallery's mean. Dash: this picture. Grey: asleep, its μ does not vary among pictures.",
)
BARS_ALT = Both(
    es="{title}: KL de {latent} dimensiones, la mayor {most} nats, {active} activas",
    en="{title}: KL of {latent} dimensions, the largest {most} nats, {active} active",
)
ACTIVE = Both(es="{active} de {latent} activas", en="{active} of {latent} active")
PICTURE_KL = Both(es="esta imagen: {kl} nats", en="this picture: {kl} nats")
UP_TO = Both(es="hasta {most}", en="up to {most}")
BEST_ABOVE = Both(es="mejor copia", en="best copy")
BEST_BELOW = Both(es="mejor inventa", en="best inventor")
DISTANCE = Both(es="a {distance} de lo real", en="{distance} from real")
DISTANCE_NOTE = Both(
    es="Distancia de Fréchet (lección 08) entre {samples} muestras y las {count} imágenes de la galería, en 16 "
    "componentes principales de los píxeles: menos es mejor. Un número solo no decide: conviene mirar.",
    en="Fréchet distance (lesson 08) between {samples} samples and the gallery's {count} pictures, in 16 principal "
    "components of the pixels: less is better. One number alone never decides: look too.",
)
DIFFERENT = Both(
    es="Arriba gana {above}; abajo gana {below}: copiar e inventar piden precios distintos.",
    en="Above, {above} wins; below, {below} wins: copying and inventing want different models.",
)
SAME = Both(es="Arriba y abajo gana {above}.", en="Above and below, {above} wins.")
AWAKE = Both(es="Dimensiones activas: {counts}.", en="Active dimensions: {counts}.")
OF = Both(es="{active} de {latent}", en="{active} of {latent}")
RECONSTRUCTION_ALT = Both(es="Reconstrucción con {title}", en="Reconstruction with {title}")
SAMPLE_ALT = Both(es="Muestra {number} con {title}", en="Sample {number} with {title}")
FROM_GALLERY = Both(es="de la galería", en="of the gallery")
FROM_CODES = Both(es="de sus códigos", en="from their codes")  # where true pictures don't ship
REAL_ALT = Both(es="Imagen real {number} de la galería", en="Real picture {number} of the gallery")
SAVE_ABOVE = Both(es="Descargar las reconstrucciones", en="Download the reconstructions")
SAVE_BELOW = Both(es="Descargar las muestras", en="Download the samples")
COPIES_FILE = Both(es="reconstrucciones", en="reconstructions")  # words of the names of saved files
SAMPLES_FILE = Both(es="muestras", en="samples")
TABLE_CAPTION = Both(
    es="{titles}: arriba reconstrucciones, abajo muestras de los mismos z.",
    en="{titles}: above reconstructions, below samples of the same z.",
)
CURVE = Both(es="Tasa y distorsión: qué se paga, qué se obtiene", en="Rate and distortion: what is paid, what is got")
CURVE_CAPTION = Both(es="{titles}: curva de tasa y distorsión.", en="{titles}: rate-distortion curve.")
CURVE_TEXT = Both(
    es="Cada punto es un modelo, con sus medias en {count} imágenes de prueba; arriba, la imagen elegida.",
    en="Each point is a model, with its means over {count} test pictures; above, the picture chosen.",
)
CURVE_ALT = Both(es="Curva de tasa y distorsión. {points}", en="Rate-distortion curve. {points}")
POINT = Both(es="{title}: KL {rate} nats, error {distortion}.", en="{title}: KL {rate} nats, error {distortion}.")
RATE = Both(es="tasa: KL, en nats (escala logarítmica)", en="rate: KL, in nats (logarithmic scale)")
DISTORTION = {
    "bce": Both(es="distorsión: BCE, en nats", en="distortion: BCE, in nats"),
    "mse": Both(es="distorsión: errores al cuadrado, suma", en="distortion: squared errors, summed"),
}
OTHER_DISTORTION = Both(es="distorsión", en="distortion")

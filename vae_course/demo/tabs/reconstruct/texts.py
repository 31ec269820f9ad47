"""What the tab Reconstruct says."""

from ....text import Both

NAME = Both(es="Reconstruir", en="Reconstruct")
LEAD = Both(
    es="La imagen se vuelve una nube de puntos z y el decoder la cuenta de nuevo. Un modelo dice lo que aprendió.",
    en="The picture becomes a cloud of points z, and the decoder tells it again. A model says what it has learnt.",
)
SIDES = {"a": Both(es="Galería", en="Gallery")}
OTHER = Both(es="Comparar con el modelo", en="Compare with the model")
CROSS = Both(es="Un modelo dice lo que aprendió", en="A model says what it has learnt")
CROSS_TEXT = Both(
    es="Cada fila es una imagen que pasa por los dos modelos. Lo que un modelo nunca vio lo cuenta con lo que conoce. "
    "Dentro de una fila, más dB es más parecido.",
    en="Each row is a picture that goes through both models. What a model never saw it tells with what it knows. "
    "Within a row, more dB is more alike.",
)
THROUGH = Both(es="Por {title}", en="Through {title}")
THROUGH_ALT = Both(
    es="Reconstrucción del modelo {title}, decodificando μ", en="Reconstruction of the model {title}, decoding μ"
)
GALLERY_OF = Both(es="de la galería {title}", en="of the gallery {title}")
DIFFERENCE = Both(es="Diferencia", en="Difference")
WITH = Both(es="con {title}:", en="with {title}:")
BRIGHTER = Both(es="más claro", en="too bright")
DARKER = Both(es="más oscuro", en="too dark")
DIFFERENCE_ALT = Both(
    es="Diferencia entre entrada y reconstrucción del modelo {title}: blanco donde coinciden",
    en="Difference of input and reconstruction of the model {title}: white where they agree",
)
COSTS = Both(es="Lo que cuesta la primera fila con {title}", en="What the first row costs with {title}")
SAVE = Both(es="Descargar las imágenes en PNG", en="Download the pictures as PNG")
FILE = Both(es="reconstruccion-{name}-{other}.png", en="reconstruction-{name}-{other}.png")
DRAWS_FILE = Both(es="sorteos-{name}.png", en="draws-{name}.png")
DRAWS = Both(es="Ocho veces la misma imagen", en="The same picture, eight times")
DRAWS_TEXT = Both(
    es="El código es una nube, no un punto: cada z se sorteó de N(μ, σ²) y se decodificó. "
    "En promedio σ\u00a0=\u00a0{sigma}: cuanto menor, más se parecen.",
    en="The code is a cloud, not a point: each z was drawn from N(μ, σ²) and decoded. "
    "On average σ\u00a0=\u00a0{sigma}: the smaller, the more alike.",
)
DRAW_ALT = Both(es="Decodificación {number} de un z sorteado", en="Decoding {number} of a drawn z")
AGAIN = Both(es="Sortear de nuevo", en="Draw again")
TERMS = {  # of each loss: what its reconstruction term is called, and its unit
    "bce": (Both(es="Reconstrucción (BCE)", en="Reconstruction (BCE)"), "nats"),
    "gaussian": (Both(es="Reconstrucción (gaussiana)", en="Reconstruction (Gaussian)"), "nats"),
    "mse": (Both(es="Suma de errores al cuadrado", en="Sum of squared errors"), ""),
    "l1": (Both(es="Suma de errores absolutos", en="Sum of absolute errors"), ""),
    "l1_mean": (Both(es="Error absoluto medio por píxel", en="Mean absolute error per pixel"), ""),
}
NOTES = {
    "bce": Both(
        es="Aun perfecta, la BCE de esta imagen sería {floor} nats: los grises nunca llegan a 0.",
        en="Even a perfect BCE of this picture would be {floor} nats: greys never reach 0.",
    ),
    "gaussian": Both(
        es="−log p(x|z) con σ = {sigma} por píxel, la del modelo; negativo si la densidad supera 1.",
        en="−log p(x|z) with σ = {sigma} per pixel, the model's; negative where the density exceeds 1.",
    ),
    "mse": Both(
        es="La suma de errores al cuadrado no está en nats: equivale a suponer un ruido de σ = 0.71 por píxel.",
        en="The sum of squared errors is not in nats: it amounts to assuming a noise of σ = 0.71 per pixel.",
    ),
    "l1": Both(es="La suma de errores absolutos no está en nats.", en="The sum of absolute errors is not in nats."),
    "l1_mean": Both(
        es="El error se promedia sobre los píxeles, así que no está en nats y la KL se pesa con un β pequeño.",
        en="The error is averaged over the pixels, so it is not in nats and a small β weighs the KL.",
    ),
}
PER_PIXEL = Both(es="{value} por valor de píxel", en="{value} per pixel value")
KL_TEXT = Both(es="lo que cuesta el código: {value} por dimensión", en="what the code costs: {value} per dimension")
LOSS = Both(es="Pérdida", en="Loss")
LOSS_TEXT = Both(
    es="reconstrucción + β·KL, con β\u00a0=\u00a0{beta}", en="reconstruction + β·KL, with β\u00a0=\u00a0{beta}"
)
PSNR_TEXT = Both(es="este modelo suele lograr {usual} dB", en="this model usually reaches {usual} dB")

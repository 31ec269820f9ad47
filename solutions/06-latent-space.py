# %% [markdown] lang="es"
# # 06 · ¿Qué hay entre dos imágenes?
#
# *110 min, 55 de ellos para ejercicios y preguntas · dificultad 2 de 3*
#
# El modelo ya está entrenado: cada imagen tiene su nube en $z$ y el decoder sabe volver.
#
# **Objetivos.** Generar imágenes nuevas; dibujar un mapa de la ropa; convertir un gatito en otro por la recta y por el
# arco; y averiguar qué dice, y qué no dice, un eje de $z$.
#
# Todo lo que sigue usa modelos que vienen con el curso: nada se entrena, todo responde al instante.

# %% [markdown] lang="en"
# # 06 · What lies between two pictures?
#
# *110 min, 55 of them for exercises and questions · difficulty 2 of 3*
#
# The model is trained: every picture has its cloud in $z$, and the decoder knows the way back.
#
# **Aims.** Generate new pictures; draw a map of clothes; turn one kitten into another along the line and along the arc;
# and find out what an axis of $z$ says and what it doesn't.
#
# Everything here uses models that ship with the course: nothing is trained, everything answers at once.

# %% tags=["setup"]
import torch

from vae_course.images import to_unit_range
from vae_course.sampling import sample_prior
from vae_course.training import inference

# %% tags=["prepare"]
from vae_course import figures, pretrained
from vae_course.data.fashion import CLASSES
from vae_course.figures import walks
from vae_course.text import Both

kittens = pictures("cats", 60, "test")
x_cats = to_unit_range(kittens.images)  # (60, 3, 64, 64)


@torch.no_grad()
def decode(model, z):
    return model.decode(z)


# %% [markdown] lang="es"
# ## Antes de empezar: el punto medio
#
# Dos gatitos. **Predicción.** Si se promedian píxel por píxel, ¿qué se ve? ¿Y si se promedian sus *códigos* y se
# decodifica el resultado? Una respuesta se ve ahora; la otra, más adelante.
#
# - **a)** Un solo gatito, distinto de los dos.
# - **b)** Los dos, uno transparente sobre el otro.
# - **c)** Una mancha sin forma.

# %% [markdown] lang="en"
# ## Before starting: the halfway point
#
# Two kittens. **Prediction.** If they are averaged pixel by pixel, what will show? And if their *codes* are averaged
# and the result is decoded? One answer is shown now, the other further on.
#
# - **a)** A single kitten, unlike either.
# - **b)** Both, one see-through upon the other.
# - **c)** A smudge without a shape.

# %% tags=["predict"]
predict("average-of-pixels", ...)
predict("average-of-codes", ...)

# %% tags=["experiment"]
FIRST, SECOND = 6, 8

x0, x1 = x_cats[FIRST], x_cats[SECOND]  # (3, 64, 64)
reveal("average-of-pixels")
figures.samples(
    torch.stack([x0, (x0 + x1) / 2, x1]),
    columns=3,
    title=Both(es="A los lados, dos gatitos; al medio, su promedio", en="Two kittens; between them, their average"),
)

# %% [markdown] lang="es"
# Una imagen transparente sobre otra. Los ojos coinciden y casi engañan; lo demás (narices, bigotes, manchas) se ve dos
# veces, a media luz. El promedio de dos fotos no es la foto de un tercer gatito, porque los gatitos no llenan el
# espacio de píxeles: forman una capa delgada y torcida, y la recta entre dos de ellos la abandona enseguida. La apuesta
# del VAE es que en $z$ las rectas se queden dentro.

# %% [markdown] lang="en"
# One see-through picture upon another. The eyes coincide and nearly deceive; the rest (noses, whiskers, patches) shows
# twice, half as bright. The average of two photographs is not the photograph of a third kitten, for kittens do not fill
# the space of pixels: they form a thin, bent sheet, and the straight line between two of them leaves it at once. The
# VAE's bet is that in $z$ straight lines stay inside.

# %% [markdown] lang="es"
# ## Ejercicio: imágenes nuevas
#
# *5 min · dificultad 1 de 3*
#
# Para el modelo, una imagen nace en dos pasos: se sortea $z \sim p(z) = \mathcal N(0, I)$, y luego $x \sim p(x|z)$.
# Generar es dar esos dos pasos; del segundo se toma la media, sin sortear el ruido de cada píxel. El encoder no hace
# falta.
#
# Escribir `generate(decoder, n, latent_dim, generator=None)`: `n` imágenes `(n, C, H, W)`, la media de $p(x|z)$ para
# `n` sorteos del prior. En modo eval, sin gradientes, y al final el decoder queda en el modo en que llegó. Hay
# dos ayudas: `sample_prior` (03) e `inference`, que hace lo que en el `evaluate` de 05 se hizo a mano.
#
# <details><summary>Pista</summary>
#
# `with inference(decoder):` pone eval, apaga los gradientes y al salir deja todo como estaba. Adentro caben dos
# cosas: el sorteo, `sample_prior(n, latent_dim, generator)`, y el decoder.
#
# </details>
#
# **Error frecuente:** olvidar el modo eval. Con normalización por batches, cada imagen dependería de sus vecinas de
# batch.

# %% [markdown] lang="en"
# ## Exercise: new pictures
#
# *5 min · difficulty 1 of 3*
#
# To the model a picture comes about in two steps: $z \sim p(z) = \mathcal N(0, I)$ is drawn, then $x \sim p(x|z)$. To
# generate is to take those two steps; of the second we take the mean, without drawing each pixel's noise. The encoder
# is not needed.
#
# Write `generate(decoder, n, latent_dim, generator=None)`: `n` pictures `(n, C, H, W)`, the mean of $p(x|z)$ for `n`
# draws from the prior. In eval mode, without gradients, and the decoder is left in the mode it arrived in. There are
# two helpers: `sample_prior` (03) and `inference`, which does what 05's `evaluate` did by hand.
#
# <details><summary>Hint</summary>
#
# `with inference(decoder):` sets eval mode, switches gradients off, and leaves everything as it was. Two things go
# inside: the draw, `sample_prior(n, latent_dim, generator)`, and the decoder.
#
# </details>
#
# **Common mistake:** forgetting eval mode. With batch normalisation each picture would depend on its neighbours in the
# batch.


# %% tags=["answer"] exercise="generate"
def generate(decoder, n, latent_dim, generator=None):
    """z ~ N(0, I), x = decoder(z)

    -> (n, C, H, W)
    """
    ### BEGIN SOLUTION
    with inference(decoder):
        return decoder(sample_prior(n, latent_dim, generator))
    ### END SOLUTION


# %% [markdown] lang="es"
# Ropa que no existe, y después rostros que no existen. `SEED` elige otra hoja.

# %% [markdown] lang="en"
# Clothes that do not exist, then faces that do not exist. `SEED` picks another sheet.

# %% tags=["reward"]
SEED = 1

for name in ("fashion", "faces-beta-1"):
    model = pretrained.load(name)
    new = mine("generate")(model.decoder, 24, model.latent_dim, torch.Generator().manual_seed(SEED))
    show(figures.samples(new, title=Both(es=f"Sorteos del prior: {name}", en=f"Draws from the prior: {name}")))

# %% [markdown] lang="es"
# **Predicción.** Por cada una de las mismas fotos, el modelo `faces` paga 422 nats de KL; `faces-beta-1`, apenas 51, y
# por eso emborrona más. ¿Serán también más nítidos los sorteos del prior de `faces`: **a)** sí o **b)** no?

# %% [markdown] lang="en"
# **Prediction.** For each of the same photographs, the model `faces` pays 422 nats of KL; `faces-beta-1` a mere 51, and
# so it blurs more. Will the draws of `faces` from the prior be sharper too: **a)** yes or **b)** no?

# %% tags=["predict"]
predict("sharp-draws", ...)

# %% tags=["experiment"]
faces = pretrained.load("faces")
new = mine("generate")(faces.decoder, 16, faces.latent_dim, torch.Generator().manual_seed(SEED))
seen = decode(faces, pretrained.gallery("faces").mu[:16])
reveal("sharp-draws")
show(
    figures.samples(new, title=Both(es="faces: sorteos del prior", en="faces: draws from the prior")),
    figures.samples(seen, title=Both(es="faces: códigos de fotos", en="faces: codes of photographs")),
)

# %% [markdown] lang="es"
# Arriba, sobre todo manchas con algún rasgo; abajo, rostros; y el decoder es el mismo. Lo que cambia es el lugar: el
# prior sortea donde no hay códigos de rostros. No es cuestión de lejanía: los códigos de las fotos miden en promedio
# 11.2 y los sorteos 11.3. Cuánto les falta a los códigos para llenar el prior se mide en 08, y en 09 se arregla.
# Mientras tanto vale la regla: una buena reconstrucción no promete buenas muestras.

# %% [markdown] lang="en"
# Above, mostly smears with a feature here and there; below, faces; and the decoder is the same. What differs is the
# place: the prior draws where there are no codes of faces. Distance is not the trouble: the photographs' codes are 11.2
# long on average, the draws 11.3. How far the codes are from filling the prior is measured in 08; 09 mends it. Until
# then, a rule: good reconstructions don't promise good samples.

# %% [markdown] lang="es"
# ## Un modelo que cabe en una hoja
#
# Con $D = 2$ no hace falta sortear: se puede mirar todo. `fashion-2d` resume cada prenda en dos números. Así quedan
# los códigos de 120 prendas que nunca vio; los colores los ponemos nosotros después: el modelo no conoció etiquetas.

# %% [markdown] lang="en"
# ## A model that fits on a page
#
# With $D = 2$ there is no need to draw at random: everything can be looked at. `fashion-2d` sums up each garment in two
# numbers. Here are the codes of 120 garments it never saw; the colours are ours, added afterwards: the model knew no
# labels.

# %% tags=["experiment"]
plane = pretrained.load("fashion-2d")
codes = pretrained.gallery("fashion-2d")  # mu (120, 2)
figures.latent_space(
    codes.mu,
    codes.labels,
    classes=CLASSES,
    prior=True,
    title=Both(es="Dónde vive cada prenda", en="Where each garment lives"),
)

# %% [markdown] lang="es"
# **Predicción.** Cubramos el plano con una cuadrícula y decodifiquemos cada punto. ¿Qué aparece en el centro, $z = (0,
# 0)$: **a)** la prenda más nítida, **b)** una prenda apagada, mezcla de las vecinas, o **c)** ruido?

# %% [markdown] lang="en"
# **Prediction.** Let us cover the plane with a grid and decode every point. What appears at the centre, $z = (0, 0)$:
# **a)** the sharpest garment, **b)** a dim one, a mixture of its neighbours, or **c)** noise?

# %% tags=["predict"]
predict("centre", ...)

# %% [markdown] lang="es"
# ## Ejercicio: la cuadrícula
#
# *10 min · dificultad 2 de 3*
#
# Escribir `latent_grid(steps, limit=2.0)`: los `steps * steps` puntos, de forma `(steps * steps, 2)`, de `-limit` a
# `+limit` en cada eje. El orden es el de una página: se lee de izquierda a derecha y de arriba abajo. En una fila
# crece la primera coordenada, $x$; de fila en fila *baja* la segunda, $y$, así que la primera fila es la de
# `y = +limit`. Con `steps = 2`: $(-2, 2), (2, 2), (-2, -2), (2, -2)$.
#
# <details><summary>Pista</summary>
#
# Una sola `line = torch.linspace(-limit, limit, steps)` alcanza: `line` para $x$ y `line.flip(0)` para $y$.
# `torch.meshgrid(y, x, indexing="ij")` devuelve ambas coordenadas en forma de tabla; falta aplanarlas y juntarlas con
# `torch.stack(..., dim=1)`. Dos bucles también sirven.
#
# </details>
#
# **Error frecuente:** el mapa cabeza abajo. En un gráfico $y$ crece hacia arriba; en una lista de filas, hacia abajo.

# %% [markdown] lang="en"
# ## Exercise: the grid
#
# *10 min · difficulty 2 of 3*
#
# Write `latent_grid(steps, limit=2.0)`: the `steps * steps` points, shape `(steps * steps, 2)`, from `-limit` to
# `+limit` on each axis. The order is that of a page, left to right and top to bottom. Along a row the first
# coordinate, $x$, grows; from row to row the second, $y$, *falls*, so the first row is that of `y = +limit`. With
# `steps = 2`: $(-2, 2), (2, 2), (-2, -2), (2, -2)$.
#
# <details><summary>Hint</summary>
#
# One `line = torch.linspace(-limit, limit, steps)` is enough: `line` for $x$ and `line.flip(0)` for $y$.
# `torch.meshgrid(y, x, indexing="ij")` returns both coordinates as tables; what is left is to flatten them and join
# them with `torch.stack(..., dim=1)`. Two loops do as well.
#
# </details>
#
# **Common mistake:** the map upside down. On a chart $y$ grows upwards; in a list of rows it grows downwards.


# %% tags=["answer"] exercise="latent_grid"
def latent_grid(steps, limit=2.0):
    """[(x, y)]: x = -limit ... limit; y = limit ... -limit

    -> (steps * steps, 2)
    """
    ### BEGIN SOLUTION
    line = torch.linspace(-limit, limit, steps)
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], dim=1)
    ### END SOLUTION


# %% tags=["reward"]
STEPS, LIMIT = 15, 2.5

z = mine("latent_grid")(STEPS, LIMIT)  # (STEPS * STEPS, 2)
reveal("centre")
figures.latent_grid(
    decode(plane, z),
    STEPS,
    LIMIT,
    title=Both(es="Todo lo que fashion-2d sabe decir", en="Everything that fashion-2d can say"),
)

# %% [markdown] lang="es"
# El zapato crece hasta ser bota, la camiseta alarga las mangas, el pantalón se junta en vestido: los vecinos surgieron
# sin etiquetas, solo porque dos nubes que se tocan cuestan menos si sus imágenes se parecen. Pero en el centro casi no
# hay nada: una prenda apagada, promedio de las que la rodean. El punto de *mayor densidad* del prior no es el más
# nítido.
#
# ¿Se ve todo? Un sorteo del prior cae en el cuadrado de $\pm 2.5$ con probabilidad $(0.9876)^2 = 0.975$. Lo demás queda
# fuera de cuadro: con `LIMIT = 4` se ve qué inventa el decoder donde casi nunca cae un sorteo.

# %% [markdown] lang="en"
# The shoe grows into a boot, the T-shirt lengthens its sleeves, trousers close into a dress: neighbours arose without
# labels, only because two clouds that touch cost less if their pictures are alike. But at the centre there is hardly
# anything: a dim garment, the average of those around it. The prior's point of *highest density* is not the sharpest
# one.
#
# Is this everything? A draw from the prior falls in the square of $\pm 2.5$ with probability $(0.9876)^2 = 0.975$. The
# rest is out of the frame: try `LIMIT = 4` and see what the decoder makes up where a draw hardly ever falls.

# %% [markdown] lang="es"
# ## Caminar en 128 dimensiones
#
# Del código de un gatito al de otro cambian 256 números; de un rostro a otro, 128. Antes de caminar de uno a otro, una
# pregunta sobre el punto que queda justo entre dos códigos.
#
# **Predicción.** Se sortean dos códigos de 128 números, $z_0, z_1 \sim \mathcal N(0, I)$. Cada uno queda a una
# distancia de unos 11.3 del origen: esa es su longitud. ¿Qué longitud tiene el punto medio, $(z_0 + z_1)/2$: 11.3, algo
# menos, casi 0? (Un número.)

# %% [markdown] lang="en"
# ## Walking in 128 dimensions
#
# From one kitten's code to another's, 256 numbers change; from one face to another, 128. Before walking from one to the
# other, a question about the point halfway between two codes.
#
# **Prediction.** Two codes of 128 numbers are drawn, $z_0, z_1 \sim \mathcal N(0, I)$. Each lies at a distance of about
# 11.3 from the origin: that is its length. How long is the midpoint, $(z_0 + z_1)/2$: 11.3, somewhat less, nearly 0? (A
# number.)

# %% tags=["predict"]
predict("midpoint", ...)

# %% tags=["experiment"]
DIMENSIONS = (2, 128)

panels = []
for dimensions in DIMENSIONS:
    z0, z1 = sample_prior(2 * 4000, dimensions, torch.Generator().manual_seed(0)).split(4000)  # (4000, D)
    ends, middle = z0.norm(dim=1), ((z0 + z1) / 2).norm(dim=1)
    panels.append(
        (f"D = {dimensions}", {Both(es="sorteos", en="draws"): ends, Both(es="puntos medios", en="midpoints"): middle})
    )
reveal("midpoint", middle.mean())  # D = 128
walks.norms(panels)

# %% [markdown] lang="es"
# 8.0: el punto medio se hunde hacia el origen. La cuenta es corta. Cada coordenada de $z$ tiene varianza 1, así que
# $E\|z\|^2 = D$ y la longitud ronda $\sqrt{128} = 11.3$, con una desviación de apenas 0.7. Promediar dos sorteos
# independientes deja varianza $\tfrac12$ por coordenada: longitud $\sqrt{D/2} = 8.0$. Con $D = 2$ los dos histogramas
# se superponen; con $D = 128$ apenas se rozan.
#
# Esto parece contradictorio. La *densidad* del prior en un punto de longitud 8 es $e^{32}$ veces mayor que en uno de
# 11.3; aun así, solo uno de cada 2.4 millones de sorteos mide 8.0 o menos. Cerca del origen la densidad es alta y el
# volumen ínfimo: casi todo el prior vive en una cáscara. El punto medio está en un lugar al que el prior no va.

# %% [markdown] lang="en"
# 8.0: the midpoint sinks towards the origin. The arithmetic is short. Each coordinate of $z$ has variance 1, hence
# $E\|z\|^2 = D$, and the length is about $\sqrt{128} = 11.3$, with a deviation of a mere 0.7. The average of two
# independent draws has variance $\tfrac12$ in each coordinate: length $\sqrt{D/2} = 8.0$. With $D = 2$ the two
# histograms overlap; with $D = 128$ they hardly meet.
#
# This looks like a contradiction. The prior's *density* at a point of length 8 is $e^{32}$ times that at one of 11.3;
# and yet only one draw in 2.4 million is 8.0 long or shorter. Near the origin density is high and volume tiny: nearly
# all of the prior lives in a shell. The midpoint lies where the prior does not go.

# %% [markdown] lang="es"
# ## Ejercicio: la recta y el arco
#
# *15 min · dificultad 2 de 3*
#
# Dos caminos de $z_0$ a $z_1$, con $t$ de 0 a 1. La recta:
#
# $$\mathrm{lerp}(z_0, z_1, t) = (1 - t)\, z_0 + t\, z_1$$
#
# Y el arco, que gira alrededor del origen en lugar de atajar:
#
# $$\mathrm{slerp}(z_0, z_1, t) = \frac{\sin((1-t)\,w)}{\sin w}\, z_0 + \frac{\sin(t\,w)}{\sin w}\, z_1, \qquad
# \cos w = \frac{z_0 \cdot z_1}{\|z_0\|\,\|z_1\|}$$
#
# Si ambos extremos tienen la misma longitud, todo el arco la conserva. Si $w$ es pequeño, arco y recta casi
# coinciden.
#
# Escribir `lerp(z0, z1, t)` y `slerp(z0, z1, t)`. `z0` y `z1` tienen forma `(D,)`; si `t` es un número, el resultado es
# `(D,)`; si `t` es un tensor `(T,)`, es `(T, D)`: un camino entero. Los pesos van sobre los vectores como están, sin
# normalizar. Donde $\sin w$ es casi 0 la fórmula divide por casi 0 (con vectores paralelos no hay nada que girar; con
# opuestos no hay un arco único): ahí corresponde `lerp`.
#
# <details><summary>Pista</summary>
#
# Para que `t` sirva en ambas formas: `torch.as_tensor(t, dtype=z0.dtype).unsqueeze(-1)` convierte un número en `(1,)` y
# `(T,)` en `(T, 1)`; el broadcasting hace lo demás. El coseno se recorta con `.clamp(-1, 1)` antes de `arccos`: un
# 1.0000001 de redondeo da `nan`. La pregunta por el caso límite va con un umbral: `torch.sin(w) < 1e-4`.
#
# </details>
#
# **Error frecuente:** calcular $w$ con el producto $z_0 \cdot z_1$ sin dividir por las dos longitudes.

# %% [markdown] lang="en"
# ## Exercise: the line and the arc
#
# *15 min · difficulty 2 of 3*
#
# Two ways from $z_0$ to $z_1$, with $t$ from 0 to 1. The line:
#
# $$\mathrm{lerp}(z_0, z_1, t) = (1 - t)\, z_0 + t\, z_1$$
#
# And the arc, which turns about the origin instead of cutting across:
#
# $$\mathrm{slerp}(z_0, z_1, t) = \frac{\sin((1-t)\,w)}{\sin w}\, z_0 + \frac{\sin(t\,w)}{\sin w}\, z_1, \qquad
# \cos w = \frac{z_0 \cdot z_1}{\|z_0\|\,\|z_1\|}$$
#
# If both ends have the same length, the whole arc keeps it. If $w$ is small, arc and line almost coincide.
#
# Write `lerp(z0, z1, t)` and `slerp(z0, z1, t)`. `z0` and `z1` have shape `(D,)`; if `t` is a number the result is
# `(D,)`; if `t` is a tensor `(T,)` it is `(T, D)`: a whole path. The weights go on the vectors as they are, not
# normalised. Where $\sin w$ is nearly 0 the formula divides by nearly 0 (between parallel vectors there is nothing to
# turn; between opposite ones there is no single arc): `lerp` belongs there.
#
# <details><summary>Hint</summary>
#
# To take `t` in both forms: `torch.as_tensor(t, dtype=z0.dtype).unsqueeze(-1)` turns a number into `(1,)` and `(T,)`
# into `(T, 1)`; broadcasting does the rest. Clip the cosine with `.clamp(-1, 1)` before `arccos`: a 1.0000001 from
# rounding gives `nan`. Test for the limiting case with a threshold: `torch.sin(w) < 1e-4`.
#
# </details>
#
# **Common mistake:** taking $w$ from the product $z_0 \cdot z_1$ without dividing by both lengths.


# %% tags=["answer"] exercise="lerp slerp"
def lerp(z0, z1, t):
    """(1 - t) z0 + t z1

    z0, z1: (D,); t: () -> (D,), (T,) -> (T, D)
    """
    ### BEGIN SOLUTION
    t = torch.as_tensor(t, dtype=z0.dtype).unsqueeze(-1)  # (1,) or (T, 1)
    return (1 - t) * z0 + t * z1
    ### END SOLUTION


def slerp(z0, z1, t):
    """sin((1 - t) w) / sin(w) z0 + sin(t w) / sin(w) z1, cos(w) = z0.z1 / (|z0| |z1|)

    z0, z1: (D,); t: () -> (D,), (T,) -> (T, D)
    """
    ### BEGIN SOLUTION
    w = torch.arccos((torch.dot(z0, z1) / (z0.norm() * z1.norm())).clamp(-1, 1))
    if not torch.sin(w) > 1e-4:
        return lerp(z0, z1, t)
    t = torch.as_tensor(t, dtype=z0.dtype).unsqueeze(-1)  # (1,) or (T, 1)
    return (torch.sin((1 - t) * w) * z0 + torch.sin(t * w) * z1) / torch.sin(w)
    ### END SOLUTION


# %% [markdown] lang="es"
# Los dos caminos entre los códigos de los gatitos del principio, vistos en el único plano que contiene el origen y
# ambos extremos; abajo, lo que ve quien camina por cada uno. Aquí los extremos no miden lo mismo: el arco pasa de una
# longitud a la otra; la recta se hunde por debajo de las dos.

# %% [markdown] lang="en"
# Both paths between the codes of the kittens from the beginning, seen in the one plane that holds the origin and both
# ends; below, what is seen by someone who walks along each. Here the ends differ in length: the arc passes from one to
# the other; the line sinks below both.

# %% tags=["reward"]
cats = pretrained.load("cats")
with inference(cats):
    mu, logvar = cats.encode(torch.stack([x0, x1]))  # (2, 256)
t = torch.linspace(0, 1, 9)
paths = [mine("lerp")(mu[0], mu[1], t), mine("slerp")(mu[0], mu[1], t)]  # (9, 256) each
reveal("average-of-codes")
show(
    walks.line_and_arc(*paths),
    figures.rows(torch.stack([decode(cats, path) for path in paths]), ["lerp", "slerp"], top=t, xlabel="t"),
)

# %% [markdown] lang="es"
# A mitad de la fila de lerp está la respuesta que faltaba: el promedio de los dos códigos es un solo gatito.
#
# ## ¿Cuándo importa el arco?
#
# Un número para la nitidez: el contraste (la media de las diferencias entre píxeles vecinos, *al cuadrado*), comparado
# con el de los extremos. **Predicción.** A mitad de la recta entre dos gatitos (`cats`), ¿qué porcentaje queda? ¿Y si
# los extremos son dos prendas de la misma clase (`fashion`)?

# %% [markdown] lang="en"
# Midway along the row of lerp is the answer that was still missing: the average of the two codes is a single kitten.
#
# ## When does the arc matter?
#
# A number for sharpness: the contrast (the mean *squared* difference between neighbouring pixels), compared with that
# of the ends. **Prediction.** Midway along the line between two kittens (`cats`), what percentage of it is left? And if
# the ends are two garments of the same class (`fashion`)?

# %% tags=["predict"]
predict("contrast-of-kittens", ...)
predict("contrast-of-a-class", ...)


# %% tags=["prepare"]
def contrast(x):
    down, across = x[..., 1:, :] - x[..., :-1, :], x[..., :, 1:] - x[..., :, :-1]
    return down.square().mean().item() + across.square().mean().item()


def halves(gallery, same_class):
    if not same_class:
        return gallery.mu[:60], gallery.mu[60:]
    groups = [gallery.mu[gallery.labels == k] for k in gallery.labels.unique()]
    pairs = [torch.stack([g[: len(g) // 2], g[len(g) // 2 :][: len(g) // 2]]) for g in groups]
    return torch.cat(pairs, dim=1)


# %% tags=["experiment"]
CASES = [("cats", False), ("faces", False), ("faces-beta-16", False), ("fashion", True)]

line, arc = mine("lerp"), mine("slerp")
asked = {("cats", False): "contrast-of-kittens", ("fashion", True): "contrast-of-a-class"}
for name, same_class in CASES:
    model = pretrained.load(name)
    a, b = halves(pretrained.gallery(name), same_class)  # (M, D)
    angle = torch.rad2deg(torch.arccos(torch.cosine_similarity(a, b))).mean().item()
    ends = contrast(decode(model, torch.cat([a, b])))
    kept = [
        100 * contrast(decode(model, torch.stack([path(u, v, 0.5) for u, v in zip(a, b, strict=True)]))) / ends
        for path in (line, arc)
    ]
    who = Both(es="misma clase", en="same class") if same_class else Both(es="pares al azar", en="random pairs")
    say(
        es=f"{name:14} {who:14} ángulo {angle:3.0f}°   lerp {kept[0]:3.0f} %   slerp {kept[1]:3.0f} %",
        en=f"{name:14} {who:13} angle {angle:3.0f}°   lerp {kept[0]:3.0f} %   slerp {kept[1]:3.0f} %",
    )
    if (name, same_class) in asked:
        reveal(asked[name, same_class], kept[0])

# %% [markdown] lang="es"
# Con muchas dimensiones, dos códigos cualesquiera son casi perpendiculares, y en los modelos nítidos (`cats`, `faces`)
# la recta pierde cerca de la mitad del contraste: encogerse hacia el origen es acercarse a la imagen media. El arco lo
# conserva, e importa menos si los extremos se parecen (ángulo chico) o si el decoder ya es borroso (`faces-beta-16`).
#
# Y no es una ley. El arco supone que el origen es el centro de todo y que la longitud cuenta; en `fashion-2d` puede dar
# un rodeo por la zona de otra prenda. Una foto nítida a mitad de camino tampoco es *más verdadera*: no hay respuesta
# correcta a qué hay entre dos gatitos. De aquí en adelante se usa la recta, que es la más simple.

# %% [markdown] lang="en"
# In many dimensions any two codes are nearly perpendicular, and in the sharp models (`cats`, `faces`) the line loses
# about half of the contrast: shrinking towards the origin is approaching the mean picture. The arc keeps it, and
# matters less when the ends are alike (small angle) or when the decoder is blurred anyway (`faces-beta-16`).
#
# Nor is it a law. The arc assumes that the origin is the centre of everything and that length counts; in `fashion-2d`
# it may make a detour through another garment's region. And a sharp picture midway is not *truer*: there is no right
# answer to what lies between two kittens. From here on we use the line, the simpler of the two.

# %% [markdown] lang="es"
# ## Ejercicio: la película
#
# *10 min · dificultad 2 de 3*
#
# Escribir `interpolate_images(model, x0, x1, steps)`: `x0` y `x1` son dos imágenes `(C, H, W)`; el resultado,
# `(steps, C, H, W)`, es el camino **recto**, decodificado, entre sus dos códigos medios $\mu$, con los extremos
# incluidos. `model.encode(x)` devuelve `(mu, logvar)` y `model.decode(z)`, imágenes; ambos trabajan con batches. Modo
# eval, sin gradientes, y al final el modo de antes.
#
# <details><summary>Pista</summary>
#
# `torch.stack([x0, x1])` forma un batch de dos y `model.encode` devuelve los dos códigos de una vez. Con `t =
# torch.linspace(0, 1, steps).unsqueeze(1)`, de forma `(steps, 1)`, la fórmula de la recta da el camino entero, que se
# decodifica como un solo batch. Escrita aquí de nuevo, este ejercicio no depende del anterior.
#
# </details>
#
# **Error frecuente:** poner las fotos originales como primer y último cuadro. Los extremos son *reconstrucciones*; si
# no, la película da un salto al empezar.

# %% [markdown] lang="en"
# ## Exercise: the film
#
# *10 min · difficulty 2 of 3*
#
# Write `interpolate_images(model, x0, x1, steps)`: `x0` and `x1` are two pictures `(C, H, W)`; the result,
# `(steps, C, H, W)`, is the decoded **straight** path between their two mean codes $\mu$, ends included.
# `model.encode(x)` returns `(mu, logvar)`, `model.decode(z)` returns pictures; both work on batches. Eval mode, no
# gradients, and the former mode at the end.
#
# <details><summary>Hint</summary>
#
# `torch.stack([x0, x1])` makes a batch of two, and `model.encode` returns both codes at once. With
# `t = torch.linspace(0, 1, steps).unsqueeze(1)`, of shape `(steps, 1)`, the formula of the line gives the whole path,
# to be decoded as one batch. Write it out here once more: then this exercise does not depend on the one before.
#
# </details>
#
# **Common mistake:** to put the original photographs as first and last frames. The ends are *reconstructions*;
# otherwise the film starts with a jump.


# %% tags=["answer"] exercise="interpolate_images"
def interpolate_images(model, x0, x1, steps):
    """decode((1 - t) mu(x0) + t mu(x1)), t = 0 ... 1

    x0, x1: (C, H, W) -> (steps, C, H, W)
    """
    ### BEGIN SOLUTION
    t = torch.linspace(0, 1, steps).unsqueeze(1)  # (steps, 1)
    with inference(model):
        mu, _ = model.encode(torch.stack([x0, x1]))  # (2, D)
        return model.decode((1 - t) * mu[0] + t * mu[1])
    ### END SOLUTION


# %% [markdown] lang="es"
# Ahora, las dos películas. Arriba, dos fotos que se cruzan; abajo, el camino entre sus códigos. `PAIRS` acepta otros
# gatitos, del 0 al 59.

# %% [markdown] lang="en"
# Now the two films. Above, two photographs that fade into each other; below, the path between their codes. `PAIRS`
# takes other kittens, from 0 to 59.

# %% tags=["reward"]
PAIRS = [(6, 8), (24, 26), (13, 33)]

fade = torch.linspace(0, 1, 9).reshape(-1, 1, 1, 1)
films = torch.stack([mine("interpolate_images")(cats, x_cats[a], x_cats[b], 9) for a, b in PAIRS])
crossfades = torch.stack([(1 - fade) * x_cats[a] + fade * x_cats[b] for a, b in PAIRS])  # (R, 9, 3, 64, 64)
figures.interpolation(films, crossfade=crossfades, start_labels=[a for a, b in PAIRS], end_labels=[b for a, b in PAIRS])

# %% [markdown] lang="es"
# En la columna 0.5, arriba se transparentan dos animales; abajo hay uno solo, más borroso que los de los extremos por
# lo que ya sabemos de la recta.

# %% [markdown] lang="en"
# Stop at the column 0.5. Above, two animals show through each other; below is a single one, more
# blurred than those at the ends, for the reason that we now know about the line.

# %% [markdown] lang="es"
# ## De una clase a otra
#
# Una clase se puede promediar de dos maneras: píxel por píxel, o en $z$. El código medio de una clase es su
# *prototipo*, y el decoder lo convierte en imagen. **Predicción.** ¿Cómo se verán los dos promedios de los bolsos:
# **a)** casi iguales, **b)** más nítido el de píxeles o **c)** más nítido el de códigos?

# %% [markdown] lang="en"
# ## From class to class
#
# A class can be averaged in two ways: pixel by pixel, or in $z$. The mean code of a class is its *prototype*, and the
# decoder turns it into a picture. **Prediction.** What will the two averages of the bags look like: **a)** nearly the
# same, **b)** that of pixels sharper, or **c)** that of codes sharper?

# %% tags=["predict"]
predict("mean-bag", ...)

# %% tags=["experiment"]
clothes = pretrained.load("fashion")
shelf = pretrained.gallery("fashion")  # mu (120, 8)
prototypes = torch.stack([shelf.mu[shelf.labels == k].mean(dim=0) for k in range(10)])  # (10, 8)
many = pictures("fashion", 2000, "test")
x = to_unit_range(many.images)
averages = torch.stack([x[many.labels == k].mean(dim=0) for k in range(10)])  # (10, 1, 28, 28)
reveal("mean-bag")
figures.rows(
    torch.stack([averages, decode(clothes, prototypes)]),
    [Both(es="media de píxeles", en="mean of pixels"), Both(es="prototipo", en="prototype")],
    top=CLASSES,
)

# %% [markdown] lang="es"
# El bolso medio es una caja con una nube de asas; el prototipo elige un bolso. La sandalia apenas se salva: las hay de
# muchas formas, y lo que no comparten se borra en los dos promedios. Un promedio en $z$ solo es bueno si la clase forma
# *un* grupo.
#
# Ahora, el camino entre dos prototipos en el modelo que se puede dibujar. `START` y `END` son números de clase (0
# camiseta, 1 pantalón, 2 suéter, 3 vestido, 4 abrigo, 5 sandalia, 6 camisa, 7 zapatilla, 8 bolso, 9 botín).

# %% [markdown] lang="en"
# The mean bag is a box under a cloud of handles; the prototype settles on one bag. The sandal barely survives: there
# are many shapes of it, and what those don't share is wiped out in both averages. An average in $z$ is only good when
# the class forms *one* group.
#
# Now the path between two prototypes in the model that can be drawn. `START` and `END` are class numbers (0 T-shirt,
# 1 trousers, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot).

# %% tags=["experiment"]
START, END = 9, 0

centres = torch.stack([codes.mu[codes.labels == k].mean(dim=0) for k in range(10)])  # (10, 2)
path = mine("lerp")(centres[START], centres[END], torch.linspace(0, 1, 9))  # (9, 2)
walks.path_on_map(codes.mu, codes.labels, path, decode(plane, path), classes=CLASSES)

# %% [markdown] lang="es"
# La película se lee sobre el mapa: al cruzar el hueco la prenda se apaga, y reaparece del otro lado. Con `START, END =
# 1, 3` (pantalón a vestido) no hay frontera que cruzar. Con `7, 9`, tampoco.
#
# Ahora lo mismo, en las ocho dimensiones de `fashion`. **Predicción.** ¿Se apagará también ahí el botín en camino a la
# camiseta: **a)** sí o **b)** no?

# %% [markdown] lang="en"
# The film can be read on the map: while crossing the hole the garment fades, and it reappears on the other side. With
# `START, END = 1, 3` (trousers to dress) there is no border to cross. Nor with `7, 9`.
#
# Now the same in the eight dimensions of `fashion`. **Prediction.** Will the boot fade there too on its way to the
# T-shirt: **a)** yes or **b)** no?

# %% tags=["predict"]
predict("fading-boot", ...)

# %% tags=["reward"]
JOURNEYS = [(9, 0), (1, 3), (7, 9), (2, 8)]

t = torch.linspace(0, 1, 9)
rows = torch.stack([decode(clothes, mine("lerp")(prototypes[a], prototypes[b], t)) for a, b in JOURNEYS])
reveal("fading-boot")
figures.interpolation(
    rows, start_labels=[CLASSES[a] for a, b in JOURNEYS], end_labels=[CLASSES[b] for a, b in JOURNEYS]
)

# %% [markdown] lang="es"
# Se oscurece, pero no se apaga: en camino a la camiseta, el botín se hace algo parecido a un bolso. Con ocho
# dimensiones la recta pasa entre los huecos. No siempre es así: en las 128 de `faces`, casi todos los sorteos caían
# en uno.
#
# ## Un mapa de lo que no cabe en el papel
#
# Ocho dimensiones no se pueden dibujar; hay que reducirlas a dos. PCA mira los códigos desde el lado en que más se
# extienden: una sombra, pero honrada. t-SNE ([van der Maaten y Hinton,
# 2008](https://www.jmlr.org/papers/v9/vandermaaten08a.html)) procura que los vecinos sigan siendo vecinos, y a cambio
# deforma todo lo demás: en su mapa no dicen nada ni las distancias largas ni el tamaño de los grupos.
#
# **Predicción.** ¿Qué clases se mezclarán en ambos mapas: **a)** pantalones y vestidos, **b)** suéteres, abrigos y
# camisas o **c)** sandalias y bolsos?

# %% [markdown] lang="en"
# It darkens but doesn't fade: on its way to the T-shirt the boot becomes something like a bag. In eight dimensions
# the line passes between the holes. That is not always so: in the 128 of `faces`, nearly all draws fell into one.
#
# ## A map of what does not fit on paper
#
# Eight dimensions can't be drawn; they have to be brought down to two. PCA looks at the codes from the side where they
# extend most: a shadow, but an honest one. t-SNE ([van der Maaten and Hinton,
# 2008](https://www.jmlr.org/papers/v9/vandermaaten08a.html)) tries to keep neighbours together and in return distorts
# all the rest: on its map neither long distances nor the size of groups mean anything.
#
# **Prediction.** Which classes will mix on both maps: **a)** trousers and dresses, **b)** pullovers, coats and shirts,
# or **c)** sandals and bags?

# %% tags=["predict"]
predict("mixed-classes", ...)

# %% tags=["experiment"]
spread = torch.linalg.svdvals(shelf.mu - shelf.mu.mean(dim=0)).square()  # (8,)
reveal("mixed-classes")
show(
    figures.latent_space(
        shelf.maps["pca"],
        shelf.labels,
        classes=CLASSES,
        axes=("PC 1", "PC 2"),
        variance=spread[:2] / spread.sum(),
        title=Both(es="PCA: una sombra de 8 dimensiones", en="PCA: a shadow of 8 dimensions"),
    ),
    figures.latent_space(
        shelf.maps["tsne"],
        shelf.labels,
        classes=CLASSES,
        axes=("t-SNE 1", "t-SNE 2"),
        title=Both(es="t-SNE: los vecinos, y nada más", en="t-SNE: the neighbours, and nothing else"),
    ),
)

# %% [markdown] lang="es"
# En ambos, el calzado va por su lado, y suéteres, abrigos y camisas se mezclan. La sombra muestra apenas un 39 % de la
# varianza: dos puntos que en ella se tocan pueden estar lejos.
#
# ## Ejercicio: mover un solo número
#
# *5 min · dificultad 1 de 3*
#
# Escribir `traverse(z, dim, values)`: `z` tiene forma `(D,)`; el resultado, `(len(values), D)`, son copias de `z` en
# las que solo la coordenada `dim` cambia y toma cada uno de los valores. `values` puede ser una lista o un tensor;
# `z` queda intacto.
#
# <details><summary>Pista</summary>
#
# `z.repeat(len(values), 1)` hace las copias, y `copies[:, dim] = ...` cambia la columna entera.
# `torch.as_tensor(values, dtype=z.dtype)` acepta listas y tensores.
#
# </details>
#
# **Error frecuente:** `expand` en lugar de `repeat`. Todas las filas comparten entonces la misma memoria, y el último
# valor gana, o torch se niega a escribir.

# %% [markdown] lang="en"
# On both, footwear keeps to its own side, while pullovers, coats and shirts mix. The shadow shows a mere 39 % of the
# variance: two points that touch in it may be far apart.
#
# ## Exercise: moving a single number
#
# *5 min · difficulty 1 of 3*
#
# Write `traverse(z, dim, values)`: `z` has shape `(D,)`; the result, `(len(values), D)`, holds copies of `z` in which
# only the coordinate `dim` changes and takes each of the values. `values` may be a list or a tensor; `z` stays
# untouched.
#
# <details><summary>Hint</summary>
#
# `z.repeat(len(values), 1)` makes the copies, and `copies[:, dim] = ...` changes the whole column.
# `torch.as_tensor(values, dtype=z.dtype)` takes lists and tensors.
#
# </details>
#
# **Common mistake:** `expand` in place of `repeat`. All rows then share the same memory, and the last value wins, or
# torch refuses to write.


# %% tags=["answer"] exercise="traverse"
def traverse(z, dim, values):
    """z[dim] = values[k]

    z: (D,) -> (len(values), D)
    """
    ### BEGIN SOLUTION
    values = torch.as_tensor(values, dtype=z.dtype)
    copies = z.repeat(len(values), 1)
    copies[:, dim] = values
    return copies
    ### END SOLUTION


# %% [markdown] lang="es"
# **Predicción.** `fashion-beta-1` tiene 16 dimensiones. Aquí, las ocho que más cuestan según su KL media, de más
# a menos. ¿Qué hará la última de las ocho: **a)** cambiar un detalle, **b)** nada o **c)** cambiarlo todo?
# ¿Cambiará cada una *una* cosa (mangas, largo, tacón): **a)** sí o **b)** no?

# %% [markdown] lang="en"
# **Prediction.** `fashion-beta-1` has 16 dimensions. Here are the eight that cost most by their mean KL, from the most
# expensive to the cheapest. What will the last of the eight do: **a)** change a detail, **b)** nothing, or **c)**
# change everything? Will each of them change *one* thing (sleeves, length, heel): **a)** yes or **b)** no?

# %% tags=["predict"]
predict("cheapest-dimension", ...)
predict("one-thing-each", ...)

# %% tags=["reward"]
MODEL, PICTURE = "fashion-beta-1", 7

model, gallery = pretrained.load(MODEL), pretrained.gallery(MODEL)
kl = 0.5 * (gallery.mu**2 + gallery.logvar.exp() - 1 - gallery.logvar).mean(dim=0)  # (D,)
order = kl.argsort(descending=True)[:8].tolist()
values = torch.linspace(-2.5, 2.5, 9)
rows = torch.stack([decode(model, mine("traverse")(gallery.mu[PICTURE], d, values)) for d in order])
reveal("cheapest-dimension")
reveal("one-thing-each")
figures.latent_traversal(rows, order, values, kl=kl[order])

# %% [markdown] lang="es"
# (El marco señala el valor 0, no el propio de la prenda.) La última fila no hace nada: su KL es 0.00, el encoder no
# escribe nada en ella y el decoder aprendió a no leerla. Está dormida, y también las ocho que aquí no se ven (en 07 se
# cuentan). Las demás hacen demasiado: una misma fila va de pantalón a suéter, otra de bolso a suéter y otra termina en
# botín. Casi ninguna es «la manga».
#
# Vale la pena cambiar `PICTURE` (0 a 119): la misma dimensión hace otra cosa en otra prenda. Y `MODEL =
# "fashion-latent-8"`, la misma red con solo 8 dimensiones: los ejes son otros y ninguno duerme.

# %% [markdown] lang="en"
# (The frame marks the value 0, not the garment's own.) The last row does nothing: its KL is 0.00, the encoder writes
# nothing in it, and the decoder has learnt not to read it. It is asleep, and so are the eight that are not shown (07
# counts them). The others do too much: one row goes from trousers to pullover, another from bag to pullover, another
# ends as a boot. Hardly any of them is "the sleeve".
#
# Change `PICTURE` (0 to 119): the same dimension does something else to another garment. And `MODEL =
# "fashion-latent-8"`, the same network with 8 dimensions only: its axes are others, and none sleeps.

# %% [markdown] lang="es"
# ## Girar el espacio
#
# Sea $Q$ una rotación al azar de las 8 dimensiones (también refleja; lo que importa es que no cambia ninguna longitud).
# **Predicción.** Si cada sorteo $z$ del prior se cambia por $Qz$ antes de decodificar, ¿se nota en las muestras: **a)**
# sí o **b)** no? Abajo habrá dos hojas, y una está girada. ¿Cuál? (Sin leer el código.)

# %% [markdown] lang="en"
# ## Turning the space
#
# Let $Q$ be a random rotation of the 8 dimensions (it mirrors too; what matters is that it changes no length).
# **Prediction.** If every draw $z$ from the prior is replaced by $Qz$ before decoding, do the samples show it: **a)**
# yes or **b)** no? Below there will be two sheets, one of them rotated. Which? (Without reading the code.)

# %% tags=["predict"]
predict("rotation-shows", ...)

# %% tags=["experiment"]
generator = torch.Generator().manual_seed(4)
Q, _ = torch.linalg.qr(torch.randn(8, 8, generator=generator))  # (8, 8), Q.T @ Q = I
z = sample_prior(3200, 8, generator)  # (3200, 8)
turned = z @ Q.T  # (3200, 8)
reveal("rotation-shows")
show(
    figures.samples(decode(clothes, turned[:16]), title=Both(es="Hoja A", en="Sheet A")),
    figures.samples(decode(clothes, z[16:32]), title=Both(es="Hoja B", en="Sheet B")),
)
for name, drawn in (("z", z), ("Qz", turned)):
    x, length = decode(clothes, drawn), drawn.norm(dim=1).mean()
    say(
        es=f"{name:2}: longitud media {length:.3f}, brillo medio {x.mean():.3f}, contraste {contrast(x):.4f}",
        en=f"{name:2}: mean length {length:.3f}, mean brightness {x.mean():.3f}, contrast {contrast(x):.4f}",
    )

# %% [markdown] lang="es"
# La girada es A, y no hay manera de notarlo: la densidad de $\mathcal N(0, I)$ solo depende de $\|z\|$, y girar no
# cambia longitudes, así que $Qz$ es otro sorteo igual de legítimo.
#
# Con el mismo giro se construye otro modelo, un *gemelo*. Sus códigos son los de antes, girados, $Q\mu$; su decoder
# deshace el giro y decodifica como siempre, $z \mapsto \mathrm{decoder}(Q^\top z)$. Reconstruye exactamente las mismas
# imágenes y genera con la misma distribución. Pero mover *uno* de sus números equivale a mover varios del original a la
# vez:

# %% [markdown] lang="en"
# The rotated one is A, and there is no telling: the density of $\mathcal N(0, I)$ depends on $\|z\|$ alone, and turning
# changes no length, so $Qz$ is another draw, just as legitimate.
#
# The same rotation makes another model, a *twin*. Its codes are those from before, rotated, $Q\mu$; its decoder undoes
# the rotation and decodes as ever, $z \mapsto \mathrm{decoder}(Q^\top z)$. It reconstructs exactly the same pictures
# and generates with the same distribution. But to move *one* of its numbers is to move several of the original's at
# once:

# %% tags=["experiment"]
DIMS = (1, 6, 2)

values = torch.linspace(-2.5, 2.5, 9)
start = shelf.mu[7]
rows = [decode(clothes, mine("traverse")(start, d, values)) for d in DIMS]
rows += [decode(clothes, mine("traverse")(start @ Q.T, d, values) @ Q) for d in DIMS]
twin = decode(clothes, (shelf.mu @ Q.T) @ Q)
gap = (twin - decode(clothes, shelf.mu)).abs().max().item()
say(
    es=f"Mayor diferencia entre las reconstrucciones de ambos: {gap:.0e} (redondeo).",
    en=f"Largest difference between the reconstructions of both: {gap:.0e} (rounding).",
)
names = [Both(es=f"modelo, $z_{d}$", en=f"model, $z_{d}$") for d in DIMS]
names += [Both(es=f"gemelo, $z_{d}$", en=f"twin, $z_{d}$") for d in DIMS]
figures.rows(torch.stack(rows), names, top=values)

# %% [markdown] lang="es"
# Dos modelos con los mismos resultados y ejes distintos: un eje no es un rasgo. Lo que el prior no fija lo fija el
# azar del entrenamiento, y otra semilla da otros ejes.
#
# Un matiz, para ser justos: el posterior $q(z|x)$ del VAE es *diagonal*, y al gemelo le haría falta uno inclinado. Por
# eso el entrenamiento sí prefiere ciertos ejes, los que separan lo caro de lo barato (las dimensiones dormidas caen
# justo sobre ejes; véase Rolínek y otros, 2019). Pero ordenar por precio no es ordenar por significado.

# %% [markdown] lang="en"
# Two models with the same results and different axes: an axis is not a feature. What the prior leaves open is settled
# by chance in training, and another seed gives other axes.
#
# One nuance, to be fair: the VAE's posterior $q(z|x)$ is *diagonal*, and the twin would need a slanted one. So training
# does prefer certain axes, those that separate expensive from cheap (sleeping dimensions lie exactly on axes; see
# Rolínek et al., 2019). But to sort by price is not to sort by meaning.

# %% [markdown] question="axes" points=3 lang="es"
# ## Pregunta escrita
#
# *10 min · dificultad 2 de 3*
#
# ¿Es cada dimensión de $z$ un rasgo (mangas, tacón, sonrisa)? Responder en unas cinco líneas: describir al menos una
# fila de la figura propia en la que se mueve un solo número, y explicar qué dice el experimento de la rotación.
#
# ### BEGIN SOLUTION
# **Respuesta modelo.** No. En el recorrido de `fashion-beta-1`, la dimensión más cara va de un pantalón a un suéter y
# cambia a la vez el largo, el ancho y el brillo; en otra prenda de partida, la misma dimensión hace otra cosa. No puede
# sorprender: la densidad de $\mathcal N(0, I)$ solo depende de $\|z\|$, no tiene ejes preferidos. Si se giran los
# códigos y el decoder deshace el giro, se obtienen las mismas reconstrucciones y la misma distribución de muestras con
# otros ejes; y otra semilla da otros. Los rasgos, si están, son *direcciones*, en general oblicuas, y hay que buscarlos
# con etiquetas. (El posterior diagonal hace que el entrenamiento prefiera ejes por su precio en KL, no por su
# significado.)
#
# **Pauta**: 0: en blanco, o contradicho por la propia figura. 1: sí o no, sin evidencia. 2: describe un recorrido
# que mezcla rasgos. 3: además, $\mathcal N(0, I)$ no tiene ejes preferidos (rotación) y otra semilla da otros.
# ### END SOLUTION

# %% [markdown] question="axes" points=3 lang="en"
# ## Written question
#
# *10 min · difficulty 2 of 3*
#
# Is each dimension of $z$ one feature (sleeves, heel, smile)? Answer in about five lines: describe at least one row of
# your own figure in which a single number moves, and explain what the experiment with the rotation says.
#
# ### BEGIN SOLUTION
# **Model answer.** No. In the traversal of `fashion-beta-1`, the most expensive dimension goes from trousers to a
# pullover and changes length, width and brightness together; starting from another garment, the same dimension does
# something else. That can't surprise: the density of $\mathcal N(0, I)$ depends on $\|z\|$ alone and has no preferred
# axes. If the codes are rotated and the decoder undoes it, the reconstructions and the distribution of samples are the
# same with other axes; and another seed gives others. Features, if present, are *directions*, slanted in general, to be
# looked for with labels. (The diagonal posterior makes training prefer axes by their price in KL, not by their
# meaning.)
#
# **Rubric**: 0: blank, or contradicted by the reader's own figure. 1: yes or no, without evidence. 2: describes a
# traversal that mixes features. 3: and says that $\mathcal N(0, I)$ has no preferred axes (rotation), so another seed
# gives others.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Adelanto: direcciones con nombre
#
# Si los rasgos no son ejes, quizá sean *direcciones*. Con etiquetas de sí o no, la receta cabe en una línea: el código
# medio de quienes sonríen menos el código medio de quienes no. Si el rasgo es un número, como cuánto gira la cabeza, la
# dirección es lo que cambia el código, en promedio, por cada unidad. La receta será un ejercicio en 09; aquí las
# direcciones, $d$, vienen ya calculadas, y se camina $z + s\,d$. El modelo `drawn` conoce caras dibujadas, cuyos rasgos
# son números; `faces` conoce fotos con etiquetas.

# %% [markdown] lang="en"
# ## Preview: directions with a name
#
# If features are not axes, perhaps they are *directions*. With labels of yes or no, the recipe fits in a line: the mean
# code of those who smile minus the mean code of those who don't. Where the feature is a number, such as how far the
# head turns, the direction is how much the code changes, on average, for each unit. The recipe will be an exercise in
# 09; here the directions, $d$, come ready-made, and the walk is $z + s\,d$. The model `drawn` knows drawn faces, whose
# features are numbers; `faces` knows photographs with labels.

# %% tags=["reward"]
WALKS = [
    ("drawn", 16, "smile", 2.0, Both(es="sonrisa", en="smile")),
    ("drawn", 110, "turn", 1.0, Both(es="giro", en="turn")),
    ("faces", 20, "Smiling", 2.0, Both(es="sonrisa", en="smile")),
    ("faces", 20, "Eyeglasses", 2.0, Both(es="anteojos", en="glasses")),
]

s = torch.linspace(-1, 1, 9).unsqueeze(1)  # (9, 1)
rows = []
for name, picture, feature, reach, _ in WALKS:
    z, d = pretrained.gallery(name).mu[picture], pretrained.directions(name)[feature]  # (D,)
    rows.append(decode(pretrained.load(name), z + reach * s * d))
figures.rows(
    torch.stack(rows),
    [label for *_, label in WALKS],
    right=[f"±{reach}" for *_, reach, _ in WALKS],
    top=["−", *[""] * 3, "z", *[""] * 3, "+"],
)

# %% [markdown] lang="es"
# Se suma una dirección, y alguien sonríe; otra, y una cabeza gira. ¿Cambia *solo* eso? En la segunda fila, hacia los
# extremos, asoman unos anteojos que no se pidieron. En los datos nada los une al giro, porque en las caras dibujadas
# cada rasgo se sorteó por su lado: la dirección es un promedio de todas las caras, y para una cara sola la recta no
# acierta del todo. En las fotos hay un motivo más, que se ve en la cuarta fila y que 09 mide. Otros nombres para poner
# en `WALKS`: `pretrained.directions("drawn").keys()`.

# %% [markdown] lang="en"
# Add a direction, and someone smiles; another, and a head turns. Is that *all* that changes? In the second row, towards
# the ends, come glasses that were not asked for. Nothing in the data ties them to turning, for in drawn faces each
# feature was drawn on its own: the direction is an average over all faces, and for a single face the straight line is
# not quite right. Photographs add a reason of their own, which shows in the fourth row and which 09 measures. Other
# names to put in `WALKS`: `pretrained.directions("drawn").keys()`.

# %% [markdown] lang="es"
# ## Para seguir (sin nota)
#
# - **Tres gatitos.** Decodificar $a\,z_0 + b\,z_1 + c\,z_2$ con $a + b + c = 1$ en un triángulo de imágenes. ¿Qué pasa
#   en el centro, y cómo se conserva la longitud?
# - **Una analogía.** Al código de una zapatilla, sumarle la diferencia entre los prototipos de botín y zapatilla.
#   ¿Funciona con todas? ¿Y con una sandalia?
# - **Un paseo cerrado.** Un camino de 24 pasos que vuelva a su comienzo por la esfera, como película. ¿Qué dos
#   direcciones lo hacen interesante?

# %% [markdown] lang="en"
# ## Going further (not graded)
#
# - **Three kittens.** Decode $a\,z_0 + b\,z_1 + c\,z_2$ with $a + b + c = 1$ in a triangle of pictures. What happens at
#   the centre, and how could length be kept?
# - **An analogy.** To a sneaker's code add the difference between the prototypes of ankle boot and sneaker. Does it
#   work for all? And for a sandal?
# - **A closed walk.** A path of 24 steps over the sphere that returns to its start, as a film. Which two directions
#   make it interesting?

# %% [markdown] lang="es"
# ## En la demo
#
# - **Generar:** la misma semilla con prior y con gaussiana ajustada. ¿Falla el decoder, o el lugar de donde sale $z$?
# - **Mezclar:** elegir dos gatitos y detener la película en el medio; luego pasar de la recta al arco.
# - **Mapa:** `fashion-2d` con sus baldosas decodificadas. Ir de pantalón a vestido sin pasar por otra prenda.
# - **Rasgos:** mover un solo número de $z$ con un control; después, una dirección con nombre.

# %% [markdown] lang="en"
# ## In the demo
#
# - **Generate:** the same seed with the prior and with the fitted Gaussian. Is it the decoder that fails, or where $z$
#   comes from?
# - **Mix:** choose two kittens and stop the film midway; then change from the line to the arc.
# - **Map:** `fashion-2d` with its decoded tiles. Go from trousers to dress without passing another garment.
# - **Features:** move a single number of $z$ with a slider; then a direction with a name.

# %% [markdown] lang="es"
# <details><summary>En Keras</summary>
#
# | PyTorch | Keras |
# |---|---|
# | `torch.randn(n, D)` | `keras.random.normal((n, D))` |
# | `decoder.eval()`, `torch.no_grad()`, `decoder(z)` | `decoder.predict(z)`, o `decoder(z, training=False)` |
# | `torch.linspace`, `torch.meshgrid` | `keras.ops.linspace`, `keras.ops.meshgrid` |
# | `z0.norm()`, `torch.dot(z0, z1)` | `keras.ops.norm(z0)`, `keras.ops.dot(z0, z1)` |
# | `z.repeat(n, 1)` | `keras.ops.tile(z[None], (n, 1))` |
# | `torch.stack([x0, x1])` | `keras.ops.stack([x0, x1])` |
#
# El ejemplo de VAE de la documentación de Keras llama `plot_latent_space` a la cuadrícula e invierte $y$ con
# `[::-1]`. Y `predict` ya trabaja en modo de inferencia: no hay modo que devolver.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>In Keras</summary>
#
# | PyTorch | Keras |
# |---|---|
# | `torch.randn(n, D)` | `keras.random.normal((n, D))` |
# | `decoder.eval()`, `torch.no_grad()`, `decoder(z)` | `decoder.predict(z)`, or `decoder(z, training=False)` |
# | `torch.linspace`, `torch.meshgrid` | `keras.ops.linspace`, `keras.ops.meshgrid` |
# | `z0.norm()`, `torch.dot(z0, z1)` | `keras.ops.norm(z0)`, `keras.ops.dot(z0, z1)` |
# | `z.repeat(n, 1)` | `keras.ops.tile(z[None], (n, 1))` |
# | `torch.stack([x0, x1])` | `keras.ops.stack([x0, x1])` |
#
# The VAE example in Keras's documentation calls the grid `plot_latent_space` and flips $y$ with `[::-1]`.
# And `predict` works in inference mode already: there is no mode to give back.
#
# </details>

# %% [markdown] lang="es"
# ## Referencias
#
# - Kingma y Welling (2014), [Auto-Encoding Variational Bayes](https://arxiv.org/abs/1312.6114): la cuadrícula de 2-D es
#   su figura 4.
# - White (2016), [Sampling Generative Networks](https://arxiv.org/abs/1609.04468): slerp en espacios latentes.
# - Shoemake (1985), [Animating Rotation with Quaternion Curves](https://doi.org/10.1145/325334.325242): de donde viene
#   slerp.
# - Rolínek, Zietlow y Martius (2019), [Variational Autoencoders Pursue PCA Directions (by
#   Accident)](https://arxiv.org/abs/1812.06775): por qué los ejes no son del todo casuales.
# - Locatello y otros (2019), [Challenging Common Assumptions in the Unsupervised Learning of Disentangled
#   Representations](https://arxiv.org/abs/1811.12359): sin etiquetas ni supuestos, nada garantiza que un eje sea un
#   rasgo.

# %% [markdown] lang="en"
# ## References
#
# - Kingma and Welling (2014), [Auto-Encoding Variational Bayes](https://arxiv.org/abs/1312.6114): the 2-D grid is its
#   figure 4.
# - White (2016), [Sampling Generative Networks](https://arxiv.org/abs/1609.04468): slerp in latent spaces.
# - Shoemake (1985), [Animating Rotation with Quaternion Curves](https://doi.org/10.1145/325334.325242): where slerp
#   comes from.
# - Rolínek, Zietlow and Martius (2019), [Variational Autoencoders Pursue PCA Directions (by
#   Accident)](https://arxiv.org/abs/1812.06775): why axes are not wholly accidental.
# - Locatello et al. (2019), [Challenging Common Assumptions in the Unsupervised Learning of Disentangled
#   Representations](https://arxiv.org/abs/1811.12359): without labels or assumptions, nothing makes an axis a feature.

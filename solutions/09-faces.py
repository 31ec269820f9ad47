# %% [markdown] lang="es"
# # 09 · ¿Qué sabe el modelo de un rostro, y de quién lo aprendió?
#
# *220 min (100 + 120), 130 de ellos para ejercicios y preguntas · dificultad 3 de 3*
#
# (Los 90 del informe son para escribirlo: el entrenamiento en serio de la segunda parte corre solo y no se cuenta.)
#
# La lección 08 mostró que las muestras de un mismo decoder cambian según de dónde sale z. Aquí se prueba con rostros.
#
# **Objetivos.** Decidir de dónde sacar z; ponerle sonrisa y anteojos a una cara que el modelo nunca vio, y medir qué
# más cambia sin que se pida; separar las tres causas de lo borroso; y juntar las respuestas del curso en **un solo
# archivo**, un VAE propio, que se entrena y sobre el que se escribe el informe.

# %% [markdown] lang="en"
# # 09 · What does the model know about a face, and from whom?
#
# *220 min (100 + 120), 130 of them for exercises and questions · difficulty 3 of 3*
#
# (The report's 90 are for writing it: the training in earnest of the second part runs by itself and is not counted.)
#
# Lesson 08 has shown that the samples of one decoder depend on where z comes from. Here the same is tried with faces.
#
# **Aims.** Decide where z should come from; give a smile and glasses to a face that the model never saw, and measure
# what else changes unasked; tell the three causes of blur apart; and bring the course's answers together in **a single
# file**, a VAE of your own, which is trained and on which the report is written.

# %% tags=["setup"]
import math

import torch
import torch.nn.functional as F

from vae_course.evaluation import frechet_distance
from vae_course.images import to_unit_range
from vae_course.sampling import sample_prior

# %% tags=["prepare"]
import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from vae_course import data, figures, pretrained
from vae_course.assemble import assemble
from vae_course.faces import draw_gaussian
from vae_course.figures import faces as face_figures
from vae_course.text import Both

faces = pictures("faces", 2000)
held = pictures("faces", 475, split="test")
REAL = "Smiling" in held.attributes
NAME = "faces" if REAL else "drawn"
SMILE, GLASSES, SIDE = ("Smiling", "Eyeglasses", ("Male", "Young")) if REAL else ("smile", "glasses", ("beard", "turn"))
model = pretrained.load(NAME)
D = model.latent_dim


def seed(number=0):
    return torch.Generator().manual_seed(number)


@torch.no_grad()
def encode(model, images):
    parts = [model.encode(to_unit_range(part)) for part in images.split(100)]
    return tuple(torch.cat(part) for part in zip(*parts, strict=True))  # (N, D), (N, D)


@torch.no_grad()
def decode(model, z):
    return torch.cat([model.decode(part) for part in z.split(100)])  # (N, C, H, W)


mu, logvar = encode(model, faces.images)
held_mu, _ = encode(model, held.images)
x_held = to_unit_range(held.images)

# %% [markdown] lang="es"
# ## Primer acto: ¿de dónde sale z?
#
# El modelo de rostros más nítido del curso es `faces`: 128 números por cara y 23.6 dB al reconstruir caras reservadas,
# más que los 22.2 dB de una PCA con los mismos números. Se entrenó con CelebA. Ahora se le piden caras nuevas.
#
# **Predicción.** ¿De dónde es mejor sacar z para este modelo?
#
# - **a)** del prior, N(0, I), como en la lección 06;
# - **b)** del prior con *temperatura* 0.7, es decir $z = 0.7\,\epsilon$: más cerca del centro, menos riesgo;
# - **c)** de otra gaussiana, con la media y la covarianza de los códigos de las caras de entrenamiento.
#
# ¿Qué letra, y por qué?

# %% [markdown] lang="en"
# ## Act one: where is z drawn?
#
# The course's sharpest model of faces is `faces`: 128 numbers a face, and 23.6 dB when it reconstructs held-back faces,
# more than the 22.2 dB of a PCA with as many numbers. It was trained on CelebA. Now it is asked for new faces.
#
# **Prediction.** Where should z come from for this model?
#
# - **a)** from the prior, N(0, I), as in lesson 06;
# - **b)** from the prior at *temperature* 0.7, that is $z = 0.7\,\epsilon$: nearer to the centre, less of a risk;
# - **c)** from another Gaussian, with the mean and covariance of the training faces' codes.
#
# Which letter, and why?

# %% tags=["predict"]
predict("place-of-z", ...)

# %% tags=["experiment"]
TEMPERATURES = (1.0, 0.7, 0.3)
sharp = pretrained.load("faces")
eps = sample_prior(8, sharp.latent_dim, seed())
figures.rows(
    torch.stack([decode(sharp, t * eps) for t in TEMPERATURES]),
    ["N(0, I)" if t == 1 else f"T = {t:g}" for t in TEMPERATURES],
)

# %% [markdown] lang="es"
# Caras a medio hacer: unas cuatro se sostienen; en las demás la frente, un ojo o media cara se deshacen en el fondo.
# Bajar la temperatura no los cura: los apaga. Con T = 0.3 quedan ocho versiones de una misma cara promedio en sepia.
# Se cambia diversidad por menos errores, y aquí ni siquiera hay menos errores.
#
# Queda la opción c. Antes de probarla hay que entender qué falló, porque el decoder es el mismo que reconstruye a 23.6
# dB.

# %% [markdown] lang="en"
# Half-made faces: some four hold together; in the others the forehead, an eye or half the face dissolves into the
# background. A lower temperature doesn't cure them, it dims them. At T = 0.3 there are eight versions of one average
# face in sepia. Diversity is traded for fewer errors, and here there are not even fewer errors.
#
# That leaves option c. Before trying it, it pays to understand what failed, for the decoder is the one that
# reconstructs at 23.6 dB.

# %% [markdown] lang="es"
# ## El posterior agregado no es el prior
#
# Cada cara tiene su nube $q(z|x)$. Las de todas las caras posibles, no solo las 9025 del entrenamiento, forman el
# **posterior agregado**:
#
# $$q(z) = \mathbb{E}_x\big[q(z|x)\big]$$
#
# El decoder solo practicó con z salidos de $q(z)$. Del prior $p(z)$ nunca vio nada: lo único que acerca $q(z)$ a él es
# la KL, que tira de cada nube hacia el prior. Y esa KL media se parte en dos:
#
# $$\mathbb{E}_x\,\mathrm{KL}\big(q(z|x)\,\|\,p(z)\big) = \underbrace{I_q(x; z)}_{\text{lo que z cuenta de x}}
# + \underbrace{\mathrm{KL}\big(q(z)\,\|\,p(z)\big)}_{\text{q(z) lejos del prior}}$$
#
# Un modelo que paga muchos nats por contar detalles (este paga 422 por cara) puede pagar también unos cuantos por
# quedar lejos del prior. Para verlo: en cada dirección principal, ¿cuánto varían de verdad los códigos? Si $q(z) =
# p(z)$, la varianza sería 1 en todas.

# %% [markdown] lang="en"
# ## The aggregate posterior is not the prior
#
# Each face has its cloud $q(z|x)$. Those of all possible faces, not just the 9,025 of the training set, make the
# **aggregate posterior**:
#
# $$q(z) = \mathbb{E}_x\big[q(z|x)\big]$$
#
# The decoder practised only on z that came out of $q(z)$. It never saw anything of the prior $p(z)$: only the KL brings
# $q(z)$ near it, by pulling each cloud towards the prior. And the mean of that KL splits in two:
#
# $$\mathbb{E}_x\,\mathrm{KL}\big(q(z|x)\,\|\,p(z)\big) = \underbrace{I_q(x; z)}_{\text{what z tells about x}}
# + \underbrace{\mathrm{KL}\big(q(z)\,\|\,p(z)\big)}_{\text{q(z) far from the prior}}$$
#
# A model that pays many nats to tell details (this one pays 422 a face) can also pay a few for being far from the
# prior. To see it: along each principal direction, how much do the codes really vary? If $q(z) = p(z)$, the variance
# would be 1 along all of them.

# %% tags=["experiment"]
MODELS = ("faces", "faces-beta-1", "faces-beta-16")
gaussians = {name: pretrained.gaussian(name) for name in MODELS}
spread = {name: torch.linalg.eigvalsh(cov.double()) for name, (_, cov) in gaussians.items()}  # (D,)
for name, variance in spread.items():
    mean, kl = gaussians[name][0].double(), pretrained.card(name)["figures"]["kl"]
    away = 0.5 * (variance.sum() + mean.square().sum() - len(mean) - variance.log().sum())
    say(
        es=f"{name}: varianzas de {variance.min():.2f} a {variance.max():.1f}; "
        f"KL(gaussiana || prior) = {away:.2f} nats, de una KL media de {kl:.1f}",
        en=f"{name}: variances from {variance.min():.2f} to {variance.max():.1f}; "
        f"KL(Gaussian || prior) = {away:.2f} nats, of a mean KL of {kl:.1f}",
    )
face_figures.spectra(list(spread.values()), list(spread))

# %% [markdown] lang="es"
# La curva de `faces` va de 11.4 a 0.13. En la dirección más ancha los códigos llegan a $\pm 2\sqrt{11.4} \approx 7$,
# donde el prior casi nunca cae; en la más angosta apenas pasan de 0.7, y el prior se sale a menudo. En 128
# direcciones a la vez, casi todo z del prior resulta extraño para el decoder en alguna. De los 422 nats, unos 30, por
# lo menos, son códigos lejos del prior: la gaussiana de igual media y covarianza da una cota inferior, cualesquiera que
# sean las caras. (Con solo las 9025 del entrenamiento, $I$ no pasaría de ln 9025 = 9.1 nats, como en la lección 08, y
# los otros 413 quedarían de este lado: eso habla de cuántas caras hay, más que del modelo.)
#
# La de `faces-beta-16` está pegada a la línea del prior, en 1.

# %% [markdown] lang="en"
# The curve of `faces` runs from 11.4 to 0.13. Along the widest direction codes go as far as $\pm 2\sqrt{11.4} \approx
# 7$, where the prior hardly ever falls; along the narrowest they hardly exceed 0.7, and the prior often
# leaves that. With 128 directions at once, almost every z from the prior is strange to the decoder along some. Of the
# 422 nats some 30, at least, are codes far from the prior: the Gaussian of equal mean and covariance gives a lower
# bound, whatever the set of faces. (With the 9,025 of the training set alone, $I$ could not exceed ln 9,025 = 9.1 nats,
# as in lesson 08, and the other 413 would fall on this side: that says how many faces there are, more than what the
# model is.)
#
# The curve of `faces-beta-16` clings to the prior's line, at 1.

# %% [markdown] lang="es"
# ## Ejercicio: una gaussiana para los códigos
#
# *10 min · dificultad 2 de 3*
#
# La opción c ajusta una gaussiana a los códigos **después de entrenar**, y de ella se sortea z. Se llama *ex-post
# density estimation* (Ghosh y otros, 2020); ni el encoder ni el decoder se tocan.
#
# Escribir `fit_latent_gaussian(mu, logvar)`: la media `(D,)` y la covarianza `(D, D)` del posterior agregado. Un z de
# $q(z)$ se sortea en dos pasos: se elige una cara al azar y luego un punto de su nube. Por la ley de la varianza
# total, la covarianza tiene dos partes: cuánto se apartan los centros entre sí y cuán ancha es, en promedio, cada
# nube:
#
# $$m = \overline{\mu},\qquad C = \mathrm{cov}(\mu) + \mathrm{diag}\big(\overline{\sigma^2}\big)$$
#
# <details><summary>Pista</summary>
#
# `torch.cov` espera las variables en filas, así que recibe `mu.T`; ya divide por N - 1. `logvar.exp()` es $\sigma^2$,
# y su media se toma sobre las caras. `torch.diag` convierte un vector en matriz. Con D = 1, `torch.cov` devuelve un
# número suelto: `.reshape(D, D)` lo arregla.
#
# </details>
#
# **Error frecuente:** olvidar la anchura de las nubes, o promediar `logvar` antes de la exponencial.

# %% [markdown] lang="en"
# ## Exercise: a Gaussian for the codes
#
# *10 min · difficulty 2 of 3*
#
# Option c fits a Gaussian to the codes **after training**, and z is drawn from it. It is called *ex-post density
# estimation* (Ghosh et al., 2020); neither the encoder nor the decoder is touched.
#
# Write `fit_latent_gaussian(mu, logvar)`: the mean `(D,)` and the covariance `(D, D)` of the aggregate posterior. A z
# from $q(z)$ is drawn in two steps: pick a face at random, then a point of its cloud. By the law of total variance
# the covariance has two parts: how far the centres lie from each other, and how wide each cloud is on average:
#
# $$m = \overline{\mu},\qquad C = \mathrm{cov}(\mu) + \mathrm{diag}\big(\overline{\sigma^2}\big)$$
#
# <details><summary>Hint</summary>
#
# `torch.cov` wants the variables in rows, so it gets `mu.T`; it already divides by N - 1. `logvar.exp()` is
# $\sigma^2$, and its mean is over the faces. `torch.diag` turns a vector into a matrix. With D = 1, `torch.cov` gives
# a bare number: `.reshape(D, D)` mends that.
#
# </details>
#
# **Common mistake:** leaving out the clouds' widths, or averaging `logvar` before the exponential.


# %% tags=["answer"] exercise="fit_latent_gaussian"
def fit_latent_gaussian(mu, logvar):
    """mean = E[mu]; cov = cov(mu) + diag(E[exp(logvar)])

    mu, logvar: (N, D) -> (D,), (D, D)
    """
    ### BEGIN SOLUTION
    D = mu.shape[1]
    between = torch.cov(mu.T).reshape(D, D)
    within = torch.diag(logvar.exp().mean(dim=0))
    return mu.mean(dim=0), between + within
    ### END SOLUTION


# %% [markdown] lang="es"
# Ahora se usa la función: mismas caras de entrenamiento, mismo decoder, otro lugar. Arriba dos filas del prior, debajo
# dos de la gaussiana ajustada.

# %% [markdown] lang="en"
# Now the function is used: the same training faces, the same decoder, another place. Two rows from the prior above, two
# from the fitted Gaussian below.

# %% tags=["reward"]
mean, cov = mine("fit_latent_gaussian")(mu, logvar)
z_prior, z_fitted = sample_prior(250, D, seed(1)), draw_gaussian(mean, cov, 250, seed(1))
prior_samples, fitted_samples = decode(model, z_prior), decode(model, z_fitted)
reveal("place-of-z")
figures.rows(
    torch.stack([prior_samples[:8], prior_samples[8:16], fitted_samples[:8], fitted_samples[8:16]]),
    ["N(0, I)", "", Both(es="gaussiana\najustada", en="fitted\nGaussian"), ""],
)

# %% [markdown] lang="es"
# **Predicción.** ¿Ayudará igual a todos los modelos? Decidir, antes de ejecutar, qué pasará con `faces-beta-16` (KL de
# 6.8 nats por cara): las caras saldrán **a)** mejores, **b)** peores o **c)** ni mejores ni peores.

# %% [markdown] lang="en"
# **Prediction.** Will it help every model as much? Decide, before running, what will happen to `faces-beta-16` (a KL of
# 6.8 nats a face): its faces will be **a)** better, **b)** worse, or **c)** neither better nor worse.

# %% tags=["predict"]
predict("fit-of-beta-16", ...)

# %% tags=["experiment"]
blurred, (m, c) = pretrained.load("faces-beta-16"), pretrained.gaussian("faces-beta-16")
zs = sample_prior(8, blurred.latent_dim, seed(1)), draw_gaussian(m, c, 8, seed(1))
reveal("fit-of-beta-16")
figures.rows(
    torch.stack([decode(blurred, z) for z in zs]), ["N(0, I)", Both(es="ajustada", en="fitted")], title="faces-beta-16"
)

# %% [markdown] lang="es"
# Otras caras, pero ni mejores ni peores. Donde $q(z)$ ya era casi el prior, ajustar una gaussiana es
# volver a comprar lo que se tenía. Y lo que a `faces-beta-16` le falta, detalle, está en otra parte: su decoder no lo
# sabe dibujar.
#
# A simple vista es fácil equivocarse, así que se mide con la distancia de Fréchet de la lección 08. Aquí los rasgos son
# solo los colores de una cuadrícula de 8 x 8: gruesos, pero iguales para todos y sin otra red.

# %% [markdown] lang="en"
# Other faces, but neither better nor worse. Where $q(z)$ was nearly the prior already, fitting a
# Gaussian means buying again what one had. And what `faces-beta-16` lacks, detail, is elsewhere: its decoder can't
# draw it.
#
# The eye is easily misled, so it is measured with lesson 08's Fréchet distance. The features here are just the colours
# of an 8 x 8 grid: coarse, but the same for all and without another network.


# %% tags=["experiment"]
def features(x):
    return F.adaptive_avg_pool2d(x, 8).flatten(1)  # (N, C, H, W) -> (N, C * 64)


def distance(x):
    return frechet_distance(features(x), features(x_held)).item()


say(
    es=f"caras de entrenamiento contra reservadas: {distance(to_unit_range(faces.images[:250])):.2f} (el piso)",
    en=f"training faces against held-back ones: {distance(to_unit_range(faces.images[:250])):.2f} (the floor)",
)
for name in ("faces", "faces-beta-1", "faces-beta-16") if REAL else ("drawn",):
    one, (m, c) = pretrained.load(name), pretrained.gaussian(name)
    z = sample_prior(250, one.latent_dim, seed(1))
    prior, cool, fitted = (distance(decode(one, w)) for w in (z, 0.7 * z, draw_gaussian(m, c, 250, seed(1))))
    say(
        es=f"{name}: N(0, I) {prior:.2f}; T = 0.7 {cool:.2f}; gaussiana ajustada {fitted:.2f}",
        en=f"{name}: N(0, I) {prior:.2f}; T = 0.7 {cool:.2f}; fitted Gaussian {fitted:.2f}",
    )

# %% [markdown] lang="es"
# Con las fotos de CelebA, `faces` baja de 3.6 a 0.4, casi el piso (de colores, no de nitidez): el mismo decoder, otro
# lugar. `faces-beta-1` baja de 1.4 a 0.5. `faces-beta-16` apenas se mueve, de 1.9 a 1.6. Y la temperatura 0.7
# **empeora** a los tres, porque quita justo la diversidad que la distancia mide. (El modelo de caras dibujadas repite
# la historia de `faces`: de 2.9 a 0.2.)
#
# Dos conclusiones. Una reconstrucción nítida no promete buenas muestras: son dos preguntas, y la segunda depende de
# dónde sale z. Y la gaussiana ajustada tiene un límite: si los códigos forman dos grupos, una sola gaussiana también
# sortea en el hueco que los separa.

# %% [markdown] lang="en"
# With CelebA's photographs, `faces` falls from 3.6 to 0.4, almost the floor (of colours, not of sharpness): the same
# decoder, another place. `faces-beta-1` falls from 1.4 to 0.5. `faces-beta-16` hardly moves, from 1.9 to 1.6. And a
# temperature of 0.7 makes all three **worse**, as it takes away the very diversity which the distance measures. (The
# model of drawn faces tells the story of `faces` again: from 2.9 to 0.2.)
#
# Two conclusions. A sharp reconstruction doesn't promise good samples: those are two questions, and the second depends
# on where z is drawn. And the fitted Gaussian has a limit: if the codes form two groups, a single Gaussian also draws
# in the hole between them.

# %% [markdown] lang="es"
# ## Segundo acto: una sonrisa, por favor
#
# El modelo se entrenó sin etiquetas, pero las caras las tienen, y con ellas se puede buscar dónde quedó la sonrisa. Se
# promedian los códigos de las caras que sonríen y, aparte, los de las demás: la flecha que va de esta media a la
# primera debería ser *la sonrisa* (Larsen y otros, 2016).
#
# ## Ejercicio: la dirección de un atributo
#
# *5 min · dificultad 1 de 3*
#
# Escribir `attribute_direction(z, labels)`: media de `z` donde `labels` es `True`, menos media donde es `False`;
# forma `(D,)`. Si todas las caras tienen el atributo, o ninguna, no hay con qué comparar: `ValueError`.
#
# <details><summary>Pista</summary>
#
# Un tensor booleano sirve de índice: `z[labels]` son las filas con el atributo y `z[~labels]` las demás.
# `labels.all()` y `labels.any()` responden por las clases vacías.
#
# </details>
#
# **Error frecuente:** dejar que una clase vacía devuelva `nan` sin ruido, o restar la media de *todas* las caras.

# %% [markdown] lang="en"
# ## Act two: smile, please
#
# The model was trained without labels, but the faces have them, and they help to find where the smile went. Average the
# codes of the faces that smile and, apart, those of the others: the arrow from the latter mean to the former should be
# *the smile* (Larsen et al., 2016).
#
# ## Exercise: the direction of an attribute
#
# *5 min · difficulty 1 of 3*
#
# Write `attribute_direction(z, labels)`: the mean of `z` where `labels` is `True` minus the mean where it is `False`;
# shape `(D,)`. If every face has the attribute, or none, there is nothing to compare with: `ValueError`.
#
# <details><summary>Hint</summary>
#
# A boolean tensor works as an index: `z[labels]` are the rows with the attribute and `z[~labels]` the others.
# `labels.all()` and `labels.any()` answer for empty classes.
#
# </details>
#
# **Common mistake:** letting an empty class return `nan` in silence, or subtracting the mean of *all* faces.


# %% tags=["answer"] exercise="attribute_direction"
def attribute_direction(z, labels):
    """direction = mean(z | label) - mean(z | no label)

    z: (N, D), labels: (N,) bool -> (D,)
    """
    ### BEGIN SOLUTION
    if labels.all() or not labels.any():
        raise ValueError("labels: True and False are both needed")
    return z[labels].mean(dim=0) - z[~labels].mean(dim=0)
    ### END SOLUTION


# %% [markdown] lang="es"
# ## Ejercicio: aplicarlo
#
# *5 min · dificultad 1 de 3*
#
# Escribir `apply_attribute(z, direction, strength)`: los códigos `z`, `(N, D)`, movidos `strength` veces la
# dirección. Con 1 se recorre lo que separa a las dos medias; con números negativos se va en sentido contrario.
#
# <details><summary>Pista</summary>
#
# `(N, D)` y `(D,)` se suman fila por fila sin ayuda (broadcasting).
#
# </details>
#
# **Error frecuente:** `z += ...`, que escribe sobre los códigos recibidos: la segunda vez ya no parten de la misma
# cara.

# %% [markdown] lang="en"
# ## Exercise: applying it
#
# *5 min · difficulty 1 of 3*
#
# Write `apply_attribute(z, direction, strength)`: the codes `z`, `(N, D)`, moved by `strength` times the direction. 1
# walks the way between the two means; negative numbers walk it backwards.
#
# <details><summary>Hint</summary>
#
# `(N, D)` and `(D,)` add up row by row without help (broadcasting).
#
# </details>
#
# **Common mistake:** `z += ...`, which writes over the codes that came in: the second time they no longer start from
# the same face.


# %% tags=["answer"] exercise="apply_attribute"
def apply_attribute(z, direction, strength):
    """z + strength * direction

    z: (N, D), direction: (D,), strength: float -> (N, D)
    """
    ### BEGIN SOLUTION
    return z + strength * direction
    ### END SOLUTION


# %% [markdown] lang="es"
# **Predicción.** Abajo, una cara reservada, que el modelo nunca vio, se mueve de -2 a +2 por la dirección de la sonrisa
# y después por la de los anteojos. ¿Qué más cambiará al ponerle anteojos? Se anotan al menos dos sospechas y, para las
# fotos, una letra: **a)** nada más, **b)** el fondo o **c)** la edad y el sexo.

# %% [markdown] lang="en"
# **Prediction.** Below, a held-back face, which the model never saw, moves from -2 to +2 along the direction of the
# smile and then along that of the glasses. What else will change when it gets glasses? Write down two suspicions at
# least and, for photographs, a letter: **a)** nothing else, **b)** the background, or **c)** age and sex.

# %% tags=["predict"]
predict("with-glasses", ...)

# %% tags=["reward"]
FACE = 10
STRENGTHS = (-2, -1, 0, 1, 2)


def walk(z, direction, strengths=STRENGTHS):
    move = mine("apply_attribute")
    return torch.stack([decode(model, move(z[None], direction, float(s)))[0] for s in strengths])


def has(which, name):
    return which.attributes[name] > 0


find = mine("attribute_direction")
smile, glasses = find(mu, has(faces, SMILE)), find(mu, has(faces, GLASSES))
SMILE_NAME, GLASSES_NAME = Both(es="sonrisa", en="smile"), Both(es="anteojos", en="glasses")
WALKS = [f"{s:+g}" if s else "0" for s in STRENGTHS]
if REAL:
    reveal("with-glasses")
figures.rows(
    torch.stack([walk(held_mu[FACE], smile), walk(held_mu[FACE], glasses)]), [SMILE_NAME, GLASSES_NAME], top=WALKS
)

# %% [markdown] lang="es"
# La sonrisa aparece: suben las mejillas y a +2 asoman los dientes. En CelebA los anteojos llegan como una sombra oscura
# (muchos son de sol), y con ellos viene algo más: hacia -2 la cara se aclara y rejuvenece, hacia +2 se endurece y suma
# años, sin que se haya pedido. Con otro `FACE` se ven otros cambios.
#
# La explicación está en los datos, y no hace falta ninguna red para leerla.

# %% [markdown] lang="en"
# The smile appears: cheeks rise, and at +2 teeth show. On CelebA the glasses come as a dark shadow (many are
# sunglasses), and with them comes something else: towards -2 the face gets lighter and younger, towards +2 it hardens
# and gains years, which was not asked for. Another `FACE` shows other side effects.
#
# The explanation is in the data, and no network is needed to read it.

# %% tags=["experiment"]
LABEL = {
    "Male": Both(es="hombre", en="man"),
    "Young": Both(es="joven", en="young"),
    "Smiling": SMILE_NAME,
    "Eyeglasses": GLASSES_NAME,
    "Wearing_Lipstick": Both(es="labial", en="lipstick"),
    "Gray_Hair": Both(es="canas", en="grey hair"),
    "Wearing_Hat": Both(es="sombrero", en="hat"),
    "beard": Both(es="barba", en="beard"),
    "turn": Both(es="mira a un lado", en="looks to one side"),
    "tilt": Both(es="inclinada", en="tilted"),
    "smile": SMILE_NAME,
    "glasses": GLASSES_NAME,
}
ASKED = (*SIDE, SMILE, "Wearing_Lipstick", "Gray_Hair") if REAL else (*SIDE, SMILE, "tilt")
wearers = has(faces, GLASSES)
counted = torch.stack(
    [torch.stack([has(faces, name)[g].float().mean() for g in (~wearers, wearers)]) for name in ASKED]
)
face_figures.shares(
    counted,
    [LABEL[name] for name in ASKED],
    [Both(es="sin anteojos", en="without glasses"), Both(es="con anteojos", en="with glasses")],
)

# %% [markdown] lang="es"
# Con CelebA, 75 % de quienes llevan anteojos están etiquetados como hombres, y 39 % de los demás; 45 % como jóvenes,
# contra 81 %. (Donde no hay fotos, las barras muestran caras dibujadas, cuyos factores se sortean por separado: salen
# parejas, y eso servirá más abajo.)
#
# La media de quienes llevan anteojos es, entonces, la de una cara con anteojos **y** más años **y** más parecida a las
# que alguien etiquetó como de hombre. La resta no sabe qué parte se le pidió.
#
# ¿Cuánto arrastra? Para medirlo hace falta un lector: por cada etiqueta, una frontera lineal entre los códigos (el
# discriminante de Fisher), ajustada a las caras de entrenamiento. Luego se toman caras reservadas *sin* anteojos, se
# mueven +2, se decodifican **y se vuelven a codificar**: se lee la imagen, no el código que se movió.

# %% [markdown] lang="en"
# With CelebA, 75 % of those who wear glasses are labelled men, and 39 % of the others; 45 % are labelled young, against
# 81 %. (Where there are no photographs, the bars show drawn faces, whose factors are drawn independently: they come out
# even, which will be of use below.)
#
# So the mean of those who wear glasses is that of a face with glasses **and** more years **and** more like those that
# someone labelled as a man's. The subtraction doesn't know which part was asked for.
#
# How much does it drag along? Measuring takes a reader: for each label a linear border among the codes (Fisher's
# discriminant), fitted to the training faces. Then held-back faces *without* glasses are moved by +2, decoded **and
# encoded again**: what is read is the picture, not the code that was moved.


# %% tags=["experiment"]
def reader(labels):
    there, here = mu[labels], mu[~labels]
    within = (torch.cov(there.T) + torch.cov(here.T)) / 2 + 0.01 * torch.eye(D)
    weight = torch.linalg.solve(within, there.mean(dim=0) - here.mean(dim=0))  # (D,)
    border = weight @ (there.mean(dim=0) + here.mean(dim=0)) / 2
    return lambda z: z @ weight > border


def read_again(z):
    with torch.no_grad():
        again = torch.cat([model.encode(model.decode(part))[0] for part in z.split(100)])
    return torch.stack([readers[name](again).float().mean() for name in READ])


STRENGTH = 2.0
READ = (GLASSES, *SIDE, SMILE)
readers = {name: reader(has(faces, name)) for name in READ}
bare = held_mu[~has(held, GLASSES)][:200]
first, second = (has(faces, name) for name in SIDE)
alike = [a & b for a in (first, ~first) for b in (second, ~second)]
balanced = torch.stack([find(mu[group], wearers[group]) for group in alike]).mean(dim=0)  # (D,)

move = mine("apply_attribute")
moved = torch.stack([read_again(z) for z in (bare, move(bare, glasses, STRENGTH), move(bare, balanced, STRENGTH))])
face_figures.shares(
    moved.T,
    [LABEL[name] for name in READ],
    [
        Both(es="antes", en="before"),
        Both(es="+2 anteojos", en="+2 glasses"),
        Both(es="+2, entre semejantes", en="+2, like with like"),
    ],
    title=Both(es="Lo que se lee en las mismas caras", en="What is read in the same faces"),
)

# %% [markdown] lang="es"
# En CelebA, con la flecha simple, los leídos como hombres pasan de 49 % a 90 %, y los jóvenes, de 67 % a 13 %. Con
# caras dibujadas la misma flecha casi no arrastra nada (barba, de 25 % a 31 %): allí los anteojos no van unidos a
# otra cosa. La cuenta es la misma; los datos, no.
#
# La tercera barra usa la misma función, cuatro veces. Las caras se reparten en cuatro grupos según sus etiquetas de
# sexo y edad; dentro de cada uno se calcula la dirección de los anteojos, y las cuatro se promedian. (El menor tiene
# apenas 8 de las 146 caras con anteojos: su dirección es la menos segura.) Así se comparan **semejantes con
# semejantes**, y la mayor parte de la deriva desaparece (62 % y 46 %) mientras los anteojos siguen ahí. No es un
# modelo nuevo: es una pregunta mejor hecha.
#
# La sonrisa, que no se equilibró, sigue cayendo de 44 % a 34 %. También se podría equilibrar, porque tiene etiqueta;
# lo que no se etiquetó, no. Y el lector también se equivoca: se entrenó con las mismas etiquetas, y antes de mover
# nada ya veía anteojos en 9 de cada 100 caras que no los llevan.

# %% [markdown] lang="en"
# On CelebA, with the plain arrow, those read as men go from 49 % to 90 %, and the young from 67 % to 13 %. With drawn
# faces the same arrow drags hardly anything along (beard, from 25 % to 31 %): there glasses go with nothing else. The
# arithmetic is the same; the data are not.
#
# The third bar uses the same function, four times. The faces are put into four groups by their labels of sex and age;
# within each the direction of the glasses is computed, and the four are averaged. (The smallest has a mere 8 of the
# 146 faces with glasses: its direction is the least certain.) That compares **like with like**, and most of the drift
# goes (62 % and 46 %) while the glasses stay. It is not a new model: it is a better question.
#
# The smile, which was not balanced, still falls from 44 % to 34 %. It could be balanced as well, for it has a label;
# what has none can't be. And the reader errs, too: it was trained on the same labels, and before anything moved it
# already saw glasses on 9 in 100 faces that wear none.

# %% [markdown] lang="es"
# ## La pose, sin etiquetas
#
# ¿Y cambiar la pose? CelebA no trae esa etiqueta. Hay un truco: un espejo. El código de una cara menos el de su reflejo
# solo contiene lo que el espejo cambia: hacia dónde gira la cabeza, de qué lado viene la luz y todo lo demás que no es
# simétrico. Las direcciones en que más varían esas diferencias (su PCA, lección 01) son candidatas; abajo, cada columna
# avanza 0.7 desviaciones.

# %% [markdown] lang="en"
# ## Pose, without labels
#
# And changing the pose? CelebA has no such label. There is a trick: a mirror. A face's code minus its reflection's
# holds only what the mirror changes: where the head turns, from which side the light comes, and all else that is not
# symmetric. The directions along which those differences vary most (their PCA, lesson 01) are candidates; below, each
# column moves 0.7 deviations on.

# %% tags=["experiment"]
mirrored, _ = encode(model, faces.images[:800].flip(2))
difference = mu[:800] - mirrored  # (800, D)
_, size, axes = torch.linalg.svd(difference, full_matrices=False)
steps = [axes[k] * size[k] / math.sqrt(len(difference)) for k in (0, 1)]

mirror_name = Both(es="espejo", en="mirror")
figures.rows(
    torch.stack([walk(held_mu[FACE], 0.7 * step) for step in steps]),
    [f"{mirror_name} {k}" for k in (1, 2)],
    top=WALKS,
)

# %% [markdown] lang="es"
# En CelebA la cabeza gira un poco, y con ella pasan de un lado al otro la luz, el pelo y el fondo, en distinta mezcla.
# El modelo no sabe que son cosas distintas: en las fotos llegan juntas.

# %% [markdown] lang="en"
# On CelebA the head turns a little, and light, hair and background change sides along with it, in different mixtures.
# The model doesn't know that these are different things: in photographs they come together.

# %% [markdown] lang="es"
# ## De quién lo aprendió
#
# Un modelo de rostros es un resumen de *quiénes estaban* en los datos. CelebA son celebridades fotografiadas en actos
# públicos; sus 40 etiquetas las puso gente contratada, y entre ellas hay una, `Attractive`, que dice más de quien
# etiqueta que de quien aparece. En las 2000 caras de este cuaderno: 79 % jóvenes, 42 % hombres, 47 % sonríen, 7 %
# llevan anteojos, 5 % sombrero, 5 % tienen canas.
#
# **Predicción.** ¿A qué grupo reconstruye peor, y por qué? De las fotos: **a)** jóvenes, **b)** hombres, **c)** con
# anteojos, **d)** con sombrero o **e)** con canas.

# %% [markdown] lang="en"
# ## From whom it learnt
#
# A model of faces is a summary of *who was there* in the data. CelebA is celebrities photographed at public events; its
# 40 labels were given by hired people, and one of them, `Attractive`, tells more about who labels than about who is
# shown. Of the 2,000 faces of this notebook: 79 % young, 42 % men, 47 % smiling, 7 % with glasses, 5 % with a hat, 5 %
# with grey hair.
#
# **Prediction.** Which group does it reconstruct worst, and why? Of the photographs: **a)** the young, **b)** men,
# **c)** with glasses, **d)** with a hat, or **e)** with grey hair.

# %% tags=["predict"]
predict("worst-group", ...)

# %% tags=["experiment"]
x_hat = decode(model, held_mu)
error = (x_hat - x_held).square().mean(dim=(1, 2, 3))  # (N,)


def decibels(mse):
    return -10 * math.log10(mse)


for name in (*SIDE, SMILE, GLASSES, *(("Wearing_Hat", "Gray_Hair") if REAL else ())):
    labels = has(held, name)
    with_it, without = decibels(error[labels].mean().item()), decibels(error[~labels].mean().item())
    share = has(faces, name).float().mean().item()
    say(
        es=f"{LABEL[name]}: {100 * share:.0f} % del entrenamiento; con {with_it:.1f} dB, sin {without:.1f} dB",
        en=f"{LABEL[name]}: {100 * share:.0f} % of training; with it {with_it:.1f} dB, without {without:.1f} dB",
    )
if REAL:
    reveal("worst-group")
unusual = error.argsort(descending=True)[:8]
figures.reconstructions(x_held[unusual], x_hat[unusual], difference=False)

# %% [markdown] lang="es"
# En CelebA, las caras con sombrero (5 %) quedan en 21.2 dB contra 23.8 del resto; con anteojos, 22.8 contra 23.6. Pero
# la rareza no es todo: las canas, igual de raras, no salen peor que el resto (cada uno de estos tres grupos tiene unas
# 30 caras reservadas, y unas décimas de dB son azar). Un sombrero tapa lo que el modelo espera y no se parece a otro
# sombrero. En la figura, las ocho peores: letras, flores, gorras. El modelo conserva la cara y pierde lo raro.
#
# El programa no distingue grupos: la pérdida es una media sobre una población, y en una media pesan más los grupos
# grandes. Tres cuidados caben en un informe corto: decir de quiénes son los datos, medir por grupo y no solo en
# promedio, y no llamar «los anteojos» a una flecha que también cambia la edad. Por licencia, además, CelebA sirve solo
# para investigación no comercial, y este curso no distribuye ninguna de sus fotos.

# %% [markdown] lang="en"
# On CelebA, faces with a hat (5 %) get 21.2 dB against 23.8 for the rest; with glasses, 22.8 against 23.6. But rarity
# is not all: grey hair, just as rare, comes out no worse than the rest (each of these three groups has some 30
# held-back faces, and a few tenths of a dB are chance). A hat covers what the model expects, and looks like no other
# hat. The figure shows the eight worst: letters, flowers, caps. The model keeps the face and loses what is odd.
#
# The program knows no groups: the loss is a mean over a population, and in a mean large groups weigh more. Three
# precautions fit into a short report: say whose data these are, measure by group and not only on average, and don't
# call "the glasses" an arrow that also changes age. By its licence, besides, CelebA is for non-commercial research
# only, and this course ships none of its photographs.

# %% [markdown] question="drift" points=3 lang="es"
# ## Pregunta: lo que los anteojos arrastran
#
# *10 min · dificultad 2 de 3*
#
# ¿Por qué la dirección «anteojos» cambia también la edad y el sexo que se leen en la cara? ¿Es un defecto del
# decoder, de la resta o de los datos? Citar un número de este cuaderno y proponer una comprobación o una cura.
#
# ### BEGIN SOLUTION
# **Respuesta modelo.** La flecha une dos medias, y los dos grupos se distinguen en más que los anteojos: en CelebA,
# 75 % de quienes los llevan están etiquetados como hombres contra 39 % del resto, y 45 % como jóvenes contra 81 %. La
# resta copia esa correlación de los datos; el decoder solo la dibuja. Comparando dentro de grupos de igual sexo y
# edad, y promediando, la deriva cae casi por completo y los anteojos quedan. Límite: solo se equilibra lo etiquetado.
# (Con caras dibujadas, de factores independientes, la deriva es pequeña: eso mismo señala a los datos.)
#
# **Pauta**: 0 en blanco o contradice la figura. 1 dice «el modelo confunde» sin causa. 2 nombra la correlación de los
# datos con un número. 3 además separa datos, resta y decoder, y propone una comprobación (leer antes y después, caras
# dibujadas) o una cura (semejantes con semejantes) con su límite.
# ### END SOLUTION

# %% [markdown] question="drift" points=3 lang="en"
# ## Question: what the glasses drag along
#
# *10 min · difficulty 2 of 3*
#
# Why does the direction "glasses" also change the age and the sex that are read in the face? Is it a fault of the
# decoder, of the subtraction or of the data? Cite a number of this notebook and propose a check or a cure.
#
# ### BEGIN SOLUTION
# **Model answer.** The arrow joins two means, and the two groups differ in more than glasses: in CelebA 75 % of the
# wearers are labelled men against 39 % of the others, and 45 % young against 81 %. The subtraction copies that
# correlation from the data; the decoder merely draws it. Comparing within groups of equal sex and age, and averaging,
# almost all of the drift goes and the glasses stay. Limit: only what is labelled can be balanced. (With drawn faces,
# whose factors are independent, the drift is small: that itself points at the data.)
#
# **Rubric**: 0 blank or contradicted by the figure. 1 says "the model mixes things up" without a cause. 2 names the
# correlation in the data with a number. 3 also tells data, subtraction and decoder apart, and proposes a check
# (reading before and after, drawn faces) or a cure (like with like) with its limit.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Tercer acto: ¿por qué sale borroso?
#
# «Faltan capas» es la respuesta de siempre, y casi nunca la buena. Hay tres causas, y cada una pide su propia cura.
#
# **Causa 1: el ruido que se supone.** Sumar errores al cuadrado más la KL, con beta = 1, es suponer que cada píxel
# lleva un ruido gaussiano de $\sigma = \sqrt{1/2} \approx 0.71$ (lección 04). Bajo tanto ruido, saber dónde está un
# mechón de pelo ahorra menos nats de los que cuesta contarlo. El modelo `faces` no supone un $\sigma$: lo estima al
# entrenar (sigma-VAE, Rybkin y otros, 2021), y termina en 0.066. La figura muestra las mismas salidas del decoder tres
# veces: sin ruido, con el que estima `faces` y con el que supone beta = 1. La segunda fila es un sorteo de verdad de su
# $p(x|z)$.

# %% [markdown] lang="en"
# ## Act three: why is it blurry?
#
# "It needs more layers" is the usual answer, and hardly ever the right one. There are three causes, and each asks for a
# cure of its own.
#
# **Cause 1: the noise that is assumed.** Summing squared errors plus the KL, with beta = 1, assumes that each pixel
# carries Gaussian noise of $\sigma = \sqrt{1/2} \approx 0.71$ (lesson 04). Under so much noise, knowing where a lock of
# hair is saves fewer nats than it costs to tell. The model `faces` assumes no $\sigma$: it estimates it in training
# (sigma-VAE, Rybkin et al., 2021) and ends at 0.066. The figure shows the same outputs of the decoder three times:
# without noise, with what `faces` estimates, and with what beta = 1 assumes. The second row is a true draw from its
# $p(x|z)$.

# %% tags=["experiment"]
CHOSEN = slice(0, 8)
gallery = pretrained.gallery("faces")
means = decode(pretrained.load("faces"), gallery.mu[CHOSEN])
eps = torch.randn(means.shape, generator=seed())
sigmas = (0.0, math.sqrt(pretrained.card("faces")["figures"]["mse"]), math.sqrt(0.5))
figures.rows(
    torch.stack([(means + sigma * eps).clamp(0, 1) for sigma in sigmas]), [f"σ = {sigma:.2g}" for sigma in sigmas]
)

# %% [markdown] lang="es"
# Con el ruido de la tercera fila un mechón no se nota: por eso al modelo no le vale la pena contarlo.
#
# **Causa 2: la tasa que no se paga.** Lo que z no cuenta, el decoder lo promedia: la mejor respuesta a «una de estas
# caras» es la media de todas, y la media de muchas imágenes nítidas es borrosa.
#
# La primera figura pasa las mismas caras por cuatro modelos de las mismas capas, del que paga menos nats al que paga
# más. Cuántos paga lo decide el precio: un nat se compra si ahorra al menos $2\sigma^2\beta$ de error al cuadrado. Ese
# precio vale 16, 4, 1 y, en `faces`, 0.009: suponer menos ruido lo baja igual que bajar beta. (`faces`, además, se
# entrenó más épocas, con otro optimizador y con otra activación.) La segunda figura reúne siete caras cuyos códigos
# casi coinciden en los seis números que más varían, y al final su media.

# %% [markdown] lang="en"
# Under the third row's noise a lock of hair goes unnoticed: that is why telling it does not pay.
#
# **Cause 2: the rate that isn't paid.** What z doesn't tell, the decoder averages: the best answer to "one of these
# faces" is the mean of them all, and the mean of many sharp pictures is blurred.
#
# The first figure passes the same faces through four models with the same layers, from the one that pays the fewest
# nats to the one that pays the most. How many it pays is up to the price: a nat is bought if it saves at least
# $2\sigma^2\beta$ of squared error. That price is 16, 4, 1 and, in `faces`, 0.009: assuming less noise lowers it just
# as a lower beta does. (`faces` was also trained for more epochs, by another optimiser, with another activation.) The
# second figure gathers seven faces whose codes nearly agree in the six numbers that vary most and, last, their mean.

# %% tags=["experiment"]
RATES = ("faces-beta-16", "faces-beta-4", "faces-beta-1", "faces")
rows = [decode(pretrained.load(name), pretrained.gallery(name).mu[CHOSEN]) for name in RATES]
labels = [f"{pretrained.card(name)['figures']['kl']:.0f} nats" for name in RATES]
if REAL:
    photos = data.load(pretrained.preset("faces").data).images[gallery.indices[CHOSEN]]
    rows, labels = [*rows, to_unit_range(photos)], [*labels, Both(es="foto", en="photo")]

NUMBERS, LIKE = 6, 7
_, _, axes = torch.linalg.svd(mu - mu.mean(dim=0), full_matrices=False)
told = (mu - mu.mean(dim=0)) @ axes[:NUMBERS].T  # (N, 6)
nearest = (told - told[10]).norm(dim=1).argsort()[:LIKE]
crowd = to_unit_range(faces.images[nearest])
show(
    figures.rows(torch.stack(rows), labels),
    figures.rows(
        torch.cat([crowd, crowd.mean(dim=0, keepdim=True)])[None],
        [""],
        top=[*[str(k + 1) for k in range(LIKE)], Both(es="media", en="mean")],
        title=Both(
            es="Siete caras que seis números casi no distinguen, y su media",
            en="Seven faces that six numbers can hardly tell apart, and their mean",
        ),
    ),
)

# %% [markdown] lang="es"
# **Causa 3: muestras fuera de lugar.** Es la del primer acto, y no toca a las reconstrucciones. Se ven las tres
# juntas si se va de la foto a la muestra paso a paso, midiendo cuánto detalle queda (el promedio de un filtro que
# responde a bordes) y cuán lejos queda la distribución.

# %% [markdown] lang="en"
# **Cause 3: misplaced samples.** This is act one's, and it leaves reconstructions alone. All three are seen together
# by walking from photograph to sample step by step, measuring how much detail is left (the mean of a filter that
# answers to edges) and how far the distribution has gone.


# %% tags=["experiment"]
def detail(x):
    around = x[..., 2:, 1:-1] + x[..., :-2, 1:-1] + x[..., 1:-1, 2:] + x[..., 1:-1, :-2]
    return (4 * x[..., 1:-1, 1:-1] - around).abs().mean().item()


WALK = {
    Both(es="reservada", en="held back"): x_held,
    Both(es="reconstrucción", en="reconstruction"): x_hat,
    Both(es="gaussiana\najustada", en="fitted\nGaussian"): fitted_samples,
    Both(es="prior N(0, I)", en="prior N(0, I)"): prior_samples,
}
for name, pixels in WALK.items():
    left, far = 100 * detail(pixels) / detail(x_held), distance(pixels)
    name = " ".join(name.split())
    say(es=f"{name}: detalle {left:.0f} %, distancia {far:.2f}", en=f"{name}: detail {left:.0f} %, distance {far:.2f}")
figures.rows(torch.stack([pixels[:8] for pixels in WALK.values()]), list(WALK))

# %% [markdown] lang="es"
# En CelebA, de la foto a la reconstrucción el detalle cae a 44 %: son las causas 1 y 2, casi todo lo borroso. De ahí
# a la muestra ajustada, 41 %; al prior, 47 %. Las causas se reconocen por lo que rompen: aquí la 3 no quita detalle,
# rompe la *forma*, y por eso la delata la distancia (0.03, 0.4, 3.6). Con caras dibujadas y 32 números, las causas 1
# y 2 casi no existen (102 % del detalle) y la 3 queda sola a la vista: del prior, 52 %.
#
# Por eso la cura depende de la causa: para la 1, una pérdida calibrada; para la 2, más nats (beta menor, otro prior,
# otra arquitectura que los use mejor); para la 3, sortear z donde están los códigos. Otras que se suelen proponer (más
# filtros, capas residuales, otra inicialización, menor tasa de aprendizaje) son hipótesis sobre la red: valen si se
# prueban y se muestra qué cambian, y un «no cambió nada» con figura vale tanto como un éxito.

# %% [markdown] lang="en"
# On CelebA, from photograph to reconstruction detail drops to 44 %: that is causes 1 and 2, nearly all of the blur.
# From there to the fitted sample, 41 %; to the prior, 47 %. Causes are known by what they break: here 3 takes no
# detail away, it breaks *shape*, and so it is the distance that gives it away (0.03, 0.4, 3.6). With drawn faces and
# 32 numbers, causes 1 and 2 hardly exist (102 % of the detail) and 3 stands alone in plain view: from the prior,
# 52 %.
#
# Hence the cure depends on the cause: for 1 a calibrated loss; for 2 more nats (a smaller beta, another prior, an
# architecture that uses them better); for 3 drawing z where the codes are. Others that are often proposed (more
# filters, residual layers, another initialisation, a lower learning rate) are hypotheses about the network: they count
# if they are tried and what they change is shown, and a "nothing changed" with a figure counts as much as a success.

# %% [markdown] question="blurry" points=3 lang="es"
# ## Pregunta: ¿por qué salen borrosas las imágenes generadas?
#
# *10 min · dificultad 3 de 3*
#
# Contestar con los tres actos a la vista: ¿qué parte es ruido supuesto, qué parte información que no se pagó y qué
# parte z mal sorteado? Citar una figura o un número por cada una.
#
# ### BEGIN SOLUTION
# **Respuesta modelo.** (1) La suma de cuadrados con beta = 1 supone píxeles con ruido de 0.71; el error real de
# `faces` es 0.066. Con ese supuesto el detalle no compensa su KL: `faces-beta-1` paga 51 nats y queda en 19.3 dB,
# `faces` paga 422 y llega a 23.6. (2) Lo que z no cuenta se promedia: la media de siete caras parecidas es borrosa
# aunque cada una sea nítida; de la foto a la reconstrucción se pierde más de la mitad del detalle. (3) Las muestras
# de N(0, I) caen donde no hay códigos: la distancia de Fréchet baja unas diez veces con la gaussiana ajustada, sin
# tocar el decoder. En `faces-beta-16` esa cura casi no cambia nada, porque su causa es la 2.
#
# **Pauta**: 0 en blanco o contradice la figura propia. 1 «pocas capas» o «el MSE». 2 la media de imágenes plausibles.
# 3 separa ruido supuesto, tasa perdida y muestras fuera de lugar, cada una con una figura o un número.
# ### END SOLUTION

# %% [markdown] question="blurry" points=3 lang="en"
# ## Question: why are generated images blurry?
#
# *10 min · difficulty 3 of 3*
#
# Answer with the three acts in view: which part is assumed noise, which part information that wasn't paid for, and
# which part a badly drawn z? Cite a figure or a number for each.
#
# ### BEGIN SOLUTION
# **Model answer.** (1) Summed squares with beta = 1 assume pixels with noise of 0.71; the true error of `faces` is
# 0.066. Under that assumption detail is not worth its KL: `faces-beta-1` pays 51 nats and stays at 19.3 dB, `faces`
# pays 422 and gets to 23.6. (2) What z doesn't tell is averaged: the mean of seven similar faces is blurred though
# each is sharp; from photograph to reconstruction more than half of the detail is lost. (3) Samples of N(0, I) fall
# where there are no codes: the Fréchet distance drops about tenfold with the fitted Gaussian, the decoder untouched.
# For `faces-beta-16` that cure changes hardly anything, as its cause is 2.
#
# **Rubric**: 0 blank or contradicted by one's own figure. 1 "few layers" or "MSE". 2 the mean of plausible pictures.
# 3 tells assumed noise, lost rate and misplaced samples apart, each with a figure or a number.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Pausa: fin de la primera parte
#
# *100 min hasta aquí; quedan 120*
#
# Buen momento para guardar y seguir otro día. La segunda parte arma el VAE propio, lo entrena y termina en el informe;
# no usa las celdas de arriba, salvo las primeras.

# %% [markdown] lang="en"
# ## Break: end of part one
#
# *100 min so far; 120 to go*
#
# A good moment to save and go on another day. The second part assembles your own VAE, trains it and ends with the
# report; it uses none of the cells above but the first ones.

# %% [markdown] lang="es"
# ## Un VAE de la primera línea a la última
#
# En nueve lecciones se escribieron los batches, las redes, el muestreo, la pérdida, el paso de entrenamiento, la
# parada, el checkpoint. La celda siguiente los recoge de los cuadernos de las lecciones (las carpetas vecinas de esta)
# y escribe **un archivo**, `runs/my_vae.py`, dentro de la carpeta de este cuaderno. Toma cada respuesta que pasa su
# revisión; en lugar de las demás importa la versión del curso, con un comentario que lo dice. De los cuadernos solo se
# ejecutan las celdas de respuesta.
#
# Hay que guardar antes este cuaderno: se lee lo que está en disco.

# %% [markdown] lang="en"
# ## A VAE from the first line to the last
#
# Nine lessons wrote the batches, the networks, the sampling, the loss, the training step, the stopping, the
# checkpoint. The next cell gathers them from the lessons' notebooks (the folders beside this one) and writes **one
# file**, `runs/my_vae.py`, inside this notebook's folder. It takes every answer that passes its check; in place of
# the others it imports the course's version, with a comment that says so. Of the notebooks, only the answer cells are
# executed.
#
# Save this notebook first: what is read is what lies on disk.

# %% tags=["experiment"]
assembled = assemble("runs/my_vae.py")
lines = assembled.path.read_text(encoding="utf-8").splitlines()
total = len(assembled.own) + len(assembled.borrowed)
say(
    es=f"{assembled.path.as_posix()}: {len(lines)} líneas, {len(assembled.own)} de {total} respuestas propias",
    en=f"{assembled.path.as_posix()}: {len(lines)} lines, {len(assembled.own)} of {total} answers your own",
)
for reason in dict.fromkeys(assembled.reasons.values()):
    names = ", ".join(name for name, one in assembled.reasons.items() if one == reason)
    say(es=f"- {names}: del curso ({reason})", en=f"- {names}: the course's ({reason})")

# %% [markdown] lang="es"
# Al final del archivo está lo único que no se escribió en las lecciones: el programa, que carga las imágenes, entrena,
# dibuja las láminas y lee las opciones (`train`, `main`). Vale la pena abrirlo y leerlo entero. Ahora se entrena un
# minuto o menos con caras dibujadas, que no necesitan descarga.

# %% [markdown] lang="en"
# At the end of the file stands the only part that no lesson wrote: the program, which loads the pictures, trains, draws
# the sheets and reads the options (`train`, `main`). It is worth opening and reading whole. Now it trains for a minute
# or less on drawn faces, which need no download.

# %% tags=["experiment"]
RUN = Path("runs/drawn-short")
OPTIONS = "--data drawn --count 800 --epochs 10 --batch-size 32 --lr 2e-3"
command = [sys.executable, str(assembled.path), *OPTIONS.split(), "--out", str(RUN)]
result = subprocess.run(command, capture_output=True, text=True)
print((result.stdout if result.returncode == 0 else result.stderr[-800:]).strip())


# %% tags=["experiment"]
def read_history(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_sheet(path):
    return np.asarray(Image.open(path).convert("RGB"))  # (H, W, 3)


if result.returncode == 0:
    sheets = sorted((RUN / "samples").glob("epoch-*.png"))
    show(
        figures.loss_curves(read_history(RUN / "history.csv")),
        figures.history_of_samples([read_sheet(path) for path in sheets], [int(path.stem[6:]) for path in sheets]),
    )

# %% [markdown] lang="es"
# Unos cientos de pasos bastan para una cabeza, hombros y algo de pelo. Lo demás es paciencia: así se ven las láminas
# de un mismo z en el modelo `drawn` del curso, tras 5 y 60 épocas de 9000 caras.

# %% [markdown] lang="en"
# A few hundred steps are enough for a head, shoulders and some hair. The rest is patience: these are the sheets of one
# and the same z in the course's model `drawn`, after 5 and 60 epochs of 9,000 faces.

# %% tags=["experiment"]
sheets = pretrained.sheets("drawn")
chosen = [sheets[0], sheets[-1]]
figures.history_of_samples([read_sheet(path) for _, path in chosen], [epoch for epoch, _ in chosen])

# %% [markdown] lang="es"
# ## Entrenar en serio
#
# En una terminal, desde la carpeta de este cuaderno (caben también `--beta`, `--latent-dim`, `--lr`, `--count`,
# `--resume`; `--help` los explica):
#
# ```bash
# python runs/my_vae.py --data drawn --epochs 60 --out runs/drawn
# python runs/my_vae.py --data faces --count 9500 --epochs 40 --out runs/faces  # CelebA, si está en VAE_COURSE_DATA
# python runs/my_vae.py --data fashion --epochs 30 --download --out runs/fashion
# ```
#
# Cada corrida deja `history.csv`, `loss.png`, `checkpoint.pt`, una lámina de muestras cada cinco épocas en `samples/`
# y, en `fitted.png`, muestras de la gaussiana ajustada con la función de hoy. Si se corta, `--resume` sigue donde
# quedó. Cada corrida lleva su propia carpeta (`--out`): sin `--resume`, empieza de nuevo en la que se le da.
#
# A modo de orientación: en una CPU, con un solo hilo, cada una lleva de veinte minutos a una hora. Con CelebA entera,
# sin `--count`, serían muchas horas.
#
# En Colab: abrir este cuaderno, elegir *Entorno de ejecución → Cambiar tipo de entorno de ejecución → GPU*, ejecutar
# sus primeras celdas (instalan el curso y cargan los rostros) y la que arma el archivo; luego, en una celda nueva:
#
# ```
# !python runs/my_vae.py --data drawn --epochs 60 --out runs/drawn
# ```
#
# El archivo usa la GPU si la encuentra. Al terminar hay que descargar la carpeta `runs`, porque Colab la borra. Para
# que el archivo lleve respuestas propias, los cuadernos de las lecciones se suben con sus carpetas, o se sube
# directamente el `my_vae.py` armado en casa.

# %% [markdown] lang="en"
# ## Training in earnest
#
# In a terminal, from this notebook's folder (`--beta`, `--latent-dim`, `--lr`, `--count`, `--resume` are taken too;
# `--help` explains them):
#
# ```bash
# python runs/my_vae.py --data drawn --epochs 60 --out runs/drawn
# python runs/my_vae.py --data faces --count 9500 --epochs 40 --out runs/faces  # CelebA, if it is in VAE_COURSE_DATA
# python runs/my_vae.py --data fashion --epochs 30 --download --out runs/fashion
# ```
#
# Each run leaves `history.csv`, `loss.png`, `checkpoint.pt`, a sheet of samples every five epochs in `samples/` and,
# in `fitted.png`, samples of the Gaussian fitted with today's function. If it is cut short, `--resume` goes on from
# there. Give each run a folder of its own (`--out`): without `--resume` it starts over in the folder that it is
# given.
#
# As a rough guide: on a CPU, with a single thread, each takes from twenty minutes to an hour. The whole of CelebA,
# without `--count`, would take many hours.
#
# On Colab: open this notebook, choose *Runtime → Change runtime type → GPU*, run its first cells (they install the
# course and load the faces) and the one that assembles the file; then, in a new cell:
#
# ```
# !python runs/my_vae.py --data drawn --epochs 60 --out runs/drawn
# ```
#
# The file uses the GPU if it finds one. Download the folder `runs` at the end, as Colab deletes it. For the file to
# hold your own answers, upload the lessons' notebooks with their folders, or simply the `my_vae.py` assembled at
# home.

# %% [markdown] lang="es"
# ## El informe
#
# Son dos o tres páginas sobre **un VAE propio**, el de `my_vae.py`, en la plantilla de abajo. El análisis responde
# cuatro preguntas. Para las dos primeras hay que entrenar más de una vez: corridas cortas que difieran en una sola
# opción, `--latent-dim` o `--beta` (la semilla es siempre la misma). Entre corridas de distinto beta se comparan la
# reconstrucción y la KL, no la pérdida total: son sumas distintas.

# %% [markdown] lang="en"
# ## The report
#
# It is two or three pages about **a VAE of your own**, that of `my_vae.py`, in the template below. The analysis answers
# four questions. The first two take training more than once: short runs that differ in one option only, `--latent-dim`
# or `--beta` (the seed is always the same). Between runs of different beta compare reconstruction and KL, not the total
# loss: those are different sums.

# %% [markdown] question="report" points=10 lang="es"
# ## Informe: mi VAE
#
# *90 min · dificultad 3 de 3*
#
# **Montaje.** Datos y cuántas imágenes; red y dimensión latente; beta, épocas, batches; equipo y tiempo; respuestas
# propias y prestadas.
#
# **1. Curvas de pérdida** (2 puntos). Figura `loss.png`: total, reconstrucción y KL, entrenamiento y validación. ¿Qué
# se aprende primero? ¿Se separan entrenamiento y validación? ¿Sube o baja la KL?
#
# **2. Muestras a varias épocas** (2). El mismo z en tres láminas o más de `samples/`; prior y gaussiana ajustada
# (`fitted.png`), lado a lado. ¿Qué aparece y en qué orden?
#
# **3. Análisis** (4). Una figura o un número propio por respuesta.
#
# - ¿Cómo afecta la dimensión del espacio latente a la generación?
# - ¿Qué pasa cuando crece beta?
# - ¿Por qué pueden salir borrosas las imágenes?
# - ¿Son diversas y realistas las imágenes generadas? ¿Hay colapso de modos?
#
# **4. Mejoras** (2). Al menos una, *probada*: hipótesis, prueba, resultado, también si no cambió nada. Qué sigue.
#
# **5. De quién aprendió.** Dos frases sobre los datos: quién está, quién falta, qué no debería hacerse con este modelo.
#
# ### BEGIN SOLUTION
# **Respuesta modelo** (el esqueleto de una buena, con números de los modelos del curso; cada informe trae los suyos).
# *Curvas*: la reconstrucción cae primero hasta la imagen media; la KL sube desde 0 cuando z empieza a servir;
# validación y entrenamiento van juntas, no hay sobreajuste. *Muestras*: primero un óvalo común, luego color y pelo, al
# final ojos y boca; las de N(0, I) son peores que las de la gaussiana ajustada si la KL es alta. *Análisis*: (1) con
# beta = 1, en Fashion-MNIST, pasar de 8 a 128 dimensiones deja 8 y 6 activas y casi la misma KL (13.7 y 12.2 nats): lo
# que limita es el precio y no el lugar; con beta = 0 se usan las 128. (2) Al crecer beta bajan los nats (51, 19, 7 en
# `faces-beta-1, -4, -16`) y los dB (19.3, 17.4, 15.7); en `fashion-beta-64` hay colapso del posterior. (3) Ruido
# supuesto, tasa perdida, muestras fuera de lugar. (4) Con una lámina, la distancia media entre muestras y una de
# Fréchet: el colapso de modos (pocas caras repetidas) no es el colapso del posterior (z no cuenta nada) ni sortear
# donde no hay códigos. *Mejoras*: una probada, por ejemplo beta 0.3 o la gaussiana ajustada, con antes y después.
#
# **Pauta** (10). *Curvas*, 0-2: 1 la figura; 2 las tres curvas leídas término por término. *Muestras*, 0-2: 1 láminas
# de varias épocas; 2 mismo z, con lo que aparece en cada etapa y prior contra ajustada. *Análisis*, 0-4: uno por
# pregunta, y solo si cita una figura o un número propio que la sostenga; nada si la contradice. *Mejoras*, 0-2: 1
# propone con un motivo; 2 prueba una y cuenta el resultado, también el fracaso. La parte 5 no suma, pero si falta se
# pide.
# ### END SOLUTION

# %% [markdown] question="report" points=10 lang="en"
# ## Report: my VAE
#
# *90 min · difficulty 3 of 3*
#
# **Set-up.** Data and how many pictures; network and latent dimension; beta, epochs, batches; machine and time;
# answers of your own and borrowed ones.
#
# **1. Loss curves** (2 points). Figure `loss.png`: total, reconstruction and KL, training and validation. What is
# learnt first? Do training and validation part? Does the KL rise or fall?
#
# **2. Samples at several epochs** (2). One and the same z on three or more sheets of `samples/`; prior and fitted
# Gaussian (`fitted.png`) side by side. What appears, and in which order?
#
# **3. Analysis** (4). A figure or a number of your own for each answer.
#
# - How does the dimension of the latent space affect generation?
# - What happens when beta grows?
# - Why can images come out blurry?
# - Are the generated images diverse and realistic? Is there mode collapse?
#
# **4. Improvements** (2). At least one, *tried*: hypothesis, trial, result, also if nothing changed. What comes next.
#
# **5. From whom it learnt.** Two sentences about the data: who is there, who is missing, what should not be done with
# this model.
#
# ### BEGIN SOLUTION
# **Model answer** (the skeleton of a good one, with numbers of the course's models; each report brings its own).
# *Curves*: reconstruction first falls to the mean image; the KL rises from 0 as z becomes useful; validation and
# training run together, there is no overfitting. *Samples*: first one oval for all, then colour and hair, eyes and
# mouth last; those of N(0, I) are worse than the fitted Gaussian's where the KL is high. *Analysis*: (1) with beta =
# 1, on Fashion-MNIST, going from 8 to 128 dimensions leaves 8 and 6 active and nearly the same KL (13.7 and 12.2
# nats): the price is the limit, not the room; with beta = 0 all 128 are used. (2) As beta grows nats fall (51, 19, 7
# in `faces-beta-1, -4, -16`) and so do dB (19.3, 17.4, 15.7); `fashion-beta-64` is a posterior collapse. (3) Assumed
# noise, lost rate, misplaced samples. (4) With a sheet, the mean distance between samples and a Fréchet distance:
# mode collapse (few faces over and over) is not posterior collapse (z tells nothing) nor drawing where no code lives.
# *Improvements*: one that was tried, such as beta 0.3 or the fitted Gaussian, before and after.
#
# **Rubric** (10). *Curves*, 0-2: 1 the figure; 2 the three curves read term by term. *Samples*, 0-2: 1 sheets of
# several epochs; 2 one and the same z, with what appears at each stage and prior against fitted. *Analysis*, 0-4: one
# a question, and only where it cites a figure or number of one's own that bears it out; none where that contradicts
# it. *Improvements*, 0-2: 1 proposes with a reason; 2 tries one and tells the result, failure included. Part 5 adds
# no points, but is asked for if missing.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Lo que sigue
#
# Con el informe termina el trabajo grande del curso: un VAE propio, de la primera línea a la última. Queda una pregunta
# abierta, la del primer acto: una sola gaussiana también sortea en los huecos. La lección 10, más corta, deja que el
# lugar de z se aprenda, y con eso llega hasta donde los VAE se usan hoy.

# %% [markdown] lang="en"
# ## What comes next
#
# With the report the course's great piece of work is done: a VAE of your own, from the first line to the last. One
# question of act one is left open: a single Gaussian draws in the holes, too. Lesson 10, a shorter one, lets the place
# of z be learnt, and so gets to where VAEs are in use today.

# %% [markdown] lang="es"
# ## Para seguir (sin nota)
#
# - **Más de una gaussiana.** Ajustar a los códigos de `faces` una mezcla (`sklearn.mixture.GaussianMixture`) y medir su
#   distancia. ¿Mejora lo que ya daba una sola?
# - **Sonreír sin más.** Equilibrar la sonrisa como se hizo con los anteojos. ¿Qué arrastra la flecha simple, y qué
#   queda?
# - **Cuándo basta el prior.** Entrenar `my_vae.py` con `--beta 0.3` y con 1, y comparar el prior y la gaussiana
#   ajustada de cada uno. ¿Cuál gana más con el ajuste?

# %% [markdown] lang="en"
# ## Going further (not graded)
#
# - **More than one Gaussian.** Fit a mixture to the codes of `faces` (`sklearn.mixture.GaussianMixture`) and measure
#   its distance. Does it improve on a single one?
# - **A smile and nothing else.** Balance the smile as was done with the glasses. What does the plain arrow drag along,
#   and what is left?
# - **Where the prior is enough.** Train `my_vae.py` with `--beta 0.3` and with 1, and compare the prior and the fitted
#   Gaussian of each. Which gains more from the fit?

# %% [markdown] lang="es"
# ## En la demo
#
# - **Rasgos** (aquí, los atributos): la tira de la sonrisa y la de los anteojos, con controles. Llevar los anteojos al
#   máximo y buscar la edad que viene con ellos: una dirección arrastra los prejuicios de sus datos.
# - **Generar**: elegir Rostros: una semilla y tres láminas, la del prior, la de la gaussiana ajustada y la de un
#   autoencoder sin KL. Importa tanto de dónde sale z como el decoder.
# - **Preguntas**: «¿por qué borroso?».

# %% [markdown] lang="en"
# ## In the demo
#
# - **Features** (here, the attributes): the strips of the smile and of the glasses, with sliders. Push the glasses to
#   the end and look for the age that comes with them: a direction carries its data's prejudices.
# - **Generate**: choose Faces: one seed, three sheets: from the prior, from the fitted Gaussian and from an autoencoder
#   without KL. Where z comes from matters as much as the decoder.
# - **Questions**: "why blurry?".

# %% [markdown] lang="es"
# <details><summary>En Keras</summary>
#
# | aquí, PyTorch | en Keras |
# | --- | --- |
# | `mu, logvar = model.encode(x)` | `z_mean, z_log_var, z = encoder.predict(x)` |
# | `z[labels].mean(dim=0)` | `tf.boolean_mask(z_mean, labels)`, `tf.reduce_mean(..., axis=0)` |
# | `torch.cov(mu.T)` | `np.cov(z_mean, rowvar=False)` |
# | `model.decode(z)` | `decoder.predict(z)` |
# | `save_checkpoint(...)` cada época | `keras.callbacks.ModelCheckpoint` |
# | `EarlyStopping(patience)` | `keras.callbacks.EarlyStopping(patience=...)` |
# | `ReduceLROnPlateau(optimizer)` | `keras.callbacks.ReduceLROnPlateau` |
# | láminas cada 5 épocas en el bucle | un `Callback` propio con `on_epoch_end` |
#
# </details>

# %% [markdown] lang="en"
# <details><summary>In Keras</summary>
#
# | here, PyTorch | in Keras |
# | --- | --- |
# | `mu, logvar = model.encode(x)` | `z_mean, z_log_var, z = encoder.predict(x)` |
# | `z[labels].mean(dim=0)` | `tf.boolean_mask(z_mean, labels)`, `tf.reduce_mean(..., axis=0)` |
# | `torch.cov(mu.T)` | `np.cov(z_mean, rowvar=False)` |
# | `model.decode(z)` | `decoder.predict(z)` |
# | `save_checkpoint(...)` every epoch | `keras.callbacks.ModelCheckpoint` |
# | `EarlyStopping(patience)` | `keras.callbacks.EarlyStopping(patience=...)` |
# | `ReduceLROnPlateau(optimizer)` | `keras.callbacks.ReduceLROnPlateau` |
# | sheets every 5 epochs in the loop | a `Callback` of one's own with `on_epoch_end` |
#
# </details>

# %% [markdown] lang="es"
# ## Referencias
#
# - Ghosh, Sajjadi, Vergari, Black y Schölkopf (2020), [From Variational to Deterministic
#   Autoencoders](https://arxiv.org/abs/1903.12436): ajustar la densidad de los códigos después de entrenar.
# - Larsen, Sønderby, Larochelle y Winther (2016), [Autoencoding beyond pixels using a learned similarity
#   metric](https://arxiv.org/abs/1512.09300): direcciones de atributos.
# - Rybkin, Daniilidis y Levine (2021), [Simple and Effective VAE Training with Calibrated
#   Decoders](https://arxiv.org/abs/2006.13202): el sigma-VAE.
# - Liu, Luo, Wang y Tang (2015), [Deep Learning Face Attributes in the Wild](https://arxiv.org/abs/1411.7766): CelebA.
# - Hoffman y Johnson (2016), [ELBO surgery](http://approximateinference.org/accepted/HoffmanJohnson2016.pdf): la KL
#   media partida en dos.

# %% [markdown] lang="en"
# ## References
#
# - Ghosh, Sajjadi, Vergari, Black and Schölkopf (2020), [From Variational to Deterministic
#   Autoencoders](https://arxiv.org/abs/1903.12436): fitting the density of the codes after training.
# - Larsen, Sønderby, Larochelle and Winther (2016), [Autoencoding beyond pixels using a learned similarity
#   metric](https://arxiv.org/abs/1512.09300): directions of attributes.
# - Rybkin, Daniilidis and Levine (2021), [Simple and Effective VAE Training with Calibrated
#   Decoders](https://arxiv.org/abs/2006.13202): the sigma-VAE.
# - Liu, Luo, Wang and Tang (2015), [Deep Learning Face Attributes in the Wild](https://arxiv.org/abs/1411.7766):
#   CelebA.
# - Hoffman and Johnson (2016), [ELBO surgery](http://approximateinference.org/accepted/HoffmanJohnson2016.pdf): the
#   mean KL split in two.

# %% [markdown] lang="es"
# # 08 · ¿Son buenas las muestras o solo lo parecen?
#
# *140 min (70 + 70), 55 de ellos para ejercicios y preguntas · dificultad 3 de 3*
#
# El modelo ya inventa imágenes, las mezcla y obedece al precio $\beta$. Falta la pregunta incómoda: ¿valen algo? Una
# lámina bonita convence enseguida, y justamente por eso hay que medir.
#
# **Objetivos.** Escribir tres medidas (vecinos más cercanos, distancia de Fréchet y una cota más ajustada de $\log
# p(x)$); saber qué no ve cada una; y distinguir cuatro fallas que en una lámina se parecen.

# %% [markdown] lang="en"
# # 08 · Are the samples good, or do they only look good?
#
# *140 min (70 + 70), 55 of them for exercises and questions · difficulty 3 of 3*
#
# The model already invents pictures, mixes them and obeys the price $\beta$. The awkward question is left: are they
# worth anything? A pretty sheet convinces at once, which is exactly why one has to measure.
#
# **Aims.** Write three measures (nearest neighbours, the Fréchet distance and a tighter bound on $\log p(x)$); know
# what each of them does not see; and tell apart four failures that look alike on a sheet.

# %% tags=["setup"]
import math

import torch

from vae_course.images import to_unit_range
from vae_course.loss import kl_divergence, log_normal, reconstruction_loss
from vae_course.sampling import reparameterize, sample_prior

# %% [markdown] lang="es"
# ## Cinco sospechosos
#
# Cinco generadores entregan muestras de ropa. Uno solo es honesto; los otros cuatro tienen, cada uno, una falla
# distinta:
#
# - **sortear donde no hay códigos**: el decoder funciona bien, pero $z$ se sortea en otro lugar;
# - **colapso del posterior** (*posterior collapse*): el decoder ignora $z$;
# - **colapso de modos** (*mode collapse*): de toda la variedad del mundo solo salen unos pocos tipos;
# - **memorizar**: lo que se entrega como nuevo es una copia.
#
# La celda prepara a los cinco. Está plegada porque su código dice quién es quién: por ahora se ejecuta sin abrirla.

# %% [markdown] lang="en"
# ## Five suspects
#
# Five generators hand in samples of clothing. Only one is honest; each of the other four fails in a way of its own:
#
# - **drawing where no code lives**: the decoder works well, but $z$ is drawn elsewhere;
# - **posterior collapse**: the decoder ignores $z$;
# - **mode collapse**: out of all the variety of the world only a few kinds come out;
# - **memorising**: what is handed in as new is a copy.
#
# The cell prepares all five. It is folded since its code tells who is who: run it, and leave opening it for later.

# %% tags=["prepare"] folded=true
# @title A, B, C, D, E
from vae_course import figures, pretrained
from vae_course.figures import evaluation as charts
from vae_course.text import Both

N = 1000
TRAINING = 3000
generator = torch.Generator().manual_seed(8)

known = pictures("fashion", TRAINING)
train = to_unit_range(known.images)  # (3000, 1, 28, 28)
held = pictures("fashion", N, split="test")
held_back = to_unit_range(held.images)  # (1000, 1, 28, 28)

models = {beta: pretrained.load(f"fashion-beta-{beta}") for beta in (0, 1, 4, 16, 64)}


@torch.no_grad()
def decode(model, z):
    return model.decode(z)


def fitted_draws(name, n):
    mean, cov = pretrained.gaussian(name)  # (D,), (D, D)
    root = torch.linalg.cholesky(cov)  # root @ root.T = cov
    return mean + sample_prior(n, len(mean), generator) @ root.T


def few_kinds(n, kinds=(1, 7, 8)):
    codes = pretrained.gallery("fashion-beta-1")
    chosen = torch.isin(codes.labels, torch.tensor(kinds)).nonzero().flatten()
    k = chosen[torch.randint(len(chosen), (n,), generator=generator)]
    return reparameterize(codes.mu[k], codes.logvar[k], generator)


z = sample_prior(N, 16, generator)
suspects = {
    "A": decode(models[1], few_kinds(N)),
    "B": decode(models[1], fitted_draws("fashion-beta-1", N)),
    "C": train[torch.randperm(TRAINING, generator=generator)[:N]],
    "D": decode(models[0], z),
    "E": decode(models[64], z),
}

# %% [markdown] lang="es"
# **Predicción.** ¿Qué falla tiene cada letra, y cuál parece la honesta? Se anota debajo de la figura, de la A a la E.
# ¿Y cuál de las cinco filas es *la más bonita*? Esto último hará falta más tarde.

# %% [markdown] lang="en"
# **Prediction.** Which failure belongs to which letter, and which seems honest? Write it below the figure, A to E. And
# which of the five rows is *the prettiest*? The last answer will be needed later.

# %% tags=["experiment"]
SHOWN = 12

figures.rows(torch.stack([images[:SHOWN] for images in suspects.values()]), list(suspects))

# %% tags=["predict"]
predict("honest", ...)
predict("elsewhere", ...)
predict("posterior-collapse", ...)
predict("mode-collapse", ...)
predict("memorising", ...)

# %% [markdown] lang="es"
# Dos preguntas distintas se esconden en «¿son buenas?»:
#
# - **realismo**: ¿podría cada muestra pasar por una imagen de verdad?
# - **diversidad**: ¿está entre las muestras toda la variedad de las imágenes de verdad?
#
# Quien copia una sola foto mil veces es realista sin ser diverso. Quien entrega ruido es diverso sin ser realista. Y
# hay una tercera pregunta que ni el realismo ni la diversidad contestan: **¿es nuevo?** Por esa empezamos.

# %% [markdown] lang="en"
# Two different questions hide in "are they good?":
#
# - **realism**: could each sample pass for a real picture?
# - **diversity**: is all the variety of real pictures to be found among the samples?
#
# Whoever copies one photograph a thousand times is realistic without being diverse. Whoever hands in noise is diverse
# without being realistic. And a third question is answered by neither: **is it new?** We begin with that one.

# %% [markdown] lang="es"
# ## Ejercicio: la vecina más cercana
#
# *10 min · dificultad 1 de 3*
#
# Escribir `nearest_neighbours(samples, training_images)`: para cada muestra, el **índice** de la imagen de
# entrenamiento con menor error cuadrático, sumado sobre píxeles y canales:
#
# $$i^*(s) = \arg\min_i \sum_p \left(s_p - x_{i,p}\right)^2$$
#
# Entran `(n, C, H, W)` y `(N, C, H, W)`; sale `(n,)`.
#
# <details><summary>Pista</summary>
#
# `flatten(1)` deja cada imagen como una fila. `torch.cdist(a, b)` da todas las distancias $(n, N)$ de una vez, y la
# raíz cuadrada no cambia quién está más cerca. Un bucle sobre las muestras también sirve y gasta menos memoria.
#
# </details>
#
# **Error frecuente:** devolver la distancia (`min`, `amin`) y no el índice (`argmin`), o buscar al revés: por cada
# imagen de entrenamiento, una muestra.

# %% [markdown] lang="en"
# ## Exercise: the nearest neighbour
#
# *10 min · difficulty 1 of 3*
#
# Write `nearest_neighbours(samples, training_images)`: for each sample, the **index** of the training image with the
# smallest squared error, summed over pixels and channels:
#
# $$i^*(s) = \arg\min_i \sum_p \left(s_p - x_{i,p}\right)^2$$
#
# In go `(n, C, H, W)` and `(N, C, H, W)`; out comes `(n,)`.
#
# <details><summary>Hint</summary>
#
# `flatten(1)` makes each picture a row. `torch.cdist(a, b)` gives all distances $(n, N)$ at once, and the square root
# does not change who is nearest. A loop over the samples will do as well and needs less memory.
#
# </details>
#
# **Common mistake:** returning the distance (`min`, `amin`) instead of the index (`argmin`), or searching the other way
# round: a sample for each training image.


# %% tags=["answer"] exercise="nearest_neighbours"
def nearest_neighbours(samples, training_images):
    """i*(s) = argmin_i sum_p (s_p - x_ip)^2

    samples: (n, C, H, W), training_images: (N, C, H, W) -> (n,)
    """
    ### BEGIN SOLUTION
    apart = torch.cdist(samples.flatten(1), training_images.flatten(1))  # (n, N)
    return apart.argmin(dim=1)
    ### END SOLUTION


# %% [markdown] lang="es"
# ### Una vara para medir
#
# ¿Cuánto es «cerca»? Un número solo no dice nada; hace falta compararlo. La vara son las **imágenes reservadas**, que
# el modelo no vio: cada una es legítima y nueva, y también tiene una vecina en el entrenamiento. Su histograma dice a
# qué distancia se encuentra lo nuevo que no es copia.
#
# Debajo de cada muestra de **B** aparece su vecina y, debajo, la vecina de la vecina. Sobre el histograma van las dos
# distancias, con el número de su columna: en naranja la de la muestra; en azul, para comparar, la que hay de esa vecina
# a la suya.

# %% [markdown] lang="en"
# ### A yardstick
#
# How near is "near"? A number alone says nothing; it needs a comparison. The yardstick is the **held-back pictures**,
# which the model never saw: each is legitimate and new, and it, too, has a neighbour in the training set. Their
# histogram shows how far from the training set a genuinely new picture lies.
#
# Below each sample of **B** stands its neighbour and, below that, the neighbour's neighbour. Above the histogram are
# both distances, with the number of their column: the sample's in orange; in blue, for comparison, the distance from
# that neighbour to its own.

# %% tags=["reward"]
NEAR = 300

nearest = mine("nearest_neighbours")


def distances(samples, others):
    return (samples - others[nearest(samples, others)]).flatten(1).norm(dim=1)  # (n,)


def neighbours_chart(samples, title):
    found = nearest(samples, train)  # (n,)
    again = []
    for index in found.tolist():
        others = torch.cat([train[:index], train[index + 1 :]])
        again.append(others[nearest(train[index : index + 1], others)])
    return charts.neighbours(samples, train[found], torch.cat(again), held_distances, title=title)


held_distances = distances(held_back[:NEAR], train)
neighbours_chart(suspects["B"][:8], Both(es="Sospechoso B", en="Suspect B"))

# %% [markdown] lang="es"
# Cómo leerlo:
#
# - un círculo naranja **a la izquierda de todas** las reservadas, o pegado a 0, delata una copia;
# - un círculo **entre** las reservadas es lo que haría una imagen nueva y legítima;
# - un círculo **a la derecha de todas** es algo que no se parece a ninguna imagen conocida.
#
# Si en esta máquina no están las fotos, las «imágenes» salieron todas de los mismos 120 códigos de `fashion-plus`.
# Las reservadas son entonces casi gemelas de las de entrenamiento, el histograma se aprieta cerca de 1 y casi toda
# muestra de otro modelo queda a la derecha. La lectura es la misma; la vara es otra.
#
# **Predicción.** ¿Dónde caerán los círculos naranjas de C: **a)** a la izquierda de las reservadas, **b)** entre ellas
# o **c)** a su derecha?

# %% [markdown] lang="en"
# How to read it:
#
# - an orange circle **left of all** the held-back ones, or at 0, gives a copy away;
# - a circle **among** the held-back ones is what a new and legitimate picture would do;
# - a circle **right of all** is something that resembles no known picture.
#
# If the photographs are not on this machine, the "pictures" all came from the same 120 codes of `fashion-plus`. Those
# held back are then near twins of the training ones, the histogram huddles around 1, and nearly every sample of
# another model stands to the right of it. The reading is the same; the yardstick is another.
#
# **Prediction.** Where will the orange circles of C fall: **a)** left of the held-back ones, **b)** among them, or
# **c)** right of them?

# %% tags=["predict"]
predict("circles-of-c", ...)

# %% tags=["experiment"]
SUSPECT = "C"

reveal("circles-of-c")
reveal("memorising")
neighbours_chart(suspects[SUSPECT][:8], Both(es=f"Sospechoso {SUSPECT}", en=f"Suspect {SUSPECT}"))

# %% [markdown] lang="es"
# Los círculos naranjas están en 0: **C memoriza**, entrega imágenes de entrenamiento tal cual. A muchos les parece la
# fila más bonita. Falta ver cuál de las próximas medidas la descubre.
#
# Un límite honesto: la distancia en píxeles descubre copias exactas. Una copia corrida dos píxeles queda a 6 o 7
# de su original, más lejos que casi todas las reservadas.
#
# ## Un número nunca decide
#
# **Predicción.** Dos modelos de la serie beta, ambos con $z \sim \mathcal N(0, I)$: el de $\beta = 0$ (un autoencoder,
# sin KL) y el de $\beta = 1$. ¿Las muestras de cuál quedan *más cerca*, en promedio, de las imágenes de entrenamiento:
# **a)** $\beta = 0$ o **b)** $\beta = 1$? ¿Por qué?

# %% [markdown] lang="en"
# The orange circles sit at 0: **C memorises**, it hands in training images as they are. To many it is the prettiest
# row. It remains to be seen which of the next measures catches it.
#
# An honest limit: distance in pixels finds exact copies. A copy moved by two pixels is 6 or 7 away from its
# original, farther than nearly all held-back pictures.
#
# ## One number never decides
#
# **Prediction.** Two models of the beta series, both with $z \sim \mathcal N(0, I)$: that of $\beta = 0$ (an
# autoencoder, no KL) and that of $\beta = 1$. Whose samples lie *nearer*, on average, to the training images: **a)**
# $\beta = 0$ or **b)** $\beta = 1$? Why?

# %% tags=["predict"]
predict("nearer", ...)

# %% tags=["experiment"]
from_prior = {beta: decode(models[beta], z) for beta in (0, 1)}
near = {beta: distances(images[:NEAR], train).mean() for beta, images in from_prior.items()}
for beta, value in near.items():
    say(
        es=f"beta {beta}: distancia media a la vecina más cercana {value:.2f}",
        en=f"beta {beta}: mean distance to the nearest neighbour {value:.2f}",
    )
reveal("nearer", "a" if near[0] < near[1] else "b")

# %% [markdown] lang="es"
# Gana $\beta = 0$. Falta ver las muestras de uno junto a las del otro, y hay otro número que pedirles: la distancia
# media **entre sus propias muestras**, una medida de diversidad.

# %% [markdown] lang="en"
# $\beta = 0$ wins. But the two have not been seen side by side yet, and there is another number to ask of them: the
# mean distance **between their own samples**, a measure of diversity.


# %% tags=["experiment"]
def spread(images):
    flat = images.flatten(1)
    return torch.cdist(flat, flat).sum() / (len(flat) * (len(flat) - 1))


for beta, images in from_prior.items():
    say(
        es=f"beta {beta}: distancia media entre muestras {spread(images):.2f}",
        en=f"beta {beta}: mean distance between samples {spread(images):.2f}",
    )
say(
    es=f"imágenes reservadas: {spread(held_back):.2f} entre sí, {held_distances.mean():.2f} a la vecina",
    en=f"held-back pictures: {spread(held_back):.2f} between them, {held_distances.mean():.2f} to the neighbour",
)
reveal("elsewhere")
figures.rows(torch.stack([images[:12] for images in from_prior.values()]), [f"beta {beta}" for beta in from_prior])

# %% [markdown] lang="es"
# Las muestras de $\beta = 0$ son todas casi la misma mancha gris, y una mancha gris *no queda lejos de ninguna imagen*.
# En el error cuadrático lo borroso tiene ventaja: apostar por el medio cuesta menos que apostar por un borde y fallar.
# **D** era esto: un buen decoder, con $z$ sorteado en otro lugar.
#
# Pongamos a todos en un mismo plano: cercanía en un eje, diversidad en el otro. Se suman dos casos extremos (la imagen
# media repetida y 16 imágenes de entrenamiento repetidas) y el mismo decoder de $\beta = 0$ con $z$ de la gaussiana
# ajustada a sus códigos, `pretrained.gaussian`.

# %% [markdown] lang="en"
# The samples of $\beta = 0$ are all nearly the same grey smear, and a grey smear *is far from no picture*. In squared
# error blur has an advantage: betting on the middle costs less than betting on an edge and missing it. **D** was this:
# a good decoder, with $z$ drawn elsewhere.
#
# Let us put everyone on one plane: nearness on one axis, diversity on the other. Two extreme cases join in (the mean
# image repeated, and 16 training images repeated) and so does the same decoder of $\beta = 0$ with $z$ from the
# Gaussian fitted to its codes, `pretrained.gaussian`.

# %% tags=["reward"]
crowd = {
    **suspects,
    "beta 1, N(0, I)": from_prior[1],
    Both(es="beta 0, gaussiana", en="beta 0, Gaussian"): decode(models[0], fitted_draws("fashion-beta-0", N)),
    Both(es="imagen media", en="mean image"): train.mean(dim=0, keepdim=True).repeat(N, 1, 1, 1),
    Both(es="16 repetidas", en="16 repeated"): train[:16].repeat(N // 16 + 1, 1, 1, 1)[:N],
}
found = {name: nearest(images[:NEAR], train) for name, images in crowd.items()}
nearness = {name: (images[:NEAR] - train[found[name]]).flatten(1).norm(dim=1) for name, images in crowd.items()}
reveal("posterior-collapse")
charts.two_measures(
    [(nearness[name].mean(), spread(images), name) for name, images in crowd.items()],
    (held_distances.mean(), spread(held_back)),
    title=Both(es="Parecerse no basta", en="Likeness is not enough"),
)

# %% [markdown] lang="es"
# Tres cosas que mirar:
#
# - Sortear en el lugar correcto ($\beta = 0$ con gaussiana) lleva la diversidad de 2.7 a unos 10, casi la de las
#   imágenes reservadas, y a la vez **aleja** de las vecinas, de menos de 3 a unos 5. Según el primer número, empeoró.
# - La imagen media repetida y E están casi en el mismo lugar: diversidad 0. Con las fotos de Fashion-MNIST, además, la
#   imagen media queda más cerca del entrenamiento (4.07) que una prenda de verdad (4.19).
# - C está en 0 de distancia y con toda la diversidad. En este plano no hay un rincón «bueno»: hay un **punto de
#   referencia**, la estrella, y se trata de parecerse a ella en las dos coordenadas.
#
# ## Dos fracciones: precisión y cobertura
#
# Los promedios esconden casos. Otra manera de contar usa un radio $r$, el percentil 95 de las distancias de las
# reservadas:
#
# - **precisión**: fracción de muestras que tienen alguna imagen de entrenamiento a menos de $r$. Pregunta por realismo.
# - **cobertura**: fracción de 300 reservadas que tienen, entre 300 *muestras*, alguna a menos de $r$. Pregunta por
#   diversidad, y es la misma función, ahora de las imágenes reales a las muestras.
#
# Son parientes sencillos de la *improved precision and recall* de Kynkäänniemi y otros (2019), que mide con vecinos en
# los rasgos de una red y no en píxeles.
#
# **Predicción.** De las cinco letras, ¿cuáles tendrán una precisión de más de 90 % y una cobertura de menos de 60 %:
# **a)** solo E, **b)** D y E o **c)** A, D y E?

# %% [markdown] lang="en"
# Three things to look at:
#
# - Drawing in the right place ($\beta = 0$ with the Gaussian) takes diversity from 2.7 to about 10, nearly that of the
#   held-back pictures, and at the same time moves **away** from the neighbours, from below 3 to about 5. By the first
#   number it got worse.
# - The mean image repeated and E stand nearly in the same place: diversity 0. With the photographs of Fashion-MNIST the
#   mean image is even nearer to the training set (4.07) than a real piece of clothing (4.19).
# - C has distance 0 and all the diversity. This plane has no "good" corner: it has a **point of reference**, the star,
#   and the aim is to resemble it in both coordinates.
#
# ## Two shares: precision and coverage
#
# Averages hide cases. Another way of counting uses a radius $r$, the 95th percentile of the held-back ones' distances:
#
# - **precision**: the share of samples with some training image nearer than $r$. It asks for realism.
# - **coverage**: the share of 300 held-back pictures with one of 300 *samples* nearer than $r$. It asks for diversity,
#   and is the same function, now from real pictures to samples.
#
# They are simple relatives of the *improved precision and recall* of Kynkäänniemi et al. (2019), which measures with
# neighbours in a network's features, not in pixels.
#
# **Prediction.** Which of the five letters will have a precision above 90 % and a coverage below 60 %: **a)** E alone,
# **b)** D and E, or **c)** A, D and E?

# %% tags=["predict"]
predict("precise", ...)

# %% tags=["reward"]
QUANTILE = 0.95

radius = held_distances.quantile(QUANTILE)
coverage = {
    name: (distances(held_back[:NEAR], images[:NEAR]) < radius).float().mean() for name, images in crowd.items()
}
precision = {name: (nearness[name] < radius).float().mean() for name in crowd}
say(es=f"radio r = {radius:.2f}", en=f"radius r = {radius:.2f}")
for name in crowd:
    say(
        es=f"{name:18s} precisión {precision[name]:5.0%}   cobertura {coverage[name]:5.0%}",
        en=f"{name:18s} precision {precision[name]:5.0%}   coverage {coverage[name]:5.0%}",
    )
narrow = "".join(letter for letter in suspects if precision[letter] > 0.9 and coverage[letter] < 0.6)
reveal("precise", {"E": "a", "DE": "b", "ADE": "c"}.get(narrow))

# %% [markdown] lang="es"
# Con las fotos de Fashion-MNIST, precisión y cobertura son: A 100 % y 54 %, D 100 % y 24 %, E 100 % y 14 %; B, 99 % y
# 90 %. Las tres primeras tienen el mismo perfil por tres causas distintas: enseguida se separan. Hasta la imagen media
# obtiene una precisión perfecta, y B cubre más que C (84 %), que son fotos de verdad: lo borroso queda cerca de todos.
#
# Con imágenes decodificadas, la precisión de B, D, E y la imagen media baja casi a 0: el radio encogió, porque las
# reservadas son gemelas de las de entrenamiento. Es una lección en sí misma: **una medida con umbral depende de dónde
# se puso el umbral**.
#
# ## Cuatro fallas, cuatro pruebas
#
# En la lámina de muestras, tres de las cuatro fallas se ven iguales: «todo se repite». Lo que las separa es otra
# prueba.
#
# | falla | qué se ve | la prueba que la separa |
# | --- | --- | --- |
# | sortear donde no hay códigos | manchas parecidas | con $z \sim q(z \mid x)$ el mismo decoder da variedad |
# | colapso del posterior | una sola imagen | la KL es casi 0 y las reconstrucciones también son todas iguales |
# | colapso de modos | pocos tipos, bien hechos | faltan tipos, se saque $z$ de donde se saque; cobertura baja |
# | memorizar | todo perfecto | la distancia a la vecina es menor que la de las reservadas |
#
# Hagamos dos pruebas. La primera cuenta tipos: a cada muestra se le presta la etiqueta de su vecina más cercana, y se
# anotan las clases que llegan al 3 %.

# %% [markdown] lang="en"
# With the photographs of Fashion-MNIST, precision and coverage are: A 100 % and 54 %, D 100 % and 24 %, E 100 % and
# 14 %; B, 99 % and 90 %. The first three have one profile for three different reasons, to be told apart in a moment.
# Even the mean image gets perfect precision, and B covers more than C (84 %), which is real photographs: blur is near
# everyone.
#
# With decoded pictures the precision of B, D, E and the mean image falls to nearly 0: the radius shrank, since those
# held back are twins of the training ones. That is a lesson in itself: **a measure with a threshold depends on where
# the threshold was put**.
#
# ## Four failures, four tests
#
# On a sheet of samples three of the four look alike: "it all repeats itself". What tells them apart is another test.
#
# | failure | what one sees | the test that tells it apart |
# | --- | --- | --- |
# | drawing where no code lives | similar smears | with $z \sim q(z \mid x)$ the same decoder gives variety |
# | posterior collapse | one single picture | the KL is nearly 0, and the reconstructions, too, are all the same |
# | mode collapse | few kinds, well made | kinds are missing, wherever $z$ comes from; coverage is low |
# | memorising | all of it perfect | the distance to the neighbour is smaller than for held-back pictures |
#
# Let us run two tests. The first counts kinds: each sample borrows the label of its nearest neighbour, and the classes
# that reach 3 % are noted.

# %% tags=["experiment"]
LEAST = 0.03

for letter in suspects:
    share = known.labels[found[letter]].bincount(minlength=len(known.classes)) / NEAR  # (10,)
    kinds = [kind for kind, part in zip(known.names, share.tolist(), strict=True) if part >= LEAST]
    print(f"{letter} ({len(kinds)}): {', '.join(kinds)}")
reveal("mode-collapse")
reveal("honest")

# %% [markdown] lang="es"
# Las etiquetas prestadas se equivocan a veces (a A se le puede contar algún botín que en realidad es una zapatilla),
# y una mancha también tiene vecina: el recuento separa a C y a B de las demás, no a A de D. Por cierto, tampoco B lo
# tiene todo: con las fotos, apenas le salen sandalias.
#
# La segunda prueba: los decoders de D y de E, ahora con códigos de imágenes reservadas, $z \sim q(z \mid x)$.

# %% [markdown] lang="en"
# Borrowed labels err at times (A may be credited with ankle boots that are really sneakers), and a smear has a
# neighbour, too: the count separates C and B from the others, not A from D. By the way, not even B has it all: with
# the photographs, hardly any of its pictures are sandals.
#
# The second test: the decoders of D and E, now with the codes of held-back pictures, $z \sim q(z \mid x)$.

# %% tags=["experiment"]
rows = [held_back[:12]]
for beta in (0, 64):
    with torch.no_grad():
        mu, logvar = models[beta].encode(held_back)
    again = decode(models[beta], reparameterize(mu, logvar, generator))
    rows.append(again[:12])
    kl = kl_divergence(mu, logvar).mean()
    say(
        es=f"beta {beta}: KL {kl:.1f} nats, distancia media entre reconstrucciones {spread(again):.2f}",
        en=f"beta {beta}: KL {kl:.1f} nats, mean distance between reconstructions {spread(again):.2f}",
    )
figures.rows(torch.stack(rows), ["x", "beta 0 (D)", "beta 64 (E)"])

# %% [markdown] lang="es"
# D sabe dibujar de todo: lo que falla es el lugar del que sale $z$. E dibuja lo mismo para cualquier $x$: es **colapso
# del posterior**, y una KL de 0.0 no es ningún éxito.
#
# Queda A, que reparte solo pantalones, zapatillas y bolsos: **colapso de modos**. Está fabricado a propósito: A usa el
# decoder de B, pero solo con códigos de tres clases. Con otros $z$, ese decoder daría las que faltan; uno que de verdad
# colapsó no las daría con ninguno. La distancia media entre muestras no lo descubre: la diversidad de A es de 10,
# porque un pantalón y un bolso están muy lejos uno del otro; no dice *cuántos* tipos hay. Es una falla más propia de
# las GAN que de los VAE: la verosimilitud obliga al VAE a cubrir todos los datos, y dejar fuera una clase le costaría
# mucho en la reconstrucción.
#
# Por descarte y por mérito, **B es la honesta**: $\beta = 1$ con la gaussiana ajustada.

# %% [markdown] lang="en"
# D can draw anything: what fails is the place that $z$ comes from. E draws the same whatever $x$: **posterior
# collapse**, and a KL of 0.0 is no success.
#
# A is left, which deals out trousers, sneakers and bags only: **mode collapse**. It was made on purpose: A uses the
# decoder of B, but only with codes of three classes. From other $z$ that decoder would bring the missing ones; one that
# has truly collapsed would bring them from no $z$. The mean distance between samples does not catch it: A's diversity
# is 10, because trousers and a bag are very far apart; it does not say *how many* kinds there are. It is a failure of
# GANs more than of VAEs: likelihood forces a VAE to cover all the data, and leaving out a class would cost it a lot in
# reconstruction.
#
# By elimination and by merit, **B is the honest one**: $\beta = 1$ with the fitted Gaussian.

# %% [markdown] lang="es" question="mode_collapse" points=3
# ### Pregunta escrita: ¿hay colapso de modos?
#
# *10 min · dificultad 2 de 3*
#
# Alguien muestra 64 muestras de su VAE: casi todas parecidas. «Hay colapso de modos», dice. ¿Qué haría falta ver para
# darle la razón, y qué otras explicaciones habría que descartar? Citar al menos una figura y un número de esta lección.
#
# ### BEGIN SOLUTION
# **Respuesta modelo.** La lámina sola no alcanza: muestra poca diversidad y nada más. Hay que medir realismo *y*
# diversidad contra imágenes reservadas (por ejemplo, distancia entre muestras: 2.7 contra 11.4 en $\beta = 0$) y
# descartar tres cosas. Dibujar donde no viven códigos: si con $z \sim q(z \mid x)$, o con una gaussiana ajustada, el
# mismo decoder es variado (la diversidad sube a unos 10), el problema era el lugar. Colapso del posterior: KL cercana a
# 0 y reconstrucciones todas iguales ($\beta = 64$). Memorizar: distancias a la vecina menores que las de las
# reservadas. Es colapso de modos si las muestras son buenas y aun así faltan clases: precisión alta, cobertura baja
# (A).
#
# **Pauta**: 0 en blanco o contradice la propia figura. 1 opinión («se ven todas iguales»). 2 una lámina y un número de
# diversidad comparado con imágenes reales. 3 realismo junto con diversidad, y el colapso de modos distinguido del
# posterior, de sortear donde no hay códigos y de memorizar.
# ### END SOLUTION

# %% [markdown] lang="en" question="mode_collapse" points=3
# ### Written question: is there mode collapse?
#
# *10 min · difficulty 2 of 3*
#
# Someone shows 64 samples of their VAE: nearly all alike. "Mode collapse," they say. What would one have to see to
# agree, and which other explanations must be ruled out? Cite at least one figure and one number of this lesson.
#
# ### BEGIN SOLUTION
# **Model answer.** The sheet alone won't do: it shows little diversity and nothing more. Realism *and* diversity are to
# be measured against held-back pictures (for instance the distance between samples: 2.7 against 11.4 for $\beta = 0$),
# and three things ruled out. Drawing where no codes live: if the same decoder is varied with $z \sim q(z \mid x)$ or
# with a fitted Gaussian (diversity rises to about 10), the place was at fault. Posterior collapse: KL near 0 and
# reconstructions all the same ($\beta = 64$). Memorising: distances to the neighbour smaller than those of held-back
# pictures. It is mode collapse if the samples are good and yet kinds are missing: high precision, low coverage (A).
#
# **Rubric**: 0 blank or contradicted by the reader's own figure. 1 opinion ("they all look the same"). 2 a sheet and
# a number for diversity compared with real pictures. 3 realism with diversity, and mode collapse told apart from
# posterior collapse, from drawing where no code lives and from memorising.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Pausa: fin de la primera parte
#
# *70 min hasta aquí; quedan 70*
#
# Buen momento para guardar y seguir otro día. Al volver: seleccionar esta celda y elegir *Run → Run All Above Selected
# Cell* (en Colab, *Entorno de ejecución → Ejecutar anteriores*); en medio minuto está todo como quedó. En la segunda
# parte: una distancia entre conjuntos de imágenes, dónde están los códigos, y una cota mejor de la verosimilitud.

# %% [markdown] lang="en"
# ## Break: end of part one
#
# *70 min so far; 70 to go*
#
# A good moment to save and go on another day. On coming back, select this cell and choose *Run → Run All Above Selected
# Cell* (on Colab, *Runtime → Run before*); in half a minute everything is as it was. In the second part: a distance
# between sets of pictures, where the codes are, and a better bound on the likelihood.

# %% [markdown] lang="es"
# ## La distancia de Fréchet
#
# La medida más citada en generación de imágenes es la FID, *Fréchet inception distance* (Heusel y otros, 2017). La idea
# cabe en tres pasos:
#
# 1. pasar cada imagen a un vector de **rasgos** con una función fija;
# 2. ajustar una gaussiana a los rasgos de cada conjunto: medias $m_a, m_b$ y covarianzas $A, B$;
# 3. medir la distancia entre las dos gaussianas:
#
# $$d^2 = \lVert m_a - m_b \rVert^2 + \operatorname{tr}\!\left(A + B - 2\,(AB)^{1/2}\right)$$
#
# La media delata un desplazamiento (todo demasiado gris); la covarianza delata falta de variedad. En una dimensión se
# reduce a $(m_a - m_b)^2 + (\sigma_a - \sigma_b)^2$: la raíz de la matriz hace el papel de $\sigma_a \sigma_b$.

# %% [markdown] lang="en"
# ## The Fréchet distance
#
# The measure cited most in image generation is the FID, the *Fréchet inception distance* (Heusel et al., 2017). The
# idea takes three steps:
#
# 1. turn each picture into a vector of **features** with a fixed function;
# 2. fit a Gaussian to each set's features: means $m_a, m_b$ and covariances $A, B$;
# 3. measure the distance between the two Gaussians:
#
# $$d^2 = \lVert m_a - m_b \rVert^2 + \operatorname{tr}\!\left(A + B - 2\,(AB)^{1/2}\right)$$
#
# The mean betrays a shift (all too grey), the covariance a lack of variety. In one dimension it becomes
# $(m_a - m_b)^2 + (\sigma_a - \sigma_b)^2$: the matrix root stands in for $\sigma_a \sigma_b$.

# %% [markdown] lang="es"
# ## Ejercicio: la raíz que no hace falta
#
# *15 min · dificultad 3 de 3*
#
# Escribir `frechet_distance(features_a, features_b)`: `(N, F)` y `(M, F)` entran, sale un número real, nunca negativo.
#
# Lo difícil es $(AB)^{1/2}$: $AB$ no es simétrica, y su raíz calculada puede salir compleja. Pero de esa raíz solo hace
# falta la **traza**, que es la suma de las raíces de los valores propios $\lambda_i$ de $AB$. Y esos se pueden sacar de
# otra matriz. Con $R = A^{1/2}$, simétrica, $AB = R\,(RB)$ y $RBR = (RB)\,R$: los mismos dos factores en otro orden, y
# el orden no cambia los valores propios. $RBR$ sí es simétrica, y ninguno de los suyos es negativo. Entonces
#
# $$\operatorname{tr}\,(AB)^{1/2} = \sum_i \sqrt{\lambda_i}, \qquad \lambda_i \text{ valores propios de } R\,B\,R .$$
#
# El código ya trae las covarianzas y la descomposición $A = V \operatorname{diag}(\texttt{values})\, V^\top$. Faltan
# cuatro pasos: $R$; la traza de la raíz; la suma de todo; que el resultado no baje de 0.
#
# <details><summary>Pista</summary>
#
# $R = V \operatorname{diag}(\sqrt{\texttt{values}})\, V^\top$. Por redondeo algún valor propio puede ser $-10^{-17}$,
# y su raíz, `nan`: `clamp(min=0)` antes de cada raíz. `torch.linalg.eigvalsh` da los valores propios de una matriz
# simétrica, reales. La traza de una matriz es `.trace()`.
#
# </details>
#
# <details><summary>Otra pista, por partes</summary>
#
# El resultado suma tres partes, que se calculan una por una: `means = (a.mean(dim=0) - b.mean(dim=0)).square().sum()`;
# las trazas de las covarianzas; y dos veces la suma de raíces, que se resta.
#
# </details>
#
# **Error frecuente:** `(cov_a @ cov_b).sqrt()`, que saca la raíz de cada elemento y no la de la matriz. Otro: sacar la
# raíz del resultado; la convención es informar el cuadrado.

# %% [markdown] lang="en"
# ## Exercise: the root that is not needed
#
# *15 min · difficulty 3 of 3*
#
# Write `frechet_distance(features_a, features_b)`: `(N, F)` and `(M, F)` go in, a real number comes out, never
# negative.
#
# The hard part is $(AB)^{1/2}$: $AB$ is not symmetric, and its computed root may come out complex. But of that root
# only the **trace** is needed, which is the sum of the roots of the eigenvalues $\lambda_i$ of $AB$. And those can be
# had from another matrix. With $R = A^{1/2}$, symmetric, $AB = R\,(RB)$ and $RBR = (RB)\,R$: the same two factors in
# another order, and the order does not change the eigenvalues. $RBR$ is symmetric, and none of its eigenvalues is
# negative. So
#
# $$\operatorname{tr}\,(AB)^{1/2} = \sum_i \sqrt{\lambda_i}, \qquad \lambda_i \text{ eigenvalues of } R\,B\,R .$$
#
# The code already has the covariances and the decomposition $A = V \operatorname{diag}(\texttt{values})\, V^\top$. Four
# steps are left: $R$; the trace of the root; the sum of it all; no result below 0.
#
# <details><summary>Hint</summary>
#
# $R = V \operatorname{diag}(\sqrt{\texttt{values}})\, V^\top$. By rounding an eigenvalue may be $-10^{-17}$, and its
# root `nan`: `clamp(min=0)` before each root. `torch.linalg.eigvalsh` gives the eigenvalues of a symmetric matrix, real
# ones. A matrix's trace is `.trace()`.
#
# </details>
#
# <details><summary>Another hint, in parts</summary>
#
# The result is a sum of three parts, computed in turn: `means = (a.mean(dim=0) - b.mean(dim=0)).square().sum()`; the
# traces of the covariances; and twice the sum of roots, which is subtracted.
#
# </details>
#
# **Common mistake:** `(cov_a @ cov_b).sqrt()`, which takes the root of each element and not that of the matrix.
# Another: taking the root of the result; the convention is to report the square.


# %% tags=["answer"] exercise="frechet_distance"
def frechet_distance(features_a, features_b):
    """d^2 = |m_a - m_b|^2 + tr(A + B - 2 (AB)^(1/2)),  tr (AB)^(1/2) = sum_i sqrt(lambda_i(R B R)),  R R = A

    features_a: (N, F), features_b: (M, F) -> ()
    """
    a, b = features_a.double(), features_b.double()
    cov_a, cov_b = (torch.atleast_2d(torch.cov(x.T)) for x in (a, b))  # (F, F)
    values, vectors = torch.linalg.eigh(cov_a)  # cov_a = vectors @ diag(values) @ vectors.T
    ### BEGIN SOLUTION
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T  # R, (F, F)
    trace = torch.linalg.eigvalsh(root @ cov_b @ root).clamp(min=0).sqrt().sum()
    means = (a.mean(dim=0) - b.mean(dim=0)).square().sum()
    return (means + cov_a.trace() + cov_b.trace() - 2 * trace).clamp(min=0)
    ### END SOLUTION


# %% [markdown] lang="es"
# ### Qué rasgos, y qué se puede comparar
#
# La FID usa los 2048 rasgos de una red Inception entrenada con fotos de ImageNet. Aquí usamos dos juegos más humildes,
# que se nombran siempre junto al número:
#
# - **PCA-32**: las 32 primeras componentes principales de los píxeles, ajustadas a las imágenes de entrenamiento. Ven
#   tamaño, forma y brillo; no ven detalle fino.
# - **mu-8**: la $\mu$ de 8 dimensiones que calcula el encoder de `fashion-plus`. Ve lo que ese modelo aprendió a ver.
#   (Sin fotos, también las imágenes las dibujó `fashion-plus`: mu-8 mira entonces dibujos de su propio modelo, y sus
#   distancias significan menos.)
#
# Por eso nuestros números **no son FID**, ni siquiera tienen su escala. Se comparan solo entre sí: mismos rasgos, misma
# referencia, mismo número de imágenes. La primera fila de la tabla es el **piso**: imágenes reservadas contra
# imágenes de entrenamiento, dos conjuntos legítimos.
#
# **Predicción.** Con PCA-32, ¿cuál quedará primera, con la distancia más chica: **a)** A, **b)** B, **c)** C, **d)** D,
# **e)** E, **f)** $\beta = 1$ con $\mathcal N(0, I)$ o **g)** $\beta = 0$ con su gaussiana? ¿Alguna quedará por debajo
# del piso: **a)** sí o **b)** no?

# %% [markdown] lang="en"
# ### Which features, and what may be compared
#
# The FID uses the 2,048 features of an Inception network trained on ImageNet's photographs. Here we use two humbler
# sets, always named beside the number:
#
# - **PCA-32**: the first 32 principal components of the pixels, fitted to the training images. They see size, shape and
#   brightness; they don't see fine detail.
# - **mu-8**: the 8-dimensional $\mu$ that the encoder of `fashion-plus` computes. It sees what that model learnt to
#   see. (Without photographs the pictures, too, were drawn by `fashion-plus`: mu-8 then looks at its own model's
#   pictures, and its distances mean less.)
#
# Hence our numbers **are not FIDs**; they don't even have their scale. They can be compared only with each other: same
# features, same reference, same number of pictures. The table's first row is the **floor**: held-back pictures against
# training ones, two legitimate sets.
#
# **Prediction.** With PCA-32, who will come first, with the smallest distance: **a)** A, **b)** B, **c)** C, **d)** D,
# **e)** E, **f)** $\beta = 1$ with $\mathcal N(0, I)$, or **g)** $\beta = 0$ with its Gaussian? Will any of them come
# out below the floor: **a)** yes or **b)** no?

# %% tags=["predict"]
predict("smallest-frechet", ...)
predict("below-the-floor", ...)

# %% tags=["reward"]
frechet = mine("frechet_distance")

mean_image = train.flatten(1).mean(dim=0)
variances, axes = torch.linalg.eigh(torch.cov(train.flatten(1).T))  # (784,), (784, 784)
plus = pretrained.load("fashion-plus")


def pca(images):
    return (images.flatten(1) - mean_image) @ axes[:, -32:]  # (n, 32)


@torch.no_grad()
def codes(images):
    return plus.encode(images)[0]  # (n, 8)


reference = {"PCA-32": pca(train), "mu-8": codes(train)}
share, found = variances[-32:].sum() / variances.sum(), []
say(es=f"PCA-32 guarda {share:.0%} de la varianza", en=f"PCA-32 keeps {share:.0%} of the variance")
for name, images in {Both(es="reservadas (piso)", en="held back (floor)"): held_back, **crowd}.items():
    by_pca = float(frechet(pca(images), reference["PCA-32"]))
    by_mu = float(frechet(codes(images), reference["mu-8"]))
    found.append(by_pca)
    say(
        es=f"{name:18s} PCA-32 {by_pca:6.2f}   mu-8 {by_mu:5.2f}",
        en=f"{name:18s} PCA-32 {by_pca:6.2f}   mu-8 {by_mu:5.2f}",
    )
floor, *others = found[:8]
reveal("smallest-frechet", "abcdefg"[others.index(min(others))])
reveal("below-the-floor", "a" if min(others) < floor else "b")

# %% [markdown] lang="es"
# Lo que enseña la tabla:
#
# - Ahora sí queda claro que $\beta = 0$ con $\mathcal N(0, I)$ (D) es un desastre y que la gaussiana lo repara: mismo
#   decoder, otro lugar.
# - La imagen media, tan «precisa» cuando se la mide con las fotos, está entre las peores: no tiene covarianza.
# - **C, que copia, gana**, y hasta queda bajo el piso. La distancia de Fréchet no pregunta si algo es nuevo. Solo los
#   vecinos lo preguntan.
# - PCA-32 prefiere B a $\beta = 0$ con gaussiana; mu-8, al revés: el orden depende de los rasgos.
#
# ## ¿Cuántas muestras hacen falta?
#
# **Predicción.** Dos montones disjuntos de 50 imágenes de entrenamiento, elegidas al azar. Vienen de la misma
# distribución, así que la distancia verdadera es 0. ¿Qué dirá la distancia de Fréchet con PCA-32: 0, 1 o 10? ¿Y con
# 1500?

# %% [markdown] lang="en"
# What the table teaches:
#
# - Now it is plain that $\beta = 0$ with $\mathcal N(0, I)$ (D) is a disaster and that the Gaussian repairs it: same
#   decoder, another place.
# - The mean image, so "precise" when measured with the photographs, is among the worst: no covariance.
# - **C, which copies, wins**, and even comes out below the floor. The Fréchet distance does not ask whether anything is
#   new. Only the neighbours ask that.
# - PCA-32 prefers B to $\beta = 0$ with the Gaussian; mu-8 has it the other way: the order depends on the features.
#
# ## How many samples does it take?
#
# **Prediction.** Two disjoint heaps of 50 training images, chosen at random. They come from the same distribution, so
# the true distance is 0. What will the Fréchet distance with PCA-32 say: 0, 1 or 10? And with 1,500?

# %% tags=["predict"]
predict("frechet-of-50", ...)
predict("frechet-of-1500", ...)

# %% tags=["experiment"]
SIZES = (50, 100, 200, 400, 800, 1500)
REPEATS = 5

measured = {}
for name, features in reference.items():
    measured[name] = []
    for size in SIZES:
        values = []
        for _ in range(REPEATS):
            order = torch.randperm(TRAINING, generator=generator)
            values.append(float(frechet(features[order[:size]], features[order[size : 2 * size]])))
        measured[name].append(sum(values) / REPEATS)
reveal("frechet-of-50", measured["PCA-32"][0])
reveal("frechet-of-1500", measured["PCA-32"][-1])
charts.few_samples(SIZES, measured, title=Both(es="La distancia verdadera es 0", en="The true distance is 0"))

# %% [markdown] lang="es"
# Con 50 imágenes y 32 rasgos, dos conjuntos de igual origen distan cerca de 11; con 1500, unas pocas décimas. El
# sesgo cae aproximadamente como $1/N$: cada covarianza se estima con ruido, y a la distancia todo ruido le parece
# diferencia. Más rasgos, más sesgo; con los 2048 de Inception se suelen pedir 50 000 muestras.
#
# La consecuencia práctica: **se puede invertir un orden con solo cambiar cuántas muestras se toman.**

# %% [markdown] lang="en"
# With 50 pictures and 32 features, two sets from one source are about 11 apart; with 1,500, a few tenths. The bias
# falls roughly as $1/N$: each covariance is estimated with noise, and to the distance all noise looks like difference.
# More features, more bias; with Inception's 2,048, 50,000 samples are customary.
#
# The practical consequence: **an order can be reversed merely by changing how many samples are taken.**

# %% tags=["experiment"]
FEW = 60

better, worse = suspects["B"], crowd["beta 1, N(0, I)"]
for count in (FEW, N):
    value = float(frechet(pca(better[:count]), reference["PCA-32"]))
    say(es=f"B con {count} muestras: {value:.2f}", en=f"B with {count} samples: {value:.2f}")
value = float(frechet(pca(worse), reference["PCA-32"]))
say(es=f"beta 1, N(0, I), con {N}: {value:.2f}", en=f"beta 1, N(0, I), with {N}: {value:.2f}")

# %% [markdown] lang="es" question="which_number" points=3
# ### Pregunta escrita: FID 12 contra 2.2
#
# *10 min · dificultad 2 de 3*
#
# Un artículo informa una FID de 12 para su modelo de rostros. Con las fotos, nuestra tabla dice 2.2 para B (PCA-32).
# ¿Es mejor B? ¿Qué haría falta para comparar dos generadores con esta medida, y qué quedaría todavía sin responder?
#
# ### BEGIN SOLUTION
# **Respuesta modelo.** No se puede decir. Otros rasgos (Inception, 2048, frente a 32 componentes de píxeles), otras
# imágenes, otra referencia y otro número de muestras: las escalas no tienen relación. Para comparar: los mismos rasgos,
# la misma referencia, el mismo $N$ (con pocas muestras la distancia sube: cerca de 11 entre dos conjuntos de 50 del
# mismo origen) y un piso de imágenes reservadas. Aun así faltaría saber si las muestras son nuevas: C, que copia, gana
# la tabla, y solo la distancia a la vecina lo descubre.
#
# **Pauta**: 0 en blanco o compara los dos números. 1 dice que no son comparables. 2 explica por qué: rasgos, datos y
# número de muestras, con el sesgo medido. 3 dice además cómo comparar bien (piso incluido) y qué no ve la medida
# (memorizar, o lo que los rasgos no ven).
# ### END SOLUTION

# %% [markdown] lang="en" question="which_number" points=3
# ### Written question: FID 12 against 2.2
#
# *10 min · difficulty 2 of 3*
#
# A paper reports a FID of 12 for its model of faces. With the photographs our table says 2.2 for B (PCA-32). Is B
# better? What would be needed to compare two generators with this measure, and what would still be left unanswered?
#
# ### BEGIN SOLUTION
# **Model answer.** One cannot say. Other features (Inception, 2,048, against 32 components of pixels), other pictures,
# another reference and another number of samples: the scales are unrelated. To compare: the same features, the same
# reference, the same $N$ (with few samples the distance grows: about 11 between two sets of 50 from one source) and a
# floor of held-back pictures. Even then one would not know whether the samples are new: C, which copies, wins the
# table, and only the distance to the neighbour catches it.
#
# **Rubric**: 0 blank or compares the two numbers. 1 says that they don't compare. 2 explains why: features, data and
# number of samples, with the measured bias. 3 also says how to compare well (floor included) and what the measure does
# not see (memorising, or what the features don't see).
# ### END SOLUTION

# %% [markdown] lang="es"
# ## ¿Dónde viven los códigos?
#
# Entrenar pide que *cada* nube $q(z \mid x)$ se parezca a $\mathcal N(0, I)$. Al generar importa otra cosa: la
# mezcla de todas las nubes, el **posterior agregado**
#
# $$q(z) = \frac1N \sum_{n=1}^{N} q(z \mid x_n).$$
#
# Si $q(z)$ fuera igual al prior, sortear $z \sim \mathcal N(0, I)$ sería sortear donde el decoder practicó. No lo es, y
# se puede escribir exactamente cuánto falta (Hoffman y Johnson, 2016):
#
# $$\underbrace{\tfrac1N \textstyle\sum_n \mathrm{KL}\big(q(z \mid x_n)\,\|\,p(z)\big)}_{\text{la KL que se paga}}
# = \underbrace{I(x; z)}_{\text{lo que } z \text{ cuenta de } x}
# + \underbrace{\mathrm{KL}\big(q(z)\,\|\,p(z)\big)}_{q(z) \text{ lejos del prior}}.$$
#
# $I$ es la información mutua. La KL de la pérdida cobra las dos cosas a la vez; con $\beta = 0$ las dos son gratis. E
# $I$ tiene un techo: lo más que $z$ puede contar es cuál de las $N$ imágenes era, y eso son $\ln N$ nats. Con las
# 50 000 prendas del entrenamiento, 10.8.
#
# **Predicción.** Dos modelos con $z$ de dos dimensiones, $\beta = 0$ y $\beta = 1$. Los códigos del primero quedan
# mucho más lejos que el prior (lección 07). ¿Y los del segundo? Dibujar en un papel los círculos de 1σ y 2σ del prior
# y, a mano alzada, dónde quedarán: **a)** casi todos dentro de 1σ, **b)** a lo ancho del prior o **c)** también lejos.

# %% [markdown] lang="en"
# ## Where do the codes live?
#
# Training asks *each* cloud $q(z \mid x)$ to resemble $\mathcal N(0, I)$. For generating something else matters: the
# mixture of all clouds, the **aggregate posterior**
#
# $$q(z) = \frac1N \sum_{n=1}^{N} q(z \mid x_n).$$
#
# Were $q(z)$ equal to the prior, drawing $z \sim \mathcal N(0, I)$ would be drawing where the decoder has practised. It
# is not, and one can write down exactly how much is missing (Hoffman and Johnson, 2016):
#
# $$\underbrace{\tfrac1N \textstyle\sum_n \mathrm{KL}\big(q(z \mid x_n)\,\|\,p(z)\big)}_{\text{the KL that is paid}}
# = \underbrace{I(x; z)}_{\text{what } z \text{ tells of } x}
# + \underbrace{\mathrm{KL}\big(q(z)\,\|\,p(z)\big)}_{q(z) \text{ far from the prior}}.$$
#
# $I$ is the mutual information. The loss's KL charges for both at once; with $\beta = 0$ both are free. And $I$ has a
# ceiling: the most that $z$ can tell is which of the $N$ pictures it was, and that is $\ln N$ nats. With the 50,000
# clothes of the training set, 10.8.
#
# **Prediction.** Two models with a $z$ of two dimensions, $\beta = 0$ and $\beta = 1$. The codes of the first lie much
# farther out than the prior (lesson 07). And those of the second? Draw the prior's circles of 1σ and 2σ on paper and
# sketch where they will lie: **a)** nearly all within 1σ, **b)** about as wide as the prior, or **c)** far out as well.

# %% tags=["predict"]
predict("codes-of-beta-1", ...)

# %% tags=["experiment"]
PANELS = (("fashion-latent-2-beta-0", "beta 0"), ("fashion-latent-2", "beta 1"))


@torch.no_grad()
def aggregate_draws(model, images):
    return reparameterize(*model.encode(images), generator)  # (n, D)


reveal("codes-of-beta-1")
charts.aggregate_posterior(
    [(aggregate_draws(pretrained.load(name), held_back), title) for name, title in PANELS],
    held.labels,
    classes=held.classes,
    title=Both(es="El posterior agregado q(z) y el prior", en="The aggregate posterior q(z) and the prior"),
)

# %% [markdown] lang="es"
# Con $\beta = 0$ los códigos ocupan una región mucho mayor que el prior. Medido con las 50 000 prendas, en las 16
# dimensiones de `fashion-beta-0`, `-1` y `-4`: la KL de $\beta = 0$ es de 506 nats, de los que 10.8 informan (el techo)
# y 495 son el segundo término (242 por lo lejos y lo ancha que es la mezcla entera, que ya se ven en su gaussiana; el
# resto, por estar hecha de nubes tan angostas que apenas se tocan); la de $\beta = 1$, 12.8 = 9.9 + 2.9; la de $\beta =
# 4$, 6.1 = 5.7 + 0.4. Con $\beta = 1$ la nube tiene el tamaño y el centro del prior, pero no su forma: hay zonas
# densas, una por tipo de prenda, y entre ellas, huecos. Un $z$ al azar puede caer en un hueco.
#
# De ahí un arreglo, y su límite. Una **gaussiana ajustada** a $q(z)$ corrige centro, tamaño e inclinación, y con $\beta
# = 0$ eso repara casi todo lo que se ve. Los huecos no los ve: dos montones separados también tienen media y
# covarianza. En 09 se escribe ese ajuste. Midamos ahora cuánto repara y cuánto deja, con el decoder quieto y $z$ de
# tres procedencias.

# %% [markdown] lang="en"
# With $\beta = 0$ the codes take up a region much larger than the prior. Measured on the 50,000 clothes, in the 16
# dimensions of `fashion-beta-0`, `-1` and `-4`: the KL of $\beta = 0$ is 506 nats, of which 10.8 inform (the ceiling)
# and 495 are the second term (242 for how far out and how wide the whole mixture lies, which its Gaussian already
# shows; the rest for being made of clouds so narrow that they hardly touch); that of $\beta = 1$, 12.8 = 9.9 + 2.9;
# that of $\beta = 4$, 6.1 = 5.7 + 0.4. With $\beta = 1$ the cloud has the prior's size and centre, but not its shape:
# there are dense regions, one for each kind of clothing, and holes between them. A random $z$ may land in a hole.
#
# Hence a repair, and its limit. A **Gaussian fitted** to $q(z)$ corrects centre, size and tilt, and with $\beta = 0$
# that mends nearly all that one sees. But it cannot see the holes: two separate heaps have a mean and a covariance,
# too. Lesson 09 writes that fit. Let us measure now how much it repairs and how much it leaves, with the decoder kept
# still and $z$ from three sources.

# %% tags=["reward"]
BETA = 0

sources = {
    "N(0, I)": sample_prior(N, 16, generator),
    Both(es="gaussiana ajustada", en="fitted Gaussian"): fitted_draws(f"fashion-beta-{BETA}", N),
    "q(z)": aggregate_draws(models[BETA], held_back),
}
drawn = {name: decode(models[BETA], z) for name, z in sources.items()}
for name, images in drawn.items():
    value = float(frechet(pca(images), reference["PCA-32"]))
    say(
        es=f"{name:18s} PCA-32 {value:6.2f}   entre muestras {spread(images):5.2f}",
        en=f"{name:18s} PCA-32 {value:6.2f}   between samples {spread(images):5.2f}",
    )
figures.rows(torch.stack([images[:12] for images in drawn.values()]), list(drawn))

# %% [markdown] lang="es"
# El mismo decoder, tres lugares. La última fila no es generar: usa códigos de imágenes reservadas y marca hasta dónde
# se podría llegar si se supiera sortear de $q(z)$. Lo que media entre la segunda y la tercera es lo que una gaussiana
# no ve. Con `BETA = 1` el salto de la primera a la segunda fila es mucho menor.
#
# ## ¿Y la verosimilitud?
#
# Un VAE promete algo que una GAN no: una cota de $\log p(x)$, para imágenes que nunca vio. El ELBO de 04 es esa cota.
# ¿Qué tan floja? Con $K$ muestras $z_k \sim q(z \mid x)$ y sus pesos
#
# $$w_k = \frac{p(x \mid z_k)\, p(z_k)}{q(z_k \mid x)}, \qquad
# \mathcal L_K = \mathbb E\left[\log \frac1K \sum_{k=1}^{K} w_k\right]$$
#
# se obtiene la *cota con pesos de importancia* (Burda y otros, 2016): $\mathcal L_1 = \text{ELBO}$ y $\mathcal L_1 \le
# \mathcal L_2 \le \dots \le \log p(x)$. El promedio de los pesos acierta con $p(x)$ en esperanza; el logaritmo de un
# promedio queda corto, y menos corto cuanto menos ruidoso es el promedio.

# %% [markdown] lang="en"
# The same decoder, three places. The last row is not generation: it uses codes of held-back pictures and marks how far
# one could get if one knew how to draw from $q(z)$. What lies between the second and the third is what a Gaussian does
# not see. With `BETA = 1` the step from the first to the second row is much smaller.
#
# ## And likelihood?
#
# A VAE promises something a GAN does not: a bound on $\log p(x)$, for pictures it never saw. The ELBO of 04 is that
# bound. How loose is it? With $K$ samples $z_k \sim q(z \mid x)$ and their weights
#
# $$w_k = \frac{p(x \mid z_k)\, p(z_k)}{q(z_k \mid x)}, \qquad
# \mathcal L_K = \mathbb E\left[\log \frac1K \sum_{k=1}^{K} w_k\right]$$
#
# one has the *importance-weighted bound* (Burda et al., 2016): $\mathcal L_1 = \text{ELBO}$ and $\mathcal L_1 \le
# \mathcal L_2 \le \dots \le \log p(x)$. The average of the weights hits $p(x)$ in expectation; the logarithm of an
# average falls short, and less short the less noisy the average is.

# %% [markdown] lang="es"
# ## Ejercicio: el logaritmo de un promedio
#
# *10 min · dificultad 2 de 3*
#
# Escribir `importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x)`: tres tensores `(K, N)` de logaritmos,
# en nats; sale `(N,)`, $\log \frac1K \sum_k w_k$ para cada imagen.
#
# Los logaritmos rondan $-230$ y, en `faces`, cuya $p(x \mid z)$ es una densidad, pasan de $+10\,000$. En float32,
# $e^{-230} = 0$ y $e^{10\,000} = \infty$. Hay que sumar sin salir de los logaritmos:
#
# $$\log \sum_k e^{\ell_k} = m + \log \sum_k e^{\ell_k - m}, \qquad m = \max_k \ell_k .$$
#
# <details><summary>Pista</summary>
#
# `torch.logsumexp(..., dim=0)` hace justo eso, con un máximo por imagen. Dividir por $K$ es, en logaritmos, restar
# `math.log(K)`.
#
# </details>
#
# **Error frecuente:** `log_w.mean(dim=0)` promedia logaritmos y devuelve el ELBO. Otro: olvidar el $1/K$, y la «cota»
# sube con $K$ sin merecerlo.

# %% [markdown] lang="en"
# ## Exercise: the logarithm of an average
#
# *10 min · difficulty 2 of 3*
#
# Write `importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x)`: three tensors `(K, N)` of logarithms, in
# nats; out comes `(N,)`, $\log \frac1K \sum_k w_k$ for each picture.
#
# The logarithms are around $-230$ and, in `faces`, whose $p(x \mid z)$ is a density, above $+10{,}000$. In float32,
# $e^{-230} = 0$ and $e^{10{,}000} = \infty$. One has to add without leaving the logarithms:
#
# $$\log \sum_k e^{\ell_k} = m + \log \sum_k e^{\ell_k - m}, \qquad m = \max_k \ell_k .$$
#
# <details><summary>Hint</summary>
#
# `torch.logsumexp(..., dim=0)` does just that, with one maximum for each picture. Dividing by $K$ is, in logarithms,
# subtracting `math.log(K)`.
#
# </details>
#
# **Common mistake:** `log_w.mean(dim=0)` averages logarithms and returns the ELBO. Another: forgetting the $1/K$, and
# the "bound" rises with $K$ without deserving it.


# %% tags=["answer"] exercise="importance_weighted_bound"
def importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x):
    """log (1/K) sum_k p(x|z_k) p(z_k) / q(z_k|x)

    each (K, N) -> (N,)
    """
    ### BEGIN SOLUTION
    log_w = log_p_x_given_z + log_p_z - log_q_z_given_x  # (K, N)
    return torch.logsumexp(log_w, dim=0) - math.log(len(log_w))
    ### END SOLUTION


# %% [markdown] lang="es"
# **Predicción.** En 200 imágenes reservadas, el ELBO medio de `fashion-beta-1` ronda los $-234$ nats. Es la cota con
# una sola muestra por imagen. Con $K = 100$, ¿cuántos nats sube en promedio: 0.1, 1 o 10? ¿Y cómo se reparte lo que
# sube: **a)** casi lo mismo a todas las imágenes o **b)** mucho a unas pocas?

# %% [markdown] lang="en"
# **Prediction.** On 200 held-back pictures, the mean ELBO of `fashion-beta-1` is about $-234$ nats. It is the bound
# with a single draw for each picture. With $K = 100$, by how many nats does it rise on average: 0.1, 1 or 10? And how
# is the rise shared out: **a)** about as much to every picture, or **b)** a lot to a few?

# %% tags=["predict"]
predict("bound", ...)
predict("shared-gain", ...)

# %% tags=["reward"]
DRAWS = (1, 2, 10, 50, 100)

bound = mine("importance_weighted_bound")


@torch.no_grad()
def log_terms(model, x, k):
    mu, logvar = model.encode(x)  # (N, D)
    none = torch.zeros(1)
    terms = []
    for _ in range(k):
        z = reparameterize(mu, logvar, generator)
        log_p_x = -reconstruction_loss(x, model.decode(z), "bce")  # (N,)
        terms.append(torch.stack([log_p_x, log_normal(z, none, none), log_normal(z, mu, logvar)]))
    return torch.stack(terms, dim=1)  # (3, K, N)


def bounds_of(terms):
    most = terms.shape[1]
    return {k: torch.stack([bound(*part) for part in terms.split(k, dim=1)]).mean(dim=0) for k in DRAWS if k <= most}


terms = log_terms(models[1], held_back[:200], max(DRAWS))
values = bounds_of(terms)
for k in (1, 10, 100):
    say(es=f"K = {k}: {values[k].mean():.2f} nats", en=f"K = {k}: {values[k].mean():.2f} nats")
reveal("bound", (values[100] - values[1]).mean())
reveal("shared-gain")
charts.bounds(
    list(values), [value.mean() for value in values.values()], values[1].mean().item(), values[100] - values[1]
)

# %% [markdown] lang="es"
# Cerca de un nat, sobre más de doscientos: el ELBO de este modelo parece una buena cota (la brecha es al menos esa).
# La ganancia no se reparte por igual. Donde la nube del encoder se ajusta bien al verdadero $p(z \mid x)$ casi no hay
# qué ganar; unas pocas imágenes raras ganan varios nats. Los $K$ de la figura salen de las mismas 100 muestras,
# agrupadas, y por eso la curva nunca baja.
#
# Una salvedad: los píxeles son grises y la verosimilitud es de Bernoulli, pensada para ceros y unos. Sirve para
# comparar modelos de este curso con la misma pérdida, no con los nats de un artículo.
#
# Ahora, sus hermanos de la serie beta. Con $\beta = 4$ o $16$ el encoder aprendió nubes demasiado anchas, pues el
# precio de la KL era otro.

# %% [markdown] lang="en"
# About one nat, out of more than two hundred: this model's ELBO seems a good bound (the gap is at least that). The gain
# is not shared out equally. Where the encoder's cloud fits the true $p(z \mid x)$ well there is little to gain; a few
# odd pictures gain several nats. Every $K$ in the figure uses the same 100 draws, in groups, which is why the curve
# never falls.
#
# A reservation: the pixels are grey, and the likelihood is Bernoulli's, meant for zeros and ones. It will do to compare
# models of this course that share a loss, not to compare with a paper's nats.
#
# Now its siblings from the beta series. With $\beta = 4$ or $16$ the encoder has learnt clouds that are too wide,
# since the KL had another price.

# %% tags=["experiment"]
BETAS = (0, 1, 4, 16)

for beta in BETAS:
    values = bounds_of(log_terms(models[beta], held_back[:100], max(DRAWS)))
    low, high = values[1].mean(), values[100].mean()
    say(
        es=f"beta {beta:2d}: ELBO {low:7.1f}   K = 100 {high:7.1f}   ganancia {high - low:4.1f} nats",
        en=f"beta {beta:2d}: ELBO {low:7.1f}   K = 100 {high:7.1f}   gain {high - low:4.1f} nats",
    )

# %% [markdown] lang="es"
# Con $\beta = 16$ el ELBO era injusto en más de diez nats: parte de lo que parecía mal modelo era mala nube. Aun así,
# su cota no alcanza a la de $\beta = 1$. La de $\beta = 0$ es pésima por dos causas: sus códigos quedan tan lejos del
# prior que $\log p(z)$ se desploma, y sus nubes son tan angostas que ni $K = 100$ ajusta la cota (con $\sigma = 0.8$
# puesta a mano sube a cerca de $-460$). Sus muestras buenas salían de la gaussiana ajustada, y esta cota usa $\mathcal
# N(0, I)$: una verosimilitud es la de un decoder *con* un prior. Y aun con el mismo prior, **verosimilitud y aspecto de
# las muestras son cosas distintas** (Theis y otros, 2016): hay que decir para qué se quiere el modelo antes de elegir
# el número.
#
# ### En resumen
#
# | pregunta | instrumento | qué no ve |
# | --- | --- | --- |
# | ¿es nuevo? | vecina más cercana, contra reservadas | copias corridas o espejadas |
# | ¿es realista, y es variado? | precisión y cobertura; Fréchet | si es nuevo; lo que los rasgos ignoran |
# | ¿qué falla? | $z$ del prior, de la gaussiana, de $q(z)$ | si memoriza |
# | ¿explica imágenes nuevas? | ELBO, cota con $K$ muestras | el aspecto de las muestras |

# %% [markdown] lang="en"
# With $\beta = 16$ the ELBO was unfair by more than ten nats: part of what looked like a bad model was a bad cloud.
# Even so, its bound does not reach that of $\beta = 1$. That of $\beta = 0$ is dreadful for two reasons: its codes lie
# so far from the prior that $\log p(z)$ plunges, and its clouds are so narrow that not even $K = 100$ tightens the
# bound (with $\sigma = 0.8$ set by hand it rises to about $-460$). Its good samples came from the fitted Gaussian, and
# this bound uses $\mathcal N(0, I)$: a likelihood belongs to a decoder *with* a prior. And even under one prior,
# **likelihood and the look of samples are different things** (Theis et al., 2016): say what the model is for before
# choosing the number.
#
# ### In short
#
# | question | instrument | what it does not see |
# | --- | --- | --- |
# | is it new? | nearest neighbour, against held-back pictures | copies moved or mirrored |
# | is it realistic, and varied? | precision and coverage; Fréchet | newness; what the features ignore |
# | what is wrong? | $z$ from the prior, the Gaussian, $q(z)$ | memorising |
# | does it explain new pictures? | ELBO, bound with $K$ draws | the look of the samples |

# %% [markdown] lang="es"
# ## Para seguir (sin nota)
#
# - **Varias gaussianas.** Ajustar a los códigos de $\beta = 1$ una mezcla de diez gaussianas
#   (`sklearn.mixture.GaussianMixture`) y sortear de ella. ¿Baja la distancia de Fréchet respecto de B?
# - **Sin sesgo.** Medir la distancia con varios $N$, ajustar una recta en $1/N$ y leer su valor en 0 ([Chong y Forsyth,
#   2020](https://arxiv.org/abs/1911.07023)). ¿Da 0 para dos montones del mismo origen?
# - **Copias corridas.** Buscar una medida que descubra una copia corrida dos píxeles o espejada. ¿Sirven los rasgos
#   mu-8?

# %% [markdown] lang="en"
# ## Going further (not graded)
#
# - **Several Gaussians.** Fit a mixture of ten Gaussians to the codes of $\beta = 1$
#   (`sklearn.mixture.GaussianMixture`) and draw from it. Does the Fréchet distance fall below B's?
# - **Without bias.** Measure the distance at several $N$, fit a line in $1/N$ and read its value at 0 ([Chong and
#   Forsyth, 2020](https://arxiv.org/abs/1911.07023)). Is it 0 for two heaps from one source?
# - **Moved copies.** Find a measure that detects a copy moved by two pixels, or mirrored. Will the features mu-8 do?

# %% [markdown] lang="es"
# ## En la demo
#
# **Generar**: con una misma semilla, abrir «Ropa, β = 0», «Ropa, β = 1» y «Ropa, β = 64»; el prior y la gaussiana
# ajustada aparecen lado a lado. Antes de cambiar de modelo, decir en voz alta si lo que vendrá es $z$ sorteado en otro
# lugar, colapso del posterior o ninguna de las dos cosas. Junto a cada modelo están sus dimensiones activas y su PSNR:
# ¿cuál de los dos números dice si las muestras son buenas? Ninguno.
#
# <details><summary>En Keras</summary>
#
# | Keras / TensorFlow | PyTorch |
# | --- | --- |
# | `tf.reduce_logsumexp(log_w, axis=0)` | `torch.logsumexp(log_w, dim=0)` |
# | `tf.linalg.eigh(cov)` | `torch.linalg.eigh(cov)` |
# | `tf.linalg.eigvalsh(m)` | `torch.linalg.eigvalsh(m)` |
# | `tfp.stats.covariance(x)` (divide por $N$) | `torch.cov(x.T)` (divide por $N - 1$) |
# | `tf.argmin(d, axis=1)` | `d.argmin(dim=1)` |
# | `z_mean, z_log_var = encoder(x)` | `mu, logvar = model.encode(x)` |
# | `keras.applications.InceptionV3(include_top=False, pooling="avg")` | `torchvision.models.inception_v3` |
#
# </details>
#
# ## Referencias
#
# - Heusel y otros (2017), [GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
#   Equilibrium](https://arxiv.org/abs/1706.08500): la FID.
# - Burda, Grosse y Salakhutdinov (2016), [Importance Weighted Autoencoders](https://arxiv.org/abs/1509.00519): la cota
#   con pesos.
# - Theis, van den Oord y Bethge (2016), [A note on the evaluation of generative
#   models](https://arxiv.org/abs/1511.01844): verosimilitud y aspecto.
# - Kynkäänniemi y otros (2019), [Improved Precision and Recall Metric for Assessing Generative
#   Models](https://arxiv.org/abs/1904.06991): dos fracciones, con rasgos.
# - Hoffman y Johnson (2016), [ELBO surgery: yet another way to carve up the variational evidence lower
#   bound](http://approximateinference.org/accepted/HoffmanJohnson2016.pdf): la KL media partida en dos.

# %% [markdown] lang="en"
# ## In the demo
#
# **Generate**: with one seed, open "Clothes, β = 0", "Clothes, β = 1" and "Clothes, β = 64"; the prior and the fitted
# Gaussian stand side by side. Before changing the model, say aloud whether what is coming is $z$ drawn elsewhere,
# posterior collapse or neither. Beside each model are its active dimensions and its PSNR: which of the two numbers says
# whether the samples are good? Neither.
#
# <details><summary>In Keras</summary>
#
# | Keras / TensorFlow | PyTorch |
# | --- | --- |
# | `tf.reduce_logsumexp(log_w, axis=0)` | `torch.logsumexp(log_w, dim=0)` |
# | `tf.linalg.eigh(cov)` | `torch.linalg.eigh(cov)` |
# | `tf.linalg.eigvalsh(m)` | `torch.linalg.eigvalsh(m)` |
# | `tfp.stats.covariance(x)` (divides by $N$) | `torch.cov(x.T)` (divides by $N - 1$) |
# | `tf.argmin(d, axis=1)` | `d.argmin(dim=1)` |
# | `z_mean, z_log_var = encoder(x)` | `mu, logvar = model.encode(x)` |
# | `keras.applications.InceptionV3(include_top=False, pooling="avg")` | `torchvision.models.inception_v3` |
#
# </details>
#
# ## References
#
# - Heusel et al. (2017), [GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
#   Equilibrium](https://arxiv.org/abs/1706.08500): the FID.
# - Burda, Grosse and Salakhutdinov (2016), [Importance Weighted Autoencoders](https://arxiv.org/abs/1509.00519): the
#   weighted bound.
# - Theis, van den Oord and Bethge (2016), [A note on the evaluation of generative
#   models](https://arxiv.org/abs/1511.01844): likelihood and looks.
# - Kynkäänniemi et al. (2019), [Improved Precision and Recall Metric for Assessing Generative
#   Models](https://arxiv.org/abs/1904.06991): two shares, with features.
# - Hoffman and Johnson (2016), [ELBO surgery: yet another way to carve up the variational evidence lower
#   bound](http://approximateinference.org/accepted/HoffmanJohnson2016.pdf): the mean KL split in two.

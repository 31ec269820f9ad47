# %% [markdown] lang="es"
# # 10 · ¿Puede el ruido aprender el camino a casa, y cuándo vale la pena?
#
# *90 min, 35 de ellos para ejercicios y preguntas · dificultad 3 de 3*
#
# La lección 09 sacó z de una gaussiana ajustada, porque N(0, I) no acierta con el lugar donde viven los códigos. Una
# gaussiana también puede fallar. Aquí se aprende a sortear de los códigos mismos, como hacen hoy muchos de los
# generadores de imágenes más conocidos, en un tamaño que se entrena en menos de un minuto.
#
# **Objetivos.** Escribir el camino del ruido a un código, la pérdida que enseña a recorrerlo y los dos métodos que lo
# recorren; entender por qué una red que aprende *promedios* no da promedios; y decidir con números cuándo un prior
# aprendido le gana a una gaussiana y cuándo pierde.

# %% [markdown] lang="en"
# # 10 · Can noise learn its way home, and when is it worth it?
#
# *90 min, 35 of them for exercises and questions · difficulty 3 of 3*
#
# Lesson 09 drew z from a fitted Gaussian, because N(0, I) misses the place where the codes live. A Gaussian may miss,
# too. Here we learn to draw from the codes themselves, the way many of today's best-known image generators do, at a
# size that trains in less than a minute.
#
# **Aims.** Write the path from noise to a code, the loss that teaches how to walk it and the two methods that walk it;
# understand why a network that learns *averages* doesn't produce averages; and decide by numbers when a learnt prior
# beats a Gaussian, and when it loses.

# %% tags=["setup"]
import torch

# %% tags=["prepare"]
from vae_course import figures, pretrained
from vae_course.evaluation import frechet_distance, nearest_neighbours
from vae_course.faces import draw_gaussian, fit_latent_gaussian
from vae_course.figures import flow as flow_figures
from vae_course.flow import VelocityField, train_flow, unwhiten, whiten
from vae_course.images import to_unit_range
from vae_course.notebook import calibration
from vae_course.sampling import reparameterize, sample_prior
from vae_course.text import Both

DRAWS, N = 10_000, 2000  # measured, shown
clothes = pictures("fashion", DRAWS)
train, labels = to_unit_range(clothes.images), clothes.labels[:N]
x_held = to_unit_range(pictures("fashion", N, split="test").images)


def seed(number=0):
    return torch.Generator().manual_seed(number)


@torch.no_grad()
def encode(model, x):
    parts = [model.encode(part) for part in x.split(250)]
    return tuple(torch.cat(part) for part in zip(*parts, strict=True))  # (N, D), (N, D)


@torch.no_grad()
def decode(model, z):
    return torch.cat([model.decode(part) for part in z.split(250)])  # (N, C, H, W)


# %% [markdown] lang="es"
# ## Lo que una gaussiana no ve
#
# El modelo `fashion-2d` describe cada prenda con dos números, así que sus códigos se pueden dibujar todos. Debajo del
# mapa, el mismo decoder con z de tres lugares: el prior, la gaussiana ajustada y los códigos mismos, de prendas de
# entrenamiento. Se mide la distancia de Fréchet a prendas reservadas (lección 08); los rasgos son las 64 primeras
# componentes principales de los píxeles.

# %% [markdown] lang="en"
# ## What a Gaussian does not see
#
# The model `fashion-2d` describes each piece of clothing with two numbers, so that all its codes can be drawn. Below
# the map, the same decoder with z from three places: the prior, the fitted Gaussian, and the codes themselves, those
# of training clothes. What is measured is the Fréchet distance to held-back clothes (lesson 08); the features are the
# first 64 principal components of the pixels.

# %% tags=["experiment"]
centre = train.flatten(1).mean(dim=0)
_, axes = torch.linalg.eigh(torch.cov(train.flatten(1).T))  # (784, 784)


def pca(x):
    return (x.flatten(1) - centre) @ axes[:, -64:]  # (N, 1, 28, 28) -> (N, 64)


def distance(x, features=pca):
    return frechet_distance(features(x), features(x_held)).item()


flat = pretrained.load("fashion-2d")
mu, logvar = encode(flat, train)
mean, cov = fit_latent_gaussian(mu, logvar)
places = {
    "N(0, I)": sample_prior(DRAWS, 2, seed(1)),
    Both(es="gaussiana\najustada", en="fitted\nGaussian"): draw_gaussian(mean, cov, DRAWS, seed(1)),
    "q(z)": reparameterize(mu, logvar, seed(1)),
}
drawn = {name: decode(flat, z) for name, z in places.items()}
far = [distance(x) for x in drawn.values()]
for name, value in zip(drawn, far, strict=True):
    name = " ".join(name.split())
    say(es=f"{name}: distancia {value:.1f}", en=f"{name}: distance {value:.1f}")
show(
    figures.latent_space(mu[:N], labels, classes=clothes.classes, prior=True),
    figures.rows(torch.stack([x[:12] for x in drawn.values()]), list(drawn)),
)

# %% [markdown] lang="es"
# Con las fotos de Fashion-MNIST: 11.1 con el prior, 7.2 con la gaussiana ajustada, 4.8 con q(z), los códigos mismos.
# Este último es el **piso del decoder**, la referencia: lo que daría un prior perfecto. Queda camino.
#
# El mapa dice por qué. Los códigos forman brazos y grupos, con huecos entre ellos. La gaussiana conoce la media, la
# amplitud y la inclinación del conjunto, y nada más: sortea también en los huecos, donde el decoder dibuja mezclas de
# dos prendas, como varias de la fila de N(0, I).
#
# ¿Cómo sortear de una forma cualquiera? Sabemos sortear ruido. La idea de esta lección es **transportarlo**: partir de
# $x_0 \sim \mathcal N(0, I)$ y moverlo poco a poco, entre $t = 0$ y $t = 1$, hasta que el conjunto tenga la forma de
# los códigos.

# %% [markdown] lang="en"
# With the photographs of Fashion-MNIST: 11.1 with the prior, 7.2 with the fitted Gaussian, 4.8 with q(z), the codes
# themselves. The last is the **decoder's floor**, the reference: what a perfect prior would give. There is room for
# improvement.
#
# The map tells why. The codes form arms and groups with holes between them. The Gaussian knows the mean, the width
# and the tilt of the whole, and no more: it draws in the holes, too, where the decoder paints mixtures of two
# garments, like several in the row of N(0, I).
#
# How does one draw from a shape of any kind? We know how to draw noise. The idea of this lesson is to **transport**
# it: start from $x_0 \sim \mathcal N(0, I)$ and move it little by little, from $t = 0$ to $t = 1$, until the whole
# crowd has the shape of the codes.

# %% [markdown] lang="es"
# ## Ejercicio: el camino
#
# *5 min · dificultad 1 de 3*
#
# Lo más simple es la línea recta. Escribir `path(x0, x1, t)`: dónde está, en el instante $t$, quien va de $x_0$ a
# $x_1$ a velocidad constante:
#
# $$x_t = (1 - t)\,x_0 + t\,x_1$$
#
# `x0` y `x1` son `(N, D)`; `t` es un número, o `(N,)`, un instante por fila. Devuelve `(N, D)`.
#
# <details><summary>Pista</summary>
#
# Un tensor `(N,)` no se multiplica fila por fila con uno `(N, D)`: hace falta `(N, 1)`. `torch.as_tensor(t)` acepta
# números y tensores; `.unsqueeze(-1)` agrega la dimensión que falta, también a un número.
#
# </details>
#
# **Error frecuente:** cambiar los extremos. Aquí el ruido está en $t = 0$ y el código en $t = 1$; muchos artículos de
# difusión cuentan el tiempo al revés.

# %% [markdown] lang="en"
# ## Exercise: the path
#
# *5 min · difficulty 1 of 3*
#
# The simplest is a straight line. Write `path(x0, x1, t)`: where someone who goes from $x_0$ to $x_1$ at constant
# velocity is at time $t$:
#
# $$x_t = (1 - t)\,x_0 + t\,x_1$$
#
# `x0` and `x1` are `(N, D)`; `t` is a number, or `(N,)`, one time per row. It returns `(N, D)`.
#
# <details><summary>Hint</summary>
#
# A tensor `(N,)` does not multiply one of `(N, D)` row by row: it has to be `(N, 1)`. `torch.as_tensor(t)` takes
# numbers and tensors; `.unsqueeze(-1)` adds the missing dimension, to a number as well.
#
# </details>
#
# **Common mistake:** swapping the ends. Here noise is at $t = 0$ and the code at $t = 1$; many papers on diffusion
# count time the other way round.


# %% tags=["answer"] exercise="path"
def path(x0, x1, t):
    """x_t = (1 - t) x0 + t x1

    x0, x1: (N, D), t: float or (N,) -> (N, D)
    """
    ### BEGIN SOLUTION
    t = torch.as_tensor(t, dtype=x0.dtype).unsqueeze(-1)  # () -> (1,), (N,) -> (N, 1)
    return (1 - t) * x0 + t * x1
    ### END SOLUTION


# %% [markdown] lang="es"
# Se empareja al azar cada punto de ruido con un código y se filman todos los caminos a la vez. Los códigos ya van
# *blanqueados*: centrados y con desviación 1 en toda dirección. Más abajo se verá por qué.

# %% [markdown] lang="en"
# Each point of noise is paired with a code at random, and all the paths are filmed at once. The codes are *whitened*
# already: centred, and with deviation 1 along every direction. The reason comes further down.

# %% tags=["reward"]
MOMENTS = 6
AXES = (Both(es="$z_0$ blanqueada", en="whitened $z_0$"), Both(es="$z_1$ blanqueada", en="whitened $z_1$"))

times = torch.linspace(0, 1, MOMENTS)
x0, x1 = sample_prior(N, 2, seed(2)), whiten(places["q(z)"][:N], mean, cov)
straight = torch.stack([mine("path")(x0, x1, float(t)) for t in times])  # (6, N, 2)
flow_figures.flow_film(straight, x1, labels, classes=clothes.classes, axes=AXES)

# %% [markdown] lang="es"
# El ruido se vuelve códigos, pero es trampa: cada punto sabía de antemano a qué código iba. Para sortear códigos
# *nuevos* hace falta una regla que solo mire dónde se está y en qué instante: un **campo de velocidades** $v(x, t)$.
# Quien parte de $x_0$ lo obedece paso a paso, $\frac{dx}{dt} = v(x, t)$, y en $t = 1$ llega a un código.
#
# ¿Y qué velocidad se le pide a la red? Por el camino recto se avanza siempre a velocidad $x_1 - x_0$. El problema
# está en los cruces: por un mismo lugar, en el mismo instante, pasan caminos hacia códigos distintos.
#
# **Predicción.** Una sola dimensión y dos casas: tres de cada cuatro códigos valen $+1$, los demás $-1$. En el
# instante $t = 1/2$, por $x = 0$ pasan los que van de $-1$ a $+1$ (velocidad $+2$) y los que van de $+1$ a $-1$
# (velocidad $-2$). Una red que minimiza el error cuadrático, ¿qué velocidad aprende para ese lugar?
#
# - **a)** $+2$, la de la mayoría;
# - **b)** $+1$, el promedio;
# - **c)** unas veces $+2$ y otras $-2$, según la inicialización.

# %% [markdown] lang="en"
# The noise turns into codes, but that is cheating: each point knew beforehand which code it was going to. To draw
# *new* codes takes a rule that looks only at where one is and what time it is: a **velocity field** $v(x, t)$. Whoever
# starts from $x_0$ obeys it step by step, $\frac{dx}{dt} = v(x, t)$, and arrives at a code at $t = 1$.
#
# And which velocity is the network asked for? On a straight path one always moves at $x_1 - x_0$. The trouble is where
# paths cross: through one place, at one time, pass paths to different codes.
#
# **Prediction.** A single dimension and two homes: three codes in four are $+1$, the others $-1$. At time $t = 1/2$,
# through $x = 0$ pass those from $-1$ to $+1$ (velocity $+2$) and those from $+1$ to $-1$ (velocity $-2$). Which
# velocity does a network that minimises squared error learn for that place?
#
# - **a)** $+2$, that of most;
# - **b)** $+1$, the mean;
# - **c)** at times $+2$ and at times $-2$, depending on the initialisation.

# %% tags=["predict"]
predict("crossing-velocity", ...)

# %% tags=["experiment"]
MANY, NEAR = 1_000_000, 0.02

noise = torch.randn(MANY, 1, generator=seed(3))
home = torch.where(torch.rand(MANY, 1, generator=seed(4)) < 0.75, 1.0, -1.0)
at_zero = (mine("path")(noise, home, 0.5).abs() < NEAR).squeeze(1)  # x = 0
crossing = (home - noise)[at_zero]
share, speed = (crossing > 0).float().mean(), crossing.mean()
say(
    es=f"pasan {len(crossing)} de {MANY}: {share:.0%} hacia +1; velocidad media {speed:.2f}",
    en=f"{len(crossing)} of {MANY} pass: {share:.0%} towards +1; mean velocity {speed:.2f}",
)
reveal("crossing-velocity")

# %% [markdown] lang="es"
# El error cuadrático elige la media, como en la lección 09 elegía la de muchas caras. Este es el punto clave de la
# lección: **la red no aprende el camino de nadie, aprende la velocidad promedio de todos los que cruzan por ahí**,
#
# $$v^*(x, t) = \mathbb E\left[x_1 - x_0 \mid x_t = x\right].$$
#
# Allí promediar era lo que volvía borrosas las imágenes. Aquí no, y la razón es bonita: se promedian velocidades, no
# llegadas. La velocidad media mueve por cada lugar tantos puntos como los caminos rectos, así que la multitud entera
# pasa por las mismas formas (Lipman y otros, 2023; Liu y otros, 2023), aunque cada punto, por su cuenta, haga otro
# viaje. En el cruce del ejemplo se avanza a $+1$, más despacio que en cualquiera de sus caminos; más cerca de una de
# las casas, los que cruzan van casi todos a ella, y la media se decide. En $t = 1$ ya no hay duda de adónde se va:
# solo se promedia de dónde se vino.

# %% [markdown] lang="en"
# Squared error picks the mean, as in lesson 09 it picked that of many faces. This is the key point of the lesson:
# **the network learns no one's path, it learns the average velocity of all those that cross there**,
#
# $$v^*(x, t) = \mathbb E\left[x_1 - x_0 \mid x_t = x\right].$$
#
# There averaging was what blurred the pictures. Here it does not, for a neat reason: velocities are averaged, not
# arrivals. The mean velocity moves as many points through each place as the straight paths do, so the whole crowd
# passes through the same shapes (Lipman et al., 2023; Liu et al., 2023), though each point, by itself, makes another
# journey. At the crossing of the example one moves at $+1$, slower than on any of its paths; nearer to one of the
# homes, nearly all that cross lead to it, and the mean makes up its mind. At $t = 1$ there is no doubt left about
# where one goes: what is averaged is only where one came from.

# %% [markdown] lang="es"
# ## Ejercicio: la pérdida
#
# *10 min · dificultad 2 de 3*
#
# La pérdida se llama *flow matching*. Escribir `flow_matching_loss(velocity, x1, generator=None)`: a cada código de
# `x1`, `(N, D)`, se le sortean un ruido $x_0 \sim \mathcal N(0, I)$ y un instante $t \sim U(0, 1)$ propios, y se mide
# cuánto se aparta `velocity(x_t, t)` de la velocidad de su camino:
#
# $$\mathcal L = \frac1N \sum_{n=1}^{N} \| v(x_t^{(n)}, t^{(n)}) - (x_1^{(n)} - x_0^{(n)}) \|^2$$
#
# `velocity` es una función cualquiera de `(N, D)` y `(N,)` en `(N, D)`. Devuelve un número: suma sobre las
# dimensiones, media sobre los códigos, como en las demás pérdidas del curso.
#
# <details><summary>Pista</summary>
#
# `torch.randn(x1.shape, generator=generator)` y `torch.rand(len(x1), generator=generator)`. El resto es `path`, una
# resta, `.square()`, `.sum(dim=1)` y `.mean()`.
#
# </details>
#
# **Error frecuente:** un solo instante para todo el batch, o restar al revés: una red que aprende $x_0 - x_1$ empuja
# el ruido hacia afuera, lejos de los códigos.

# %% [markdown] lang="en"
# ## Exercise: the loss
#
# *10 min · difficulty 2 of 3*
#
# The loss is called *flow matching*. Write `flow_matching_loss(velocity, x1, generator=None)`: each code of `x1`,
# `(N, D)`, gets a noise vector $x_0 \sim \mathcal N(0, I)$ and a time $t \sim U(0, 1)$ of its own, and one measures
# how far `velocity(x_t, t)` is from the velocity of its path:
#
# $$\mathcal L = \frac1N \sum_{n=1}^{N} \| v(x_t^{(n)}, t^{(n)}) - (x_1^{(n)} - x_0^{(n)}) \|^2$$
#
# `velocity` is any function from `(N, D)` and `(N,)` to `(N, D)`. It returns a number: the sum over dimensions, the
# mean over codes, as in the course's other losses.
#
# <details><summary>Hint</summary>
#
# `torch.randn(x1.shape, generator=generator)` and `torch.rand(len(x1), generator=generator)`. The rest is `path`, a
# subtraction, `.square()`, `.sum(dim=1)` and `.mean()`.
#
# </details>
#
# **Common mistake:** one time for the whole batch, or subtracting the wrong way round: a network that learns $x_0 -
# x_1$ pushes noise outwards, away from the codes.


# %% tags=["answer"] exercise="flow_matching_loss"
def flow_matching_loss(velocity, x1, generator=None):
    """mean over n of |v(x_t, t) - (x1 - x0)|^2, with x0 ~ N(0, I) and t ~ U(0, 1) for each code

    velocity: (N, D), (N,) -> (N, D); x1: (N, D) -> scalar
    """
    ### BEGIN SOLUTION
    x0 = torch.randn(x1.shape, generator=generator)  # (N, D)
    t = torch.rand(len(x1), generator=generator)  # (N,)
    return (velocity(path(x0, x1, t), t) - (x1 - x0)).square().sum(dim=1).mean()
    ### END SOLUTION


# %% [markdown] lang="es"
# **Predicción.** Antes de entrenar, una red que no sabe nada puede contestar siempre 0. Con códigos blanqueados de dos
# dimensiones, ¿cuánto vale su pérdida? Después se entrena menos de un minuto. En códigos reservados, ¿cuánto baja de
# la pérdida de quien solo conoce la gaussiana ajustada? **a)** Casi hasta 0; **b)** a la mitad; **c)** unos pocos por
# ciento.

# %% [markdown] lang="en"
# **Prediction.** Before training, a network that knows nothing may as well always answer 0. With whitened codes of two
# dimensions, what is its loss? Then it trains for less than a minute. On held-back codes, how far does it get below
# the loss of someone who knows only the fitted Gaussian? **a)** Nearly to 0; **b)** to half of it; **c)** by a few per
# cent.

# %% tags=["predict"]
predict("zero-velocity", ...)
predict("trained-loss", ...)

# %% tags=["reward"]
STEPS = 1500

matching_loss = mine("flow_matching_loss")


def zero(x, t):
    return torch.zeros_like(x)


def of_a_gaussian(x, t):  # N(0, I)
    t = t[:, None]
    return (2 * t - 1) / ((1 - t) ** 2 + t**2) * x


@torch.no_grad()
def loss_of(velocity, x1, draws=20):
    return matching_loss(velocity, x1.repeat(draws, 1), seed(5)).item()


flow = train_flow(mu, logvar, steps=STEPS, width=128, generator=seed())
held_back = whiten(reparameterize(*encode(flat, x_held), seed(1)), mean, cov)
losses = [loss_of(velocity, held_back) for velocity in (zero, of_a_gaussian, flow.velocity)]
names = (
    Both(es="siempre 0", en="always 0"),
    Both(es="la gaussiana", en="the Gaussian"),
    Both(es="la red entrenada", en="the trained network"),
)
for name, value in zip(names, losses, strict=True):
    say(es=f"{name}: {value:.2f}", en=f"{name}: {value:.2f}")
reveal("zero-velocity", losses[0])
reveal("trained-loss")

# %% [markdown] lang="es"
# Como en la lección 05, la pérdida se lee contra líneas conocidas. Quien dice siempre 0 paga $\mathbb E|x_1|^2 +
# \mathbb E|x_0|^2 = 2D$, aquí 4. Quien sabe que los códigos son una gaussiana, y nada más, contesta
# $v(x, t) = \frac{2t - 1}{(1-t)^2 + t^2}\,x$ y paga $\int_0^1 \frac{D}{(1-t)^2 + t^2}\,dt = \frac{\pi}{2}\,D$, aquí
# 3.14; los códigos reservados, que son otros, dan un poco menos. La red queda apenas un 3 % por debajo de esa
# gaussiana. Ese poco es todo lo que sabe de brazos y huecos: casi toda la pérdida viene de los cruces y no se puede
# quitar. **Que la pérdida no llegue a 0 no quiere decir que la red no aprendió**, y su valor dice poco sin sus
# líneas.
#
# La segunda línea servirá más abajo: si en códigos reservados la red no baja de la pérdida de la gaussiana, no sabe
# nada que ella no supiera.

# %% [markdown] lang="en"
# As in lesson 05, the loss is read against known lines. Whoever always says 0 pays $\mathbb E|x_1|^2 + \mathbb
# E|x_0|^2 = 2D$, here 4. Whoever knows that the codes are a Gaussian, and no more, answers
# $v(x, t) = \frac{2t - 1}{(1-t)^2 + t^2}\,x$ and pays $\int_0^1 \frac{D}{(1-t)^2 + t^2}\,dt = \frac{\pi}{2}\,D$, here
# 3.14; held-back codes, being others, give a little less. The network gets only 3 % lower than that Gaussian. That
# little is all it knows of arms and holes: nearly all of the loss comes from the crossings and can't be removed.
# **That a loss doesn't reach 0 does not mean that the network hasn't learnt**, and its value tells little without its
# lines.
#
# The second line will be of use further down: if on held-back codes the network does not get below the Gaussian's
# loss, it knows nothing that the Gaussian did not know.

# %% [markdown] lang="es"
# ## ¿Por qué blanquear?
#
# El ruido tiene desviación 1 en toda dirección. Los códigos, no: en `faces` las varianzas van de 11.4 a 0.13 (lección
# 09). *Blanquear* es cambiar de coordenadas para que la gaussiana ajustada de los códigos sea N(0, I): se resta la
# media y, a lo largo de cada eje principal, se divide por la desviación. Al terminar se deshace. Así la escala y la
# inclinación ya vienen resueltas: una red que aprendiera solo el campo de N(0, I) llegaría a la gaussiana de 09.
#
# La celda entrena la misma red dos veces, con el bucle de la lección 05 y la pérdida de hoy. Los códigos son los de
# `fashion-latent-8-beta-0`, un autoencoder de ocho números: sin KL nada los acerca al origen, y sus desviaciones van
# de 2 a 9.
#
# **Predicción.** Con 400 pasos, ¿qué pasa sin blanquear? La distancia de Fréchet **a)** será casi la misma: la red
# puede aprender cualquier escala; **b)** será mayor, porque el ruido y los códigos no tienen la misma desviación; o
# **c)** será menor, porque los códigos separados se distinguen mejor.

# %% [markdown] lang="en"
# ## Why whiten?
#
# Noise has deviation 1 along every direction. Codes don't: in `faces` the variances run from 11.4 to 0.13 (lesson
# 09). To *whiten* is to change coordinates so that the codes' fitted Gaussian becomes N(0, I): subtract the mean and,
# along each principal axis, divide by the deviation. It is undone at the end. So scale and tilt are settled: a
# network that learnt no more than the field of N(0, I) would land on 09's Gaussian.
#
# The cell trains the same network twice, with lesson 05's loop and today's loss. The codes are those of
# `fashion-latent-8-beta-0`, an autoencoder of eight numbers: without KL nothing draws them to the origin, and their
# deviations go from 2 to 9.
#
# **Prediction.** With 400 steps, what happens without whitening? The Fréchet distance **a)** will be about the same:
# a network can learn any scale; **b)** will be larger, because noise and codes do not have the same deviation; or
# **c)** will be smaller, because codes that lie far apart are easier to tell from each other.

# %% tags=["predict"]
predict("unwhitened", ...)

# %% tags=["experiment"]
FEW_STEPS = 400

free = pretrained.load("fashion-latent-8-beta-0")
free_mu, free_logvar = encode(free, train)
fitted = fit_latent_gaussian(free_mu, free_logvar)
coordinates = {
    Both(es="sin blanquear", en="not whitened"): (torch.zeros(8), torch.eye(8)),
    Both(es="blanqueados", en="whitened"): fitted,
}


def trained(mean, cov):
    torch.manual_seed(0)
    velocity, generator = VelocityField(8, width=128), seed()
    optimizer = torch.optim.Adam(velocity.parameters(), lr=1e-3)
    for _ in range(FEW_STEPS):
        k = torch.randint(len(free_mu), (256,), generator=generator)
        z = reparameterize(free_mu[k], free_logvar[k], generator)
        loss = matching_loss(velocity, whiten(z, mean, cov), generator)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return velocity


fields = {name: trained(*place) for name, place in coordinates.items()}

# %% [markdown] lang="es"
# Los dos campos están entrenados; para ver adónde llevan hay que recorrerlos, y eso es el último ejercicio.
#
# ## Ejercicio: recorrer el campo
#
# *10 min · dificultad 2 de 3*
#
# Escribir `integrate(velocity, x0, steps, method="heun")`: los lugares en $t = 0, \tfrac1S, \dots, 1$, con $S$ pasos
# de largo $h = 1/S$; devuelve `(steps + 1, N, D)`, y lo primero es `x0`. Hay dos maneras, el método de Euler y el
# método de Heun:
#
# $$\text{Euler:}\quad x_{k+1} = x_k + h\,v(x_k, t_k)$$
#
# $$\text{Heun:}\quad \tilde x = x_k + h\,v(x_k, t_k), \qquad
# x_{k+1} = x_k + \tfrac h2\big(v(x_k, t_k) + v(\tilde x, t_{k+1})\big)$$
#
# Euler cree que la velocidad de ahora vale todo el paso. Heun da ese paso de prueba, mira la velocidad que hay al
# final y usa la media de las dos: pregunta a la red dos veces por paso. `velocity` recibe el instante como `(N,)`,
# igual para todos. Cualquier otro nombre de método lanza `ValueError`.
#
# <details><summary>Pista</summary>
#
# `t = torch.full((len(x),), k / steps)`. Los lugares se guardan en una lista, y `torch.stack` los apila al final.
#
# </details>
#
# **Error frecuente:** `x += ...`, que escribe sobre el `x0` recibido y sobre lo ya guardado; o dividir la suma de Heun
# entre dos y olvidarse de $h$.

# %% [markdown] lang="en"
# Both fields are trained; to see where they lead one has to follow them, and that is the last exercise.
#
# ## Exercise: following the field
#
# *10 min · difficulty 2 of 3*
#
# Write `integrate(velocity, x0, steps, method="heun")`: the places at $t = 0, \tfrac1S, \dots, 1$, with $S$ steps of
# length $h = 1/S$; it returns `(steps + 1, N, D)`, and the first of them is `x0`. There are two ways, Euler's method
# and Heun's method:
#
# $$\text{Euler:}\quad x_{k+1} = x_k + h\,v(x_k, t_k)$$
#
# $$\text{Heun:}\quad \tilde x = x_k + h\,v(x_k, t_k), \qquad
# x_{k+1} = x_k + \tfrac h2\big(v(x_k, t_k) + v(\tilde x, t_{k+1})\big)$$
#
# Euler trusts the present velocity for the whole step. Heun takes that step on trial, looks at the velocity at its
# end and uses the mean of both: it asks the network twice per step. `velocity` gets the time as `(N,)`, the same for
# all. Any other name of a method raises `ValueError`.
#
# <details><summary>Hint</summary>
#
# `t = torch.full((len(x),), k / steps)`. Keep the places in a list; `torch.stack` piles them up at the end.
#
# </details>
#
# **Common mistake:** `x += ...`, which writes over the `x0` that came in and over what is kept already; or halving
# Heun's sum and forgetting $h$.


# %% tags=["answer"] exercise="integrate"
def integrate(velocity, x0, steps, method="heun"):
    """x at t = 0, 1/steps, ..., 1 along dx/dt = v(x, t), by "euler" or "heun"

    velocity: (N, D), (N,) -> (N, D); x0: (N, D) -> (steps + 1, N, D)
    """
    ### BEGIN SOLUTION
    if method not in ("euler", "heun"):
        raise ValueError("method: euler or heun")
    way, h = [x0], 1 / steps
    for k in range(steps):
        x = way[-1]
        slope = velocity(x, torch.full((len(x),), k / steps))
        if method == "heun":
            end = velocity(x + h * slope, torch.full((len(x),), (k + 1) / steps))
            slope = (slope + end) / 2
        way.append(x + h * slope)
    return torch.stack(way)
    ### END SOLUTION


# %% [markdown] lang="es"
# Primero, lo que quedó pendiente: los dos campos, recorridos desde el mismo ruido.

# %% [markdown] lang="en"
# First what was left open: both fields, followed from the same noise.

# %% tags=["reward"]
follow = torch.no_grad()(mine("integrate"))

from_noise = sample_prior(DRAWS, 8, seed(1))
arrived = {name: unwhiten(follow(fields[name], from_noise, 10)[-1], *coordinates[name]) for name in fields}
arrived[Both(es="la gaussiana sola", en="the Gaussian alone")] = unwhiten(from_noise, *fitted)
for name, z in arrived.items():
    say(es=f"{name}: distancia {distance(decode(free, z)):.1f}", en=f"{name}: distance {distance(decode(free, z)):.1f}")
reveal("unwhitened")

# %% [markdown] lang="es"
# Sin blanquear la red también aprende, y hasta mejora a la gaussiana, pero tarda: con las fotos, tras los mismos
# pasos, queda en 2.3, y blanqueada en 1.7 (la gaussiana sola, 3.7). Una red recién creada contesta números pequeños y
# espera números de tamaño 1: a códigos cuya desviación va de 2 a 9 tiene que acercarse primero, y eso le cuesta
# pasos. Restar la media y dividir todo por **un solo** número suele ayudar; cuanto más distintas son las
# desviaciones, como en `faces`, menos alcanza uno solo: la pérdida suma errores al cuadrado, y las direcciones
# angostas casi no cuentan en ella.
#
# **Predicción.** ¿Cuántos pasos hacen falta? Para saberlo hay que conocer la respuesta exacta. Si los códigos son una
# gaussiana de una dimensión, $\mathcal N(m, s^2)$, el viaje se conoce: quien parte de $x_0$ llega a $m + s\,x_0$. Si
# se duplican los pasos, ¿por cuánto se divide el error de Euler? ¿Y el de Heun?

# %% [markdown] lang="en"
# The network learns without whitening, too, and even improves on the Gaussian, but it is slow: with the photographs,
# after the same steps, it is at 2.3, and at 1.7 when whitened (the Gaussian alone, 3.7). A new network answers small
# numbers and expects numbers of size 1: it has to come near codes with deviations from 2 to 9 first, and that takes
# steps. Subtracting the mean and dividing everything by **one** number usually helps; the more the deviations differ,
# as in `faces`, the less one number will do: the loss adds up squared errors, and narrow directions hardly count in
# it.
#
# **Prediction.** How many steps does it take? To tell, one must know the exact answer. If the codes are a Gaussian of
# one dimension, $\mathcal N(m, s^2)$, the journey is known: whoever starts from $x_0$ arrives at $m + s\,x_0$. If the
# steps are doubled, what is Euler's error divided by? And Heun's?

# %% tags=["predict"]
predict("euler-doubled", ...)
predict("heun-doubled", ...)

# %% tags=["experiment"]
M, S = 2.0, 0.5


def known(x, t):  # N(0, 1) -> N(M, S^2)
    t = t[:, None]
    return M + (t * S**2 - (1 - t)) / ((1 - t) ** 2 + (t * S) ** 2) * (x - t * M)


begin = sample_prior(500, 1, seed(6))
COUNTS = (5, 10, 20, 40, 80)
errors = {
    method: [(follow(known, begin, count, method)[-1] - (M + S * begin)).abs().mean().item() for count in COUNTS]
    for method in ("euler", "heun")
}
for count, by_euler, by_heun in zip(COUNTS, *errors.values(), strict=True):
    say(
        es=f"{count:3d} pasos: Euler {by_euler:.5f}   Heun {by_heun:.5f}",
        en=f"{count:3d} steps: Euler {by_euler:.5f}   Heun {by_heun:.5f}",
    )
reveal("euler-doubled", errors["euler"][-2] / errors["euler"][-1])
reveal("heun-doubled", errors["heun"][-2] / errors["heun"][-1])

# %% [markdown] lang="es"
# El error de Euler cae como el paso, el de Heun como su cuadrado, en cuanto los pasos son cortos: con el doble de
# pasos, el de Euler baja a la mitad y el de Heun a la cuarta parte. Heun paga dos preguntas por paso y aun así gana:
# con 5 pasos (10 preguntas) ya se equivoca menos que Euler con 80.
#
# En el campo aprendido pasa lo mismo. Abajo, Euler con ocho pasos y Heun con cuatro: las mismas ocho preguntas. Cada
# una cuesta tiempo, y en los grandes generadores ese tiempo es casi todo lo que se espera por una imagen.

# %% [markdown] lang="en"
# Euler's error falls as the step does, Heun's as its square once steps are short: twice the steps, a half against a
# quarter. Heun pays two questions per step and still wins: with 5 steps (10 questions) its error is smaller than
# Euler's with 80.
#
# In the learnt field it is the same. Below, Euler with eight steps and Heun with four: both ask the network eight
# times. Each question takes time, and in the large generators that time is nearly all one waits for a picture.

# %% tags=["experiment"]
FEW = 4

some = sample_prior(8, 2, seed(7))
ways = {
    Both(es=f"Euler, {2 * FEW} pasos", en=f"Euler, {2 * FEW} steps"): follow(flow.velocity, some, 2 * FEW, "euler"),
    Both(es=f"Heun, {FEW} pasos", en=f"Heun, {FEW} steps"): follow(flow.velocity, some, FEW, "heun"),
}
flow_figures.paths(list(ways.values()), list(ways), follow(flow.velocity, some, 200), codes=x1, axes=AXES)

# %% [markdown] lang="es"
# ## La película
#
# Dos mil puntos de ruido, ahora sin saber a dónde van. Solo obedecen el campo que se aprendió.

# %% [markdown] lang="en"
# ## The film
#
# Two thousand points of noise, this time without knowing where they go. They only obey the field that was learnt.

# %% tags=["reward"]
film = follow(flow.velocity, sample_prior(N, 2, seed(1)), 20)  # (21, N, 2)
arrivals = labels[nearest_neighbours(film[-1], x1)]  # (N,)
flow_figures.flow_film(film, x1, arrivals, classes=clothes.classes, moments=MOMENTS, axes=AXES)

# %% [markdown] lang="es"
# Los colores dicen a qué prenda llega cada punto. En la primera película estaban mezclados en $t = 0$, porque las
# parejas eran al azar; aquí el ruido ya está repartido en regiones, como un mapa: dónde se empieza decide adónde se
# llega. Dos puntos nunca están en el mismo lugar en el mismo instante, pues allí hay una sola velocidad (en el dibujo
# sus caminos sí pueden cruzarse, en instantes distintos). La multitud se encoge hacia el medio, donde se cruzan casi
# todos los caminos rectos y la velocidad media es pequeña, y después se abre.
#
# ## ¿Vale la pena?
#
# Ahora con z de ocho números, `fashion-latent-8`, y con dos clases de rasgos: las componentes de los píxeles y, como
# en la lección 08, los códigos de otro modelo, `fashion-plus`.
#
# **Predicción.** Entre la distancia de la gaussiana y el piso del decoder hay un trecho. En `fashion-2d`, con
# componentes de píxeles, ¿qué parte de ese trecho recorre la red, en %? (Su pérdida queda apenas un 3 % por debajo de
# la gaussiana. ¿La distancia también?) La celda que sigue entrena de medio minuto a uno y mientras tanto no escribe
# nada.

# %% [markdown] lang="en"
# Colours show at which garment each point ends up. In the first film they were mixed at $t = 0$, as the pairs were
# made at random; here the noise is divided into regions already, like a map: where a point starts decides where it
# ends up. No two are ever at the same place at the same time, since there is one velocity only there (drawn, their
# paths may cross, at different times). The crowd shrinks towards the middle, where nearly all straight paths cross and
# the mean velocity is small, and then it opens up.
#
# ## Is it worth it?
#
# Now with a z of eight numbers, `fashion-latent-8`, and two kinds of features: the components of the pixels and, as in
# lesson 08, the codes of another model, `fashion-plus`.
#
# **Prediction.** Between the Gaussian's distance and the decoder's floor there is a stretch. In `fashion-2d`, with
# components of pixels, what percentage of it does the network cover? (Its loss is only 3 % below the Gaussian's. Is
# the distance, too?) The next cell trains for half a minute to a minute and prints nothing meanwhile.

# %% tags=["predict"]
predict("stretch", ...)

# %% tags=["reward"]
plus = pretrained.load("fashion-plus")


def codes(x):
    return encode(plus, x)[0]  # (N, 1, 28, 28) -> (N, 8)


eight = pretrained.load("fashion-latent-8")
mu8, logvar8 = encode(eight, train)
learnt = train_flow(mu8, logvar8, steps=1000, learning_rate=3e-3, generator=seed())
GAUSSIAN, FLOW = Both(es="gaussiana ajustada", en="fitted Gaussian"), Both(es="prior aprendido", en="learnt prior")
FLOOR = Both(es="q(z), el piso", en="q(z), the floor")
SOURCES = ("N(0, I)", GAUSSIAN, FLOW, FLOOR)


def sources(flow, codes):
    noise = sample_prior(DRAWS, len(flow.mean), seed(1))
    return noise, unwhiten(noise, flow.mean, flow.covariance), flow.draw(DRAWS, seed(1), steps=10), codes


table, shown = {}, {}
for model, flow_of, codes_of in ((flat, flow, (mu, logvar)), (eight, learnt, (mu8, logvar8))):
    latent_dim = len(flow_of.mean)
    for name, z in zip(SOURCES, sources(flow_of, reparameterize(*codes_of, seed(1))), strict=True):
        x = decode(model, z)
        table[latent_dim, name] = by_pca, by_mu = distance(x), distance(x, codes)
        shown[latent_dim, name] = x[:16]
        say(
            es=f"z de {latent_dim} números, {name:18s}  PCA-64 {by_pca:5.2f}   mu-8 {by_mu:5.2f}",
            en=f"z of {latent_dim} numbers, {name:16s}  PCA-64 {by_pca:5.2f}   mu-8 {by_mu:5.2f}",
        )
by_gaussian, by_flow, floor = (table[2, name][0] for name in SOURCES[1:])
reveal("stretch", 100 * (by_gaussian - by_flow) / (by_gaussian - floor))
flow_figures.priors(torch.stack([shown[8, name] for name in SOURCES]), SOURCES, [table[8, name][0] for name in SOURCES])

# %% [markdown] lang="es"
# Con las fotos de Fashion-MNIST, en `fashion-2d` la red recorre 88 % del trecho (de 7.2 a 5.1, con el piso en 4.8), y
# en `fashion-latent-8`, 85 % (de 2.6 a 1.0, con el piso en 0.75). Con los rasgos mu-8 el orden es el mismo, pero se
# recorre menos, unas tres cuartas partes. Una red más ancha o más pasos la acercan todavía más, a cambio de tiempo;
# la gaussiana no cuesta nada. En la figura las tres primeras láminas parten del mismo ruido y sus prendas se
# corresponden una a una; dieciséis imágenes apenas muestran lo que miden diez mil.
#
# **Predicción.** ¿Y con rostros? Hay dos clases de caras, 2000 de cada una: las fotos de CelebA, con los 128 números
# de `faces`, y las dibujadas por el curso, con los 32 de `drawn`. ¿Dónde le gana la red a la gaussiana?
#
# - **a)** en ambas;
# - **b)** solo en las fotos: con 128 números hay más que aprender;
# - **c)** solo en las dibujadas;
# - **d)** en ninguna: 2000 caras son pocas.

# %% [markdown] lang="en"
# With the photographs of Fashion-MNIST the network covers 88 % of the stretch in `fashion-2d` (from 7.2 to 5.1, the
# floor at 4.8), and 85 % in `fashion-latent-8` (from 2.6 to 1.0, the floor at 0.75). With the features mu-8 the order
# is the same, and a smaller part is covered, some three quarters. A wider network or more steps bring it nearer
# still, at the price of time; the Gaussian costs nothing. In the figure the first three sheets start from the same
# noise, and their garments correspond one by one; sixteen pictures hardly show what ten thousand measure.
#
# **Prediction.** And with faces? There are two kinds, 2,000 of each: CelebA's photographs, with the 128 numbers of
# `faces`, and those that the course draws, with the 32 of `drawn`. Where does the network beat the Gaussian?
#
# - **a)** with both;
# - **b)** with photographs only: 128 numbers leave more to learn;
# - **c)** with drawn ones only;
# - **d)** with neither: 2,000 faces are few.

# %% tags=["predict"]
predict("kind-of-faces", ...)

# %% tags=["experiment"]
UNSEEN = 475

photographs = pictures("faces", 2000)
REAL = "Smiling" in photographs.attributes
PARTS = (Both(es="entrenamiento", en="training"), Both(es="reservadas", en="held back"))


def colours(x):
    return torch.nn.functional.adaptive_avg_pool2d(x, 8).flatten(1)  # (N, 192)


def compare(kind, shown):
    model = pretrained.load(kind)
    mu, logvar = encode(model, to_unit_range(shown.images))
    x = to_unit_range(pictures(kind, UNSEEN, split="test").images)
    flow = train_flow(mu, logvar, steps=600, learning_rate=3e-3, generator=seed())
    mean, cov = flow.mean, flow.covariance
    z_train = reparameterize(mu[:UNSEEN], logvar[:UNSEEN], seed(1))
    z_held = reparameterize(*encode(model, x), seed(1))
    noise = sample_prior(UNSEEN, len(mean), seed(1))
    z = (noise, unwhiten(noise, mean, cov), flow.draw(UNSEEN, seed(1)), z_train)
    images = [decode(model, one) for one in z]
    far = [frechet_distance(colours(one), colours(x)).item() for one in images]
    losses = [
        [loss_of(velocity, whiten(codes, mean, cov)) for velocity in (of_a_gaussian, flow.velocity)]
        for codes in (z_train, z_held)
    ]
    return images, far, losses


TITLES = {"drawn": Both(es="caras dibujadas", en="drawn faces"), "faces": Both(es="fotos", en="photographs")}
kinds = {"drawn": pictures("drawn", 2000), **({"faces": photographs} if REAL else {})}
compared = {kind: compare(kind, shown) for kind, shown in kinds.items()}
for kind, (_, far, losses) in compared.items():
    print(f"{kind}: " + ", ".join(f"{name} {value:.2f}" for name, value in zip(SOURCES, far, strict=True)))
    for part, (by_gaussian, by_flow) in zip(PARTS, losses, strict=True):
        say(
            es=f"  pérdida, {part}: gaussiana {by_gaussian:.1f}, red {by_flow:.1f}",
            en=f"  loss, {part}: Gaussian {by_gaussian:.1f}, network {by_flow:.1f}",
        )
if REAL:
    reveal("kind-of-faces")
sheets = {kind: torch.stack([x[:10] for x in images]) for kind, (images, *_) in compared.items()}
show(*(figures.rows(sheet, SOURCES, title=TITLES[kind]) for kind, sheet in sheets.items()))

# %% [markdown] lang="es"
# Con las dibujadas la red gana: de 0.18 a 0.08, que es el piso. Donde la gaussiana mezcla dos peinados o deja unos
# anteojos a medias, la red, desde el mismo ruido, se decide. Con las fotos no mejora nada (0.32): la gaussiana, con
# 0.32, ya está cerca del suyo, 0.29. La pérdida dice más que la distancia. En las fotos la red baja de la gaussiana
# en los códigos de entrenamiento (197 contra 204) y queda por encima en los reservados (218 contra 210): en parte se
# aprendió de memoria a esas personas. En las dibujadas gana en ambos. (Donde no hay fotos, la celda solo mide las
# dibujadas.)
#
# El número de caras es el mismo; cambian dos cosas: cuántos números hay que aprender con ellas, 128 o 32, y cuánta
# forma queda después de la gaussiana. Las dibujadas salen de unos pocos factores, varios a elegir entre pocas
# opciones (con o sin anteojos, con o sin barba, seis peinados), y sus códigos forman grupos. Los de las fotos, en 128
# números, son para 2000 ejemplos casi una gaussiana.
#
# Una salvedad: la distancia de Fréchet solo mira medias y covarianzas, y estos rasgos son casi lineales en los
# píxeles. La gaussiana copia esos momentos en los códigos; donde también el decoder es casi lineal, los copia en las
# imágenes, y queda poco que ganar. Con muchas más fotos, una red mayor y rasgos que vean formas, el veredicto puede
# cambiar; los grandes generadores hacen pensar que sí.
#
# ## ¿Cuántos códigos, y se copian?
#
# La lección 08 dejó una pregunta que la distancia de Fréchet no hace: ¿lo que sale es nuevo? Una red con libertad de
# sobra puede aprenderse los códigos de memoria. Se entrena lo mismo con 100, 1000 y 10 000 códigos de
# `fashion-latent-8`, y se compara su pérdida con la de la gaussiana ajustada a esos mismos códigos: en los de
# entrenamiento y en los reservados.
#
# **Predicción.** Con 100 códigos, la pérdida de la red en los **reservados** quedará **a)** por debajo de la de la
# gaussiana, como con muchos; **b)** igual; o **c)** por encima. Y las muestras del prior aprendido con los 10 000, ¿a
# qué distancia quedan del código de entrenamiento más cercano? **a)** Menor que la de los reservados, **b)** igual o
# **c)** mayor.

# %% [markdown] lang="en"
# With drawn faces the network wins: from 0.18 to 0.08, which is the floor. Where the Gaussian mixes two haircuts or
# leaves glasses half done, the network, from the same noise, makes up its mind. With photographs it brings no
# improvement (0.32): the Gaussian, at 0.32, is near its own already, 0.29. The loss tells more than the distance.
# With photographs the network is below the Gaussian on the codes of training (197 against 204) and above it on those
# held back (218 against 210): in part it learnt those people by heart. With drawn ones it wins on both. (Where there
# are no photographs, the cell measures drawn faces only.)
#
# There are equally many of each kind; two things differ: how many numbers have to be learnt from them, 128 or 32, and
# how much shape is left after the Gaussian. Drawn ones come from a few factors, several of them a choice among few
# (glasses or none, beard or none, six haircuts), and their codes form groups. Those of the photographs, in 128
# numbers, are almost a Gaussian for all that 2,000 examples can tell.
#
# A reservation: the Fréchet distance looks at means and covariances only, and these features are nearly linear in the
# pixels. The Gaussian copies those moments in the codes; where the decoder, too, is nearly linear, that carries over
# to the pictures, and little is left to gain. With many more photographs, a larger network and features that see
# shapes the verdict may change; the large generators suggest that it does.
#
# ## How many codes, and are they copied?
#
# Lesson 08 left a question that the Fréchet distance does not ask: is what comes out new? A network with freedom to
# spare can learn the codes by heart. The same is trained on 100, 1,000 and 10,000 codes of `fashion-latent-8`, and its
# loss is compared with that of the Gaussian fitted to those same codes: on those of training and on held-back ones.
#
# **Prediction.** With 100 codes, the network's loss on those **held back** will be **a)** below the Gaussian's, as
# with many; **b)** the same; or **c)** above it. And the draws of the prior learnt from the 10,000, how far are they
# from the nearest training code: **a)** nearer than held-back ones, **b)** as near, or **c)** farther?

# %% tags=["predict"]
predict("hundred-codes", ...)
predict("copies", ...)

# %% tags=["experiment"]
COUNTS_OF_CODES = (100, 1000, 10_000)

z_held = reparameterize(*encode(eight, x_held), seed(1))
gained = {}
for count in COUNTS_OF_CODES:
    few = train_flow(mu8[:count], logvar8[:count], steps=800, width=128, generator=seed())
    known_z = reparameterize(mu8[:count], logvar8[:count], seed(8)).repeat(1000 // count or 1, 1)[:1000]
    gained[count] = [
        loss_of(few.velocity, x) - loss_of(of_a_gaussian, x)
        for x in (whiten(z, few.mean, few.covariance) for z in (known_z, z_held))
    ]
    on_known, on_held = gained[count]
    say(
        es=f"{count:6d} códigos, contra la gaussiana: entrenamiento {on_known:+.2f}, reservados {on_held:+.2f}",
        en=f"{count:6d} codes, against the Gaussian: training {on_known:+.2f}, held back {on_held:+.2f}",
    )
reveal("hundred-codes", "c" if gained[100][1] > 0 else "a")


def to_nearest(z):
    return (z - mu8[nearest_neighbours(z, mu8)]).norm(dim=1).mean().item()


apart = {
    Both(es="reservados", en="held back"): to_nearest(z_held[:500]),
    FLOW: to_nearest(learnt.draw(500, seed(1))),
    GAUSSIAN: to_nearest(draw_gaussian(learnt.mean, learnt.covariance, 500, seed(1))),
}
for name, value in apart.items():
    say(es=f"{name}: {value:.2f} al código más cercano", en=f"{name}: {value:.2f} to the nearest code")
reveal("copies")

# %% [markdown] lang="es"
# Con las fotos de Fashion-MNIST y 100 códigos, la red aprendió esos 100: en ellos baja de la gaussiana y en los
# reservados queda por encima, como con las fotos de rostros. (Con imágenes decodificadas, que salen todas de unos
# pocos códigos, 100 ya alcanzan para ganar en los reservados.) Con 1000 ya gana también en los reservados, y con
# 10 000 casi lo mismo en ambos: casi nada es ya solo memoria. El código más cercano lo confirma: las muestras del
# prior aprendido quedan a 1.05 del código de entrenamiento más cercano, más lejos que los códigos reservados (0.89) y
# más cerca que las de la gaussiana (1.16). No copia; si algo le falta es puntería, pues algunas siguen cayendo donde
# hay pocos códigos. (Una media no lo demuestra todo: una sola copia no la movería.)
#
# ## Donde los VAE viven hoy
#
# Muchos de los generadores que dibujan a partir de una frase hacen esto mismo, en grande. Se llama **difusión
# latente** (Rombach y otros, 2022): primero se entrena un VAE, con una KL que pesa tan poco que casi es un
# autoencoder, y con una pérdida perceptual y otra adversaria, que lo hacen nítido; después, en su espacio latente, un
# prior aprendido. El VAE hace manejable la imagen; el prior decide cuál. Los nombres cambian, las piezas no:
#
# | en este curso | en la difusión latente |
# | --- | --- |
# | z, un vector `(D,)` | *latents*, una imagen pequeña de unos pocos canales |
# | el VAE, y su decoder | la primera etapa (*first stage*, *VAE*) |
# | blanquear con media y covarianza | uno o dos números: la desviación (*scaling factor*) y, en algunos, la media |
# | `VelocityField`, una MLP | una U-Net o un *transformer* |
# | `flow_matching_loss` | *rectified flow*; o, en la difusión de antes, predecir el ruido |
# | `integrate`, Euler o Heun, `steps` | el *sampler* o *scheduler*, *inference steps* |
# | la clase del VAE condicional (07) | el texto, que la red recibe junto con $x$ y $t$ |
#
# La difusión parte de otra idea, quitar ruido poco a poco; con el camino gaussiano apropiado es este mismo campo
# contado de otra manera.

# %% [markdown] lang="en"
# With the photographs of Fashion-MNIST, the network trained on 100 codes learnt those 100: on them it is below the
# Gaussian and on held-back ones above it, as with the photographs of faces. (With decoded pictures, which all come
# from a few codes, 100 are already enough to win on held-back ones.) With 1,000 it wins on held-back ones, too, and
# with 10,000 nearly as much on both: hardly anything is memory alone any more. The nearest neighbour agrees: draws of
# the learnt prior are 1.05 from the nearest training code, farther than held-back codes (0.89) and nearer than the
# Gaussian's draws (1.16). It does not copy; if it lacks anything it is aim, for some still land where codes are few.
# (A mean does not prove all: a single copy would not move it.)
#
# ## Where VAEs live today
#
# Many of the generators that turn a sentence into a picture do this very thing, on a large scale. It is called
# **latent diffusion** (Rombach et al., 2022): first a VAE is trained, with a KL so cheap that it is nearly an
# autoencoder, and with a perceptual and an adversarial loss, which keep it sharp; then, in its latent space, a learnt
# prior. The VAE makes the picture manageable; the prior decides which one. Names change, the pieces don't:
#
# | in this course | in latent diffusion |
# | --- | --- |
# | z, a vector `(D,)` | *latents*, a small picture of a few channels |
# | the VAE, and its decoder | the first stage, the *VAE* |
# | whitening by mean and covariance | one or two numbers: the deviation (*scaling factor*) and, in some, the mean |
# | `VelocityField`, an MLP | a U-Net or a *transformer* |
# | `flow_matching_loss` | *rectified flow*; or, in earlier diffusion, predicting the noise |
# | `integrate`, Euler or Heun, `steps` | the *sampler* or *scheduler*, *inference steps* |
# | the class of the conditional VAE (07) | the text, which the network gets along with $x$ and $t$ |
#
# Diffusion starts from another idea, removing noise little by little; with the right Gaussian path it is this same
# field told in another way.

# %% [markdown] question="worth_it" points=3 lang="es"
# ## Pregunta: ¿cuándo vale la pena?
#
# *10 min · dificultad 3 de 3*
#
# Alguien tiene un VAE y 3000 imágenes, y quiere muestras mejores que las de N(0, I). ¿Le sirve una gaussiana ajustada
# o un prior aprendido? ¿Qué habría que medir para decidirlo, y qué resultado inclinaría hacia cada lado? Citar al
# menos dos números de este cuaderno, uno a favor de cada uno.
#
# ### BEGIN SOLUTION
# **Respuesta modelo.** Depende de cuánta forma tienen los códigos que una gaussiana no vea, y de si hay bastantes para
# aprenderla. Se apartan unas imágenes, se ajustan ambos a las demás y se comparan, en las reservadas, la pérdida de
# flow matching (la de la gaussiana se conoce) y la distancia, con el piso del decoder al lado. Si la red baja de la
# gaussiana también en reservadas, vale la pena: en `fashion-latent-8` la distancia pasa de 2.6 a 1.0, y en caras
# dibujadas la pérdida de las reservadas, de 50 a 41. Si baja solo en entrenamiento, no: en las fotos de rostros, 218
# contra 210, y la gaussiana (0.32) ya está cerca del piso (0.29). Si ganó la red, el código más cercano dice si copia.
#
# **Pauta**: 0 en blanco o contradice las propias figuras. 1 prefiere uno sin medir («la red es más potente»). 2
# compara los dos con números, uno a favor de cada uno. 3 además decide con imágenes reservadas y dice por qué (forma
# de los códigos, cuántos hay), con el piso o el riesgo de copiar.
# ### END SOLUTION

# %% [markdown] question="worth_it" points=3 lang="en"
# ## Question: when is it worth it?
#
# *10 min · difficulty 3 of 3*
#
# Someone has a VAE and 3,000 pictures, and wants better samples than those of N(0, I). Will a fitted Gaussian do, or
# should the prior be learnt? What would have to be measured to decide, and which result would speak for which? Cite at
# least two numbers of this notebook, one in favour of each.
#
# ### BEGIN SOLUTION
# **Model answer.** It depends on how much shape the codes have that a Gaussian does not see, and on whether there are
# enough of them to learn it. Keep some pictures apart, fit both to the others and compare, on those held back, the
# flow matching loss (the Gaussian's is known) and the distance, with the decoder's floor beside it. If the network is
# below the Gaussian on held-back ones too, it is worth it: in `fashion-latent-8` the distance goes from 2.6 to 1.0,
# and with drawn faces the held-back loss from 50 to 41. If it is below in training only, it is not: with photographs
# of faces, 218 against 210, and the Gaussian (0.32) is near the floor (0.29) already. If the network won, the nearest
# neighbour tells whether it copies.
#
# **Rubric**: 0 blank or contradicted by one's own figures. 1 prefers one without measuring ("the network is more
# powerful"). 2 compares both with numbers, one in favour of each. 3 also decides by held-back pictures and says why
# (the codes' shape, how many there are), with the floor or the risk of copying.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Lo que se predijo, y lo que resultó
#
# Diez lecciones pidieron predecir antes de ver. La celda reúne lo que se anotó en todas. A la izquierda, los números,
# cada uno dividido por su resultado: 1 es acertar, 2 es haber dicho el doble. La banda va de la mitad al doble; una
# flecha en el borde señala un número que quedó fuera de la figura. A la derecha, qué parte de las opciones se acertó;
# la raya marca lo que daría el azar.
#
# No lleva nota ni se entrega. (Cada idioma guarda las suyas.) Fallar no es mala señal: donde la predicción y el
# resultado no coinciden hay algo que aprender. Lo que sirve mirar es si hay una costumbre, como quedarse siempre por
# debajo, y en qué lecciones.

# %% [markdown] lang="en"
# ## What was predicted, and what came of it
#
# Ten lessons asked for predictions before anything was seen. The cell gathers those that were written down. On the
# left, the numbers, each divided by its result: 1 is a hit, 2 is having said twice as much. The band goes from half to
# twice; an arrow at the edge stands for a number beyond the figure. On the right, the share of options that were
# right; the line marks what chance would give.
#
# There is no mark for it, and it is not handed in. (Each language keeps its own.) A miss is no bad sign: where
# prediction and result part there is something to learn. What is worth a look is whether there is a habit, such as
# always staying too low, and in which lessons.

# %% tags=["reward"]
calibration()

# %% [markdown] lang="es"
# ## Para seguir (sin nota)
#
# - **Más imágenes, otra red.** Con `pictures("drawn", n)` hay hasta 9000 caras dibujadas. ¿Desde cuántos códigos de
#   `drawn` le gana la red a la gaussiana, en pérdida sobre códigos reservados? ¿Y con otros `width`, `depth` y `steps`?
# - **Una mezcla.** Ajustar `sklearn.mixture.GaussianMixture` con diez gaussianas a los códigos de `fashion-latent-8`.
#   ¿Cuánto del trecho recorre, y en cuántos segundos?
# - **De ida y vuelta.** Recorrer el campo al revés, de $t = 1$ a $t = 0$, desde los códigos reservados. ¿Parece N(0, I)
#   lo que sale?

# %% [markdown] lang="en"
# ## Going further (not graded)
#
# - **More pictures, another network.** With `pictures("drawn", n)` there are up to 9,000 drawn faces. How many codes
#   of `drawn` does the network need to beat the Gaussian, in its loss on held-back codes? And with another `width`,
#   `depth` and `steps`?
# - **A mixture.** Fit `sklearn.mixture.GaussianMixture` with ten Gaussians to the codes of `fashion-latent-8`. Which
#   part of the stretch does it cover, and in how many seconds?
# - **There and back.** Follow the field backwards, from $t = 1$ to $t = 0$, from held-back codes. Does what comes out
#   look like N(0, I)?

# %% [markdown] lang="es"
# ## En la demo
#
# - **Mapa**: los códigos de `fashion-2d` y lo que el decoder dibuja entre ellos. Buscar los huecos en los que la
#   gaussiana sortea y la red no.
# - **Generar**: elegir «Ropa, 8 dimensiones» y comparar las láminas del prior, de la gaussiana ajustada y de un prior
#   aprendido como el de este cuaderno, más pequeño. Los «Rostros dibujados» también lo traen; los de fotos no: allí
#   gana la gaussiana.
#
# <details><summary>En Keras</summary>
#
# | aquí, PyTorch | en Keras |
# | --- | --- |
# | `torch.randn(x1.shape)`, `torch.rand(n)` | `keras.random.normal(x1.shape)`, `keras.random.uniform((n,))` |
# | `t.unsqueeze(-1)` | `keras.ops.expand_dims(t, -1)` |
# | `velocity(x, t)` | `model([x, t])`, con dos entradas |
# | `torch.stack(way)` | `keras.ops.stack(way)` |
# | `torch.no_grad()` al recorrer el campo | `model([x, t], training=False)`, fuera de `tf.GradientTape` |
#
# </details>

# %% [markdown] lang="en"
# ## In the demo
#
# - **Map**: the codes of `fashion-2d` and what the decoder draws between them. Look for the holes in which the Gaussian
#   draws and the network does not.
# - **Generate**: choose "Clothes, 8 dimensions" and compare the sheets of the prior, of the fitted Gaussian and of a
#   learnt prior like this notebook's, a smaller one. "Drawn faces" have one, too; the photographed ones don't: there
#   the Gaussian wins.
#
# <details><summary>In Keras</summary>
#
# | here, PyTorch | in Keras |
# | --- | --- |
# | `torch.randn(x1.shape)`, `torch.rand(n)` | `keras.random.normal(x1.shape)`, `keras.random.uniform((n,))` |
# | `t.unsqueeze(-1)` | `keras.ops.expand_dims(t, -1)` |
# | `velocity(x, t)` | `model([x, t])`, with two inputs |
# | `torch.stack(way)` | `keras.ops.stack(way)` |
# | `torch.no_grad()` while following the field | `model([x, t], training=False)`, outside `tf.GradientTape` |
#
# </details>

# %% [markdown] lang="es"
# ## Referencias
#
# - Lipman, Chen, Ben-Hamu, Nickel y Le (2023), [Flow Matching for Generative
#   Modeling](https://arxiv.org/abs/2210.02747): la pérdida de hoy.
# - Liu, Gong y Liu (2023), [Flow Straight and Fast: Learning to Generate and Transfer Data with Rectified
#   Flow](https://arxiv.org/abs/2209.03003): los caminos rectos.
# - Rombach, Blattmann, Lorenz, Esser y Ommer (2022), [High-Resolution Image Synthesis with Latent Diffusion
#   Models](https://arxiv.org/abs/2112.10752): el VAE como primera etapa.
# - Esser y otros (2024), [Scaling Rectified Flow Transformers for High-Resolution Image
#   Synthesis](https://arxiv.org/abs/2403.03206): esta pérdida, en grande y con otro sorteo de $t$.
# - Karras, Aittala, Aila y Laine (2022), [Elucidating the Design Space of Diffusion-Based Generative
#   Models](https://arxiv.org/abs/2206.00364): por qué Heun.

# %% [markdown] lang="en"
# ## References
#
# - Lipman, Chen, Ben-Hamu, Nickel and Le (2023), [Flow Matching for Generative
#   Modeling](https://arxiv.org/abs/2210.02747): today's loss.
# - Liu, Gong and Liu (2023), [Flow Straight and Fast: Learning to Generate and Transfer Data with Rectified
#   Flow](https://arxiv.org/abs/2209.03003): the straight paths.
# - Rombach, Blattmann, Lorenz, Esser and Ommer (2022), [High-Resolution Image Synthesis with Latent Diffusion
#   Models](https://arxiv.org/abs/2112.10752): the VAE as first stage.
# - Esser et al. (2024), [Scaling Rectified Flow Transformers for High-Resolution Image
#   Synthesis](https://arxiv.org/abs/2403.03206): this loss, on a large scale and with $t$ drawn otherwise.
# - Karras, Aittala, Aila and Laine (2022), [Elucidating the Design Space of Diffusion-Based Generative
#   Models](https://arxiv.org/abs/2206.00364): why Heun.

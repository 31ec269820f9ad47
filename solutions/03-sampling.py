# %% [markdown] lang="es"
# # 03 · ¿Por qué codificar en una nube y no en un punto?
#
# *100 min, 50 de ellos para ejercicios y preguntas · dificultad 2 de 3*
#
# En la lección 02 un cuello de botella encontró los números que importan, pero dejó huecos: al decodificar un código
# cualquiera salían prendas rotas, y nada decía dónde buscar uno bueno. Aquí cada imagen pasa a ocupar una nube, y las
# nubes se reúnen alrededor de un lugar conocido.
#
# **Objetivos.** Sortear códigos del prior y de la nube de una imagen; lograr que el gradiente pase *a través* del
# sorteo; y ver qué le ocurre a la nube cuando la pérdida solo mide el error.

# %% [markdown] lang="en"
# # 03 · Why encode to a cloud and not a point?
#
# *100 min, 50 of them for exercises and questions · difficulty 2 of 3*
#
# In lesson 02 a bottleneck found the numbers that matter, but it left holes: decoding just any code gave broken
# clothes, and nothing said where to look for a good one. Here each picture comes to own a cloud, and the clouds gather
# around a place that is known.
#
# **Aims.** Draw codes from the prior and from a picture's cloud; let the gradient pass *through* the draw; and see what
# happens to the cloud when the loss measures error alone.

# %% tags=["setup"]
import math

import numpy as np
import torch

# %% tags=["prepare"]
from vae_course import figures, pretrained
from vae_course.figures import sampling as drawings
from vae_course.images import to_unit_range
from vae_course.text import Both

clothes = pictures("fashion", 6000)
x = to_unit_range(clothes.images)
point_model = pretrained.load("fashion-latent-2-beta-0")
cloud_model = pretrained.load("fashion-latent-2")
with torch.no_grad():
    point_mu, point_logvar = point_model.encode(x)
    cloud_mu, cloud_logvar = cloud_model.encode(x)

# %% [markdown] lang="es"
# ## Un encoder que podría dudar
#
# El encoder de la lección 02 entrega dos cosas por imagen: `mu` y `logvar`. La primera es un lugar. La segunda dice
# cuánto se permite dudar alrededor de ese lugar: de ella sale una desviación $\sigma$. El decoder no recibe `mu`, sino
# un punto $z$ sorteado en una nube normal con ese centro y esa desviación.
#
# Dos modelos del curso tienen las mismas capas y dos números latentes; ambos pudieron elegir su $\sigma$:
#
# - `fashion-latent-2` se entrenó para reconstruir bien y pagó un precio por alejarse de $\mathcal{N}(0, I)$: media 0 y
#   desviación 1 en cada eje (en la figura, el círculo de trazos marca sus $2\sigma$; el precio es la lección 04);
# - `fashion-latent-2-beta-0` no pagó ese precio (eso dice su beta 0): solo tuvo que reconstruir bien.
#
# **Predicción.** ¿Qué $\sigma$ habrá elegido `beta-0`, si el ruido solo le estorba? ¿Y el otro? Hacen falta dos
# números.

# %% [markdown] lang="en"
# ## An encoder that might have doubts
#
# The encoder of lesson 02 gives two things for each picture: `mu` and `logvar`. The first is a place. The second says
# how much doubt is allowed around that place: it stands for a deviation $\sigma$. The decoder does not get `mu` but a
# point $z$ drawn from a normal cloud of that centre and deviation.
#
# Two of our models have the same layers and two latent numbers; both were free to choose their $\sigma$:
#
# - `fashion-latent-2` was trained to reconstruct well and paid a price for straying from $\mathcal{N}(0, I)$: mean 0
#   and deviation 1 on each axis (in the figure the dashed circle marks its $2\sigma$; the price is lesson 04);
# - `fashion-latent-2-beta-0` did not pay that price (hence its beta 0): all it had to do was reconstruct well.
#
# **Prediction.** What $\sigma$ did `beta-0` choose, when noise is nothing but a nuisance to it? And the other? Two
# numbers are wanted.

# %% tags=["predict"]
predict("sigma-points", ...)
predict("sigma-clouds", ...)

# %% tags=["experiment"]
FOCUS = 35
SHOWN = 1500

point_sigma = point_logvar.div(2).exp()
cloud_sigma = cloud_logvar.div(2).exp()
say(
    es=f"sigma mediana: {point_sigma.median():.1e} (beta 0), {cloud_sigma.median():.3f} (VAE)",
    en=f"median sigma: {point_sigma.median():.1e} (beta 0), {cloud_sigma.median():.3f} (VAE)",
)
reveal("sigma-points", point_sigma.median())
reveal("sigma-clouds", cloud_sigma.median())
drawings.clouds(
    [(point_mu[:SHOWN], point_logvar[:SHOWN]), (cloud_mu[:SHOWN], cloud_logvar[:SHOWN])],
    FOCUS,
    titles=["fashion-latent-2-beta-0", "fashion-latent-2"],
)

# %% [markdown] lang="es"
# Con fotos reales, `beta-0` eligió unas dos milmillonésimas: su nube es un punto con otro nombre. La pérdida no pedía
# otra cosa. `fashion-latent-2` conservó cerca de 0.04, poco más o menos la distancia entre vecinos del dibujo. De cerca
# se ve la diferencia: puntos sueltos de un lado, nubes que se tocan del otro.
#
# ¿Por qué las nubes llenan los huecos? Durante el entrenamiento el decoder recibe *toda* la nube de cada prenda, un
# sorteo distinto cada vez, y siempre debe responder «esta prenda». Donde dos nubes se pisan tiene que servir a ambas
# imágenes, y la mejor respuesta es algo intermedio. Así el decoder también practica entre un código y otro.

# %% [markdown] lang="en"
# On real pictures `beta-0` chose about two billionths: its cloud is a point by another name. The loss asked for nothing
# else. `fashion-latent-2` kept about 0.04, roughly the distance between neighbours in the drawing. The close-up shows
# the difference: single dots on one side, clouds that touch on the other.
#
# Why do the clouds fill the holes? While training, the decoder is given the *whole* cloud of each garment, another draw
# every time, and must always answer "this garment". Where two clouds overlap it must serve both pictures, and the best
# answer is something in between. So the decoder practises between codes, too.

# %% [markdown] lang="es"
# ## Medir el hueco
#
# **Predicción.** Sorteemos 500 puntos en la región que ocupan los códigos de cada modelo. Con `fashion-latent-2`,
# ¿qué porcentaje cae dentro de la nube (a menos de $2\sigma$) de al menos una de las 6000 prendas?

# %% [markdown] lang="en"
# ## Measuring the hole
#
# **Prediction.** Let us draw 500 points in the region that each model's codes occupy. With `fashion-latent-2`, what
# percentage falls inside the cloud (within $2\sigma$) of at least one of the 6,000 garments?

# %% tags=["predict"]
predict("covered-clouds", ...)

# %% tags=["experiment"]
WITHIN = 2.0


def covered(mu, sigma, places, within):  # (N, D), (N, D), (M, D)
    apart = ((places[:, None] - mu) / sigma).norm(dim=2)  # (M, N)
    return (apart.min(dim=1).values < within).float().mean().item()


dice = torch.Generator().manual_seed(0)
for name, mu, sigma in (("beta 0", point_mu, point_sigma), ("VAE", cloud_mu, cloud_sigma)):
    places = mu.mean(dim=0) + mu.std(dim=0) * torch.randn(500, 2, generator=dice)
    share = covered(mu, sigma, places, WITHIN)
    say(es=f"{name}: {100 * share:.0f} % del terreno cubierto", en=f"{name}: {share:.0%} of the ground is covered")
reveal("covered-clouds", 100 * share)

# %% [markdown] lang="es"
# Las nubes de `beta-0` no cubren nada; las de `fashion-latent-2`, con prendas reales, tres cuartas partes. Lo que falta
# son zonas blancas como las del dibujo (que muestra 1500 de las 6000). Con las 50 000 prendas del entrenamiento, que es
# lo que vio el decoder, la cuenta sube a cerca de 90 %. (Sin las imágenes reales da menos: las que dibuja el curso son
# muy parecidas entre sí.)

# %% [markdown] lang="en"
# The clouds of `beta-0` cover nothing; those of `fashion-latent-2`, on real clothes, three quarters. What is missing is
# white patches like those in the drawing (which shows 1,500 of the 6,000). With the 50,000 garments of the training
# set, which is what the decoder saw, the share rises to about 90%. (Without the real pictures it is less: those that
# the course draws are much alike.)

# %% [markdown] lang="es"
# ## Hace falta un lugar acordado: el prior
#
# Las nubes llenan casi toda la región de los códigos, pero ¿dónde queda esa región? La de `beta-0` llega más allá de 15
# y tiene una forma que solo se conoce mirando los datos. Para generar se necesita un lugar acordado *antes* de ver
# imágenes: una distribución $p(z)$, el **prior**. Todo el curso usa
#
# $$p(z) = \mathcal{N}(0, I)$$
#
# es decir, $D$ números independientes, cada uno normal, de media 0 y varianza 1. ¿Por qué esa?
#
# - Se sortea con una línea de código, en cualquier dimensión.
# - La media 0 y la varianza 1 no quitan nada: si al decoder le sirven mejor otra escala u otro centro, su primera capa
#   los cambia.
# - No prefiere ninguna dirección: girar $z$ no cambia $p(z)$. Qué significa cada eje no se decide de antemano.
# - Entre las distribuciones con esa media y esa varianza es la que menos supone (la de mayor entropía).
# - Comparar con ella la nube de una imagen, también normal, cuesta una fórmula corta: la lección 04.
#
# Es una elección cómoda, no una ley de la naturaleza. Al decoder le toca convertir esos números en ropa, rostros o
# gatos.

# %% [markdown] lang="en"
# ## A place to agree on: the prior
#
# The clouds fill most of the region of the codes, but where is that region? That of `beta-0` reaches beyond 15 and has
# a shape that one only knows by looking at the data. To generate we need a place agreed on *before* seeing pictures: a
# distribution $p(z)$, the **prior**. The whole course uses
#
# $$p(z) = \mathcal{N}(0, I)$$
#
# that is, $D$ independent numbers, each normal with mean 0 and variance 1. Why that one?
#
# - One line of code draws from it, in any dimension.
# - Mean 0 and variance 1 take nothing away: if another scale or centre suits the decoder, its first layer changes them.
# - It prefers no direction: turning $z$ leaves $p(z)$ as it is. What an axis means is not decided beforehand.
# - Among distributions of that mean and variance it assumes the least (it has the largest entropy).
# - Comparing a picture's cloud with it, normal too, takes one short formula: lesson 04.
#
# It is a convenient choice, not a law of nature. The decoder's task is to turn those numbers into clothes, faces or
# cats.

# %% [markdown] lang="es"
# ## Ejercicio: puntos del prior
#
# *5 min · dificultad 1 de 3*
#
# Escribir `sample_prior(n, latent_dim, generator=None)`: `n` puntos de $\mathcal{N}(0, I)$, en un tensor de forma
# `(n, latent_dim)`.
#
# `generator` es un `torch.Generator`: quien llama a la función decide con él la suerte y puede repetirla. Con `None`,
# torch usa su generador global.
#
# <details><summary>Pista</summary>
#
# `torch.randn` acepta la forma y también `generator=...`; con `None` hace lo que corresponde.
#
# </details>
#
# **Error frecuente:** `torch.rand`, sin n. Sortea números uniformes entre 0 y 1: un cubo en un rincón, no una bola en
# el centro.

# %% [markdown] lang="en"
# ## Exercise: points from the prior
#
# *5 min · difficulty 1 of 3*
#
# Write `sample_prior(n, latent_dim, generator=None)`: `n` points from $\mathcal{N}(0, I)$, in a tensor of shape
# `(n, latent_dim)`.
#
# `generator` is a `torch.Generator`: with it whoever calls the function decides the luck and can repeat it. With `None`
# torch uses its global one.
#
# <details><summary>Hint</summary>
#
# `torch.randn` takes the shape and also `generator=...`; with `None` it does the right thing.
#
# </details>
#
# **Common mistake:** `torch.rand`, without the n. It draws uniform numbers between 0 and 1: a cube in a corner, not a
# ball in the centre.


# %% tags=["answer"] exercise="sample_prior"
def sample_prior(n, latent_dim, generator=None):
    """z ~ N(0, I)

    -> (n, latent_dim)
    """
    ### BEGIN SOLUTION
    return torch.randn(n, latent_dim, generator=generator)
    ### END SOLUTION


# %% [markdown] lang="es"
# ### Los mismos puntos, dos decoders
#
# Ahora con ocho números latentes, donde los huecos de la lección 02 se notan más. Los mismos diez puntos del prior
# pasan por el modelo de puntos y por el de nubes. Para no ser injustos con el primero, la segunda fila lleva esos diez
# puntos a la región donde están sus propios códigos (misma media y misma desviación).
#
# **Predicción.** ¿Alcanza con buscar en el lugar correcto: **a)** sí, la segunda fila será tan buena como la tercera, o
# **b)** no, quedarán prendas rotas?

# %% [markdown] lang="en"
# ### The same points, two decoders
#
# Now with eight latent numbers, where the holes of lesson 02 show more. The same ten points from the prior go through
# the model of points and the model of clouds. To be fair to the first, the second row takes those ten points to the
# region where its own codes are (same mean, same deviation).
#
# **Prediction.** Is looking in the right place enough: **a)** yes, the second row will be as good as the third, or
# **b)** no, some garments will still come out broken?

# %% tags=["predict"]
predict("right-place", ...)

# %% tags=["reward"]
SEED = 0

points_8, clouds_8 = pretrained.load("fashion-latent-8-beta-0"), pretrained.load("fashion-latent-8")
z = mine("sample_prior")(10, 8, generator=torch.Generator().manual_seed(SEED))  # (10, 8)
with torch.no_grad():
    home, _ = points_8.encode(x)
    rows = torch.stack(
        [points_8.decode(z), points_8.decode(home.mean(dim=0) + home.std(dim=0) * z), clouds_8.decode(z)]
    )
reveal("right-place")
drawings.sheets(
    rows,
    [
        "beta 0, z ~ prior",
        Both(es="beta 0, z entre sus códigos", en="beta 0, z among its codes"),
        "VAE, z ~ prior",
    ],
)

# %% [markdown] lang="es"
# En la primera fila se busca en el lugar equivocado: el prior cubre solo el centro de una región mucho mayor. En la
# segunda el lugar es el correcto y aun así varias prendas salen rotas: son los huecos. En la tercera hay ropa borrosa,
# pero ropa. Las nubes llenaron los huecos y el prior dijo dónde buscar; las dos cosas hacen falta.

# %% [markdown] lang="en"
# In the first row we look in the wrong place: the prior covers only the middle of a much larger region. In the second
# the place is right and still several garments come out broken: those are the holes. In the third there are clothes,
# blurred ones, but clothes. The clouds filled the holes and the prior said where to look; both are needed.

# %% [markdown] lang="es"
# ## La nube de una imagen
#
# Con símbolos: cada imagen $x$ tiene su propia distribución de códigos, el **posterior** que propone el encoder,
#
# $$q(z|x) = \mathcal{N}\left(\mu(x),\ \mathrm{diag}\,\sigma^2(x)\right)$$
#
# Dos preguntas distintas, dos distribuciones distintas: $p(z)$ dice dónde vive un código *antes* de ver una imagen;
# $q(z|x)$, dónde puede vivir el de *esta* imagen.
#
# ## ¿Por qué el logaritmo de la varianza?
#
# Una capa lineal entrega cualquier número real; una $\sigma$ debe ser positiva. En vez de prohibirle a la red los
# números negativos, se la deja hablar en logaritmos:
#
# $$\mathrm{logvar} = \log \sigma^2 \quad\Longleftrightarrow\quad \sigma = \exp\left(\mathrm{logvar} / 2\right)$$
#
# `logvar = 0` es $\sigma = 1$: una red recién creada, con salidas cerca de 0, empieza con nubes del tamaño del prior. Y
# sumar 1 a `logvar` multiplica $\sigma$ siempre por el mismo factor, 1.65, sea grande o minúscula: un paso del mismo
# tamaño sirve en todas las escalas.
#
# **Predicción.** La $\sigma$ mediana de `beta-0` ronda $2 \cdot 10^{-9}$, y lo más chico que guarda un `float32` por
# encima de 0 ronda $10^{-45}$. ¿Caben *todas* sus varianzas: **a)** sí o **b)** no, alguna se vuelve 0?

# %% [markdown] lang="en"
# ## One picture's cloud
#
# In symbols: each picture $x$ has a distribution of codes of its own, the **posterior** that the encoder proposes,
#
# $$q(z|x) = \mathcal{N}\left(\mu(x),\ \mathrm{diag}\,\sigma^2(x)\right)$$
#
# Two different questions, two different distributions: $p(z)$ says where a code lives *before* seeing a picture;
# $q(z|x)$, where the code of *this* picture may live.
#
# ## Why the logarithm of the variance?
#
# A linear layer gives any real number; a $\sigma$ must be positive. Rather than forbid the network negative numbers, we
# let it speak in logarithms:
#
# $$\mathrm{logvar} = \log \sigma^2 \quad\Longleftrightarrow\quad \sigma = \exp\left(\mathrm{logvar} / 2\right)$$
#
# `logvar = 0` is $\sigma = 1$: a network just made, its outputs near 0, begins with clouds of the prior's size. And
# adding 1 to `logvar` multiplies $\sigma$ by the same factor, 1.65, be it large or minute: a step of one size serves
# all scales.
#
# **Prediction.** The median $\sigma$ of `beta-0` is about $2 \cdot 10^{-9}$, and the smallest number above 0 that a
# `float32` holds is about $10^{-45}$. Do *all* its variances fit: **a)** yes or **b)** no, some turn into 0?

# %% tags=["predict"]
predict("variances-fit", ...)

# %% tags=["experiment"]
lowest = point_logvar.min()
say(
    es=f"logvar más bajo: {lowest:.1f}; como varianza en float32: {lowest.exp():.1e}",
    en=f"lowest logvar: {lowest:.1f}; as a variance in float32: {lowest.exp():.1e}",
)
reveal("variances-fit", "a" if lowest.exp() > 0 else "b")
drawings.log_variances([point_logvar, cloud_logvar], ["fashion-latent-2-beta-0", "fashion-latent-2"])

# %% [markdown] lang="es"
# La mediana cabe de sobra; con las prendas reales, unas pocas varianzas se redondean a cero exacto, y de ahí no se
# vuelve: el logaritmo de cero es menos infinito. El mismo dato como `logvar`, cerca de −120, no da ningún problema.
#
# ## Cincuenta sorteos fijos
#
# ¿Cómo se sortea en una nube? Una idea sencilla: sortear *una vez* en $\mathcal{N}(0, I)$ y después mover el resultado.
#
# $$z = \mu + \sigma \odot \varepsilon, \qquad \varepsilon \sim \mathcal{N}(0, I)$$
#
# Los cincuenta puntos de abajo son siempre los mismos cincuenta $\varepsilon$; cuatro llevan color para poder
# seguirlos.
#
# **Predicción.** El punto azul es $\varepsilon \approx (0.7, 0.3)$. ¿Adónde va con $\mu = (1.5, 1.0)$ y $\sigma = 1$?
# Basta la primera coordenada. ¿Y con $\sigma = (0.3, 1.6)$? Aquí, la segunda.

# %% [markdown] lang="en"
# The median fits with ease; with the real clothes a few variances are rounded to exactly zero, and there is no way
# back: the logarithm of zero is minus infinity. Kept as `logvar`, about −120, the same quantity is no trouble at all.
#
# ## Fifty fixed draws
#
# How does one draw from a cloud? A simple idea: draw *once* from $\mathcal{N}(0, I)$ and then move the result.
#
# $$z = \mu + \sigma \odot \varepsilon, \qquad \varepsilon \sim \mathcal{N}(0, I)$$
#
# The fifty dots below are always the same fifty $\varepsilon$; four are coloured so that one can follow them.
#
# **Prediction.** The blue dot is $\varepsilon \approx (0.7, 0.3)$. Where does it go with $\mu = (1.5, 1.0)$ and $\sigma
# = 1$? The first coordinate will do. And with $\sigma = (0.3, 1.6)$? Here, the second.

# %% tags=["predict"]
predict("blue-dot", ...)
predict("blue-dot-stretched", ...)

# %% tags=["experiment"]
MU = (1.5, 1.0)
SIGMAS = ((0.5, 0.5), (0.3, 1.6))

eps = torch.randn(50, 2, generator=torch.Generator().manual_seed(205))  # (50, 2)
mu = torch.tensor(MU)
moved = [mu + torch.tensor(sigma) * eps for sigma in SIGMAS]
reveal("blue-dot", (mu + eps)[0, 0])
reveal("blue-dot-stretched", moved[1][0, 1])
drawings.moved_dots(
    [eps, mu + eps, *moved],
    ["z = ε", f"μ = {MU}, σ = 1", *(f"μ = {MU}, σ = {sigma}" for sigma in SIGMAS)],
)

# %% [markdown] lang="es"
# Con $\mu$ los puntos se trasladan juntos; con $\sigma$ se abren o se cierran (cada línea parte de su $\varepsilon$).
# El azar quedó aparte: fijado $\varepsilon$, el punto $z$ es una función corriente de $\mu$ y $\sigma$, sin ningún
# misterio. Para verlo mejor: cambiar `MU` y `SIGMAS` y seguir los cuatro puntos de color.
#
# ## El gradiente a través del azar
#
# Para entrenar hay que saber cómo cambiaría la pérdida si $\mu$ o $\sigma$ cambiaran un poco. Si $z$ sale directamente
# de un sorteo, `backward()` no tiene por dónde pasar: un sorteo no tiene derivada. Con $z = \mu + \sigma\varepsilon$ sí
# hay camino:
#
# $$\frac{\partial z}{\partial \mu} = 1, \qquad \frac{\partial z}{\partial \sigma} = \varepsilon, \qquad
# \frac{\partial z}{\partial\, \mathrm{logvar}} = \tfrac{1}{2}\,\sigma\varepsilon = \tfrac{1}{2}(z - \mu)$$
#
# Como $\varepsilon$ no depende de los parámetros, si $f$ es derivable el promedio y la derivada se pueden intercambiar:
#
# $$\nabla_{\mu,\sigma}\ \mathbb{E}_{z \sim q}\,[f(z)] =
# \mathbb{E}_{\varepsilon}\left[\nabla_{\mu,\sigma}\ f(\mu + \sigma\varepsilon)\right]$$
#
# Es el *reparameterization trick*: el azar pasa de ser un paso del cálculo a ser una entrada. El gradiente así obtenido
# se llama *pathwise*, porque sigue el camino de cada punto.

# %% [markdown] lang="en"
# With $\mu$ the dots travel together; with $\sigma$ they spread or close up (each line starts at its $\varepsilon$).
# Chance has been set aside: once $\varepsilon$ is fixed, the point $z$ is an ordinary function of $\mu$ and $\sigma$,
# with no mystery left. Change `MU` and `SIGMAS` and watch the four coloured dots.
#
# ## Gradient through chance
#
# To train we must know how the loss would change if $\mu$ or $\sigma$ changed a little. If $z$ comes straight out of a
# draw, `backward()` has no way through: a draw has no derivative. With $z = \mu + \sigma\varepsilon$ there is one:
#
# $$\frac{\partial z}{\partial \mu} = 1, \qquad \frac{\partial z}{\partial \sigma} = \varepsilon, \qquad
# \frac{\partial z}{\partial\, \mathrm{logvar}} = \tfrac{1}{2}\,\sigma\varepsilon = \tfrac{1}{2}(z - \mu)$$
#
# As $\varepsilon$ does not depend on the parameters, if $f$ is differentiable, average and derivative may change
# places:
#
# $$\nabla_{\mu,\sigma}\ \mathbb{E}_{z \sim q}\,[f(z)] =
# \mathbb{E}_{\varepsilon}\left[\nabla_{\mu,\sigma}\ f(\mu + \sigma\varepsilon)\right]$$
#
# That is the *reparameterization trick*: chance is no longer a step of the computation but an input. The gradient that
# it gives is called *pathwise*, as it follows the path of each dot.

# %% tags=["experiment"]
drawings.gradient_paths()

# %% [markdown] lang="es"
# A la izquierda, la flecha naranja sale de la pérdida $L$, llega hasta el sorteo y ahí se termina. A la derecha llega a
# $\mu$ y a $\sigma$. A $\varepsilon$ no va ninguna, y está bien: en el azar no hay nada que corregir.

# %% [markdown] lang="en"
# On the left the orange arrow leaves the loss $L$, gets as far as the draw and ends there. On the right it reaches
# $\mu$ and $\sigma$. None goes to $\varepsilon$, and rightly so: there is nothing to correct about chance.

# %% [markdown] lang="es"
# ## Ejercicio: reparameterize
#
# *15 min · dificultad 2 de 3*
#
# El corazón del curso. Escribir `reparameterize(mu, logvar, generator=None)`: un sorteo de $z$ por cada imagen.
#
# - `mu` y `logvar` tienen forma `(N, D)`; el resultado también, con el dtype y el device de `mu`.
# - $\sigma$ sale de `logvar`; cuidado con la mitad.
# - $\varepsilon$ es normal, nuevo en cada llamada y propio de **cada elemento**: $N \times D$ números.
# - El gradiente debe llegar a `mu` y a `logvar`: nada de `.data`, `.detach()`, `.item()` ni `torch.no_grad()`.
# - `mu` y `logvar` no se modifican.
#
# <details><summary>Pista</summary>
#
# Son tres líneas, una por símbolo: `std`, `eps`, `z`. `torch.randn(mu.shape, ...)` acepta `generator`, `dtype` y
# `device`; `torch.randn_like` no sirve aquí, porque no acepta un generador en todas las versiones de torch. ¿Qué número
# da `std` con `logvar = 2`? Debe ser $e \approx 2.72$.
#
# </details>
#
# **Error frecuente:** `torch.normal(mu, std)` sortea bien, pero deja el gradiente en 0 (un `.detach()`, en `None`). Lo
# que eso le hace a un VAE se ve más abajo.
#
# | Lo que se observa | Lo que pasó |
# | --- | --- |
# | con `logvar = 2`, desviación de $z$ 7.39 y no 2.72 | exp(logvar) es la varianza; falta la raíz. |
# | con `logvar = 0`, $z$ es igual a `mu` | logvar se usó como desviación estándar. |
# | $(z - \mu) / \sigma$ tiene filas iguales | Todas las imágenes comparten el mismo ruido. |
# | en 10 000 sorteos ningún $\lvert\varepsilon\rvert > 2$ | El ruido es uniforme; debe ser normal. |
# | el gradiente de `mu` o `logvar` falta o es 0 | El sorteo corta el gradiente. |

# %% [markdown] lang="en"
# ## Exercise: reparameterize
#
# *15 min · difficulty 2 of 3*
#
# The heart of the course. Write `reparameterize(mu, logvar, generator=None)`: one draw of $z$ for each picture.
#
# - `mu` and `logvar` have shape `(N, D)`; so has the result, in the dtype and on the device of `mu`.
# - $\sigma$ comes from `logvar`; mind the half.
# - $\varepsilon$ is normal, fresh in each call and **each element's own**: $N \times D$ numbers.
# - The gradient must reach `mu` and `logvar`: no `.data`, `.detach()`, `.item()` or `torch.no_grad()`.
# - `mu` and `logvar` stay as they are.
#
# <details><summary>Hint</summary>
#
# It is three lines, one for each symbol: `std`, `eps`, `z`. `torch.randn(mu.shape, ...)` takes `generator`, `dtype` and
# `device`; `torch.randn_like` won't do here, as it takes no generator in some versions of torch. What is `std` for
# `logvar = 2`? It should be $e \approx 2.72$.
#
# </details>
#
# **Common mistake:** `torch.normal(mu, std)` draws well but leaves the gradient at 0 (a `.detach()`, at `None`). What
# that does to a VAE comes further down.
#
# | What one sees | What happened |
# | --- | --- |
# | for `logvar = 2`, deviation of $z$ 7.39, not 2.72 | exp(logvar) is the variance; its root is missing. |
# | for `logvar = 0`, $z$ equals `mu` | logvar was used as the standard deviation. |
# | $(z - \mu) / \sigma$ has equal rows | All images share the same noise. |
# | in 10,000 draws no $\lvert\varepsilon\rvert > 2$ | The noise is uniform; it must be normal. |
# | the gradient of `mu` or `logvar` is absent or 0 | Sampling cuts the gradient. |


# %% tags=["answer"] exercise="reparameterize"
def reparameterize(mu, logvar, generator=None):
    """z = mu + std * eps, eps ~ N(0, I), logvar = log std^2

    mu, logvar: (N, D) -> z: (N, D)
    """
    ### BEGIN SOLUTION
    std = torch.exp(0.5 * logvar)  # (N, D)
    eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype, device=mu.device)  # (N, D)
    return mu + std * eps
    ### END SOLUTION


# %% [markdown] lang="es"
# ### Seis sorteos, cinco con defecto
#
# Todos dicen sortear 300 puntos con $\mu = (0, 0)$ y `logvar = 1`. Uno es correcto; cuatro cometen errores de la tabla
# y el otro, uno que no está en ella.
#
# **Predicción.** ¿Qué hizo mal cada letra, y cuál es la correcta? Se ejecuta la celda que sigue sin leerla, se elige
# una letra debajo de la figura, y la respuesta se abre después. Ayuda saber que la desviación correcta es $e^{1/2}
# \approx 1.65$.

# %% [markdown] lang="en"
# ### Six draws, five of them faulty
#
# They all claim to draw 300 points with $\mu = (0, 0)$ and `logvar = 1`. One is right; four make mistakes from the
# table, and the other one makes a mistake that is not in it.
#
# **Prediction.** What did each letter do wrong, and which one is right? Run the next cell without reading it, choose a
# letter below the figure, and open the answer afterwards. It helps to know that the right deviation is $e^{1/2} \approx
# 1.65$.

# %% tags=["experiment"]
LOGVAR = 1.0

dice = torch.Generator().manual_seed(0)
logvar = torch.full((300, 2), LOGVAR)
right = mine("reparameterize")(torch.zeros(300, 2), logvar, generator=dice)  # (300, 2)
width, flat = right.std(), torch.rand(300, 2, generator=dice)
suspects = [
    right * width,
    width * flat,
    right / width * LOGVAR,
    right,
    right[:, :1].expand(300, 2),
    right[:1].expand(300, 2),
]
drawings.moved_dots(suspects, list("ABCDEF"), marked=0, columns=3)

# %% tags=["predict"]
predict("right-draw", ...)

# %% tags=["experiment"]
reveal("right-draw")

# %% [markdown] lang="es"
# <details><summary>Respuesta</summary>
#
# A: se usó la varianza, demasiado ancha. B: ruido uniforme (`rand`), un cuadrado que ni siquiera está centrado. C:
# logvar como desviación, demasiado angosta. D: la correcta. E: las dos dimensiones comparten el ruido, y la nube es una
# línea; es el error que faltaba en la tabla. F: todas las imágenes comparten el ruido: 300 puntos en uno.
#
# El sexto defecto, el gradiente cortado, no se ve en ningún dibujo de puntos. Por eso es el más peligroso.
#
# </details>

# %% [markdown] lang="en"
# <details><summary>Answer</summary>
#
# A: the variance was used, too wide. B: uniform noise (`rand`), a square that is not even centred. C: logvar as the
# deviation, too narrow. D: the right one. E: both dimensions share their noise and the cloud is a line; that is the
# mistake missing from the table. F: all pictures share their noise: 300 dots in one.
#
# The sixth fault, the cut gradient, shows in no picture of dots. That makes it the most dangerous.
#
# </details>

# %% [markdown] lang="es"
# ### Una cara, ocho sorteos
#
# Un modelo del curso codifica una cara que no vio al entrenar; la función recién escrita sortea ocho veces en su nube,
# y el decoder dibuja cada sorteo. Después, los mismos ocho $\varepsilon$ con $\sigma$ multiplicada por 0 y por 3.
#
# **Predicción.** ¿Cuántas caras distintas habrá en la fila de $0\,\sigma$? ¿Y qué se pierde primero en la de
# $3\,\sigma$: **a)** el fondo, **b)** la pose o **c)** la persona?

# %% [markdown] lang="en"
# ### One face, eight draws
#
# One of our models encodes a face that it never saw in training; the function just written draws eight times from its
# cloud, and the decoder paints each draw. Then the same eight $\varepsilon$ with $\sigma$ multiplied by 0 and by 3.
#
# **Prediction.** How many different faces will there be in the $0\,\sigma$ row? And what goes first in the $3\,\sigma$
# row: **a)** the background, **b)** the pose or **c)** the person?

# %% tags=["predict"]
predict("faces-at-zero", ...)
predict("lost-first", ...)

# %% tags=["prepare"]
faces = pictures("faces", 8, split="test")
FACES_MODEL, SCALES = ("faces-beta-1", (0, 1, 3)) if "Smiling" in faces.attributes else ("drawn", (0, 1, 3, 30))
face_model = pretrained.load(FACES_MODEL)

# %% tags=["reward"]
FACE = 3
DRAWS = 8

face = to_unit_range(faces.images[FACE : FACE + 1])  # (1, 3, 64, 64)
with torch.no_grad():
    mu, logvar = (part.expand(DRAWS, -1) for part in face_model.encode(face))  # (8, D)
    z = mine("reparameterize")(mu, logvar, generator=torch.Generator().manual_seed(0))  # (8, D)
    redrawn = torch.stack([face_model.decode(mu + scale * (z - mu)) for scale in SCALES])  # (R, 8, 3, 64, 64)
say(
    es=f"{FACES_MODEL}: sigma mediana de esta cara {logvar.div(2).exp().median():.3f}",
    en=f"{FACES_MODEL}: this face's median sigma {logvar.div(2).exp().median():.3f}",
)
reveal("faces-at-zero", len(redrawn[0].flatten(1).round(decimals=3).unique(dim=0)))
if "Smiling" in faces.attributes:
    reveal("lost-first")
drawings.redraws(face[0], redrawn, SCALES)

# %% [markdown] lang="es"
# Con $0\,\sigma$ queda solo $\mu$, ocho veces lo mismo. Con $1\,\sigma$ aparecen ocho caras parecidas: eso es lo que el
# modelo considera «esta cara, hasta donde se puede distinguir». Con $3\,\sigma$ se sale de la nube, a lugares que el
# decoder casi no vio para esta imagen: con fotos, el fondo claro, la pose y el contorno del pelo aguantan; la persona,
# no.
#
# El tamaño de la nube dice cuánto olvida un modelo. Medido en ocho caras: la $\sigma$ mediana es 0.84 en
# `faces-beta-1`, que pinta borroso; 0.04 en `faces`, mucho más nítido; 0.02 en `drawn`, el de las caras dibujadas, que
# casi no olvida y por eso sin fotos hace falta $30\,\sigma$ para ver moverse algo. Cuánto olvido es bueno es la
# pregunta de la lección 07.

# %% [markdown] lang="en"
# With $0\,\sigma$ only $\mu$ is left, eight times the same. With $1\,\sigma$ there are eight similar faces: that is
# what the model takes for "this face, as far as can be told". With $3\,\sigma$ we leave the cloud for places that the
# decoder hardly ever saw for this picture: with photographs, the pale background, the pose and the outline of the hair
# hold; the person does not.
#
# The cloud's size says how much a model forgets. Measured on eight faces: the median $\sigma$ is 0.84 in
# `faces-beta-1`, which paints a blur; 0.04 in `faces`, far sharper; 0.02 in `drawn`, the model of drawn faces, which
# forgets next to nothing, and that is why without photographs it takes $30\,\sigma$ to see anything move. How much
# forgetting is good is the question of lesson 07.

# %% [markdown] lang="es"
# ## El VAE entero
#
# Las tres piezas ya existen. El encoder de la lección 02 propone una nube, `reparameterize` saca de ella un punto y el
# decoder lo dibuja. En fila son un **autoencoder variacional**:
#
# $$x\ \longrightarrow\ (\mu, \log\sigma^2)\ \longrightarrow\ z = \mu + \sigma \odot \varepsilon\ \longrightarrow
# \ \hat x$$
#
# ## Ejercicio: VAE
#
# *10 min · dificultad 2 de 3*
#
# Escribir la clase `VAE(encoder, decoder)`, un `torch.nn.Module`:
#
# - `encode(x)` devuelve `(mu, logvar)`, lo que da el encoder; `decode(z)`, la imagen que da el decoder.
# - `forward(x, generator=None)` codifica, sortea un $z$ por imagen y lo decodifica. Devuelve `(x_hat, mu, logvar)`, en
#   ese orden: la pérdida de la lección 04 necesita las tres cosas.
# - Cada llamada sortea de nuevo, también en modo eval. El `generator` recibido llega hasta el sorteo.
#
# <details><summary>Pista</summary>
#
# En `__init__`, primero `super().__init__()`; después, cada parte se guarda como atributo, y así sus pesos aparecen en
# `parameters()`, que es lo que recibe un optimizador. `forward` son dos líneas: de `encode` salen `mu` y `logvar`; de
# `reparameterize(mu, logvar, generator)`, el $z$ para `decode`. Quien usa el modelo escribe `vae(x)`, y PyTorch llama a
# `forward`.
#
# </details>
#
# **Error frecuente:** dar `mu` al decoder. Todo funciona, y hasta reconstruye un poco mejor; pero es el autoencoder de
# la lección 02, con todos sus huecos.

# %% [markdown] lang="en"
# ## The whole VAE
#
# The three parts exist already. The encoder of lesson 02 proposes a cloud, `reparameterize` takes a point from it, and
# the decoder paints it. In a row they are a **variational autoencoder**:
#
# $$x\ \longrightarrow\ (\mu, \log\sigma^2)\ \longrightarrow\ z = \mu + \sigma \odot \varepsilon\ \longrightarrow
# \ \hat x$$
#
# ## Exercise: VAE
#
# *10 min · difficulty 2 of 3*
#
# Write the class `VAE(encoder, decoder)`, a `torch.nn.Module`:
#
# - `encode(x)` returns `(mu, logvar)`, what the encoder gives; `decode(z)`, the picture that the decoder gives.
# - `forward(x, generator=None)` encodes, draws one $z$ for each picture and decodes it. It returns
#   `(x_hat, mu, logvar)`, in that order: the loss of lesson 04 needs all three.
# - Every call draws afresh, in eval mode too. The `generator` that it is given gets as far as the draw.
#
# <details><summary>Hint</summary>
#
# In `__init__`, `super().__init__()` comes first; then each part is kept as an attribute, and so its weights show up in
# `parameters()`, which is what an optimiser is given. `forward` is two lines: `encode` gives `mu` and `logvar`;
# `reparameterize(mu, logvar, generator)` gives the $z$ for `decode`. Whoever uses the model writes `vae(x)`, and
# PyTorch calls `forward`.
#
# </details>
#
# **Common mistake:** handing `mu` to the decoder. Everything works, and it even reconstructs a little better; but it is
# the autoencoder of lesson 02, with all its holes.


# %% tags=["answer"] exercise="VAE"
class VAE(torch.nn.Module):
    """x -> (mu, logvar) -> z -> x_hat"""

    def __init__(self, encoder, decoder):
        """encoder: x -> (mu, logvar); decoder: z -> x_hat"""
        ### BEGIN SOLUTION
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        ### END SOLUTION

    def encode(self, x):
        """(N, C, H, W) -> mu, logvar: (N, D)"""
        ### BEGIN SOLUTION
        return self.encoder(x)
        ### END SOLUTION

    def decode(self, z):
        """(N, D) -> x_hat: (N, C, H, W)"""
        ### BEGIN SOLUTION
        return self.decoder(z)
        ### END SOLUTION

    def forward(self, x, generator=None):
        """(N, C, H, W) -> x_hat: (N, C, H, W); mu, logvar: (N, D)"""
        ### BEGIN SOLUTION
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, generator)), mu, logvar
        ### END SOLUTION


# %% [markdown] lang="es"
# ### Dónde se nota el sexto defecto
#
# El VAE recién escrito toma prestados el encoder y el decoder de un modelo del curso y mira ocho caras dos veces.
# Después se pide el gradiente del error de una reconstrucción y se cuenta a qué pesos llega; y otra vez, con un decoder
# que recibe `z.detach()`.
#
# **Predicción.** ¿En qué se distinguen las dos filas de reconstrucciones? Y con el gradiente cortado, ¿qué hace
# `backward()`?
#
# - **a)** Se detiene con un error.
# - **b)** Sigue, y al encoder le llega menos que antes.
# - **c)** Sigue, y al encoder no le llega nada.

# %% [markdown] lang="en"
# ### Where the sixth fault shows
#
# The VAE just written borrows encoder and decoder from one of our models and looks at eight faces twice. Then we ask
# for the gradient of one reconstruction's error and count the weights that it reaches; and again, with a decoder that
# is given `z.detach()`.
#
# **Prediction.** How do the two rows of reconstructions differ? And with the gradient cut, what does `backward()` do?
#
# - **a)** It stops with an error.
# - **b)** It goes on, and the encoder gets less than before.
# - **c)** It goes on, and the encoder gets nothing.

# %% tags=["predict"]
predict("cut", ...)


# %% tags=["reward"]
class Cut(torch.nn.Module):
    def forward(self, z):
        return z.detach()


def reached(part):
    return sum(int(p.grad.count_nonzero()) for p in part.parameters() if p.grad is not None)


whole = mine("VAE")
photos = to_unit_range(faces.images[:8])  # (8, 3, 64, 64)
vae = whole(face_model.encoder, face_model.decoder)
with torch.no_grad():
    twice = [vae(photos, torch.Generator().manual_seed(seed))[0] for seed in (0, 1)]  # 2 x (8, 3, 64, 64)
for name, decoder in (("z", vae.decoder), ("z.detach()", torch.nn.Sequential(Cut(), vae.decoder))):
    face_model.zero_grad()
    x_hat, mu, logvar = whole(face_model.encoder, decoder)(photos, torch.Generator().manual_seed(0))
    (x_hat - photos).square().sum().backward()
    counts = reached(face_model.encoder), reached(face_model.decoder)
    say(
        es=f"{name}: el gradiente llega a {counts[0]} pesos del encoder y a {counts[1]} del decoder",
        en=f"{name}: the gradient reaches {counts[0]} weights of the encoder and {counts[1]} of the decoder",
    )
face_model.zero_grad()
reveal("cut")
ways = [Both(es="original", en="original"), Both(es="primera vez", en="once"), Both(es="otra vez", en="again")]
figures.rows(torch.stack([photos, *twice]), ways)

# %% [markdown] lang="es"
# Las dos filas se parecen, pero no son iguales: cada llamada sorteó su $z$. Con el corte, al encoder no le llega nada,
# al decoder le llega exactamente lo mismo que antes, y `backward()` no dice una palabra. Ningún dibujo lo muestra;
# contar gradientes, sí.

# %% [markdown] lang="en"
# The two rows are alike, but not the same: each call drew its own $z$. With the cut nothing reaches the encoder, the
# decoder gets exactly what it got before, and `backward()` says not a word. No picture shows it; counting gradients
# does.

# %% [markdown] lang="es"
# ## Descender por un sorteo
#
# El problema más chico que tiene todo lo que importa: $z$ es un solo número, $z \sim \mathcal{N}(\mu, \sigma^2)$, y se
# quiere minimizar
#
# $$\mathbb{E}\left[(z - 3)^2\right]$$
#
# desde $\mu = 0$, $\sigma = 1$, por descenso de gradiente sobre $\mu$ y logvar, con 64 sorteos por paso.
#
# **Predicción.** ¿Adónde va $\mu$? (Un número.) ¿Adónde va $\sigma$: **a)** se queda en 1, **b)** hacia 0 o **c)**
# crece? ¿Y si se usa `z.detach()` en la pérdida? Ayuda dibujar las curvas en un papel.

# %% [markdown] lang="en"
# ## Descending through a draw
#
# The smallest problem that has all that matters: $z$ is a single number, $z \sim \mathcal{N}(\mu, \sigma^2)$, and we
# want to minimise
#
# $$\mathbb{E}\left[(z - 3)^2\right]$$
#
# from $\mu = 0$, $\sigma = 1$, by gradient descent on $\mu$ and logvar, with 64 draws a step.
#
# **Prediction.** Where does $\mu$ go? (A number.) Where does $\sigma$ go: **a)** it stays at 1, **b)** towards 0, or
# **c)** it grows? And if the loss uses `z.detach()`? It helps to sketch the curves on paper.

# %% tags=["predict"]
predict("free-mu", ...)
predict("free-sigma", ...)

# %% tags=["experiment"]
STEPS = 1000
RATE = 0.1
TARGET = 3.0

draw = mine("reparameterize")


def descend(detach=False, spring=0.0):
    mu, logvar = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, 1, requires_grad=True)
    optimizer = torch.optim.SGD([mu, logvar], lr=RATE)
    dice, path = torch.Generator().manual_seed(0), []
    for _ in range(STEPS):
        path.append((mu.item(), math.exp(0.5 * logvar.item())))
        z = draw(mu.expand(64, 1), logvar.expand(64, 1), generator=dice)  # (64, 1)
        z = z.detach() if detach else z
        loss = ((z - TARGET) ** 2).mean()
        if spring:
            loss = loss + spring * 0.5 * (mu**2 + logvar.exp() - logvar).sum()
        optimizer.zero_grad()
        if loss.requires_grad:
            loss.backward()
        optimizer.step()
    return path  # [(mu, sigma)]


free, cut = descend(), descend(detach=True)
say(
    es="al final: mu {:.2f}, sigma {:.2f}; con detach: mu {:.2f}, sigma {:.2f}".format(*free[-1], *cut[-1]),
    en="at the end: mu {:.2f}, sigma {:.2f}; with detach: mu {:.2f}, sigma {:.2f}".format(*free[-1], *cut[-1]),
)
reveal("free-mu", free[-1][0])
reveal("free-sigma")
drawings.descent([free, cut], ["pathwise", "z.detach()"], target=TARGET)

# %% [markdown] lang="es"
# $\mu$ va a 3 y $\sigma$ a 0 (tras 1000 pasos va por 0.10). Se entiende con una cuenta: $\mathbb{E}[(z-3)^2] = (\mu -
# 3)^2 + \sigma^2$, y cada término tira por su lado. $\sigma$ tarda más, porque respecto de logvar la pendiente es
# $\sigma^2$ y se apaga con ella: cada vez más despacio, pero nada la detiene. Con `detach` no se mueve nada.
#
# Dos conclusiones. La primera: aquí, con `detach`, torch protestaría al llamar a `backward()`; por eso la celda
# pregunta antes si la pérdida tiene gradiente. En un VAE no protesta: la pérdida todavía tiene gradiente por los pesos
# del decoder, así que el entrenamiento corre, la pérdida baja algo y la reconstrucción no le enseña nada al encoder. Es
# un error que no avisa.
#
# La segunda: si solo se cobra el error, el ruido se apaga. Es lo que hizo `beta-0` con sus dos milmillonésimas. **Algo
# tiene que sostener a $\sigma$.**

# %% [markdown] lang="en"
# $\mu$ goes to 3 and $\sigma$ to 0 (after 1,000 steps it is down to 0.10). One line explains it: $\mathbb{E}[(z-3)^2] =
# (\mu - 3)^2 + \sigma^2$, and each term pulls on its own. $\sigma$ takes longer, as with respect to logvar the slope is
# $\sigma^2$ and fades with it: slower and slower, but nothing stops it. With `detach` nothing moves.
#
# Two conclusions. The first: here, with `detach`, torch would protest at `backward()`, which is why the cell asks first
# whether the loss has a gradient. In a VAE it does not: the loss still has a gradient through the decoder's weights, so
# training runs and the loss falls a little, but the reconstruction teaches the encoder nothing. A mistake that gives no
# warning.
#
# The second: if only error costs, the noise goes out. That is what `beta-0` did with its two billionths. **Something
# has to hold $\sigma$ up.**

# %% [markdown] lang="es"
# ## Un resorte
#
# Atemos la nube al prior con un resorte: sumar a la pérdida
# $\ \tfrac{1}{2}\left(\mu^2 + \sigma^2 - \log \sigma^2\right)$, que es mínimo justo en $\mu = 0$, $\sigma = 1$ y crece
# sin límite si $\sigma$ va a 0. De dónde sale esa fórmula y por qué está en las mismas unidades que la reconstrucción
# es toda la lección 04.
#
# **Predicción.** Con resorte de fuerza 1, ¿dónde se detienen $\mu$ y $\sigma$? Se puede calcular a mano: igualar a cero
# las dos derivadas de $(\mu-3)^2 + \sigma^2 + \tfrac{1}{2}(\mu^2 + \sigma^2 - \log\sigma^2)$.

# %% [markdown] lang="en"
# ## A spring
#
# Let us tie the cloud to the prior with a spring: add to the loss
# $\ \tfrac{1}{2}\left(\mu^2 + \sigma^2 - \log \sigma^2\right)$, which is least exactly at $\mu = 0$, $\sigma = 1$ and
# grows without bound as $\sigma$ goes to 0. Where that formula comes from, and why it is in the same unit as the
# reconstruction, is the whole of lesson 04.
#
# **Prediction.** With a spring of strength 1, where do $\mu$ and $\sigma$ stop? It can be done by hand: set both
# derivatives of $(\mu-3)^2 + \sigma^2 + \tfrac{1}{2}(\mu^2 + \sigma^2 - \log\sigma^2)$ to zero.

# %% tags=["predict"]
predict("held-mu", ...)
predict("held-sigma", ...)

# %% tags=["experiment"]
SPRING = 1.0

held = descend(spring=SPRING)
tail = np.mean(held[-100:], axis=0)
say(
    es=f"con resorte {SPRING:g}: mu {tail[0]:.2f}, sigma {tail[1]:.2f} (media de los últimos 100 pasos)",
    en=f"with spring {SPRING:g}: mu {tail[0]:.2f}, sigma {tail[1]:.2f} (mean of the last 100 steps)",
)
reveal("held-mu", tail[0])
reveal("held-sigma", tail[1])
drawings.descent(
    [free, cut, held],
    ["pathwise", "z.detach()", Both(es="con resorte", en="with a spring")],
    target=TARGET,
)

# %% [markdown] lang="es"
# A mano: $\mu = 2$ y $\sigma = 1/\sqrt{3} \approx 0.58$. La nube no llega a 3 y no desaparece: cede un poco de acierto
# y conserva algo de duda. Un VAE busca este equilibrio en cada imagen y en cada dimensión. Con `SPRING` en 0.1 y en 10
# se ve cómo se corre.
#
# ### Recuadro: el otro estimador
#
# Hay otra manera de derivar un promedio, que no necesita derivar $f$ ni reparametrizar: la *score function*, o
# REINFORCE,
#
# $$\nabla_\mu\, \mathbb{E}[f(z)] = \mathbb{E}\left[f(z)\ \nabla_\mu \log q(z)\right], \qquad
# \nabla_\mu \log q(z) = \frac{z - \mu}{\sigma^2}$$
#
# Sirve aun cuando $z$ es discreto o $f$ es una caja negra (un juego, un simulador). Su precio es la varianza: solo sabe
# que un sorteo salió bien o mal, no hacia dónde mejorarlo. Se reduce restando a $f$ una constante $b$, un *baseline*:
# $\mathbb{E}[b\,\nabla_\mu \log q(z)] = 0$, así que el promedio no cambia. La celda siguiente mide los tres en $\mu =
# 0$, $\sigma = 1$, donde el valor exacto es $-6$; como baseline usa la media de $f$.

# %% [markdown] lang="en"
# By hand: $\mu = 2$ and $\sigma = 1/\sqrt{3} \approx 0.58$. The cloud does not get to 3 and does not vanish: it gives
# up some accuracy and keeps some doubt. A VAE looks for this balance in every picture and every dimension. `SPRING` at
# 0.1 and at 10 shows how it shifts.
#
# ### Box: the other estimator
#
# There is another way to differentiate an average, which needs neither the derivative of $f$ nor a reparameterization:
# the *score function*, or REINFORCE,
#
# $$\nabla_\mu\, \mathbb{E}[f(z)] = \mathbb{E}\left[f(z)\ \nabla_\mu \log q(z)\right], \qquad
# \nabla_\mu \log q(z) = \frac{z - \mu}{\sigma^2}$$
#
# It works even where $z$ is discrete or $f$ is a black box (a game, a simulator). Its price is variance: it only knows
# that a draw turned out well or badly, not which way to improve it. Subtracting a constant $b$ from $f$, a *baseline*,
# lowers it: $\mathbb{E}[b\,\nabla_\mu \log q(z)] = 0$, so the average stays. The next cell measures all three at $\mu =
# 0$, $\sigma = 1$, where the exact value is $-6$; its baseline is the mean of $f$.

# %% tags=["experiment"]
z = torch.randn(20_000, generator=torch.Generator().manual_seed(0))  # mu = 0, sigma = 1
pathwise = 2 * (z - TARGET)
f = (z - TARGET) ** 2
score, with_baseline = f * z, (f - f.mean()) * z
more, still_more = (estimate.var() / pathwise.var() for estimate in (score, with_baseline))
say(
    es=f"para la misma precisión, la score function pide {more:.0f} veces más sorteos; con baseline, {still_more:.0f}",
    en=f"for equal precision the score function takes {more:.0f} times the draws; with a baseline, {still_more:.0f}",
)
drawings.estimators(
    [pathwise, score, with_baseline],
    ["pathwise", "score function", Both(es="score function, baseline", en="score function, baseline")],
    truth=-2 * TARGET,
)

# %% [markdown] lang="es"
# En teoría las varianzas son 4, 222 y, con la media de $f$ como baseline, 82: unas 55 y unas 20 veces. La mejor
# constante, 12, tampoco baja de 78. Y esto con un solo número latente; con más dimensiones la diferencia suele crecer.
# Como el gradiente pathwise varía poco, un VAE con $z$ continuo suele entrenarse con un único sorteo por imagen y paso.
#
# ## Rostros que no existen
#
# Para cerrar, las dos funciones de la lección en un mismo tablero: arriba, sorteos de la nube de *una* imagen
# (`reparameterize`); abajo, sorteos del prior (`sample_prior`).

# %% [markdown] lang="en"
# In theory the variances are 4, 222 and, with the mean of $f$ as baseline, 82: some 55 and some 20 times. The best
# constant, 12, gets no lower than 78. And that is with a single latent number; with more dimensions the difference
# tends to grow. As the pathwise gradient varies little, a VAE with continuous $z$ is usually trained with just one draw
# per picture and step.
#
# ## Faces that do not exist
#
# To end, both functions of the lesson on one board: above, draws from *one* picture's cloud (`reparameterize`); below,
# draws from the prior (`sample_prior`).

# %% tags=["reward"]
PERSON = 6

dice = torch.Generator().manual_seed(1)
generator_model = pretrained.load("faces-beta-1")
with torch.no_grad():
    codes = pretrained.gallery("faces-beta-1")
    mu, logvar = (part[PERSON : PERSON + 1].expand(8, -1) for part in (codes.mu, codes.logvar))
    posterior_draws = mine("reparameterize")(mu, logvar, generator=dice)  # (8, 128)
    prior_draws = mine("sample_prior")(24, mu.shape[1], generator=dice)  # (24, 128)
    board = [generator_model.decode(part) for part in (posterior_draws, prior_draws)]
show(
    figures.samples(board[0], title=Both(es="q(z|x): la nube de una imagen", en="q(z|x): one picture's cloud")),
    figures.samples(board[1], title=Both(es="p(z): el prior", en="p(z): the prior")),
)

# %% [markdown] lang="es"
# Arriba se parecen: es una sola nube. Las personas de abajo no existen. Son borrosas, y no por falta de capas: este
# modelo tiene nubes anchas, y donde muchas nubes se pisan pinta el promedio de muchas caras. El modelo nítido, `faces`,
# decodificaría peor los mismos sorteos: sus códigos no llenan el prior. Por qué, y cómo se arregla, se cuenta en las
# lecciones 07 a 09.

# %% [markdown] lang="en"
# Above they are alike: it is a single cloud. The people below do not exist. They are blurred, and not for want of
# layers: this model has wide clouds, and where many clouds overlap it paints the average of many faces. The sharp
# model, `faces`, would decode the same draws worse: its codes do not fill the prior. Why, and how that is mended, is
# told in lessons 07 to 09.

# %% [markdown] question="chance" points=3 lang="es"
# ## Pregunta: el gradiente y el azar
#
# *10 min · dificultad 2 de 3*
#
# ¿Por qué $z = \mu + \sigma\varepsilon$ deja pasar el gradiente y un sorteo directo de $\mathcal{N}(\mu, \sigma^2)$ no?
# ¿Qué le ocurre a $\sigma$ si nada más que la reconstrucción tira de ella? Citar una figura de esta lección. Bastan
# cinco líneas.
#
# ### BEGIN SOLUTION
# **Respuesta modelo**
#
# En un sorteo directo, $z$ sale de una operación aleatoria que no es función derivable de $\mu$ y $\sigma$, y el
# gradiente se detiene ahí. En $z = \mu + \sigma\varepsilon$ el azar es una entrada, $\varepsilon$, que no depende de
# los parámetros; fijado su valor, $z$ es una función derivable, con $\partial z/\partial\mu = 1$ y
# $\partial z/\partial\sigma = \varepsilon$, y el promedio sobre $\varepsilon$ conmuta con la derivada. Si solo cuenta
# acertar, el ruido estorba y $\sigma$ va a 0, como en el descenso sobre $(\mu-3)^2 + \sigma^2$ o en
# `fashion-latent-2-beta-0` (mediana cercana a $10^{-9}$); hace falta el resorte (el término KL) para sostenerla.
#
# **Pauta**
#
# - 0: en blanco, o contradicha por la propia figura (por ejemplo, afirma que $\sigma$ crece sin resorte).
# - 1: repite la fórmula o el nombre del truco sin decir qué cambia.
# - 2: dice que el azar pasó a ser una entrada y que, fijada esta, $z$ es derivable en $\mu$ y $\sigma$.
# - 3: además, dice que sin resorte $\sigma$ cae a 0 y lo muestra con una figura o un número.
# ### END SOLUTION

# %% [markdown] question="chance" points=3 lang="en"
# ## Question: gradient and chance
#
# *10 min · difficulty 2 of 3*
#
# Why does $z = \mu + \sigma\varepsilon$ let the gradient through, and a direct draw from $\mathcal{N}(\mu, \sigma^2)$
# not? What happens to $\sigma$ if nothing but the reconstruction pulls at it? Cite one figure of this lesson. Five
# lines will do.
#
# ### BEGIN SOLUTION
# **Model answer**
#
# In a direct draw $z$ comes out of a random operation that is no differentiable function of $\mu$ and $\sigma$, and the
# gradient stops there. In $z = \mu + \sigma\varepsilon$ chance is an input, $\varepsilon$, which does not depend on the
# parameters; once its value is fixed, $z$ is a differentiable function, with $\partial z/\partial\mu = 1$ and
# $\partial z/\partial\sigma = \varepsilon$, and the average over $\varepsilon$ commutes with the derivative. If only
# being right counts, noise is a nuisance and $\sigma$ goes to 0, as in the descent on $(\mu-3)^2 + \sigma^2$ or in
# `fashion-latent-2-beta-0` (median near $10^{-9}$); the spring (the KL term) is needed to hold it up.
#
# **Rubric**
#
# - 0: blank, or contradicted by the reader's own figure (says that $\sigma$ grows without the spring, for instance).
# - 1: recites the formula or the trick's name without saying what changes.
# - 2: says that chance became an input and that, once it is fixed, $z$ is differentiable in $\mu$ and $\sigma$.
# - 3: also says that without the spring $\sigma$ falls to 0, and shows it with a figure or a number.
# ### END SOLUTION

# %% [markdown] question="silent" points=3 lang="es"
# ## Pregunta: el error que no avisa
#
# *10 min · dificultad 2 de 3*
#
# Un equipo entrena su VAE, todavía sin resorte, y no ve ningún mensaje de error. La pérdida baja un poco y se estanca.
# Al mirar, `weight.grad` es `None` en todas las capas del encoder. ¿Qué línea está mal, casi seguro? ¿Por qué torch no
# protestó? ¿Qué prueba de una línea, y con qué resultado esperado, lo habría mostrado antes?
#
# ### BEGIN SOLUTION
# **Respuesta modelo**
#
# El sorteo corta el gradiente: un `.detach()` o un `no_grad` en `reparameterize` (con `torch.normal(mu, std)` serían
# ceros, no `None`). Torch no protesta porque la pérdida aún depende de los pesos del decoder, que tienen gradiente (y
# bajan la pérdida hasta donde se puede sin códigos útiles). Prueba: con `mu` y `logvar` que pidan gradiente, la línea
# `reparameterize(mu, logvar).sum().backward()` debe dejar `mu.grad` igual a 1 y `logvar.grad` igual a $(z - \mu)/2$;
# aquí `backward` falla. Con el resorte el encoder sí tendría gradiente, pero solo hacia el prior.
#
# **Pauta**
#
# - 0: en blanco, o culpa a la tasa de aprendizaje o al tamaño de la red.
# - 1: señala el sorteo de z, sin explicar por qué no hubo error.
# - 2: explica además que el decoder sí recibe gradiente.
# - 3: y propone una prueba concreta con el valor que debe dar.
# ### END SOLUTION

# %% [markdown] question="silent" points=3 lang="en"
# ## Question: the mistake that gives no warning
#
# *10 min · difficulty 2 of 3*
#
# A team trains its VAE, still without a spring, and sees no error message. The loss falls a little and levels off. On
# inspection `weight.grad` is `None` in every layer of the encoder. Which line is wrong, almost surely? Why did torch
# not protest? Which one-line test, with what expected result, would have shown it earlier?
#
# ### BEGIN SOLUTION
# **Model answer**
#
# The draw cuts the gradient: a `.detach()` or a `no_grad` inside `reparameterize` (with `torch.normal(mu, std)` there
# would be zeros, not `None`). Torch does not protest as the loss still depends on the decoder's weights, which have
# gradients (and lower the loss as far as possible without useful codes). Test: with `mu` and `logvar` that require
# gradients, `reparameterize(mu, logvar).sum().backward()` must leave `mu.grad` equal to 1 and `logvar.grad` equal to
# $(z - \mu)/2$; here `backward` fails. With the spring the encoder would have a gradient, but only towards the prior.
#
# **Rubric**
#
# - 0: blank, or blames the learning rate or the network's size.
# - 1: points at sampling, without saying why there was no error.
# - 2: also explains that the decoder does get gradients.
# - 3: and proposes a concrete test with the value that it must give.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Para seguir (sin nota)
#
# - **Otro ruido.** Escribir un sorteo reparametrizado de una distribución de Laplace, y comprobar su media, su
#   desviación y su gradiente como se hizo con la normal.
# - **Sin logaritmo.** Repetir el descenso con resorte, con $\sigma$ como parámetro en lugar de logvar. ¿Qué pasa con
#   pasos largos?
# - **Dónde importa el baseline.** Medir las tres varianzas con $\mu = 1, 2, 3$. ¿Dónde es mayor la ventaja del
#   gradiente pathwise, y dónde menor?

# %% [markdown] lang="en"
# ## Going further (not graded)
#
# - **Another noise.** Write a reparameterized draw from a Laplace distribution, and check its mean, its deviation and
#   its gradient as was done with the normal.
# - **Without the logarithm.** Repeat the descent with a spring, with $\sigma$ as the parameter instead of logvar. What
#   happens with long steps?
# - **Where the baseline matters.** Measure the three variances at $\mu = 1, 2, 3$. Where is the lead of the pathwise
#   gradient largest, and where smallest?

# %% [markdown] lang="es"
# ## En la demo
#
# Pestaña **Inicio**: una cara y su nube. Marcar «σ = 0: sin nube» y pedir otros sorteos: ocho veces lo mismo.
# Desmarcarlo: ocho caras parecidas. Un código es una nube. Después, pestaña **Generar**: la misma semilla en el modelo
# de puntos (beta 0) y en el VAE, como en la figura de los diez puntos.
#
# <details><summary>En Keras</summary>
#
# | Aquí, PyTorch | En Keras |
# | --- | --- |
# | `logvar` | `z_log_var` |
# | `reparameterize(mu, logvar)` | una capa propia `Sampling(layers.Layer)`, con `call(self, inputs)` |
# | `torch.exp(0.5 * logvar)` | `ops.exp(0.5 * z_log_var)` |
# | `torch.randn(mu.shape, generator=...)` | `keras.random.normal(shape, seed=SeedGenerator(...))` |
# | `VAE(torch.nn.Module)` y `forward` | `VAE(keras.Model)` y `call` |
# | `z.detach()` | `ops.stop_gradient(z)` |
# | `torch.optim.SGD` y `loss.backward()` | `keras.optimizers.SGD` y `tf.GradientTape` (o `model.fit`) |
#
# </details>
#
# ## Referencias
#
# - Kingma y Welling (2014), *Auto-Encoding Variational Bayes*, sección 2.4: <https://arxiv.org/abs/1312.6114>
# - Rezende, Mohamed y Wierstra (2014), *Stochastic Backpropagation and Approximate Inference in Deep Generative
#   Models*:
#   <https://arxiv.org/abs/1401.4082>
# - Mohamed, Rosca, Figurnov y Mnih (2020), *Monte Carlo Gradient Estimation in Machine Learning*:
#   <https://arxiv.org/abs/1906.10652>
# - Ghosh, Sajjadi, Vergari, Black y Schölkopf (2020), *From Variational to Deterministic Autoencoders*:
#   <https://arxiv.org/abs/1903.12436>

# %% [markdown] lang="en"
# ## In the demo
#
# Tab **Start**: a face and its cloud. Tick "σ = 0: no cloud" and ask for other draws: eight times the same. Untick it:
# eight similar faces. A code is a cloud. Then the tab **Generate**: the same seed in the model of points (beta 0) and
# in the VAE, as in the figure of the ten points.
#
# <details><summary>In Keras</summary>
#
# | Here, PyTorch | In Keras |
# | --- | --- |
# | `logvar` | `z_log_var` |
# | `reparameterize(mu, logvar)` | a layer of one's own, `Sampling(layers.Layer)`, with `call(self, inputs)` |
# | `torch.exp(0.5 * logvar)` | `ops.exp(0.5 * z_log_var)` |
# | `torch.randn(mu.shape, generator=...)` | `keras.random.normal(shape, seed=SeedGenerator(...))` |
# | `VAE(torch.nn.Module)` and `forward` | `VAE(keras.Model)` and `call` |
# | `z.detach()` | `ops.stop_gradient(z)` |
# | `torch.optim.SGD` and `loss.backward()` | `keras.optimizers.SGD` and `tf.GradientTape` (or `model.fit`) |
#
# </details>
#
# ## References
#
# - Kingma and Welling (2014), *Auto-Encoding Variational Bayes*, section 2.4: <https://arxiv.org/abs/1312.6114>
# - Rezende, Mohamed and Wierstra (2014), *Stochastic Backpropagation and Approximate Inference in Deep Generative
#   Models*:
#   <https://arxiv.org/abs/1401.4082>
# - Mohamed, Rosca, Figurnov and Mnih (2020), *Monte Carlo Gradient Estimation in Machine Learning*:
#   <https://arxiv.org/abs/1906.10652>
# - Ghosh, Sajjadi, Vergari, Black and Schölkopf (2020), *From Variational to Deterministic Autoencoders*:
#   <https://arxiv.org/abs/1903.12436>

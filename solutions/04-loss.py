# %% [markdown] lang="es"
# # 04 · ¿Cuánto cuesta, en nats, contar una imagen?
#
# *120 min, 65 de ellos para ejercicios y preguntas · dificultad 3 de 3*
#
# La lección 03 cambió cada punto por una nube y dejó un problema abierto: si nada lo impide, la red encoge sigma hasta
# cero y la nube vuelve a ser un punto. Falta ponerle precio a cada cosa.
#
# **Objetivos.** Escribir la pérdida del VAE, término por término, toda en una sola unidad; saber por qué es una cota de
# $\log p(x)$ y qué ruido supone; y leer, en una lista de precios de imágenes reales, qué se paga en cada una.

# %% [markdown] lang="en"
# # 04 · What does telling a picture cost, in nats?
#
# *120 min, 65 of them for exercises and questions · difficulty 3 of 3*
#
# Lesson 03 turned every point into a cloud and left a problem open: unless something stops it, the network shrinks
# sigma to zero and the cloud is a point again. Everything needs a price.
#
# **Aims.** Write the VAE's loss, term by term, all in one unit; know why it is a bound on $\log p(x)$ and what noise it
# assumes; and read, in a price list of real pictures, what is being paid for in each.

# %% tags=["setup"]
import math

import torch
import torch.nn.functional as F

from vae_course.images import minibatches, to_unit_range
from vae_course.networks import DenseDecoder, DenseEncoder
from vae_course.sampling import reparameterize

# %% [markdown] lang="es"
# ## Un telegrama en dos partes
#
# Dos personas tienen el mismo decoder. Una mira una imagen x y la otra debe dibujarla exactamente igual; entre ambas
# hay un telégrafo caro. El mensaje tiene dos partes:
#
# 1. **la nube**: en qué zona del espacio latente buscar z;
# 2. **la corrección**: lo que falta para pasar de la apuesta del decoder a la imagen verdadera.
#
# $$\text{precio}(x) = \underbrace{\mathbb{E}_{q(z|x)}\big[-\log p(x|z)\big]}_{\text{corrección: reconstrucción}} +
# \underbrace{\mathrm{KL}\big(q(z|x)\,\|\,p(z)\big)}_{\text{nube}}$$
#
# Una nube diminuta señala z con mucha precisión: sale cara, y la corrección, barata. Una nube enorme, al
# revés. Entrenar un VAE es buscar el telegrama más barato.

# %% [markdown] lang="en"
# ## A telegram in two parts
#
# Two people own the same decoder. One looks at a picture x and the other must draw it exactly; between them runs an
# expensive telegraph. The message has two parts:
#
# 1. **the cloud**: in which region of the latent space to look for z;
# 2. **the correction**: what it takes to get from the decoder's bet to the true picture.
#
# $$\text{price}(x) = \underbrace{\mathbb{E}_{q(z|x)}\big[-\log p(x|z)\big]}_{\text{correction: reconstruction}} +
# \underbrace{\mathrm{KL}\big(q(z|x)\,\|\,p(z)\big)}_{\text{cloud}}$$
#
# A tiny cloud points at z with great precision: the cloud is expensive and the correction cheap. A huge cloud, the
# other way round. Training a VAE is looking for the cheapest telegram.

# %% tags=["prepare"]
from vae_course import figures, pretrained
from vae_course.figures import loss as loss_figures
from vae_course.sampling import VAE
from vae_course.text import Both

clothes = pictures("fashion", 1000, split="test")
x = to_unit_range(clothes.images)  # (N, 1, 28, 28)
names = [clothes.classes[label] for label in clothes.labels]

model = pretrained.load("fashion-beta-1")
with torch.no_grad():
    mu, logvar = model.encode(x)  # (N, 16)
    x_hat = model.decode(reparameterize(mu, logvar, torch.Generator().manual_seed(0)))

# %% [markdown] lang="es"
# **Predicción.** ¿Qué parte del telegrama pesará más: **a)** la nube o **b)** la corrección? ¿Y qué prenda será la más
# barata: **a)** un pantalón, **b)** una camisa, **c)** una sandalia o **d)** un bolso? La lista de precios llega al
# final.
#
# (Los números que cita el texto se midieron con imágenes reales. Donde no las hay, las celdas usan imágenes dibujadas,
# y sus números difieren.)

# %% [markdown] lang="en"
# **Prediction.** Which part of the telegram will weigh more: **a)** the cloud or **b)** the correction? And which
# garment will be the cheapest: **a)** trousers, **b)** a shirt, **c)** a sandal or **d)** a bag? The price list comes
# at the end.
#
# (Numbers quoted in the text were measured on real pictures. Where there are none, the cells use drawn ones, and their
# numbers differ.)

# %% tags=["predict"]
predict("larger-part", ...)
predict("cheapest-garment", ...)

# %% [markdown] lang="es"
# ## La unidad: nats
#
# Algo que ocurre con probabilidad $p$ cuesta $-\log p$. Con el logaritmo natural el precio sale en **nats**; con el de
# base 2, en bits. Es la misma cantidad en dos unidades: **1 nat = 1/ln 2 = 1.443 bits**.
#
# Lo seguro ($p = 1$) es gratis, lo raro es caro, y los precios de cosas independientes se suman. Por eso aquí todo se
# suma.

# %% [markdown] lang="en"
# ## The unit: nats
#
# Something that happens with probability $p$ costs $-\log p$. With the natural logarithm the price comes in **nats**;
# with base 2, in bits. It is one amount in two units: **1 nat = 1/ln 2 = 1.443 bits**.
#
# What is certain ($p = 1$) is free, what is rare is expensive, and prices of independent things add up. That is why
# everything here is a sum.

# %% tags=["experiment"]
CHOICES = (2, 6, 1000)
for choices in CHOICES:
    nats = -math.log(1 / choices)
    say(es=f"1 entre {choices}: {nats:.3f} nats = {nats / math.log(2):.3f} bits",
        en=f"1 out of {choices}: {nats:.3f} nats = {nats / math.log(2):.3f} bits")  # fmt: skip
say(
    es=f"784 píxeles a cara o cruz: {784 * math.log(2):.1f} nats",
    en=f"784 coin-toss pixels: {784 * math.log(2):.1f} nats",
)

# %% [markdown] lang="es"
# ## La corrección: cada píxel es una apuesta
#
# El decoder entrega $\hat{x}$, un número entre 0 y 1 por píxel. ¿Cuánto cuesta corregirlo? Depende de cómo se lea esa
# apuesta. Hay tres lecturas habituales:
#
# | `kind` | por píxel | el decoder apuesta a que... |
# | --- | --- | --- |
# | `"bce"` | $-x\log\hat{x} - (1-x)\log(1-\hat{x})$ | el píxel es blanco con probabilidad $\hat{x}$ (Bernoulli) |
# | `"mse"` | $(x-\hat{x})^2$ | el píxel cae cerca de $\hat{x}$, con ruido gaussiano |
# | `"l1"` | $\lvert x-\hat{x}\rvert$ | lo mismo, con ruido de Laplace: perdona más los errores grandes |
#
# El precio de una imagen es la **suma** de los precios de sus píxeles. La BCE exige x en [0, 1]:
# `F.binary_cross_entropy` se detiene con un error si x sale de ahí. Con imágenes en [−1, 1] y tanh (lección 01) quedan
# `"mse"` y `"l1"`.

# %% [markdown] lang="en"
# ## The correction: every pixel is a bet
#
# The decoder hands over $\hat{x}$, a number between 0 and 1 for each pixel. What does it cost to correct it? That
# depends on how the bet is read. Three readings are common:
#
# | `kind` | per pixel | the decoder bets that... |
# | --- | --- | --- |
# | `"bce"` | $-x\log\hat{x} - (1-x)\log(1-\hat{x})$ | the pixel is white with probability $\hat{x}$ (Bernoulli) |
# | `"mse"` | $(x-\hat{x})^2$ | the pixel falls near $\hat{x}$, with Gaussian noise |
# | `"l1"` | $\lvert x-\hat{x}\rvert$ | the same with Laplace noise, which forgives large errors more easily |
#
# The price of a picture is the **sum** of its pixels' prices. BCE needs x in [0, 1]: `F.binary_cross_entropy` stops
# with an error where x is outside. With pictures in [−1, 1] and tanh (lesson 01) that leaves `"mse"` and `"l1"`.

# %% [markdown] lang="es"
# ## Ejercicio: el precio de los píxeles
#
# *15 min · dificultad 2 de 3*
#
# Escribir `reconstruction_loss(x, x_hat, kind="bce")`: un precio por imagen. `x` y `x_hat` son `(N, C, H, W)`; el
# resultado, `(N,)`. Con `"bce"` debe ser finito aunque `x_hat` valga exactamente 0 o 1, y otro `kind` da `ValueError`.
#
# <details><summary>Pista</summary>
#
# Primero el precio de cada píxel, todavía `(N, C, H, W)`; después, una sola suma sobre todo lo que no es N. Para eso
# ayuda `.flatten(1)`. Las funciones de `torch.nn.functional` (aquí `F`) reciben primero la apuesta y después la verdad,
# y tienen `reduction="none"`. Si se escribe la fórmula a mano, `x_hat.clamp(1e-7, 1 - 1e-7)` evita el logaritmo de 0.
#
# </details>
#
# **Error frecuente:** dejar la reducción de fábrica de PyTorch, que promedia sobre los píxeles. Más abajo se ve qué
# hace con un entrenamiento. El segundo error frecuente es intercambiar `x` y `x_hat` en la BCE.

# %% [markdown] lang="en"
# ## Exercise: the price of the pixels
#
# *15 min · difficulty 2 of 3*
#
# Write `reconstruction_loss(x, x_hat, kind="bce")`: one price for each picture. `x` and `x_hat` are `(N, C, H, W)`; the
# result is `(N,)`. With `"bce"` it must be finite even where `x_hat` is exactly 0 or 1, and another `kind` raises
# `ValueError`.
#
# <details><summary>Hint</summary>
#
# First the price of each pixel, still `(N, C, H, W)`; then one single sum over everything that is not N. `.flatten(1)`
# helps. The functions in `torch.nn.functional` (here `F`) take the bet first and the truth second, and they have
# `reduction="none"`. If the formula is written by hand, `x_hat.clamp(1e-7, 1 - 1e-7)` keeps the logarithm away from 0.
#
# </details>
#
# **Common mistake:** leaving PyTorch's default reduction, which averages over the pixels. Further down we see what that
# does to a training run. The second most common one is to swap `x` and `x_hat` in the BCE.


# %% tags=["answer"] exercise="reconstruction_loss"
def reconstruction_loss(x, x_hat, kind="bce"):
    """bce: -sum x log x_hat + (1 - x) log(1 - x_hat); mse: sum (x - x_hat)^2; l1: sum |x - x_hat|

    x, x_hat: (N, C, H, W) -> (N,); ValueError
    """
    ### BEGIN SOLUTION
    if kind == "bce":
        p = x_hat.clamp(1e-7, 1 - 1e-7)
        pixels = F.binary_cross_entropy(p, x, reduction="none")
    elif kind == "mse":
        pixels = (x - x_hat) ** 2
    elif kind == "l1":
        pixels = (x - x_hat).abs()
    else:
        raise ValueError(f"kind: {kind!r}")
    return pixels.flatten(1).sum(dim=1)
    ### END SOLUTION


# %% [markdown] lang="es"
# **Predicción.** Un píxel gris, x = 0.5. ¿Qué apuesta lo hace más barato con la BCE? ¿Y cuántos nats cuesta entonces?

# %% [markdown] lang="en"
# **Prediction.** A grey pixel, x = 0.5. Which bet makes it cheapest under BCE? And how many nats does it cost then?

# %% tags=["predict"]
predict("best-bet", ...)
predict("grey-price", ...)

# %% tags=["reward"]
PIXELS = (0.0, 0.2, 0.5, 1.0)
bets = torch.linspace(0.005, 0.995, 199).reshape(-1, 1, 1, 1)  # (T, 1, 1, 1)
curves = {
    kind: [mine("reconstruction_loss")(torch.full_like(bets, pixel), bets, kind) for pixel in PIXELS]
    for kind in ("bce", "mse")
}
grey = curves["bce"][PIXELS.index(0.5)]  # (T,)
reveal("best-bet", bets.flatten()[grey.argmin()])
reveal("grey-price", grey.min())
loss_figures.pixel_prices(bets.flatten(), curves["bce"], curves["mse"], PIXELS)

# %% [markdown] lang="es"
# En ambos casos lo mejor es apostar $\hat{x} = x$: las dos pérdidas tienen el mismo óptimo. Con el error cuadrático
# cualquier píxel puede llegar a costar 0. Con BCE, solo uno negro o blanco: uno gris paga siempre su propia entropía,
# hasta ln 2 = 0.693 nats.
#
# **La BCE de píxeles grises nunca llega a 0.** Ese piso no es culpa del modelo: una copia perfecta también lo paga. Se
# calcula con la función recién escrita, dándole la imagen como su propia reconstrucción.
#
# **Predicción.** Apostar 0.5 en todas partes cuesta 543 nats por imagen de 28 × 28. ¿Cuánto costará apostar siempre la
# imagen media? ¿Y la reconstrucción del modelo `fashion-beta-1`? ¿Y la copia perfecta?

# %% [markdown] lang="en"
# Either way the best bet is $\hat{x} = x$: both losses share their optimum. Under squared error any pixel can come down
# to 0. Under BCE only a black or white one can: a grey one always pays its own entropy, up to ln 2 = 0.693 nats.
#
# **The BCE of grey pixels never reaches 0.** That floor is no fault of the model: a perfect copy pays it too. It takes
# one call of the function just written, with the picture as its own reconstruction.
#
# **Prediction.** Betting 0.5 everywhere costs 543 nats for a 28 × 28 picture. What will it cost to bet the mean image
# every time? And the reconstruction by the model `fashion-beta-1`? And the perfect copy?

# %% tags=["predict"]
predict("mean-image", ...)
predict("model-bet", ...)
predict("perfect-copy", ...)

# %% tags=["reward"]
guesses = (
    (torch.full_like(x, 0.5), Both(es="no saber nada", en="knowing nothing")),
    (x.mean(dim=0, keepdim=True).expand_as(x), Both(es="la imagen media", en="the mean image")),
    (x_hat, Both(es="el modelo", en="the model")),
    (x, Both(es="copia perfecta", en="perfect copy")),
)
SHOWN = 7
prices = [mine("reconstruction_loss")(x, guess).mean().item() for guess, _ in guesses]
for name, nats in zip(("mean-image", "model-bet", "perfect-copy"), prices[1:], strict=True):
    reveal(name, nats)
loss_figures.tagged(
    torch.stack([guess[SHOWN] for guess, _ in guesses]),
    [f"{who}\n{nats:.0f} nats" for (_, who), nats in zip(guesses, prices, strict=True)],
)

# %% [markdown] lang="es"
# Cada precio es la media sobre las imágenes de prueba cargadas arriba; el dibujo de encima muestra esa apuesta para una
# sola prenda. Leída sin el piso, la BCE del modelo parece mala. Leída desde el piso, le falta muy poco: unos 37 nats de
# los 353 que van de «no saber nada» a «copia perfecta». Todos menos el del modelo vuelven en la lección 05, como líneas
# de referencia de la curva de entrenamiento.
#
# ¿Y en fotos a color? Allí casi ningún canal vale 0 o 1.

# %% [markdown] lang="en"
# Each price is a mean over the test pictures loaded above; the picture over it shows that bet for a single garment.
# Read without the floor, the model's BCE looks poor. Read from the floor, little is missing: some 37 nats of the 353
# between "knowing nothing" and "perfect copy". All but the model's come back in lesson 05, as reference lines of the
# training curve.
#
# And colour photographs? There hardly any channel is 0 or 1.

# %% tags=["experiment"]
faces = to_unit_range(pictures("faces", 200, split="test").images)  # (N, 3, 64, 64)
floor = mine("reconstruction_loss")(faces, faces).mean().item()
most = faces[0].numel() * math.log(2)
say(
    es=f"Piso de la BCE en rostros: {floor:.0f} nats, de los {most:.0f} de no saber nada ({floor / most:.0%}).",
    en=f"BCE floor on faces: {floor:,.0f} nats, of the {most:,.0f} of knowing nothing ({floor / most:.0%}).",
)

# %% [markdown] lang="es"
# ## La nube: la KL
#
# Señalar una nube dentro del prior $p(z) = \mathcal{N}(0, I)$ cuesta, en promedio,
#
# $$\mathrm{KL}\big(q(z|x)\,\|\,p(z)\big) = \mathbb{E}_{q}\big[\log q(z|x) - \log p(z)\big]
# = \tfrac{1}{2}\sum_d \big(\mu_d^2 + \sigma_d^2 - 1 - \log\sigma_d^2\big).$$
#
# <details><summary>De dónde sale la fórmula</summary>
#
# Basta una dimensión, porque las KL de dimensiones independientes se suman. Con $z = \mu + \sigma\varepsilon$,
# $\ \log q = -\tfrac12\log 2\pi - \log\sigma - \tfrac12\varepsilon^2$ y
# $\ \log p = -\tfrac12\log 2\pi - \tfrac12 z^2$. Se restan y se promedian:
#
# $$\mathbb{E}_q[\log q - \log p] = -\log\sigma - \tfrac12\,\underbrace{\mathbb{E}[\varepsilon^2]}_{1} +
# \tfrac12\,\underbrace{\mathbb{E}\big[(\mu+\sigma\varepsilon)^2\big]}_{\mu^2+\sigma^2}
# = \tfrac12\big(\mu^2 + \sigma^2 - 1 - \log\sigma^2\big).$$
#
# Nunca es negativa, porque $\log t \le t - 1$ para todo $t > 0$; aquí, $t = \sigma^2$.
#
# </details>
#
# Si la nube es el prior mismo, la KL es 0: no hay nada que decir. Nunca es negativa. Y como las dimensiones son
# independientes, sus precios se suman.
#
# **Predicción.** Tres nubes de una dimensión: **a)** con mu = 1, sigma = 1; **b)** con mu = 0, sigma = 2; **c)** con mu
# = 0, sigma = 0.1. ¿Cuál es la más barata y cuál la más cara? ¿Y qué pasa con el precio cuando sigma tiende a 0: **a)**
# va a 0, **b)** se acerca a un tope o **c)** crece sin tope?

# %% [markdown] lang="en"
# ## The cloud: the KL
#
# Pointing out a cloud inside the prior $p(z) = \mathcal{N}(0, I)$ costs, on average,
#
# $$\mathrm{KL}\big(q(z|x)\,\|\,p(z)\big) = \mathbb{E}_{q}\big[\log q(z|x) - \log p(z)\big]
# = \tfrac{1}{2}\sum_d \big(\mu_d^2 + \sigma_d^2 - 1 - \log\sigma_d^2\big).$$
#
# <details><summary>Where the formula comes from</summary>
#
# One dimension is enough, since the KLs of independent dimensions add up. With $z = \mu + \sigma\varepsilon$,
# $\ \log q = -\tfrac12\log 2\pi - \log\sigma - \tfrac12\varepsilon^2$ and
# $\ \log p = -\tfrac12\log 2\pi - \tfrac12 z^2$. Subtract and average:
#
# $$\mathbb{E}_q[\log q - \log p] = -\log\sigma - \tfrac12\,\underbrace{\mathbb{E}[\varepsilon^2]}_{1} +
# \tfrac12\,\underbrace{\mathbb{E}\big[(\mu+\sigma\varepsilon)^2\big]}_{\mu^2+\sigma^2}
# = \tfrac12\big(\mu^2 + \sigma^2 - 1 - \log\sigma^2\big).$$
#
# It is never negative, since $\log t \le t - 1$ for every $t > 0$; here $t = \sigma^2$.
#
# </details>
#
# If the cloud is the prior itself, the KL is 0: there is nothing to say. It is never negative. And since the dimensions
# are independent, their prices add up.
#
# **Prediction.** Three clouds in one dimension: **a)** with mu = 1, sigma = 1; **b)** with mu = 0, sigma = 2; **c)**
# with mu = 0, sigma = 0.1. Which is the cheapest, and which the most expensive? And what happens to the price as sigma
# tends to 0: **a)** it goes to 0, **b)** it nears a limit, or **c)** it grows without limit?

# %% tags=["predict"]
predict("cheapest-cloud", ...)
predict("most-expensive-cloud", ...)
predict("narrow-cloud", ...)

# %% [markdown] lang="es"
# ## Ejercicio: el precio de una nube
#
# *10 min · dificultad 1 de 3*
#
# Escribir `kl_divergence(mu, logvar)`: la KL de cada imagen, en nats. `mu` y `logvar` son `(N, D)`; el resultado,
# `(N,)`. Recordar de la lección 03: `logvar` es $\log\sigma^2$, el logaritmo natural de la varianza.
#
# <details><summary>Pista</summary>
#
# Los cuatro términos de la fórmula se escriben tal cual con `mu` y `logvar`; $\sigma_d^2$ se obtiene con `logvar.exp()`
# y $\log\sigma_d^2$ ya está hecho. La suma va sobre la dimensión 1. Dos pruebas a mano: todo en 0 da 0; mu = 1 y logvar
# = 0 da medio nat por dimensión.
#
# </details>
#
# **Errores frecuentes:** promediar sobre las dimensiones (se suman), olvidar el 1/2, cambiar el signo, o poner sigma
# donde va sigma². Una KL negativa delata alguno de los dos últimos: con mu = 1 y logvar = 0, −0.5 es el signo; con mu =
# 0 y sigma = 2, −0.193 es sigma sin cuadrado.

# %% [markdown] lang="en"
# ## Exercise: the price of a cloud
#
# *10 min · difficulty 1 of 3*
#
# Write `kl_divergence(mu, logvar)`: the KL of each picture, in nats. `mu` and `logvar` are `(N, D)`; the result is
# `(N,)`. Remember from lesson 03: `logvar` is $\log\sigma^2$, the natural logarithm of the variance.
#
# <details><summary>Hint</summary>
#
# The formula's four terms are written just as they stand with `mu` and `logvar`; $\sigma_d^2$ is `logvar.exp()` and
# $\log\sigma_d^2$ is there already. The sum runs over dimension 1. Two tests by hand: all zeros give 0; mu = 1 and
# logvar = 0 give half a nat per dimension.
#
# </details>
#
# **Common mistakes:** averaging over the dimensions (they add up), forgetting the 1/2, flipping the sign, or sigma
# where sigma² belongs. A negative KL betrays one of the last two: at mu = 1 and logvar = 0, −0.5 is the sign; at mu = 0
# and sigma = 2, −0.193 is sigma without its square.


# %% tags=["answer"] exercise="kl_divergence"
def kl_divergence(mu, logvar):
    """KL(N(mu, diag exp(logvar)) || N(0, I)) = 1/2 sum_d (mu_d^2 + sigma_d^2 - 1 - log sigma_d^2)

    mu, logvar: (N, D) -> (N,)
    """
    ### BEGIN SOLUTION
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)
    ### END SOLUTION


# %% tags=["reward"]
means = torch.linspace(-3, 3, 121).unsqueeze(1)  # (T, 1)
sigmas = torch.logspace(-2, 0.6, 121).unsqueeze(1)  # (T, 1)
for name, mean, sigma in (("a", 1.0, 1.0), ("b", 0.0, 2.0), ("c", 0.0, 0.1)):
    nats = mine("kl_divergence")(torch.tensor([[mean]]), torch.tensor([[2 * math.log(sigma)]])).item()
    print(f"{name}: mu = {mean:g}, sigma = {sigma:g}, KL = {nats:.3f} nats")
for name in ("cheapest-cloud", "most-expensive-cloud", "narrow-cloud"):
    reveal(name)
loss_figures.cloud_prices(
    means.flatten(), mine("kl_divergence")(means, torch.zeros_like(means)),
    sigmas.flatten(), mine("kl_divergence")(torch.zeros_like(sigmas), 2 * sigmas.log()),
)  # fmt: skip

# %% [markdown] lang="es"
# Ahí está lo que sostiene a sigma. Cada vez que una nube ya angosta se reduce a la mitad, su precio sube unos ln 2 =
# 0.693 nats por dimensión, sin límite: un punto exacto costaría infinito. Es el resorte de la lección 03, salvo una
# constante.
#
# Ahora las nubes de prendas reales: las ocho más baratas y las ocho más caras según `fashion-beta-1`.

# %% [markdown] lang="en"
# Here is what holds sigma up. Each time a cloud that is narrow already is halved in width, its price goes up by about
# ln 2 = 0.693 nats per dimension, without end: an exact point would cost infinity. It is the spring of lesson 03, but
# for a constant.
#
# Now the clouds of real clothes: the eight cheapest and the eight most expensive according to `fashion-beta-1`.

# %% tags=["reward"]
kl = mine("kl_divergence")(mu, logvar)
order = kl.argsort()
shown = torch.cat([order[:8], order[-8:]])
say(es=f"KL media: {kl.mean():.1f} nats = {kl.mean() / math.log(2):.1f} bits.",
    en=f"Mean KL: {kl.mean():.1f} nats = {kl.mean() / math.log(2):.1f} bits.")  # fmt: skip
reveal("larger-part", "a" if kl.mean() > prices[2] else "b")
loss_figures.tagged(x[shown], [f"{kl[k]:.1f} nats" for k in shown])

# %% [markdown] lang="es"
# Con unos 12.8 nats el encoder elige, por así decirlo, una nube entre $e^{12.8} \approx 360\,000$. Una zapatilla
# oscura, de las que hay miles, se señala con 9 nats; botines y camisas claros, o un bolso, piden más del doble.
#
# ## Ejercicio: la densidad de un punto
#
# *10 min · dificultad 2 de 3*
#
# La fórmula de la KL es el resultado de una integral. ¿Cómo comprobar que es correcta? Con la definición: sortear
# muchos z de la nube y promediar $\log q(z|x) - \log p(z)$. Para eso hace falta el logaritmo de la densidad normal:
#
# $$\log\mathcal{N}(z;\mu,\sigma^2) = -\tfrac{1}{2}\sum_d\Big(\log 2\pi + \log\sigma_d^2 +
# \frac{(z_d-\mu_d)^2}{\sigma_d^2}\Big)$$
#
# Escribir `log_normal(z, mu, logvar)`: cada uno `(N, D)`, o de una forma que se extienda por broadcasting; el
# resultado, `(N,)`.
#
# <details><summary>Pista</summary>
#
# Hay tres términos por dimensión: una constante, el ancho y la distancia. `math.log(2 * math.pi)` va **dentro** de la
# suma, una vez por dimensión. Con `sum(dim=-1)` el broadcasting sale solo.
#
# </details>
#
# **Error frecuente:** omitir la constante. Al entrenar no se nota, porque su gradiente es 0; al comparar modelos
# (lección 08), sí.

# %% [markdown] lang="en"
# With some 12.8 nats the encoder picks, so to speak, one cloud out of $e^{12.8} \approx 360{,}000$. A dark sneaker, one
# of thousands, is pointed out with 9 nats; light boots and shirts, or a bag, ask for more than twice as much.
#
# ## Exercise: the density of a point
#
# *10 min · difficulty 2 of 3*
#
# The KL's formula is the result of an integral. How can one check that it is right? By the definition: draw many z from
# the cloud and average $\log q(z|x) - \log p(z)$. That takes the logarithm of the normal density:
#
# $$\log\mathcal{N}(z;\mu,\sigma^2) = -\tfrac{1}{2}\sum_d\Big(\log 2\pi + \log\sigma_d^2 +
# \frac{(z_d-\mu_d)^2}{\sigma_d^2}\Big)$$
#
# Write `log_normal(z, mu, logvar)`: each `(N, D)`, or of a shape that broadcasts to it; the result is `(N,)`.
#
# <details><summary>Hint</summary>
#
# There are three terms per dimension: a constant, the width and the distance. `math.log(2 * math.pi)` belongs
# **inside** the sum, once for each dimension. With `sum(dim=-1)` broadcasting takes care of itself.
#
# </details>
#
# **Common mistake:** leaving out the constant. Training doesn't notice, since its gradient is 0; comparing models
# (lesson 08) does.


# %% tags=["answer"] exercise="log_normal"
def log_normal(z, mu, logvar):
    """log N(z; mu, diag exp(logvar)) = -1/2 sum_d (log 2 pi + log sigma_d^2 + (z_d - mu_d)^2 / sigma_d^2)

    z, mu, logvar: (N, D) -> (N,)
    """
    ### BEGIN SOLUTION
    distance = (z - mu) ** 2 / logvar.exp()
    return -0.5 * (math.log(2 * math.pi) + logvar + distance).sum(dim=-1)
    ### END SOLUTION


# %% [markdown] lang="es"
# **Predicción.** `kl_divergence` y el promedio hecho con `log_normal` deben dar el mismo precio para la misma nube.
# ¿Cuántos sorteos de z harán falta para que el promedio quede a menos de 0.05 nats de la fórmula 95 de cada 100 veces?
# (Algo como 100, 10 000 o 1 000 000.)

# %% [markdown] lang="en"
# **Prediction.** `kl_divergence` and the average made with `log_normal` must give the same price for the same cloud.
# How many draws of z will it take for the average to be within 0.05 nats of the formula 95 times out of 100? (Something
# like 100, 10,000 or 1,000,000.)

# %% tags=["predict"]
predict("draws", ...)

# %% tags=["experiment"]
PICTURE = SHOWN
DRAWS = 20_000
one_mu, one_logvar = mu[PICTURE : PICTURE + 1], logvar[PICTURE : PICTURE + 1]  # (1, D)
z = reparameterize(one_mu.expand(DRAWS, -1), one_logvar.expand(DRAWS, -1), torch.Generator().manual_seed(0))  # (K, D)
prior = torch.zeros(1, z.shape[1])
log_ratio = mine("log_normal")(z, one_mu, one_logvar) - mine("log_normal")(z, prior, prior)  # (K,)
reveal("draws", (1.96 * log_ratio.std() / 0.05) ** 2)
loss_figures.running_mean(log_ratio, mine("kl_divergence")(one_mu, one_logvar).item())

# %% [markdown] lang="es"
# Coinciden, pero despacio: reducir el error a la mitad pide cuatro veces los sorteos, y dejarlo en menos de 0.05 nats,
# unos 5000. Sortear sirve para comprobar, y la fórmula para entrenar: da el valor exacto, sin ruido y sin sorteos. La
# reconstrucción, en cambio, no tiene fórmula, porque en medio hay una red: por eso ahí sí se sortea z.
#
# ## Por qué la suma es honesta: el ELBO
#
# Lo que de verdad interesa es $\log p(x) = \log\int p(x|z)\,p(z)\,dz$: qué tan probable le parece x al modelo, su
# **verosimilitud**, sumada sobre todos los z que pudieron darla. Esa integral no se puede calcular con una red. Pero
# para cualquier nube $q$ vale exactamente
#
# $$\log p(x) = \underbrace{\mathbb{E}_{q}[\log p(x|z)] - \mathrm{KL}(q(z|x)\,\|\,p(z))}_{\text{ELBO}} +
# \underbrace{\mathrm{KL}\big(q(z|x)\,\|\,p(z|x)\big)}_{\text{brecha}\;\ge\;0}.$$
#
# Aquí $p(z|x) = p(x|z)\,p(z)/p(x)$ es el **posterior exacto**: qué z pudieron dar esta x.
#
# <details><summary>La demostración, en dos líneas</summary>
#
# Por la regla de Bayes, $p(x) = p(x|z)\,p(z)/p(z|x)$ para cualquier z. Se toma el logaritmo, y se suma y se resta
# $\log q(z|x)$:
#
# $$\log p(x) = \log p(x|z) - \log\frac{q(z|x)}{p(z)} + \log\frac{q(z|x)}{p(z|x)}.$$
#
# El lado izquierdo no depende de z. Al promediar ambos lados sobre $z \sim q$, los tres términos de la derecha son la
# reconstrucción y las dos KL. Como una KL nunca es negativa, el ELBO es una cota inferior.
#
# </details>
#
# El ELBO (*evidence lower bound*) nunca pasa de $\log p(x)$, su techo; lo que falta es la **brecha**. Y nuestro
# telegrama cuesta justo $-\mathrm{ELBO}$.
#
# En una dimensión la integral sí se puede hacer, sumando sobre miles de valores de z. El modelo de juguete: z ~ N(0, 1)
# y un «píxel» x = z + ruido, con ruido de desviación estándar 0.6.
#
# **Predicción.** Llega x = 1.2. Tres nubes q, todas del ancho del posterior exacto (0.5145), con centro en −0.213,
# 0.347 y 0.882: ¿toca alguna el techo? **a)** La primera, **b)** la segunda, **c)** la tercera o **d)** ninguna. ¿Por
# qué el mejor centro no es 1.2?

# %% [markdown] lang="en"
# They agree, but slowly: halving the error takes four times the draws, and keeping it within 0.05 nats some 5,000.
# Draws serve for checking, the formula for training: it gives the exact value, with no noise and no draws. The
# reconstruction has no formula, since a network stands in the middle: that is where z does get drawn.
#
# ## Why the sum is honest: the ELBO
#
# What we truly want is $\log p(x) = \log\int p(x|z)\,p(z)\,dz$: how likely the model finds x, its **likelihood**,
# summed over every z that may have given it. With a network that integral is out of reach. But for every cloud $q$ this
# holds exactly:
#
# $$\log p(x) = \underbrace{\mathbb{E}_{q}[\log p(x|z)] - \mathrm{KL}(q(z|x)\,\|\,p(z))}_{\text{ELBO}} +
# \underbrace{\mathrm{KL}\big(q(z|x)\,\|\,p(z|x)\big)}_{\text{gap}\;\ge\;0}.$$
#
# Here $p(z|x) = p(x|z)\,p(z)/p(x)$ is the **exact posterior**: which z may have given this x.
#
# <details><summary>The proof, in two lines</summary>
#
# By Bayes' rule, $p(x) = p(x|z)\,p(z)/p(z|x)$ for any z. Take the logarithm, and add and subtract $\log q(z|x)$:
#
# $$\log p(x) = \log p(x|z) - \log\frac{q(z|x)}{p(z)} + \log\frac{q(z|x)}{p(z|x)}.$$
#
# The left side does not depend on z. When both sides are averaged over $z \sim q$, the three terms on the right are the
# reconstruction and the two KLs. As a KL is never negative, the ELBO is a lower bound.
#
# </details>
#
# The ELBO (*evidence lower bound*) never rises above $\log p(x)$, its ceiling; what is missing is the **gap**. And our
# telegram costs exactly $-\mathrm{ELBO}$.
#
# In one dimension the integral can be done, by adding over thousands of values of z. The toy model: z ~ N(0, 1) and a
# "pixel" x = z + noise, the noise with standard deviation 0.6.
#
# **Prediction.** In comes x = 1.2. Three clouds q, each with the exact posterior's own width (0.5145), centred at
# −0.213, 0.347 and 0.882: does any touch the ceiling? **a)** The first, **b)** the second, **c)** the third, or **d)**
# none. Why isn't 1.2 the best centre?

# %% tags=["predict"]
predict("ceiling", ...)

# %% tags=["prepare"]
grid = torch.linspace(-8, 8, 4001, dtype=torch.float64)  # (T,)


def log_density(values, mean, sigma):
    column = values.unsqueeze(1)  # (T, 1)
    mean = torch.as_tensor(mean, dtype=column.dtype).reshape(-1, 1)
    return mine("log_normal")(column, mean, torch.full_like(column, 2 * math.log(sigma)))


def integral(values):
    return torch.trapezoid(values, grid)


def under_the_ceiling(x_seen, noise, bend, centres, sigma):
    decoded = grid + bend * grid**2  # (T,)
    log_joint = log_density(torch.full_like(grid, x_seen), decoded, noise) + log_density(grid, 0.0, 1.0)
    ceiling = integral(log_joint.exp()).log()
    log_posterior = log_joint - ceiling
    path = torch.linspace(min(centres) - 0.6, max(centres) + 0.6, 81, dtype=torch.float64)
    log_q = torch.stack([log_density(grid, centre, sigma) for centre in (*centres, *path.tolist())])  # (C + M, T)
    bounds = torch.stack([integral(row.exp() * (log_joint - row)) for row in log_q])
    gaps = torch.stack([integral(row.exp() * (row - log_posterior)) for row in log_q])
    c, error = len(centres), (ceiling - bounds - gaps).abs().max()
    say(es=f"Mayor diferencia entre log p(x) − ELBO y KL(q || p(z|x)): {error:.0e} nats.",
        en=f"Largest difference between log p(x) − ELBO and KL(q || p(z|x)): {error:.0e} nats.")  # fmt: skip
    return loss_figures.elbo(grid, log_posterior.exp(), log_q[:c].exp(), centres, bounds[:c], path, bounds[c:], ceiling)


# %% tags=["experiment"]
X = 1.2
NOISE = 0.6
BEND = 0.0
CENTRES = (-0.213, 0.347, 0.882)
SIGMA = 0.5145
reveal("ceiling")
under_the_ceiling(X, NOISE, BEND, CENTRES, SIGMA)

# %% [markdown] lang="es"
# Toca el techo la nube que coincide con $p(z|x)$: su centro queda entre x y el prior, que tira hacia 0. Cualquier otra
# queda debajo, y la brecha coloreada es $\mathrm{KL}(q\,\|\,p(z|x))$, ni más ni menos: lo confirma la línea impresa,
# por otra integral.
#
# De ahí salen las dos cosas que hace el entrenamiento a la vez. El encoder cierra la brecha. El decoder sube el ELBO:
# casi siempre sube con él el techo, pero no hace falta, porque también gana si acerca $p(z|x)$ a la nube.
#
# ¿Y si ninguna nube coincide? Con `BEND = 1` el decoder se curva, x = z + z² + ruido, y dos zonas de z explican el
# mismo x.

# %% [markdown] lang="en"
# The cloud that touches the ceiling is the one equal to $p(z|x)$: its centre lies between x and the prior, which
# pulls towards 0. Any other stays below, and the coloured gap is $\mathrm{KL}(q\,\|\,p(z|x))$, no more and no less:
# the printed line confirms it by another integral.
#
# Hence the two things that training does at once. The encoder closes the gap. The decoder raises the ELBO: the ceiling
# mostly rises with it, but need not, since bringing $p(z|x)$ closer to the cloud pays as well.
#
# What if no cloud fits? With `BEND = 1` the decoder curves, x = z + z² + noise, and two regions of z explain the same
# x.

# %% tags=["experiment"]
X = 1.2
NOISE = 0.6
BEND = 1.0
CENTRES = (-1.65, -0.5, 0.65)
SIGMA = 0.25
under_the_ceiling(X, NOISE, BEND, CENTRES, SIGMA)

# %% [markdown] lang="es"
# Ninguna gaussiana tiene dos picos, así que ninguna coincide con $p(z|x)$ ni toca el techo: es el precio de elegir
# nubes simples. Al mover `SIGMA` y `NOISE` se ve cuándo la brecha se achica. En un VAE real hay un segundo motivo, que
# se mide en la lección 05: el encoder decide cada nube de una sola mirada.

# %% [markdown] lang="en"
# No Gaussian has two peaks, so none equals $p(z|x)$ and none touches the ceiling: that is the price of choosing simple
# clouds. Moving `SIGMA` and `NOISE` shows when the gap shrinks. A real VAE has a second reason, measured in lesson 05:
# the encoder decides each cloud at a single glance.

# %% [markdown] lang="es"
# ## Ejercicio: la pérdida del VAE
#
# *10 min · dificultad 1 de 3*
#
# Escribir `vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce")`, que devuelve tres escalares: `(loss, reconstruction,
# kl)`. Los dos últimos son medias sobre el batch de los precios por imagen, y `loss = reconstruction + beta * kl`.
#
# Con `"bce"` y beta = 1 la pérdida es $-\mathrm{ELBO}$ (exacto con píxeles negros o blancos; con grises, véase la
# referencia de la Bernoulli continua). Otro beta (Higgins y otros, 2017) encarece o abarata la nube: la lección 07 está
# dedicada a ese número.
#
# <details><summary>Pista</summary>
#
# Las dos funciones de arriba ya dan un precio por imagen, `(N,)`; aquí solo se promedia sobre N y se combina. Hay que
# pasar `kind` a la reconstrucción.
#
# </details>
#
# **Errores frecuentes:** devolver la KL ya multiplicada por beta (entonces no se puede comparar entre modelos), o usar
# `.item()` en `loss`, que la separa del gradiente.

# %% [markdown] lang="en"
# ## Exercise: the VAE's loss
#
# *10 min · difficulty 1 of 3*
#
# Write `vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce")`, which returns three scalars: `(loss, reconstruction,
# kl)`. The last two are means over the batch of the prices per picture, and `loss = reconstruction + beta * kl`.
#
# With `"bce"` and beta = 1 the loss is $-\mathrm{ELBO}$ (exactly, for black or white pixels; for grey ones see the
# reference on the continuous Bernoulli). Another beta (Higgins et al., 2017) makes the cloud more expensive or cheaper:
# lesson 07 is all about that number.
#
# <details><summary>Hint</summary>
#
# The two functions above already give a price for each picture, `(N,)`; all that is left is to average over N and
# combine. `kind` has to be passed on to the reconstruction.
#
# </details>
#
# **Common mistakes:** returning the KL already multiplied by beta (it can't be compared between models then), or
# calling `.item()` on `loss`, which cuts it off from the gradient.


# %% tags=["answer"] exercise="vae_loss"
def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce"):
    """loss = reconstruction + beta * kl

    x, x_hat: (N, C, H, W); mu, logvar: (N, D) -> (loss, reconstruction, kl): (), (), ()
    """
    ### BEGIN SOLUTION
    reconstruction = reconstruction_loss(x, x_hat, kind).mean()
    kl = kl_divergence(mu, logvar).mean()
    return reconstruction + beta * kl, reconstruction, kl
    ### END SOLUTION


# %% [markdown] lang="es"
# ## Una palabra: `mean`
#
# Si la reconstrucción se promedia sobre los píxeles y la KL se suma sobre las dimensiones, las unidades ya no
# coinciden. Una media sobre 784 píxeles divide la reconstrucción por 784; es igual que multiplicar la KL por 784. En
# imágenes de 64 × 64 × 3, **promediar sobre los 12 288 números equivale a beta = 12 288 sobre la suma**.
#
# **Predicción.** Dos redes idénticas, los mismos datos, los mismos pasos. Una usa la suma con beta = 1; la otra, la
# media por píxel. ¿Cuánto valdrá la KL de la segunda? ¿Y qué dibujará?
#
# - **a)** Lo mismo que la primera.
# - **b)** Lo mismo, más nítido.
# - **c)** Siempre la misma imagen.

# %% [markdown] lang="en"
# ## One word: `mean`
#
# If the reconstruction is averaged over pixels while the KL is summed over dimensions, the units no longer match. A
# mean over 784 pixels divides the reconstruction by 784; that is the same as multiplying the KL by 784. For pictures of
# 64 × 64 × 3, **averaging over the 12,288 numbers equals beta = 12,288 on the sum**.
#
# **Prediction.** Two identical networks, the same data, the same steps. One uses the sum with beta = 1; the other, the
# mean per pixel. What will the second one's KL be? And what will it draw?
#
# - **a)** The same as the first.
# - **b)** The same, only sharper.
# - **c)** The same picture every time.

# %% tags=["predict"]
predict("averaged-kl", ...)
predict("averaged", ...)

# %% tags=["prepare"]
wardrobe = to_unit_range(pictures("fashion", 5000).images)  # (N, 1, 28, 28)


def trained(loss_of, steps):
    torch.manual_seed(0)
    layers = [(256, "relu")]
    small = VAE(DenseEncoder((1, 28, 28), layers, 8), DenseDecoder((1, 28, 28), layers, 8))
    optimizer = torch.optim.Adam(small.parameters(), lr=2e-3)
    done, order = 0, torch.Generator().manual_seed(0)
    while done < steps:
        for batch in minibatches(wardrobe, 128, order):
            optimizer.zero_grad()
            loss_of(batch, *small(batch)).backward()
            optimizer.step()
            done += 1
    return small.eval()


# %% tags=["experiment"]
STEPS = 300
terms_of = mine("vae_loss")


def summed(*batch):
    loss, _, _ = terms_of(*batch)
    return loss


def averaged(*batch):
    _, reconstruction, kl = terms_of(*batch)
    return reconstruction / 784 + kl


batch = (x[:64], x_hat[:64], mu[:64], logvar[:64])
print(f"784 * mean = {784 * averaged(*batch):.2f}    beta = 784: {terms_of(*batch, beta=784.0)[0]:.2f}")
rows, receipts = [x[:8]], [""]
for loss_of in (summed, averaged):
    small = trained(loss_of, STEPS)
    with torch.no_grad():
        one, code_mu, code_logvar = small(x)
        _, r, k = terms_of(x, one, code_mu, code_logvar)
    rows.append(one[:8])
    receipts.append(f"{r:.0f} nats\nKL {k:.2f}")
reveal("averaged-kl", k)
reveal("averaged")
ways = [Both(es="original", en="original"), Both(es="suma", en="sum"), Both(es="media", en="mean")]
figures.rows(torch.stack(rows), ways, right=receipts)

# %% [markdown] lang="es"
# Una palabra arruinó el entrenamiento: la segunda red dibuja siempre lo mismo, la imagen media. **Una KL cercana a 0 no
# es un éxito: el decoder ignora z.** A ese precio, ningún detalle vale lo que cuesta señalarlo. El fenómeno se llama
# colapso del posterior.
#
# No hace falta llegar a 784. De los modelos del curso, `fashion-beta-64` ya está así: KL de 0.0 nats y reconstrucción
# de 385.0, la de la imagen media (prueba de Fashion-MNIST, 10 000 imágenes); `fashion-beta-1` compra 12.8 nats de KL y
# baja a 227.5.
#
# ## Qué supone, sin decirlo, el error cuadrático
#
# La BCE ya está en nats. ¿Y la suma de cuadrados? Un decoder gaussiano de varianza $s^2$ por píxel cobra
#
# $$-\log p(x|z) = \frac{1}{2s^2}\lVert x-\hat{x}\rVert^2 + \frac{P}{2}\log(2\pi s^2), \qquad P = C\cdot H\cdot W.$$
#
# Multiplicado por $2s^2$, y sin la constante, el precio total queda $\lVert x-\hat{x}\rVert^2 + 2s^2\,\mathrm{KL}$. O
# sea:
#
# **error cuadrático + beta · KL = decoder gaussiano de varianza beta/2** (todo multiplicado por beta).
#
# Elegir beta es elegir cuánto ruido se le supone a cada píxel: $s = \sqrt{\beta/2}$. Con beta = 1, s = 0.71, en una
# escala donde negro es 0 y blanco es 1. La celda lo comprueba con otro beta: entre ambos precios solo hay una
# constante.
#
# **Predicción.** ¿Cómo se vería una foto con ruido 0.71? ¿Y con el que supone promediar sobre 12 288 números?
#
# - **a)** Igual, con un grano fino.
# - **b)** Muy dañada, pero se adivina.
# - **c)** No quedaría nada de ella.

# %% [markdown] lang="en"
# One word ruined the training run: the second network draws the same thing every time, the mean image. **A KL near 0 is
# no success: the decoder ignores z.** At that price no detail is worth pointing out. This is called posterior collapse.
#
# It doesn't take 784. Of the course's models, `fashion-beta-64` is there already: a KL of 0.0 nats and a reconstruction
# of 385.0, the mean image's (Fashion-MNIST's test set, 10,000 pictures); `fashion-beta-1` buys 12.8 nats of KL and gets
# to 227.5.
#
# ## What squared error assumes without saying so
#
# BCE is in nats already. And the sum of squares? A Gaussian decoder of variance $s^2$ per pixel charges
#
# $$-\log p(x|z) = \frac{1}{2s^2}\lVert x-\hat{x}\rVert^2 + \frac{P}{2}\log(2\pi s^2), \qquad P = C\cdot H\cdot W.$$
#
# Multiplied by $2s^2$, and without the constant, the whole price becomes $\lVert x-\hat{x}\rVert^2 +
# 2s^2\,\mathrm{KL}$. In words:
#
# **squared error + beta · KL = a Gaussian decoder of variance beta/2** (all of it times beta).
#
# To choose beta is to choose how much noise each pixel is supposed to have: $s = \sqrt{\beta/2}$. With beta = 1, s =
# 0.71, on a scale where black is 0 and white is 1. The cell checks it with another beta: only a constant lies between
# the two prices.
#
# **Prediction.** What would a photograph with noise 0.71 look like? And with the noise that averaging over 12,288
# numbers assumes?
#
# - **a)** The same, with a fine grain.
# - **b)** Badly damaged, but one can tell what it is.
# - **c)** Nothing of it would be left.

# %% tags=["predict"]
predict("noise-of-beta-1", ...)
predict("noise-of-mean", ...)

# %% tags=["reward"]
BETA = 0.3
FACE = 3
flat, flat_hat = x.flatten(1).double(), x_hat.flatten(1).double()  # (N, P)
variance = torch.full_like(flat, BETA / 2)
gaussian = -BETA * mine("log_normal")(flat, flat_hat, variance.log())
rest = gaussian - mine("reconstruction_loss")(x, x_hat, "mse")
say(es=f"Diferencia: entre {rest.min():.2f} y {rest.max():.2f}, la misma constante en cada imagen.",
    en=f"Difference: from {rest.min():.2f} to {rest.max():.2f}, the same constant for every picture.")  # fmt: skip
noises = (0.0, 0.066, math.sqrt(1 / 2), math.sqrt(12_288 / 2))
eps = torch.randn(faces[FACE].shape, generator=torch.Generator().manual_seed(0))
reveal("noise-of-beta-1")
reveal("noise-of-mean")
loss_figures.tagged(
    torch.stack([(faces[FACE] + s * eps).clamp(0, 1) for s in noises]), [f"s = {s:.2g}" for s in noises], columns=4
)

# %% [markdown] lang="es"
# Así se imagina una foto cada pérdida. El segundo cuadro tiene ruido del tamaño del error real de nuestro modelo
# `faces` (23.6 dB: 0.066 por píxel). El tercero es lo que supone la suma de cuadrados con beta = 1: si las fotos son
# así, unas pestañas no valen la KL que cuestan. En el último no queda nada de la foto.
#
# La salida es medir s en vez de suponerlo: el **decoder calibrado** o sigma-VAE (Rybkin y otros, 2021) usa como
# varianza el error cuadrático medio del propio batch. Es el de nuestro modelo `faces`. Abajo se compara con
# `faces-beta-1`, la misma red con `"mse"` y beta = 1 (con otra activación, otro optimizador y 10 épocas en vez de 80,
# así que no todo el mérito es de s).

# %% [markdown] lang="en"
# That is what each loss takes a photograph to be. The second picture has noise of the size of the true error of our
# model `faces` (23.6 dB: 0.066 per pixel). The third is what summed squares with beta = 1 assume: if photographs look
# like this, eyelashes are not worth the KL that they cost. In the last one nothing is left of the photograph.
#
# The way out is to measure s instead of assuming it: the **calibrated decoder**, or sigma-VAE (Rybkin et al., 2021),
# takes the batch's own mean squared error as its variance. Our model `faces` has it. Below it is compared with
# `faces-beta-1`, the same network with `"mse"` and beta = 1 (with another activation, another optimiser and 10 epochs
# instead of 80, so not all the credit is due to s).

# %% tags=["reward"]
rows, receipts = [faces[1:8]], [""]
for name in ("faces-beta-1", "faces"):
    face_model = pretrained.load(name)
    with torch.no_grad():
        face_mu, face_logvar = face_model.encode(faces)
        face_hat = face_model.decode(reparameterize(face_mu, face_logvar, torch.Generator().manual_seed(0)))
    squares = mine("reconstruction_loss")(faces, face_hat, "mse").mean()
    rows.append(face_hat[1:8])
    receipts.append(f"MSE {squares:.0f}\nKL {mine('kl_divergence')(face_mu, face_logvar).mean():.0f}")
ways = [Both(es="original", en="original"), "s = 0.71", Both(es="s medido", en="s measured")]
figures.rows(torch.stack(rows), ways, right=receipts)

# %% [markdown] lang="es"
# El calibrado compra unas ocho veces la KL (422 nats contra 51 en las 475 fotos de prueba) y con ella baja el error a
# menos de la mitad. Su pérdida es negativa, −15 441 nats: con s pequeño la densidad pasa de 1 y su logaritmo es
# positivo. No es un error: solo se comparan precios medidos de la misma manera.
#
# **La pérdida L1 del modelo `fashion`.** Promedia $|x-\hat{x}|$ por píxel y suma 0.001 · KL; llega a 0.0734 (z
# sorteado, prueba completa). Por 784 es la L1 sumada más 0.784 · KL, un decoder de Laplace de escala 0.784: aquí la
# media no lleva al colapso, porque 0.001 la compensa.

# %% [markdown] lang="en"
# The calibrated one buys some eight times the KL (422 nats against 51 on the 475 test photographs) and with it brings
# the error to less than half. Its loss is negative, −15,441 nats: with a small s the density exceeds 1 and its
# logarithm is positive. This is no mistake: only prices measured in the same way can be compared.
#
# **The L1 loss of the model `fashion`.** It averages $|x-\hat{x}|$ over pixels and adds 0.001 · KL; it reaches 0.0734
# (z drawn, whole test set). Times 784 that is the summed L1 plus 0.784 · KL, a Laplace decoder of scale 0.784: here the
# mean brings no collapse, since 0.001 makes up for it.

# %% [markdown] question="noise" points=3 lang="es"
# ## Pregunta: el ruido supuesto
#
# *10 min · dificultad 3 de 3*
#
# Un VAE de rostros se entrena con la suma de errores cuadráticos y beta = 1. ¿Qué ruido por píxel está suponiendo? ¿Por
# qué eso produce imágenes borrosas, y qué lo remediaría? Apoyar la respuesta en números o figuras de este cuaderno.
#
# ### BEGIN SOLUTION
# **Respuesta modelo.** Error cuadrático + beta · KL es un decoder gaussiano de varianza beta/2; con beta = 1, una
# desviación fija de $\sqrt{1/2} = 0.71$ por píxel, casi todo el rango de negro a blanco. El error real de un buen
# modelo (23.6 dB) es 0.066, unas once veces menor: en varianza, más de cien. Corregir un detalle ahorra entonces unas
# cien veces menos nats de los que vale, no alcanza a pagar su KL, y el encoder lo calla (51 nats contra 422). El
# decoder promedia lo que no se le dijo. Remedios: un beta menor o, mejor, medir la varianza (decoder calibrado).
#
# **Pauta**: 0 en blanco, o contradice la propia figura. 1 «el MSE da imágenes borrosas». 2 Reconoce un decoder
# gaussiano de varianza fija. 3 Calcula sigma = 0.71, lo compara con el error real (23.6 dB: 0.066) y concluye que el
# detalle no vale su KL.
# ### END SOLUTION

# %% [markdown] question="noise" points=3 lang="en"
# ## Question: the noise assumed
#
# *10 min · difficulty 3 of 3*
#
# A VAE of faces is trained with summed squared errors and beta = 1. What pixel noise does it assume? Why does that make
# pictures blurry, and what would cure it? Support the answer with numbers or figures from this notebook.
#
# ### BEGIN SOLUTION
# **Model answer.** Squared error + beta · KL is a Gaussian decoder of variance beta/2; with beta = 1, a fixed deviation
# of $\sqrt{1/2} = 0.71$ per pixel, most of the range from black to white. The true error of a good model (23.6 dB) is
# 0.066, about eleven times less: in variance, over a hundred. So getting a detail right saves about a hundredth of the
# nats it is worth, doesn't pay for its KL, and the encoder leaves it out (51 nats against 422). The decoder averages
# what it was not told. Remedies: a smaller beta or, better, measuring the variance (calibrated decoder).
#
# **Rubric**: 0 blank, or contradicted by the reader's own figure. 1 "MSE blurs". 2 Recognises a Gaussian decoder of
# fixed variance. 3 Computes sigma = 0.71, compares it with the true error (23.6 dB: 0.066) and concludes that detail
# isn't worth its KL.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## La lista de precios
#
# Con las funciones propias, el precio de diez prendas, parte por parte: la más barata y la más cara de cada una de
# cinco clases. Se promedian 16 sorteos de z por prenda, porque el precio es una esperanza sobre la nube.

# %% [markdown] lang="en"
# ## The price list
#
# With the functions just written, the prices of ten garments, part by part: the cheapest and the most expensive in each
# of five classes. Each is a mean over 16 draws of z, since the price is an expectation over the cloud.

# %% tags=["reward"]
CLASSES = (1, 5, 7, 6, 8)
generator = torch.Generator().manual_seed(0)
with torch.no_grad():
    told = torch.stack([model.decode(reparameterize(mu, logvar, generator)) for _ in range(16)])  # (16, N, C, H, W)
pixels = torch.stack([mine("reconstruction_loss")(x, one) for one in told]).mean(dim=0)
floors, clouds = mine("reconstruction_loss")(x, x), mine("kl_divergence")(mu, logvar)
total = pixels + clouds
chosen = []
for label in CLASSES:
    of_class = (clothes.labels == label).nonzero().flatten()
    ranked = of_class[total[of_class].argsort()]
    mean = total[of_class].mean().item()
    print(f"{clothes.names[label]}: {mean:.0f} nats")
    chosen += [ranked[0].item(), ranked[-1].item()]
of_garments = [total[clothes.labels == label].mean() for label in (1, 6, 5, 8)]
reveal("cheapest-garment", "abcd"[of_garments.index(min(of_garments))])
chosen.sort(key=lambda k: total[k])
loss_figures.price_list(
    x[chosen], told[0, chosen], pixels[chosen], clouds[chosen], floor=floors[chosen], labels=[names[k] for k in chosen]
)

# %% [markdown] lang="es"
# De barato a caro, en promedio: pantalón, zapatilla, sandalia, y camisa y bolso casi empatados. La nube es la franja
# delgada: unos 13 nats que ahorran más de 150, porque apostar la imagen media costaba 384.
#
# Lo más caro suele ser el piso, la tela gris, que ninguna red abarata. Una camisa gris paga mucho piso aunque sea lisa;
# una blanca, mucho menos. Para saber qué le cuesta al modelo hay que mirar la franja azul oscura, mayor en los bolsos y
# las sandalias (más de 50 nats de media; los pantalones, 20), que tienen más formas de las que caben en 13 nats.

# %% [markdown] lang="en"
# From cheap to expensive, on average: trousers, sneakers, sandals, then shirts and bags almost level. The cloud is the
# thin slice: some 13 nats that save more than 150, since betting the mean image cost 384.
#
# The most expensive part is usually the floor, grey cloth that no network makes cheaper. A grey shirt pays a lot of
# floor even when plain; a white one far less. What the model gets wrong shows in the dark blue slice, largest in bags
# and sandals (over 50 nats on average; trousers 20), which come in more shapes than 13 nats can tell.

# %% [markdown] lang="es"
# **Predicción.** Ahora en color: `faces-beta-1` solo vio rostros. ¿Cuántos nats más le costará un gatito que una
# persona? ¿Qué subirá sobre todo: **a)** la nube, **b)** la corrección o **c)** las dos por igual? (Con `"mse"` y beta
# = 1 los precios son nats por encima de una constante, la misma para todos.)

# %% [markdown] lang="en"
# **Prediction.** Now in colour: `faces-beta-1` has only ever seen faces. How many nats more will a kitten cost than a
# person? What will rise above all: **a)** the cloud, **b)** the correction, or **c)** both alike? (With `"mse"` and
# beta = 1 prices are nats above a constant, the same for all.)

# %% tags=["predict"]
predict("kitten", ...)
predict("kitten-part", ...)

# %% tags=["reward"]
people = pretrained.load("faces-beta-1")
kittens = to_unit_range(pictures("cats", 200, split="test").images)  # (N, 3, 64, 64)
seen, drawn, paid, cloud, labels, means = [], [], [], [], [], []
for photos, kind in ((faces, Both(es="rostro", en="face")), (kittens, Both(es="gatito", en="kitten"))):
    with torch.no_grad():
        code_mu, code_logvar = people.encode(photos)
        photos_hat = people.decode(reparameterize(code_mu, code_logvar, torch.Generator().manual_seed(0)))
    r, k = mine("reconstruction_loss")(photos, photos_hat, "mse"), mine("kl_divergence")(code_mu, code_logvar)
    print(f"{kind}: {r.mean():.0f} + {k.mean():.0f} nats")
    means.append((r + k).mean())
    for values, all_of_them in ((seen, photos), (drawn, photos_hat), (paid, r), (cloud, k)):
        values.append(all_of_them[1:5])
    labels += [kind] * 4
if means[1] > means[0]:  # with photographs
    reveal("kitten", means[1] - means[0])
    reveal("kitten-part")
loss_figures.price_list(torch.cat(seen), torch.cat(drawn), torch.cat(paid), torch.cat(cloud), labels=labels)

# %% [markdown] lang="es"
# En fotos reales el gatito sale más caro, en promedio, casi solo por la corrección: el encoder compra una nube de
# precio parecido, pero el decoder, que solo sabe dibujar personas, acierta menos. Un modelo cuenta barato lo que ya
# conoce. (Sin fotos ocurre al revés: el gatito lo dibujó un decoder y es liso; la cara dibujada tiene bordes netos.)
#
# ¿Sirve el precio de alarma para lo desconocido? Con cuidado: un gatito negro sobre fondo oscuro cuesta menos que casi
# cualquier rostro, porque donde todo es oscuro hay poco que errar.

# %% [markdown] lang="en"
# In real photographs the kitten costs more, on average, almost only through its correction: the encoder buys a cloud
# of much the same price, but the decoder, which can draw nothing but people, gets less right. A model tells cheaply
# what it already knows. (Without photographs it is the other way round: a decoder drew the kitten, and it is smooth;
# the drawn face has hard edges.)
#
# Can the price raise the alarm for the unknown? With care: a black kitten on a dark background costs less than nearly
# any face, since where all is dark there is little to get wrong.

# %% [markdown] question="bargain" points=3 lang="es"
# ## Pregunta: la ganga
#
# *10 min · dificultad 2 de 3*
#
# Alguien informa: «Mi VAE de Fashion-MNIST termina con pérdida total 0.491 y KL 0.000; el del curso termina en 240. El
# mío es casi 500 veces mejor». ¿Qué pasó, cómo se comprueba con los números de esta lección y qué línea del código se
# corrige?
#
# ### BEGIN SOLUTION
# **Respuesta modelo.** Las pérdidas no están en la misma unidad: 0.491 es una media por píxel. Por 784 da 385 nats por
# imagen, justo lo que cuesta apostar siempre la imagen media, y KL 0 confirma que el decoder ignora z: colapso del
# posterior. La del curso, 240, son 227.5 de reconstrucción más 12.8 de KL, con la suma sobre píxeles. Promediar sobre
# 784 píxeles equivalió a beta = 784. Se corrige sumando sobre píxeles (y dimensiones) y promediando solo sobre el
# batch, o dividiendo también la KL.
#
# **Pauta**: 0 en blanco o acepta la comparación. 1 Dice que las escalas difieren. 2 Identifica la media por píxel como
# beta = 784, o el colapso por KL = 0. 3 Ambas cosas, con el cálculo 0.491 · 784 = 385 (imagen media) y la corrección.
# ### END SOLUTION

# %% [markdown] question="bargain" points=3 lang="en"
# ## Question: the bargain
#
# *10 min · difficulty 2 of 3*
#
# Someone reports: "My Fashion-MNIST VAE ends at a total loss of 0.491 with KL 0.000; the course's ends at 240. Mine is
# almost 500 times better." What happened, how can it be checked with this lesson's numbers, and which line of code
# needs mending?
#
# ### BEGIN SOLUTION
# **Model answer.** The losses are not in the same unit: 0.491 is a mean per pixel. Times 784 it is 385 nats per
# picture, just what betting the mean image every time costs, and KL 0 confirms that the decoder ignores z: posterior
# collapse. The course's 240 is 227.5 of reconstruction plus 12.8 of KL, with the sum over pixels. Averaging over 784
# pixels acted as beta = 784. The cure is to sum over pixels (and dimensions) and average over the batch only, or to
# divide the KL too.
#
# **Rubric**: 0 blank, or accepts the comparison. 1 Says that the scales differ. 2 Identifies the mean per pixel as beta
# = 784, or the collapse by KL = 0. 3 Both, with 0.491 · 784 = 385 (the mean image) and the cure.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Para seguir (sin nota)
#
# - **Dos nubes cualesquiera.** Escribir la KL entre dos gaussianas diagonales y comprobarla con
#   `torch.distributions.kl_divergence`. ¿Qué queda cuando la segunda es $\mathcal{N}(0, I)$?
# - **Una nube con dos picos.** En el juguete con `BEND = 1`, tomar como q una mezcla de dos gaussianas. ¿Cuánto se
#   achica la brecha? ¿Por qué la KL de una mezcla no tiene fórmula?
# - **Laplace calibrado.** Escribir el precio de un píxel con un decoder de Laplace de escala $b$, medida en el batch, y
#   comparar con el gaussiano calibrado. ¿Se pueden comparar ambos precios?

# %% [markdown] lang="en"
# ## Going further (not graded)
#
# - **Any two clouds.** Write the KL between two diagonal Gaussians and check it with
#   `torch.distributions.kl_divergence`. What is left when the second is $\mathcal{N}(0, I)$?
# - **A cloud with two peaks.** In the toy with `BEND = 1`, let q be a mixture of two Gaussians. How far does the gap
#   shrink? Why does the KL of a mixture have no formula?
# - **Calibrated Laplace.** Write the price of a pixel under a Laplace decoder of scale $b$, measured on the batch, and
#   compare it with the calibrated Gaussian. May the two prices be compared?

# %% [markdown] lang="es"
# ## En la demo
#
# En **Reconstruir** aparecen la reconstrucción y la KL de lo que se ve: subir un gatito al modelo de gatos y al de
# rostros, y comparar los precios. En **Beta** se mira la misma prenda mientras la nube se encarece; fijarse en cuándo
# deja de comprarse detalle y cuándo todo es la imagen media.
#
# <details><summary>En Keras</summary>
#
# | Keras | PyTorch | cuidado |
# | --- | --- | --- |
# | `keras.losses.binary_crossentropy(x, x_hat)` | `F.binary_cross_entropy(x_hat, x)` | el orden es el contrario |
# | promedia el último eje (canales) | `reduction="mean"` promedia todo | en RGB, sumar el resto divide por 3 |
# | `keras.losses.mean_squared_error(x, x_hat)` | `F.mse_loss(x_hat, x)` | la misma media sobre el último eje |
# | `keras.losses.mean_absolute_error(x, x_hat)` | `F.l1_loss(x_hat, x)` | la misma |
# | `from_logits=True` | `F.binary_cross_entropy_with_logits` | sin sigmoide en la última capa |
# | `z_mean`, `z_log_var` | `mu`, `logvar` | los mismos números |
# | `self.add_loss(beta * kl)` | `loss = reconstruction + beta * kl` | en PyTorch se suma a mano |
# | `ops.sum(..., axis=1)`, `ops.mean` | `.sum(dim=1)`, `.mean()` | |
#
# </details>
#
# ## Referencias
#
# - D. P. Kingma, M. Welling (2014). *Auto-Encoding Variational Bayes*.
#   [arXiv:1312.6114](https://arxiv.org/abs/1312.6114): el ELBO, y en el apéndice B la KL.
# - I. Higgins et al. (2017). *beta-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework*.
#   [OpenReview](https://openreview.net/forum?id=Sy2fzU9gl).
# - O. Rybkin, K. Daniilidis, S. Levine (2021). *Simple and Effective VAE Training with Calibrated Decoders*.
#   [arXiv:2006.13202](https://arxiv.org/abs/2006.13202): el decoder calibrado.
# - G. Loaiza-Ganem, J. P. Cunningham (2019). *The continuous Bernoulli: fixing a pervasive error in variational
#   autoencoders*. [arXiv:1907.06845](https://arxiv.org/abs/1907.06845): qué le falta a la BCE cuando los píxeles son
#   grises.
# - J. Townsend, T. Bird, D. Barber (2019). *Practical lossless compression with latent variables using bits back
#   coding*. [arXiv:1901.04866](https://arxiv.org/abs/1901.04866): el telegrama, construido de verdad.

# %% [markdown] lang="en"
# ## In the demo
#
# **Reconstruct** shows the reconstruction and the KL of what is on screen: upload a kitten to the cats model and to the
# faces model, and compare the prices. **Beta** shows one garment as the cloud gets more expensive; watch when detail is
# no longer bought, and when all is the mean image.
#
# <details><summary>In Keras</summary>
#
# | Keras | PyTorch | beware |
# | --- | --- | --- |
# | `keras.losses.binary_crossentropy(x, x_hat)` | `F.binary_cross_entropy(x_hat, x)` | the order is the opposite |
# | averages over the last axis (channels) | `reduction="mean"` averages all | in RGB, summing the rest divides by 3 |
# | `keras.losses.mean_squared_error(x, x_hat)` | `F.mse_loss(x_hat, x)` | the same mean over the last axis |
# | `keras.losses.mean_absolute_error(x, x_hat)` | `F.l1_loss(x_hat, x)` | the same |
# | `from_logits=True` | `F.binary_cross_entropy_with_logits` | no sigmoid in the last layer |
# | `z_mean`, `z_log_var` | `mu`, `logvar` | the same numbers |
# | `self.add_loss(beta * kl)` | `loss = reconstruction + beta * kl` | in PyTorch it is added by hand |
# | `ops.sum(..., axis=1)`, `ops.mean` | `.sum(dim=1)`, `.mean()` | |
#
# </details>
#
# ## References
#
# - D. P. Kingma, M. Welling (2014). *Auto-Encoding Variational Bayes*.
#   [arXiv:1312.6114](https://arxiv.org/abs/1312.6114): the ELBO and, in appendix B, the KL.
# - I. Higgins et al. (2017). *beta-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework*.
#   [OpenReview](https://openreview.net/forum?id=Sy2fzU9gl).
# - O. Rybkin, K. Daniilidis, S. Levine (2021). *Simple and Effective VAE Training with Calibrated Decoders*.
#   [arXiv:2006.13202](https://arxiv.org/abs/2006.13202): the calibrated decoder.
# - G. Loaiza-Ganem, J. P. Cunningham (2019). *The continuous Bernoulli: fixing a pervasive error in variational
#   autoencoders*. [arXiv:1907.06845](https://arxiv.org/abs/1907.06845): what BCE lacks when pixels are grey.
# - J. Townsend, T. Bird, D. Barber (2019). *Practical lossless compression with latent variables using bits back
#   coding*. [arXiv:1901.04866](https://arxiv.org/abs/1901.04866): the telegram, built for real.

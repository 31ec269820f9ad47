# %% [markdown] lang="es"
# # 07 · ¿Cuánta información vale la pena comprar?
#
# *65 min, 30 de ellos para ejercicios y preguntas · dificultad 2 de 3*
#
# (Con la parte opcional del final, unos 25 más.)
#
# La lección 04 puso en la misma cuenta dos gastos, ambos en nats: lo que cuesta describir la imagen a partir de $z$ y
# lo que cuesta $z$ mismo. En el ELBO los dos pesan igual. Aquí se cambia el peso del segundo, beta, y se mira qué se
# gana y qué se pierde.
#
# **Objetivos.** Leer en cualquier modelo cuánta información compró, en qué dimensiones la guardó y cuándo dejó de
# comprar; reconocer el colapso del posterior y probar una cura.

# %% [markdown] lang="en"
# # 07 · How much information is worth buying?
#
# *65 min, 30 of them for exercises and questions · difficulty 2 of 3*
#
# (Some 25 more with the optional part at the end.)
#
# Lesson 04 put two expenses on one bill, both in nats: what it costs to describe the picture given $z$, and what $z$
# itself costs. In the ELBO both weigh the same. Here we change the weight of the second, beta, and watch what is gained
# and what is lost.
#
# **Aims.** Say, for any model, how much information it bought, in which dimensions it keeps it, and when it stopped
# buying; recognise posterior collapse and try a cure.

# %% tags=["setup"]
import torch

from vae_course.sampling import reparameterize

# %% tags=["prepare"]
from vae_course import figures, pretrained
from vae_course.figures import beta as drawings
from vae_course.images import minibatches, to_unit_range
from vae_course.loss import kl_divergence, reconstruction_loss, vae_loss
from vae_course.sampling import sample_prior
from vae_course.text import Both
from vae_course.training import train_step

clothes = pictures("fashion", 1000, "test")
x = to_unit_range(clothes.images)  # (N, 1, 28, 28)
BETAS = (0, 1, 4, 16, 64)
models = {beta: pretrained.load(f"fashion-beta-{beta}") for beta in BETAS}

# %% [markdown] lang="es"
# ## Cinco modelos que solo difieren en el precio
#
# `fashion-beta-0`, `-1`, `-4`, `-16` y `-64` tienen las mismas capas, 16 dimensiones latentes y el mismo entrenamiento.
# Solo cambia el número que multiplica a la KL en
#
# $$\mathcal{L} = \underbrace{-\mathbb{E}_{q(z|x)}[\log p(x|z)]}_{\text{distorsión } D} \;+\; \beta\,
# \underbrace{\mathrm{KL}(q(z|x)\,\|\,p(z))}_{\text{tasa } R}$$
#
# La **tasa** $R$ son los nats que se pagan por $z$ (en promedio, $z$ cuenta a lo sumo esos nats sobre la imagen); la
# **distorsión** $D$, los que quedan por contar. Beta es el precio de la tasa: con beta = 4, un nat en $z$ se compra
# solo si ahorra al menos cuatro en la reconstrucción. (En la lección 05, R era la reconstrucción, que aquí es la
# distorsión D; y la dimensión latente, que otras lecciones llaman D, se dice aquí con todas las letras.)
#
# **Predicción.** ¿Cuál de los cinco reconstruye mejor? ¿Cuál dibuja mejores prendas al sortear $z \sim \mathcal{N}(0,
# I)$? Los betas son **a)** 0, **b)** 1, **c)** 4, **d)** 16 y **e)** 64.

# %% [markdown] lang="en"
# ## Five models that differ only in the price
#
# `fashion-beta-0`, `-1`, `-4`, `-16` and `-64` have the same layers, 16 latent dimensions and the same training. Only
# the number that multiplies the KL differs in
#
# $$\mathcal{L} = \underbrace{-\mathbb{E}_{q(z|x)}[\log p(x|z)]}_{\text{distortion } D} \;+\; \beta\,
# \underbrace{\mathrm{KL}(q(z|x)\,\|\,p(z))}_{\text{rate } R}$$
#
# The **rate** $R$ is the nats paid for $z$ (on average $z$ tells at most that much about the picture); the
# **distortion** $D$ is the nats still to tell. Beta is the price of the rate: with beta = 4, a nat in $z$ is bought
# only if it saves at least four in the reconstruction. (In lesson 05 R was the reconstruction, which is the distortion
# D here; and the latent dimension, which other lessons call D, is spelt out.)
#
# **Prediction.** Which of the five reconstructs best? Which draws the best clothes from $z \sim \mathcal{N}(0, I)$? The
# betas are **a)** 0, **b)** 1, **c)** 4, **d)** 16 and **e)** 64.

# %% tags=["predict"]
predict("best-copies", ...)
predict("best-samples", ...)

# %% tags=["experiment"]
SHOWN = 6
SEED = 3

z = sample_prior(SHOWN, 16, torch.Generator().manual_seed(SEED))  # (6, 16)
with torch.no_grad():
    reconstructed = [model.decode(model.encode(x[:SHOWN])[0]) for model in models.values()]
    drawn = [model.decode(z) for model in models.values()]
reveal("best-copies")
reveal("best-samples")
drawings.side_by_side(x[:SHOWN], reconstructed, drawn, [f"beta {beta}" for beta in BETAS])

# %% [markdown] lang="es"
# Las mejores reconstrucciones y las mejores muestras no están en la misma fila. Sin precio (beta = 0) la reconstrucción
# es la más fiel y las muestras son manchas: la pérdida no pedía que los códigos estuvieran cerca de $\mathcal{N}(0,
# I)$. Con beta 1 y 4 las muestras ya son prendas; más arriba, las reconstrucciones se vuelven genéricas y, al final,
# solo queda la prenda promedio.

# %% [markdown] lang="en"
# The best reconstructions and the best samples are not in the same row. Without a price (beta = 0) reconstruction is
# the most faithful and samples are blots: the loss did not ask the codes to be near $\mathcal{N}(0, I)$. At beta 1 and
# 4 samples are garments; higher up, reconstructions turn generic and, in the end, only the average garment is left.

# %% [markdown] lang="es"
# ## La curva de tasa y distorsión
#
# Cada modelo es un punto: cuánto compró y cuánto le quedó por contar. En una curva ideal la pendiente en cada punto es
# $-\beta$: ahí un nat más de tasa ahorra exactamente beta nats de distorsión.

# %% [markdown] lang="en"
# ## The rate-distortion curve
#
# Each model is a point: how much it bought and how much was left to tell. On an ideal curve the slope at each point is
# $-\beta$: there one more nat of rate saves exactly beta nats of distortion.

# %% tags=["experiment"]
PICTURE = 0

points, thumbnails = [], []
torch.manual_seed(SEED)
with torch.no_grad():
    for beta, model in models.items():
        x_hat, mu, logvar = model(x)
        rate, distortion = kl_divergence(mu, logvar).mean(), reconstruction_loss(x, x_hat).mean()
        points.append((rate.item(), distortion.item(), f"beta {beta}"))
        thumbnails.append(model.decode(mu[PICTURE : PICTURE + 1])[0])
        say(
            es=f"beta {beta:>2}: tasa {rate:6.1f} nats, distorsión {distortion:6.1f}, suma {rate + distortion:6.1f}",
            en=f"beta {beta:>2}: rate {rate:6.1f} nats, distortion {distortion:6.1f}, sum {rate + distortion:6.1f}",
        )
drawings.curve_with_pictures(points, torch.stack(thumbnails))

# %% [markdown] lang="es"
# Tres lecturas de la curva:
#
# - De beta 0 a beta 1 la tasa cae de unos 500 nats a unos 13 y la distorsión sube apenas unos 12. Casi todo lo que
#   pagaba el modelo de beta = 0, un autoencoder, sobraba, y por dos motivos. De sus 512 nats, 268 son $\frac12\sum_d
#   \mu_d^2$: sus códigos quedan lejos del prior. Los otros 244 son precisión: decir *dónde exactamente* está el código.
#   La lección 08 mide cuántos de los 512 hablan de la imagen.
# - Entre dos vecinos, lo que ahorra un nat queda entre los dos precios: de beta 4 a beta 1, con la ropa real,
#   $(242.5 - 227.0)/(12.8 - 6.1) \approx 2.3$. (A ojo no se ve: el eje de la tasa es logarítmico.)
# - La suma $R + D$ es la más baja en beta = 1, y no por casualidad: es el ELBO cambiado de signo, lo que minimizó ese
#   modelo.
#
# **Error frecuente:** comparar la pérdida total de dos modelos con distinto beta. Cada uno minimiza otra cuenta; se
# comparan la tasa y la distorsión por separado, o bien $R + D$ con beta = 1 para todos.

# %% [markdown] lang="en"
# Three ways to read the curve:
#
# - From beta 0 to beta 1 the rate falls from some 500 nats to some 13, and distortion rises by a mere 12 or so. Nearly
#   all that the model of beta = 0, an autoencoder, paid was too much, for two reasons. Of its 512 nats, 268 are
#   $\frac12\sum_d \mu_d^2$: its codes lie far from the prior. The other 244 are precision: to say *exactly where* the
#   code lies. Lesson 08 measures how many of the 512 are about the picture.
# - Between two neighbours, what one nat saves lies between their two prices: from beta 4 to beta 1, on real clothes,
#   $(242.5 - 227.0)/(12.8 - 6.1) \approx 2.3$. (The eye can't tell: the axis of the rate is logarithmic.)
# - The sum $R + D$ is least at beta = 1, and not by luck: it is the ELBO with its sign changed, what that model
#   minimised.
#
# **Common mistake:** comparing the total loss of two models with different beta. Each minimises a bill of its own;
# compare rate and distortion separately, or $R + D$ with beta = 1 for all.

# %% [markdown] lang="es"
# ## Ejercicio: ¿dónde se guarda la información?
#
# *10 min · dificultad 2 de 3*
#
# La KL de una imagen es una suma sobre dimensiones. Sin sumarla, dice qué compró cada una.
#
# Escribir `kl_per_dimension(mu, logvar)`: la KL de cada dimensión, promediada sobre el batch, de forma `(D,)`.
#
# <details><summary>Pista</summary>
#
# Es la fórmula de la lección 04 sin su suma: $\frac12(\mu_d^2 + \sigma_d^2 - 1 - \log\sigma_d^2)$ da un tensor `(N,
# D)`. Falta decidir sobre cuál de los dos ejes se promedia.
#
# </details>
#
# **Error frecuente:** promediar primero `mu` y `logvar` y calcular después. El cuadrado del promedio no es el promedio
# de los cuadrados: una dimensión cuyas medias son $+2$ y $-2$ perdería los 2 nats que pagan esas medias.

# %% [markdown] lang="en"
# ## Exercise: where is the information kept?
#
# *10 min · difficulty 2 of 3*
#
# A picture's KL is a sum over dimensions. Left unsummed, it says what each of them bought.
#
# Write `kl_per_dimension(mu, logvar)`: each dimension's KL, averaged over the batch, of shape `(D,)`.
#
# <details><summary>Hint</summary>
#
# It is lesson 04's formula without its sum: $\frac12(\mu_d^2 + \sigma_d^2 - 1 - \log\sigma_d^2)$ is a tensor `(N, D)`.
# What is left is to decide along which of the two axes to take the mean.
#
# </details>
#
# **Common mistake:** averaging `mu` and `logvar` first and computing afterwards. The square of the mean is not the mean
# of the squares: a dimension whose means are $+2$ and $-2$ would lose the 2 nats that those means pay.


# %% tags=["answer"] exercise="kl_per_dimension"
def kl_per_dimension(mu, logvar):
    """KL_d = mean_n 1/2 (mu_nd^2 + sigma_nd^2 - 1 - log sigma_nd^2)

    mu, logvar: (N, D) -> (D,)
    """
    ### BEGIN SOLUTION
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(dim=0)
    ### END SOLUTION


# %% [markdown] lang="es"
# Con la respuesta se puede mirar el modelo por dentro. `fashion-latent-128` tiene 128 dimensiones y beta = 1.
# **Predicción.** ¿Cuántas de ellas guardan algo (una KL de más de 0.01 nats)?

# %% [markdown] lang="en"
# With the answer we can look inside. `fashion-latent-128` has 128 dimensions and beta = 1. **Prediction.** How many of
# them keep anything (a KL above 0.01 nats)?

# %% tags=["predict"]
predict("awake", ...)

# %% tags=["reward"]
wide = pretrained.load("fashion-latent-128")
with torch.no_grad():
    mu, logvar = wide.encode(x)  # (N, 128)
reveal("awake", (mine("kl_per_dimension")(mu, logvar) > 0.01).sum())
figures.kl_bars(mine("kl_per_dimension")(mu, logvar))

# %% [markdown] lang="es"
# Seis barras, y las demás en cero. Las 122 dimensiones dormidas tienen $\mu \approx 0$ y $\sigma \approx 1$ para
# cualquier imagen: son el prior, no cuentan nada y no cuestan nada. El decoder aprendió a no usarlas.
#
# Una afirmación así merece una prueba: se cambia una dimensión despierta, y luego una dormida, en el código de una
# misma prenda.

# %% [markdown] lang="en"
# Six bars, and the others at zero. The 122 dimensions asleep have $\mu \approx 0$ and $\sigma \approx 1$ for any
# picture: they are the prior, tell nothing and cost nothing. The decoder has learnt not to use them.
#
# A claim deserves a test: we move one dimension that is awake, then one that is asleep, in the code of one garment.

# %% tags=["reward"]
VALUES = torch.linspace(-3, 3, 9)

kl = mine("kl_per_dimension")(mu, logvar)
awake, asleep = kl.argmax().item(), kl.argmin().item()
rows = []
with torch.no_grad():
    for dim in (awake, asleep):
        codes = mu[0].repeat(len(VALUES), 1)
        codes[:, dim] = VALUES
        rows.append(wide.decode(codes))  # (9, 1, 28, 28)
figures.latent_traversal(torch.stack(rows), [awake, asleep], VALUES, kl=kl[[awake, asleep]])

# %% [markdown] lang="es"
# ## Ejercicio: contar las dimensiones despiertas
#
# *5 min · dificultad 1 de 3*
#
# Otra forma de reconocerlas mira solo las medias: una dimensión que cuenta algo tiene que moverse de una imagen a otra.
# Burda y otros (2016) llaman **activa** a la dimensión cuya $\mu_d$ tiene, sobre el conjunto de imágenes, una varianza
# mayor que 0.01.
#
# Escribir `active_units(mu, threshold=0.01)`: un `int`, cuántas columnas de `mu`, `(N, D)`, tienen varianza insesgada
# mayor que el umbral.
#
# <details><summary>Pista</summary>
#
# `mu.var(dim=0)` ya divide por $N - 1$. Comparar da un tensor de verdaderos y falsos; los verdaderos se suman como
# unos.
#
# </details>
#
# **Error frecuente:** medir $\mathbb{E}[\mu^2]$ en lugar de la varianza. Una media que vale 5 para todas las imágenes
# está lejos de cero y no cuenta nada.

# %% [markdown] lang="en"
# ## Exercise: counting the dimensions that are awake
#
# *5 min · difficulty 1 of 3*
#
# Another way to tell them looks at the means alone: a dimension that tells something must move from one picture to the
# next. Burda et al. (2016) call a dimension **active** (an *active unit*) when the variance of its posterior mean
# across the data is above 0.01.
#
# Write `active_units(mu, threshold=0.01)`: an `int`, how many columns of `mu`, `(N, D)`, have an unbiased variance
# above the threshold.
#
# <details><summary>Hint</summary>
#
# `mu.var(dim=0)` divides by $N - 1$ already. A comparison gives a tensor of booleans; `sum` counts the `True`s.
#
# </details>
#
# **Common mistake:** measuring $\mathbb{E}[\mu^2]$ instead of the variance. A mean that is 5 for every picture is far
# from zero and tells nothing.


# %% tags=["answer"] exercise="active_units"
def active_units(mu, threshold=0.01):
    """#{d : Var_n(mu_nd) > threshold}

    mu: (N, D) -> int
    """
    ### BEGIN SOLUTION
    return int((mu.var(dim=0) > threshold).sum())
    ### END SOLUTION


# %% [markdown] lang="es"
# ## ¿Ayuda tener más dimensiones?
#
# Ocho modelos: 2, 8, 32 y 128 dimensiones, con beta = 1 y con beta = 0. **Predicción.** ¿Cuántas dimensiones activas
# tendrá el de 32 con beta = 1? ¿Y con beta = 0? Uno de los ocho ya se vio; los otros cinco números también se pueden
# anotar, en un papel.

# %% [markdown] lang="en"
# ## Do more dimensions help?
#
# Eight models: 2, 8, 32 and 128 dimensions, with beta = 1 and with beta = 0. **Prediction.** How many active dimensions
# will the one of 32 have at beta = 1? And at beta = 0? One of the eight we have seen; the other five numbers can be
# written down too, on paper.

# %% tags=["predict"]
predict("active-of-32", ...)
predict("active-of-32-free", ...)

# %% tags=["reward"]
DIMENSIONS = (2, 8, 32, 128)

count = mine("active_units")
active = {"beta 0": [], "beta 1": []}
torch.manual_seed(SEED)
with torch.no_grad():
    for dimensions in DIMENSIONS:
        for name, suffix in (("beta 0", "-beta-0"), ("beta 1", "")):
            model = pretrained.load(f"fashion-latent-{dimensions}{suffix}")
            x_hat, mu, logvar = model(x)
            used, rate = count(mu), kl_divergence(mu, logvar).mean()
            active[name].append(used)
            distortion = reconstruction_loss(x, x_hat).mean()
            say(
                es=f"{dimensions:>3} dimensiones, {name}: activas {used:>3}, tasa {rate:7.1f}, "
                f"distorsión {distortion:6.1f}",
                en=f"{dimensions:>3} dimensions, {name}: active {used:>3}, rate {rate:7.1f}, "
                f"distortion {distortion:6.1f}",
            )
if 32 in DIMENSIONS:
    reveal("active-of-32", active["beta 1"][DIMENSIONS.index(32)])
    reveal("active-of-32-free", active["beta 0"][DIMENSIONS.index(32)])
drawings.active_against_dimensions(DIMENSIONS, active)

# %% [markdown] lang="es"
# Con beta = 1, de 2 a 8 dimensiones la distorsión baja más de veinte nats; de 8 a 128, nada. Una dimensión se mantiene
# despierta solo si ahorra más nats de los que cuesta, y en esta ropa eso lo logran seis, siete u ocho. Sin precio se
# usan todas, y la tasa se dispara. La **dimensión latente es un tope**; lo que decide cuánto se guarda es el precio.

# %% [markdown] lang="en"
# With beta = 1, from 2 to 8 dimensions distortion falls by more than twenty nats; from 8 to 128, not at all. A
# dimension stays awake only if it saves more nats than it costs, and in these clothes six, seven or eight do. Without
# a price all are used, and the rate explodes. The **latent dimension is a ceiling**; what decides how much is kept is
# the price.

# %% [markdown] lang="es"
# ## El último punto de la curva
#
# De vuelta a los cinco modelos de 16 dimensiones. Con beta = 64 la tasa es cero: ninguna puede estar activa.
# **Predicción.** ¿Cuántas lo están con beta = 4? ¿Y con beta = 16?

# %% [markdown] lang="en"
# ## The last point of the curve
#
# Back to the five models of 16 dimensions. At beta = 64 the rate is zero: none of them can be active. **Prediction.**
# How many are at beta = 4? And at beta = 16?

# %% tags=["predict"]
predict("active-at-beta-4", ...)
predict("active-at-beta-16", ...)

# %% tags=["experiment"]
with torch.no_grad():
    still_active = {beta: count(model.encode(x)[0]) for beta, model in models.items()}
    x_hat, mu, logvar = models[64](x)
rate, distortion = kl_divergence(mu, logvar).mean(), reconstruction_loss(x, x_hat).mean()
mean_image = x.mean(dim=0, keepdim=True)  # (1, 1, 28, 28)
blind = reconstruction_loss(x, mean_image.expand_as(x)).mean()
for beta, active_now in still_active.items():
    say(es=f"beta {beta:>2}: activas {active_now:>2} de 16", en=f"beta {beta:>2}: active {active_now:>2} of 16")
say(
    es=f"beta 64: KL {rate:.4f} nats, distorsión {distortion:.1f}; imagen media {blind:.1f}",
    en=f"beta 64: KL {rate:.4f} nats, distortion {distortion:.1f}; mean image {blind:.1f}",
)
reveal("active-at-beta-4", still_active[4])
reveal("active-at-beta-16", still_active[16])
figures.samples(torch.cat([mean_image, x_hat[:7]]), columns=8)

# %% [markdown] lang="es"
# A mayor precio, menos dimensiones activas. Con beta = 64 no queda ninguna, y la distorsión es la de responder a todo
# con la imagen media, sin mirar $x$. La primera imagen es esa media; las otras siete, lo que el modelo responde a siete
# prendas distintas. **Una KL cercana a 0 no es un éxito: el decoder ignora $z$.** Es el **colapso del posterior** de la
# lección 04, ahora con una regla práctica: si la KL no llega a medio nat y la distorsión queda a menos de un 5 % de la
# que da la imagen media, el posterior colapsó.
#
# No hace falta beta = 64 para llegar ahí. Al comienzo del entrenamiento $z$ es puro ruido, el decoder aprende a
# ignorarlo porque así gana, y el encoder, cuyos códigos no se usan, elige lo más barato: el prior. Si la tasa de
# aprendizaje es alta, los dos quedan atascados.
#
# ## Ejercicio: un precio que sube de a poco
#
# *5 min · dificultad 1 de 3*
#
# Una propuesta clásica (Bowman y otros, 2016) es entrar gratis: beta comienza en 0 y sube poco a poco hasta su valor,
# un *calentamiento* (*warm-up*). Ellos usaron una curva en S; aquí basta una recta.
#
# Escribir `beta_schedule(step, warmup_steps, beta_max)`: 0 en el paso 0, `beta_max` en el paso `warmup_steps`,
# constante después; sin calentamiento (`warmup_steps` = 0), `beta_max` desde el comienzo.
#
# <details><summary>Pista</summary>
#
# La fracción recorrida es `step / warmup_steps`, y nunca pasa de 1. El caso `warmup_steps = 0` se atiende antes de
# dividir.
#
# </details>
#
# **Error frecuente:** olvidar el tope; pasado el calentamiento, beta sigue creciendo y el modelo colapsa de verdad.

# %% [markdown] lang="en"
# The higher the price, the fewer the active dimensions. At beta = 64 none is left, and the distortion is that of
# answering everything with the mean image, without looking at $x$. The first picture is that mean; the other seven are
# what the model answers to seven different garments. **A KL near 0 is no success: the decoder ignores $z$.** It is
# lesson 04's **posterior collapse**, now with a rule of thumb: if the KL is below half a nat and distortion within 5 %
# of the mean image's, the posterior has collapsed.
#
# It does not take beta = 64 to get there. Early in training $z$ is pure noise; the decoder learns to ignore it because
# it gains by that, and the encoder, whose codes go unused, picks the cheapest thing: the prior. If the learning rate is
# high, both stay stuck.
#
# ## Exercise: a price that rises slowly
#
# *5 min · difficulty 1 of 3*
#
# A classic proposal (Bowman et al., 2016) is free entry: beta starts at 0 and rises slowly to its value, a *warm-up*.
# They used an S-shaped curve; here a straight line will do.
#
# Write `beta_schedule(step, warmup_steps, beta_max)`: 0 at step 0, `beta_max` at step `warmup_steps`, constant from
# then on; without a warm-up (`warmup_steps` = 0), `beta_max` from the start.
#
# <details><summary>Hint</summary>
#
# The share of the way covered is `step / warmup_steps`, and never more than 1. The case `warmup_steps = 0` is dealt
# with before dividing.
#
# </details>
#
# **Common mistake:** no upper limit: after the warm-up beta goes on growing and the model collapses in earnest.


# %% tags=["answer"] exercise="beta_schedule"
def beta_schedule(step, warmup_steps, beta_max):
    """beta(step) = beta_max * min(1, step / warmup_steps);  warmup_steps = 0 -> beta_max"""
    ### BEGIN SOLUTION
    if step >= warmup_steps:
        return beta_max
    return beta_max * step / warmup_steps
    ### END SOLUTION


# %% [markdown] lang="es"
# ¿Funciona? Entrenemos dos veces la misma red pequeña con un precio alto (beta = 8) y una tasa de aprendizaje excesiva
# (0.01), una de ellas con 250 pasos de calentamiento. **Predicción.** ¿Cuál tendrá más KL al final: **a)** la del
# calentamiento o **b)** la otra? ¿Y cuál, menos distorsión?

# %% [markdown] lang="en"
# Does it work? Let us train the same small network twice with a high price (beta = 8) and too high a learning rate
# (0.01), one of them with 250 steps of warm-up. **Prediction.** Which will have more KL at the end: **a)** the one with
# the warm-up or **b)** the other? And which less distortion?

# %% tags=["predict"]
predict("warm-kl", ...)
predict("warm-distortion", ...)

# %% tags=["prepare"]
from vae_course.networks import DenseDecoder, DenseEncoder
from vae_course.sampling import VAE

bought = pictures("fashion", 4000)
wardrobe = to_unit_range(bought.images)

# %% tags=["reward"]
BETA = 8.0
LEARNING_RATE = 0.01
STEPS = 500
WARMUPS = (0, 250)

schedule, curves = mine("beta_schedule"), {}
for warmup in WARMUPS:
    torch.manual_seed(0)
    order = torch.Generator().manual_seed(0)
    shape, layers = (1, 28, 28), [(128, "relu")]
    model = VAE(DenseEncoder(shape, layers, 16), DenseDecoder(shape, layers, 16))
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    rates, done = [], None
    while len(rates) < STEPS:
        for batch in minibatches(wardrobe, 32, order):
            done = train_step(model, batch, optimizer, schedule(len(rates), warmup, BETA))
            rates.append(done["kl"])
    curves[Both(es=f"calentamiento: {warmup} pasos", en=f"warm-up: {warmup} steps")] = rates
    with torch.no_grad():
        x_hat, mu, logvar = model.eval()(x)
    say(
        es=f"calentamiento {warmup:>3}: activas {count(mu):>2}, KL {kl_divergence(mu, logvar).mean():.2f} nats, "
        f"distorsión {reconstruction_loss(x, x_hat).mean():.1f}",
        en=f"warm-up {warmup:>3}: active {count(mu):>2}, KL {kl_divergence(mu, logvar).mean():.2f} nats, "
        f"distortion {reconstruction_loss(x, x_hat).mean():.1f}",
    )
reveal("warm-kl")
reveal("warm-distortion")
drawings.rates(curves)

# %% [markdown] lang="es"
# Con calentamiento se compra mucha tasa mientras es gratis (la curva empieza fuera de la figura) y después se devuelve
# lo que no vale su precio. Sin él, casi todo colapsa: la red nunca llega a descubrir qué valía la pena. Con
# `LEARNING_RATE = 0.002` la diferencia de distorsión baja, en los datos reales, de unos 45 nats a unos 13: cuanto más
# débil es la causa, menos hace la cura.
#
# ## Otras decisiones que también son beta
#
# - Promediar la reconstrucción sobre los 784 píxeles y no la KL equivale a beta = 784. Muchos «colapsos misteriosos»
#   son esto.
# - El error cuadrático sumado con beta supone píxeles gaussianos de varianza $\beta/2$ (lección 04): elegir beta es
#   elegir cuánto ruido se tolera.
# - Un beta bajo afila las imágenes y aleja los códigos del prior: la lección 08 mide esa distancia y la 09 la esquiva.
# - Beta mayor que 1 también se usa para que cada eje cuente una sola cosa (Higgins y otros, 2017). Puede ayudar; no
#   lo garantiza, porque $\mathcal{N}(0, I)$ no tiene ejes preferidos.

# %% [markdown] lang="en"
# The warm-up buys a lot of rate while it is free (its curve starts outside the figure) and then gives back what is not
# worth its price. Without it nearly all collapses: the network never finds out what was worth having. With
# `LEARNING_RATE = 0.002` the difference in distortion falls, on the real data, from some 45 nats to some 13: the weaker
# the cause, the less the cure does.
#
# ## Other choices that are beta too
#
# - Averaging reconstruction over the 784 pixels, but not the KL, amounts to beta = 784. Many a "mysterious collapse" is
#   just that.
# - Summed squared error with beta assumes Gaussian pixels of variance $\beta/2$ (lesson 04): to choose beta is to
#   choose how much noise is tolerated.
# - A low beta sharpens pictures and drives the codes away from the prior: lesson 08 measures that distance, lesson 09
#   works around it.
# - Beta above 1 is also used to make each axis tell one thing only (Higgins et al., 2017). It may help; it
#   guarantees nothing, since $\mathcal{N}(0, I)$ has no preferred axes.

# %% [markdown] lang="es"
# ## Lo que viene gratis no se compra (opcional)
#
# Parte de la tasa que paga un modelo cuenta *qué clase* de prenda es. Un **VAE condicional** (Sohn y otros, 2015)
# recibe la clase $y$ en ambos lados, y su $z$ ya no tiene que decirla:
#
# $$\log p(x|y)\ \ge\ \mathbb{E}_{q(z|x,y)}[\log p(x|z,y)] - \mathrm{KL}(q(z|x,y)\,\|\,p(z))$$
#
# De paso, se puede pedir qué dibujar.
#
# ## Ejercicio opcional: ConditionalVAE
#
# *15 min · dificultad 3 de 3*
#
# No da puntos. Escribir `ConditionalVAE(encoder, decoder, classes)`, un `torch.nn.Module` con `encode(x, labels)`,
# `decode(z, labels)` y `forward(x, labels, generator=None)`, que devuelve `(x_hat, mu, logvar)` como el VAE de la
# lección 03. `labels` son enteros, `(N,)`. Al encoder le llega cada imagen como vector, `x.flatten(1)`, y **detrás** su
# clase en *one-hot*: un 1 en el lugar de la clase y ceros en el resto, `(N, 784 + classes)`. Al decoder, $z$ y lo mismo
# detrás, `(N, D + classes)`.
#
# <details><summary>Pista</summary>
#
# `torch.nn.functional.one_hot(labels, classes)` da enteros; `.float()` los vuelve números para una red.
# `torch.cat([a, b], dim=1)` pone una cosa detrás de la otra. `reparameterize` está en `vae_course.sampling`.
#
# </details>

# %% [markdown] lang="en"
# ## What comes free need not be bought (optional)
#
# Part of the rate that a model pays tells *which class* a garment is. A **conditional VAE** (Sohn et al., 2015)
# is told the class $y$ on both sides, and its $z$ need not tell it any more:
#
# $$\log p(x|y)\ \ge\ \mathbb{E}_{q(z|x,y)}[\log p(x|z,y)] - \mathrm{KL}(q(z|x,y)\,\|\,p(z))$$
#
# And one can ask for what is to be drawn.
#
# ## Optional exercise: ConditionalVAE
#
# *15 min · difficulty 3 of 3*
#
# It gives no points. Write `ConditionalVAE(encoder, decoder, classes)`, a `torch.nn.Module` with `encode(x, labels)`,
# `decode(z, labels)` and `forward(x, labels, generator=None)`, which returns `(x_hat, mu, logvar)` as the VAE of lesson
# 03 does. `labels` are whole numbers, `(N,)`. The encoder gets each picture as a vector, `x.flatten(1)`, and **behind**
# it its class, *one-hot*: a 1 in the class's place and zeros elsewhere, `(N, 784 + classes)`. The decoder gets $z$ with
# the same behind it, `(N, D + classes)`.
#
# <details><summary>Hint</summary>
#
# `torch.nn.functional.one_hot(labels, classes)` gives integers; `.float()` turns them into numbers for a network.
# `torch.cat([a, b], dim=1)` puts one thing behind another. `reparameterize` is in `vae_course.sampling`.
#
# </details>


# %% tags=["answer"] exercise="ConditionalVAE"
class ConditionalVAE(torch.nn.Module):
    """x, y -> (mu, logvar) -> z; z, y -> x_hat"""

    def __init__(self, encoder, decoder, classes):
        """encoder: (N, 784 + classes) -> (mu, logvar); decoder: (N, D + classes) -> x_hat"""
        ### BEGIN SOLUTION
        super().__init__()
        self.encoder, self.decoder, self.classes = encoder, decoder, classes
        ### END SOLUTION

    def encode(self, x, labels):
        """(N, C, H, W), (N,) -> mu, logvar: (N, D)"""
        ### BEGIN SOLUTION
        label = torch.nn.functional.one_hot(labels, self.classes).float()  # (N, K)
        return self.encoder(torch.cat([x.flatten(1), label], dim=1))
        ### END SOLUTION

    def decode(self, z, labels):
        """(N, D), (N,) -> x_hat: (N, C, H, W)"""
        ### BEGIN SOLUTION
        label = torch.nn.functional.one_hot(labels, self.classes).float()  # (N, K)
        return self.decoder(torch.cat([z, label], dim=1))
        ### END SOLUTION

    def forward(self, x, labels, generator=None):
        """(N, C, H, W), (N,) -> x_hat: (N, C, H, W); mu, logvar: (N, D)"""
        ### BEGIN SOLUTION
        mu, logvar = self.encode(x, labels)
        return self.decode(reparameterize(mu, logvar, generator), labels), mu, logvar
        ### END SOLUTION


# %% [markdown] lang="es"
# **Predicción.** Dos redes del mismo tamaño, los mismos pasos; solo a una se le dice la clase. ¿Cuántos nats se ahorra
# en la cuenta, KL más distorsión? Después, cuatro $z$ al azar, uno por fila, cada uno dibujado en las diez clases: ¿qué
# tendrán en común los dibujos de una fila: **a)** la clase, **b)** lo claros o anchos que son o **c)** nada?

# %% [markdown] lang="en"
# **Prediction.** Two networks of the same size, trained for as many steps; only one is told the class. How many nats
# does it save on the bill, KL plus distortion? Then four random $z$, one per row, each drawn in all ten classes: what
# will the pictures of a row have in common: **a)** the class, **b)** how light or wide they are, or **c)** nothing?

# %% tags=["predict"]
predict("told-the-class", ...)
predict("same-row", ...)

# %% tags=["reward"]
STEPS = 1000
LATENT = 4

shape, layers, classes = (1, 28, 28), [(128, "relu")], len(bought.classes)
torch.manual_seed(0)
plain = VAE(DenseEncoder(shape, layers, LATENT), DenseDecoder(shape, layers, LATENT))
torch.manual_seed(0)
conditional = mine("ConditionalVAE")(
    DenseEncoder((1, 1, 784 + classes), layers, LATENT), DenseDecoder(shape, layers, LATENT + classes), classes
)
untold, knows = Both(es="sin la clase", en="not told the class"), Both(es="con la clase", en="told the class")
bills = []
for name, model, told in ((untold, plain, False), (knows, conditional, True)):
    torch.manual_seed(0)
    optimizer, done = torch.optim.Adam(model.parameters(), lr=2e-3), 0
    while done < STEPS:
        for part in torch.randperm(len(wardrobe)).split(64):
            optimizer.zero_grad()
            batch, labels = wardrobe[part], bought.labels[part]
            vae_loss(batch, *(model(batch, labels) if told else model(batch)))[0].backward()
            optimizer.step()
            done += 1
    with torch.no_grad():
        terms = vae_loss(x, *(model(x, clothes.labels) if told else model(x)))
    bills.append(terms[0].item())
    say(
        es=f"{name}: KL {terms[2]:.1f} + distorsión {terms[1]:.1f} = {terms[0]:.1f} nats",
        en=f"{name}: KL {terms[2]:.1f} + distortion {terms[1]:.1f} = {terms[0]:.1f} nats",
    )
z = sample_prior(4, LATENT, generator=torch.Generator().manual_seed(0))  # (4, D)
with torch.no_grad():
    drawn = conditional.decode(z.repeat_interleave(classes, 0), torch.arange(classes).repeat(4))  # (4 * K, 1, 28, 28)
reveal("told-the-class", bills[0] - bills[1])
reveal("same-row")
figures.samples(drawn, columns=classes)

# %% [markdown] lang="es"
# Con las fotos, la que conoce la clase paga unos dos nats menos: parte en la KL, y parte en la distorsión, porque su
# $z$ quedó libre para contar otra cosa. Un modelo ideal ahorraría a lo sumo $\ln 10 = 2.3$ nats, lo que cuesta decir
# una entre diez clases igual de frecuentes: $\log p(x|y) = \log p(x) + \log p(y|x) + \ln 10$, y el segundo término
# nunca es positivo. (Una red chica puede ahorrar más que ese tope, porque sin la clase está más lejos de su ideal:
# con imágenes decodificadas, unos cinco.)
#
# En cada columna asoma la prenda pedida: pantalones, botas y bolsos casi siempre; los demás, a medias, porque mil pasos
# son pocos y porque un $z$ cualquiera puede caer donde esa clase no tiene códigos. Lo que comparte una fila es lo que
# quedó en $z$: claro u oscuro, ancho o angosto.

# %% [markdown] lang="en"
# With the photographs, the one that knows the class pays some two nats less: part of it in KL and part in distortion,
# as its $z$ was free to tell something else. An ideal model would save at most $\ln 10 = 2.3$ nats, the price of
# telling one of ten equally frequent classes: $\log p(x|y) = \log p(x) + \log p(y|x) + \ln 10$, and the second term
# is never positive. (A small network may save more than that, as without the class it is farther from its ideal: with
# decoded pictures, some five.)
#
# In each column the garment asked for shows through: trousers, boots and bags nearly always; the others only in part,
# since a thousand steps are few and since any one $z$ may fall where that class has no codes. What a row shares is what
# was left in $z$: light or dark, wide or narrow.

# %% [markdown] question="dimension-and-beta" points=3 lang="es"
# ## Pregunta: dimensión y precio
#
# *10 min · dificultad 2 de 3*
#
# ¿Cómo afecta la dimensión del espacio latente a la generación, y qué pasa cuando beta crece? Responder en unas seis
# líneas, con números de esta lección (muestras según la dimensión: «la dimensión» en la pestaña **Beta** de la demo).
#
# ### BEGIN SOLUTION
# **Respuesta modelo.** Con beta = 1, pasar de 2 a 8 dimensiones baja la distorsión más de 20 nats (248 a 224) y de 8 a
# 128 no la cambia: se activan 2, 8, 7 y 6. Con las muestras pasa lo mismo: mejoran de 2 a 8 y después ya no. Una
# dimensión se usa solo si ahorra más nats de los que cuesta; las demás quedan en el prior. Con beta = 0 se usan las 128
# y la tasa pasa de mil nats: reconstruye mejor (208), pero lo sorteado del prior no se parece a nada, sea cual sea la
# dimensión. Al crecer beta la tasa baja (512, 13, 6, 3, 0 nats) y la distorsión sube (215, 227, 243, 274, 384): las
# muestras caen donde viven los códigos, pero se vuelven genéricas; en beta = 64 el posterior colapsa y todo es la
# imagen media.
#
# **Pauta**: 0 en blanco o contradicha por la propia figura. 1 solo la dirección («más beta, más borroso»). 2 tasa y
# distorsión, ambas con números. 3 además explica por qué 128 dimensiones cambian poco con beta = 1 y sí se usan todas
# con beta = 0.
# ### END SOLUTION

# %% [markdown] question="dimension-and-beta" points=3 lang="en"
# ## Question: dimension and price
#
# *10 min · difficulty 2 of 3*
#
# How does the dimension of the latent space affect generation, and what happens as beta grows? Answer in some six
# lines, with numbers from this lesson (samples for each dimension: "the dimension" in the demo's **Beta** tab).
#
# ### BEGIN SOLUTION
# **Model answer.** With beta = 1, going from 2 to 8 dimensions lowers distortion by more than 20 nats (248 to 224), and
# from 8 to 128 it does not change: 2, 8, 7 and 6 are active. Samples do likewise: they gain from 2 to 8 and no more
# afterwards. A dimension is used only if it saves more nats than it costs; the others stay at the prior. With beta = 0
# all 128 are used and the rate exceeds a thousand nats: it reconstructs better (208), but what is drawn from the prior
# looks like nothing, whatever the dimension. As beta grows the rate falls (512, 13, 6, 3, 0 nats) and distortion rises
# (215, 227, 243, 274, 384): samples land where codes live but turn generic; at beta = 64 the posterior has collapsed
# and everything is the mean image.
#
# **Rubric**: 0 blank or contradicted by the reader's own figure. 1 the direction only ("more beta, more blur"). 2
# rate and distortion, both with numbers. 3 also says why 128 dimensions change little at beta = 1 while beta 0 uses
# them all.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Para seguir (sin nota)
#
# - **Un precio que sube y baja.** Escribir un beta cíclico: varias rampas de 0 a 8, una tras otra ([Fu y otros,
#   2019](https://arxiv.org/abs/1903.10145)). ¿Ayuda más que una sola rampa con la misma cantidad de pasos?
# - **Nats gratis.** Cobrar por cada dimensión solo lo que pase de $\lambda$ nats: $\sum_d \max(\lambda, \mathrm{KL}_d)$
#   ([Kingma y otros, 2016](https://arxiv.org/abs/1606.04934)). ¿Cuántas dimensiones despiertan con $\lambda = 0.5$?
# - **Más puntos en la curva.** Entrenar la red pequeña con beta 0.25, 1 y 4, y agregar los tres puntos a la figura.

# %% [markdown] lang="en"
# ## Going further (not graded)
#
# - **A price that rises and falls.** Write a cyclical beta: several ramps from 0 to 8, one after the other ([Fu et al.,
#   2019](https://arxiv.org/abs/1903.10145)). Does it help more than a single ramp of as many steps?
# - **Free nats.** Charge each dimension only for what exceeds $\lambda$ nats: $\sum_d \max(\lambda, \mathrm{KL}_d)$
#   ([Kingma et al., 2016](https://arxiv.org/abs/1606.04934)). How many dimensions wake up at $\lambda = 0.5$?
# - **More points on the curve.** Train the small network at beta 0.25, 1 and 4, and add the three points to the figure.

# %% [markdown] lang="es"
# ## En la demo
#
# En la pestaña **Beta**, la misma prenda pasa por todos los precios a la vez: primero *Copiar*, las reconstrucciones;
# después *Inventar*, las muestras. ¿Con qué beta se reconoce todavía la prenda y ya se entienden las muestras? «La
# dimensión» muestra los modelos que solo difieren en su dimensión latente.
#
# <details><summary>En Keras</summary>
#
# | Keras | PyTorch, aquí |
# | --- | --- |
# | `self.add_loss(beta * kl)` | `loss = reconstruction + beta * kl` |
# | un `Callback` que en cada batch fija beta, una `tf.Variable` | `beta_schedule(step, ...)`, un número en cada paso |
# | `z_mean`, `z_log_var` | `mu`, `logvar` |
# | `tf.math.reduce_variance(z_mean, axis=0)` (divide por $N$) | `mu.var(dim=0)` (divide por $N - 1$) |
#
# </details>
#
# ## Referencias
#
# - Higgins y otros (2017), [beta-VAE](https://openreview.net/forum?id=Sy2fzU9gl): el peso de la KL.
# - Alemi y otros (2018), [Fixing a Broken ELBO](https://arxiv.org/abs/1711.00464): tasa y distorsión.
# - Bowman y otros (2016), [Generating Sentences from a Continuous Space](https://arxiv.org/abs/1511.06349): el
#   calentamiento.
# - Burda, Grosse y Salakhutdinov (2016), [Importance Weighted Autoencoders](https://arxiv.org/abs/1509.00519): las
#   dimensiones activas.
# - Sohn, Lee y Yan (2015), [Learning Structured Output Representation using Deep Conditional Generative
#   Models](https://papers.nips.cc/paper/2015/hash/8d55a249e6baa5c06772297520da2051-Abstract.html): el VAE condicional.
# - Locatello y otros (2019), [Challenging Common Assumptions in the Unsupervised Learning of Disentangled
#   Representations](https://arxiv.org/abs/1811.12359): sin etiquetas ni supuestos no hay garantía.

# %% [markdown] lang="en"
# ## In the demo
#
# In the tab **Beta** one garment goes through all the prices at once: first *Copying*, the reconstructions; then
# *Inventing*, the samples. At which beta is the garment still recognisable while the samples already make sense? "The
# dimension" shows the models that differ in their latent dimension only.
#
# <details><summary>In Keras</summary>
#
# | Keras | PyTorch, here |
# | --- | --- |
# | `self.add_loss(beta * kl)` | `loss = reconstruction + beta * kl` |
# | a `Callback` that sets beta, a `tf.Variable`, at each batch | `beta_schedule(step, ...)`, a number at each step |
# | `z_mean`, `z_log_var` | `mu`, `logvar` |
# | `tf.math.reduce_variance(z_mean, axis=0)` (divides by $N$) | `mu.var(dim=0)` (divides by $N - 1$) |
#
# </details>
#
# ## References
#
# - Higgins et al. (2017), [beta-VAE](https://openreview.net/forum?id=Sy2fzU9gl): the weight of the KL.
# - Alemi et al. (2018), [Fixing a Broken ELBO](https://arxiv.org/abs/1711.00464): rate and distortion.
# - Bowman et al. (2016), [Generating Sentences from a Continuous Space](https://arxiv.org/abs/1511.06349): the warm-up.
# - Burda, Grosse and Salakhutdinov (2016), [Importance Weighted Autoencoders](https://arxiv.org/abs/1509.00519): active
#   units.
# - Sohn, Lee and Yan (2015), [Learning Structured Output Representation using Deep Conditional Generative
#   Models](https://papers.nips.cc/paper/2015/hash/8d55a249e6baa5c06772297520da2051-Abstract.html): the conditional VAE.
# - Locatello et al. (2019), [Challenging Common Assumptions in the Unsupervised Learning of Disentangled
#   Representations](https://arxiv.org/abs/1811.12359): without labels or assumptions there is no guarantee.

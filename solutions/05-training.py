# %% [markdown] lang="es"
# # 05 · ¿Qué se aprende primero, y cómo se nota?
#
# *160 min (70 + 90), 70 de ellos para ejercicios y preguntas · dificultad 2 de 3*
#
# La lección 04 puso precio a todo: reconstrucción más KL, en nats. Un optimizador bajará ese precio paso a paso, y aquí
# se escribe todo lo que hace falta: el paso, la medición, la época, la parada y el guardado.
#
# **Objetivos.** Entrenar un VAE propio; predecir su primera pérdida antes de ejecutarlo; y decir, con tres números y
# una hoja de muestras, qué falla en un entrenamiento que salió mal.

# %% [markdown] lang="en"
# # 05 · What is learnt first, and how does one tell?
#
# *160 min (70 + 90), 70 of them for exercises and questions · difficulty 2 of 3*
#
# Lesson 04 put a price on everything: reconstruction plus KL, in nats. An optimiser will bring that price down step by
# step, and here we write all that it takes: the step, the measurement, the epoch, the stopping and the saving.
#
# **Aims.** Train a VAE of your own; predict its first loss before running it; and say, from three numbers and a sheet
# of samples, what is wrong with a training run that went badly.

# %% tags=["setup"]
import math

import torch

from vae_course.images import minibatches, to_unit_range
from vae_course.loss import kl_divergence, reconstruction_loss, vae_loss
from vae_course.networks import ConvDecoder, ConvEncoder, DenseDecoder, DenseEncoder, kaiming_
from vae_course.sampling import reparameterize, sample_prior

# %% tags=["prepare"]
import tempfile
from pathlib import Path

from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.utils.tensorboard import SummaryWriter

import vae_course.figures.training as draw
from vae_course import figures, pretrained, training
from vae_course.sampling import VAE
from vae_course.text import Both

x_train = to_unit_range(pictures("fashion", 8000).images)  # (8000, 1, 28, 28)
x_val = to_unit_range(pictures("fashion", 1000, split="validation").images)  # (1000, 1, 28, 28)


def new_vae(hidden=(256, 128), latent_dim=16):
    torch.manual_seed(0)
    layers = [(units, "relu") for units in hidden]
    return VAE(DenseEncoder((1, 28, 28), layers, latent_dim), DenseDecoder((1, 28, 28), layers[::-1], latent_dim))


z_fixed = sample_prior(10, 16, generator=torch.Generator().manual_seed(5))  # (10, 16)

# %% [markdown] lang="es"
# ## Tres líneas de referencia
#
# Una pérdida de 260, ¿es mucho? Sola no dice nada. Junto a tres líneas, sí. Las tres son BCE, en nats por
# imagen, y se calculan sin entrenar nada:
#
# 1. **No sabe nada.** Cada píxel se apuesta a $\hat x = 0.5$. Cuesta $-\ln 0.5$ por píxel: $784 \ln 2$.
# 2. **Imagen media.** Se apuesta siempre la misma imagen, el promedio de todas. Es lo mejor que se puede hacer *sin
#    mirar* $x$.
# 3. **Piso.** Se apuesta $\hat x = x$, la reconstrucción perfecta. No cuesta 0: un píxel gris de valor 0.5 paga $\ln 2$
#    aun cuando se acierta. Es la entropía de los grises, y es lo mínimo.
#
# $$R(x, \hat x) = -\sum_i \big[ x_i \ln \hat x_i + (1 - x_i) \ln (1 - \hat x_i) \big]$$
#
# (Los números que cita el texto se midieron con las fotos de Fashion-MNIST. Donde no las hay, las celdas usan imágenes
# que dibujó un modelo, y sus números difieren.)

# %% [markdown] lang="en"
# ## Three reference lines
#
# Is a loss of 260 a lot? On its own the number says nothing. Beside three lines it begins to mean something. All three
# are BCE, in nats per picture, and are computed without training anything:
#
# 1. **Knows nothing.** Every pixel bets on $\hat x = 0.5$. That costs $-\ln 0.5$ a pixel: $784 \ln 2$.
# 2. **Mean image.** The bet is always the same picture, the average of all. It is the best that can be done *without
#    looking* at $x$.
# 3. **Floor.** The bet is $\hat x = x$, a perfect reconstruction. It doesn't cost 0: a grey pixel of value 0.5 pays
#    $\ln 2$ even when it is hit. It is the entropy of the greys, and the least there is.
#
# $$R(x, \hat x) = -\sum_i \big[ x_i \ln \hat x_i + (1 - x_i) \ln (1 - \hat x_i) \big]$$
#
# (Numbers quoted in the text were measured on the photographs of Fashion-MNIST. Where there are none, the cells use
# pictures that a model drew, and their numbers differ.)

# %% tags=["experiment"]
mean_image = x_train.mean(dim=0, keepdim=True)  # (1, 1, 28, 28)
guesses = {"nothing": torch.full_like(mean_image, 0.5), "mean": mean_image, "floor": x_train}
lines = {name: reconstruction_loss(x_train, x_hat.expand_as(x_train)).mean().item() for name, x_hat in guesses.items()}
references = [
    (lines["nothing"], Both(es="no sabe nada", en="knows nothing")),
    (lines["mean"], Both(es="imagen media", en="mean image")),
    (lines["floor"], Both(es="piso de la BCE", en="BCE floor")),
]
say(
    es=f"No sabe nada: {lines['nothing']:.1f}. Imagen media: {lines['mean']:.1f}. Piso: {lines['floor']:.1f} nats.",
    en=f"Knows nothing: {lines['nothing']:.1f}. Mean image: {lines['mean']:.1f}. Floor: {lines['floor']:.1f} nats.",
)

# %% [markdown] lang="es"
# ## La primera pérdida
#
# Un VAE recién creado, con pesos al azar, mira sus primeras imágenes. Nada se ha entrenado.
#
# **Predicción.** ¿Cuánto vale la reconstrucción? ¿Y la KL? Un entero para cada una. Pista: con pesos pequeños, ¿qué
# sale de la última sigmoide? ¿Y qué valen $\mu$ y $\log \sigma^2$?

# %% [markdown] lang="en"
# ## The first loss
#
# A VAE just made, its weights random, looks at its first pictures. Nothing has been trained.
#
# **Prediction.** How much is the reconstruction? And the KL? One whole number each. Hint: with small weights, what
# comes out of the last sigmoid? And what are $\mu$ and $\log \sigma^2$?

# %% tags=["predict"]
predict("first-reconstruction", ...)
predict("first-kl", ...)

# %% tags=["experiment"]
model = new_vae()
with torch.no_grad():
    x_hat, mu, logvar = model(x_val)
first = [term.item() for term in vae_loss(x_val, x_hat, mu, logvar)]
say(
    es=f"Pérdida {first[0]:.1f} = reconstrucción {first[1]:.1f} + KL {first[2]:.3f}; píxeles de {x_hat.min():.2f} a "
    f"{x_hat.max():.2f}.",
    en=f"Loss {first[0]:.1f} = reconstruction {first[1]:.1f} + KL {first[2]:.3f}; pixels from {x_hat.min():.2f} to "
    f"{x_hat.max():.2f}.",
)
reveal("first-reconstruction", first[1])
reveal("first-kl", first[2])
figures.reconstructions(x_val[:8], x_hat[:8], difference=False)

# %% [markdown] lang="es"
# Todo sale gris: la sigmoide de algo cercano a 0 es 0.5, y $\mu \approx 0$, $\log\sigma^2 \approx 0$ es casi el prior.
# Por eso la primera pérdida se puede **predecir**, y vale la pena hacerlo siempre. Si la primera línea del registro no
# se parece a $784 \ln 2$, algo anda mal *antes* de entrenar:
#
# | primera pérdida | sospecha |
# |---|---|
# | cerca de 543 | por ahora, todo bien |
# | 0.7 | se promedió sobre píxeles (y entonces la KL pesa 784 veces más) |
# | un número astronómico | imágenes en [0, 255] con una BCE que no revisa x: se disparan el encoder y la KL |
# | 700 o más | pesos iniciales grandes: el modelo ya apuesta fuerte, y mal |
#
# ¿E imágenes en [−1, 1]? `F.binary_cross_entropy` se detiene con un error en cuanto ve un $x$ fuera de [0, 1] (también
# con [0, 255]). La BCE del curso, la de esta lección, no lo revisa, ni tampoco una que recibe **logits** (lo que entra
# en la sigmoide); y con [−1, 1] la primera pérdida **no** lo delata: ante $\hat x = 0.5$ vale $\ln 2$ para cualquier
# $x$. Lo delata el piso: en menos de veinte pasos la pérdida lo atraviesa y se vuelve negativa.

# %% [markdown] lang="en"
# All is grey: the sigmoid of something near 0 is 0.5, and $\mu \approx 0$, $\log\sigma^2 \approx 0$ is nearly the
# prior. So the first loss can be **predicted**, and it pays to do so every time. If the first line of the log doesn't
# look like $784 \ln 2$, something is wrong *before* training:
#
# | first loss | suspect |
# |---|---|
# | near 543 | all is well so far |
# | 0.7 | pixels were averaged (so the KL weighs 784 times more) |
# | an astronomical number | pictures in [0, 255] and a BCE that does not check x: encoder and KL explode |
# | 700 or more | large initial weights: the model already bets high, and badly |
#
# And pictures in [−1, 1]? `F.binary_cross_entropy` stops with an error as soon as it meets an $x$ outside [0, 1] (with
# [0, 255] too). The course's own BCE, the one used here, does not check, nor does one that takes **logits** (what goes
# into the sigmoid); and with [−1, 1] the first loss does **not** give it away: at $\hat x = 0.5$ it is $\ln 2$ for any
# $x$. The floor gives it away: in fewer than twenty steps the loss falls through it and turns negative.

# %% [markdown] lang="es"
# ## Un paso, cuatro movimientos
#
# Entrenar es repetir esto:
#
# 1. **Reconstruir**: `model(x)` da $\hat x, \mu, \log\sigma^2$, con un $\varepsilon$ nuevo.
# 2. **Medir**: la pérdida $L = R + \beta\,\mathrm{KL}$ de la lección 04.
# 3. **Derivar**: `backward` calcula $\partial L / \partial \theta$ para cada peso $\theta$.
# 4. **Moverse**: el optimizador da un paso cuesta abajo.
#
# El descenso simple es $\theta \leftarrow \theta - \eta\, g$, con $g$ el gradiente y $\eta$ la tasa de aprendizaje.
# **Adam** recuerda dos medias móviles por peso, $m$ del gradiente y $v$ de su cuadrado (ambas corregidas, porque
# nacen en 0), y avanza
#
# $$\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}.$$
#
# ($\epsilon$ es minúsculo: evita dividir por 0.) En su primer paso $\hat m / \sqrt{\hat v} = \pm 1$: **cada peso se
# mueve $\eta$**, por pequeño que sea su gradiente (salvo 0 exacto). Así que $\eta$ se lee como «cuánto puede cambiar un
# peso por paso», más o menos. Un valor habitual es $\eta = 5 \cdot 10^{-4}$.

# %% [markdown] lang="en"
# ## One step, four moves
#
# Training is this, over and over:
#
# 1. **Reconstruct**: `model(x)` gives $\hat x, \mu, \log\sigma^2$, with a fresh $\varepsilon$.
# 2. **Measure**: the loss $L = R + \beta\,\mathrm{KL}$ of lesson 04.
# 3. **Differentiate**: `backward` computes $\partial L / \partial \theta$ for every weight $\theta$.
# 4. **Move**: the optimiser takes a step downhill.
#
# Plain descent is $\theta \leftarrow \theta - \eta\, g$, with $g$ the gradient and $\eta$ the learning rate. **Adam**
# remembers two running means per weight, $m$ of the gradient and $v$ of its square (both corrected, as they are born
# at 0), and moves
#
# $$\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}.$$
#
# ($\epsilon$ is tiny: it avoids dividing by 0.) In its first step $\hat m / \sqrt{\hat v} = \pm 1$: **each weight moves
# by $\eta$**, however small its gradient (unless exactly 0). So read $\eta$ as "how far a weight may go in one step",
# roughly. A common value is $\eta = 5 \cdot 10^{-4}$.

# %% [markdown] lang="es"
# ## Ejercicio: un paso
#
# *15 min · dificultad 2 de 3*
#
# Escribir `train_step(model, x, optimizer, beta)`: un paso de optimización sobre el batch `x` `(N, C, H, W)`, con el
# modelo en modo train y la pérdida `"bce"`. Devuelve un dict con tres `float`: `"loss"`, `"reconstruction"` y `"kl"`,
# los del forward, es decir, los de **antes** de moverse.
#
# <details><summary>Pista</summary>
#
# `vae_loss(x, x_hat, mu, logvar, beta)` ya devuelve los tres términos. El orden: `model.train()`, forward, pérdida,
# `optimizer.zero_grad()`, `backward()` sobre la pérdida total, `optimizer.step()`. `.item()` convierte un escalar en
# `float`.
#
# </details>
#
# **Error frecuente:** olvidar `zero_grad`. PyTorch *suma* gradientes: el segundo paso baja por el gradiente de los dos
# batches, el décimo por el de diez. Al principio la pérdida baja igual, y por eso el error puede pasar inadvertido.

# %% [markdown] lang="en"
# ## Exercise: one step
#
# *15 min · difficulty 2 of 3*
#
# Write `train_step(model, x, optimizer, beta)`: one optimisation step on the batch `x` `(N, C, H, W)`, with the model
# in train mode and the `"bce"` loss. It returns a dict of three `float`s: `"loss"`, `"reconstruction"` and `"kl"`,
# those of the forward pass, that is, from **before** the move.
#
# <details><summary>Hint</summary>
#
# `vae_loss(x, x_hat, mu, logvar, beta)` already returns the three terms. The order: `model.train()`, forward, loss,
# `optimizer.zero_grad()`, `backward()` on the total loss, `optimizer.step()`. `.item()` turns a scalar into a
# `float`.
#
# </details>
#
# **Common mistake:** forgetting `zero_grad`. PyTorch *adds* gradients up: the second step descends the gradient of both
# batches, the tenth that of ten. At first the loss falls all the same, which is why the mistake may go unseen.


# %% tags=["answer"] exercise="train_step"
def train_step(model, x, optimizer, beta=1.0):
    """theta <- theta - eta * ...; loss = reconstruction + beta * kl

    x: (N, C, H, W) -> {"loss": float, "reconstruction": float, "kl": float}
    """
    ### BEGIN SOLUTION
    model.train()
    x_hat, mu, logvar = model(x)
    loss, reconstruction, kl = vae_loss(x, x_hat, mu, logvar, beta)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return {"loss": loss.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}
    ### END SOLUTION


# %% [markdown] lang="es"
# ## ¿Qué se aprende primero?
#
# Más abajo se dan 511 de esos pasos, con una pausa para mirar tras 0, 1, 3, 7, 15, ... pasos. Cada fila de imágenes es
# **un mismo $z$**, sorteado antes de empezar y nunca cambiado. Solo cambia el decoder.
#
# **Predicción.** ¿En qué paso cruzará la pérdida la línea de la imagen media? ¿Y qué se verá entonces en las cuatro
# filas?
#
# - **a)** Cuatro prendas distintas.
# - **b)** Casi la misma mancha en las cuatro.
# - **c)** Todavía ruido gris.

# %% [markdown] lang="en"
# ## What is learnt first?
#
# The cell below takes 511 of those steps and pauses to look after 0, 1, 3, 7, 15, ... steps. Each row of pictures is
# **one and the same $z$**, drawn before the start and never changed. Only the decoder changes.
#
# **Prediction.** At which step will the loss cross the line of the mean image? And what will the four rows show then?
#
# - **a)** Four different garments.
# - **b)** Nearly the same smudge in all four.
# - **c)** Grey noise still.

# %% tags=["predict"]
predict("crossing", ...)
predict("at-the-crossing", ...)

# %% tags=["reward"]
STEPS = 511
LEARNING_RATE = 2e-3

step = mine("train_step")
model = new_vae()
optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
stops, losses, sheets = draw.doublings(STEPS), [], []
generator = torch.Generator().manual_seed(0)
while len(losses) < STEPS:
    for x in minibatches(x_train, 64, generator):
        if len(losses) in stops:
            with torch.no_grad():
                sheets.append(model.decode(z_fixed[:4]))  # (4, 1, 28, 28)
        if len(losses) == STEPS:
            break
        losses.append(step(model, x, optimizer)["loss"])
if len(sheets) < len(stops):
    with torch.no_grad():
        sheets.append(model.decode(z_fixed[:4]))
crossing = next((k for k, loss in enumerate(losses) if loss < lines["mean"]), STEPS)
say(
    es=f"La pérdida cruza la imagen media en el paso {crossing}.",
    en=f"The loss crosses the mean image at step {crossing}.",
)
reveal("crossing", crossing)
reveal("at-the-crossing")
draw.falling(losses, torch.stack(sheets), references=references)

# %% [markdown] lang="es"
# De izquierda a derecha hay tres etapas:
#
# 1. **De «no sabe nada» a la imagen media.** Lo primero que se aprende es que los bordes son negros. Bastan los sesgos
#    de la última capa: ni hace falta mirar $x$. Las cuatro filas son casi la misma mancha.
# 2. **Por debajo de la imagen media** solo se llega con información que pasa por $z$. La KL despierta y, unas decenas
#    de pasos después, las filas se separan: primero prenda o zapato, lo que más nats ahorra; luego, mangas y tacones.
# 3. **Al piso** no se llega nunca. Cada detalle cuesta nats de KL, y los que no valen su precio quedan borrosos.
#
# Primero el promedio, luego las diferencias; lo grande antes que lo fino. La línea que la pérdida ya cruzó dice en qué
# etapa está.

# %% [markdown] lang="en"
# From left to right there are three stages:
#
# 1. **From "knows nothing" to the mean image.** The first thing learnt is that borders are black. The last layer's
#    biases will do: no need to look at $x$. The four rows are nearly the same smudge.
# 2. **Below the mean image.** The loss gets there only with information that passes through $z$. The KL wakes up and,
#    some dozens of steps later, the rows part: first garment or shoe, which saves the most nats; then sleeves and
#    heels.
# 3. **The floor** is never reached. Each detail costs nats of KL, and those not worth their price stay blurred.
#
# First the average, then the differences; the large before the fine. The line that the loss has crossed tells which
# stage it is in.

# %% [markdown] lang="es"
# ## Ejercicio: medir sin tocar
#
# *15 min · dificultad 2 de 3*
#
# La pérdida de entrenamiento se mide sobre imágenes que el modelo ya vio. Para juzgarlo hacen falta otras, y una
# función que **mire sin dejar huella**.
#
# Escribir `evaluate(model, batches, beta)`: el mismo dict de `train_step`, promediado sobre todas las **imágenes**.
# `batches` es cualquier iterable de tensores `(N, C, H, W)`, quizá uno que solo se puede recorrer **una vez**, como un
# generador. Modo eval, sin gradientes. Al final, cada submódulo vuelve al modo en que estaba.
#
# Ya están escritos el guardado y la devolución de los modos. Falta recorrer los batches.
#
# <details><summary>Pista</summary>
#
# Dentro del `with`, por cada batch: los tres términos de `vae_loss`, con `.item()`, son medias de ese batch;
# multiplicadas por `len(x)` son sumas. Se acumulan en `sums` y las imágenes en `count`, en la misma pasada.
#
# </details>
#
# **Error frecuente:** promediar las medias de los batches. Con batches de 3 y de 1, la imagen que va sola pesaría el
# triple. Cada imagen pesa igual.

# %% [markdown] lang="en"
# ## Exercise: measure without touching
#
# *15 min · difficulty 2 of 3*
#
# The training loss is measured on pictures that the model has seen. To judge it others are needed, and a function that
# **looks and leaves no trace**.
#
# Write `evaluate(model, batches, beta)`: the same dict as `train_step`'s, averaged over all **images**. `batches` is
# any iterable of tensors `(N, C, H, W)`, perhaps one that can be gone through only **once**, such as a generator. Eval
# mode, no gradients. At the end each submodule is back in the mode that it was in.
#
# Keeping the modes and putting them back is already written. The loop over the batches is missing.
#
# <details><summary>Hint</summary>
#
# Inside the `with`, for each batch: the three terms of `vae_loss`, with `.item()`, are means of that batch; times
# `len(x)` they are sums. Add them up in `sums` and the images in `count`, in the same pass.
#
# </details>
#
# **Common mistake:** averaging the batches' means. With batches of 3 and 1, the single picture would weigh three times
# as much. Every image counts the same.


# %% tags=["answer"] exercise="evaluate"
def evaluate(model, batches, beta=1.0):
    """sum_n loss(x_n) / N over all images of all batches

    batches: iterable of (N, C, H, W) -> {"loss": float, "reconstruction": float, "kl": float}
    """
    names = ("loss", "reconstruction", "kl")
    sums, count = dict.fromkeys(names, 0.0), 0
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.no_grad():
        ### BEGIN SOLUTION
        for x in batches:
            terms = vae_loss(x, *model(x), beta)
            for name, term in zip(names, terms, strict=True):
                sums[name] += term.item() * len(x)
            count += len(x)
        ### END SOLUTION
    for module, mode in modes.items():
        module.training = mode
    return {name: total / count for name, total in sums.items()}


# %% [markdown] lang="es"
# A usarla. Primero sobre todas las imágenes de validación. Después, de una en una: un batch de una sola imagen da el
# precio de esa imagen, y así se pueden ordenar las prendas de la más barata a la más cara.
#
# **Predicción.** De lo que pagan juntas las cinco más caras, ¿qué porcentaje será piso?

# %% [markdown] lang="en"
# Let us use it. First on all validation pictures. Then one by one: a batch of a single picture gives that picture's
# price, so the clothes can be sorted from the cheapest to the most expensive.
#
# **Prediction.** Of what the five most expensive pay together, what percentage will be floor?

# %% tags=["predict"]
predict("share-of-floor", ...)

# %% tags=["reward"]
measure = mine("evaluate")
torch.manual_seed(0)
found = measure(model, (x for x in x_val.split(300)))
say(
    es=f"Validación: {found['loss']:.1f} = {found['reconstruction']:.1f} + {found['kl']:.1f} nats por imagen.",
    en=f"Validation: {found['loss']:.1f} = {found['reconstruction']:.1f} + {found['kl']:.1f} nats per picture.",
)
prices = torch.tensor([measure(model, [x])["loss"] for x in x_val[:300].split(1)])  # (300,)
order = prices.argsort()
chosen = torch.cat([order[:5], order[-5:]])  # (10,)
floors = reconstruction_loss(x_val[chosen], x_val[chosen])  # (10,)
say(
    es=f"Piso medio de las cinco más baratas: {floors[:5].mean():.0f}; de las más caras: {floors[5:].mean():.0f}.",
    en=f"Mean floor of the five cheapest: {floors[:5].mean():.0f}; of the most expensive: {floors[5:].mean():.0f}.",
)
with torch.no_grad():
    x_hat = model.decode(model.encode(x_val[chosen])[0])
reveal("share-of-floor", 100 * floors[5:].sum() / prices[chosen[5:]].sum())
figures.reconstructions(x_val[chosen], x_hat, difference=False, labels=[f"{price:.0f}" for price in prices[chosen]])

# %% [markdown] lang="es"
# Los números sobre cada imagen son nats. Lo caro no es lo mismo que lo mal reconstruido: de lo que pagan juntas las
# cinco de la derecha, más de dos tercios es piso, la entropía de sus grises; el dibujo que se pierde, por vistoso que
# sea, cuesta mucho menos. Para comparar imágenes se resta el piso de cada una; para comparar *modelos* sobre las mismas
# imágenes, no hace falta.

# %% [markdown] lang="en"
# The numbers above the pictures are nats. Expensive is not the same as badly reconstructed: of what the five on the
# right pay together, over two thirds is floor, the entropy of their greys; the pattern that is lost, however loud,
# costs far less. To compare pictures, subtract each one's own floor; to compare *models* on the same pictures there is
# no need.

# %% [markdown] lang="es"
# ## Una sola mirada
#
# Hay algo raro en un VAE. El ELBO pide, *para cada imagen*, la mejor nube $q(z|x)$. Lo directo sería buscarla: empezar
# en cualquier $\mu, \log\sigma^2$ y optimizarlos para esa imagen. El encoder hace otra cosa: mira una vez y contesta.
# Es **inferencia amortizada**: el trabajo de buscar se paga una vez, al entrenar, y se reparte entre todas las
# imágenes. Si $q^*$ es la mejor nube gaussiana de una imagen:
#
# $$\underbrace{\log p(x) - \mathrm{ELBO}_{\text{encoder}}}_{\text{brecha total}} =
# \underbrace{\log p(x) - \mathrm{ELBO}_{q^*}}_{\text{ninguna gaussiana calza del todo}} +
# \underbrace{\mathrm{ELBO}_{q^*} - \mathrm{ELBO}_{\text{encoder}}}_{\text{brecha de amortización}}$$
#
# La última se puede medir. Tomemos un modelo del curso, `fashion-beta-1`, congelemos su decoder y dejemos que 200 pasos
# de Adam mejoren $\mu$ y $\log\sigma^2$ de ocho imágenes que no vio. La octava es la primera, **cabeza abajo**.
#
# **Predicción.** El precio ronda los 200 nats. ¿Cuántos ahorran los 200 pasos, en promedio, en las siete que están de
# pie? ¿1, 10, 50? ¿Y en la imagen cabeza abajo?

# %% [markdown] lang="en"
# ## A single glance
#
# There is something odd about a VAE. The ELBO asks, *for each picture*, for the best cloud $q(z|x)$. The direct way
# would be to search: start at any $\mu, \log\sigma^2$ and optimise them for that picture. The encoder does otherwise:
# it glances once and answers. This is **amortised inference**: the work of searching is paid once, in training, and
# shared by all pictures. With $q^*$ the best Gaussian cloud of a picture:
#
# $$\underbrace{\log p(x) - \mathrm{ELBO}_{\text{encoder}}}_{\text{whole gap}} =
# \underbrace{\log p(x) - \mathrm{ELBO}_{q^*}}_{\text{no Gaussian fits exactly}} +
# \underbrace{\mathrm{ELBO}_{q^*} - \mathrm{ELBO}_{\text{encoder}}}_{\text{amortisation gap}}$$
#
# The last one can be measured. Take a model of the course, `fashion-beta-1`, freeze its decoder, and let 200 steps of
# Adam improve $\mu$ and $\log\sigma^2$ of eight pictures that it never saw. The eighth is the first, **upside down**.
#
# **Prediction.** The price is around 200 nats. How many do the 200 steps save, on average, on the seven that stand
# upright? 1, 10, 50? And on the one that is upside down?

# %% tags=["predict"]
predict("glance", ...)
predict("upside-down", ...)

# %% tags=["experiment"]
SEARCH_STEPS = 200

shipped = pretrained.load("fashion-beta-1").requires_grad_(False)
x = to_unit_range(pictures("fashion", 7, split="test").images)
x = torch.cat([x, x[:1].flip(-2)])  # (8, 1, 28, 28)


def price(mu, logvar, draws, seed):
    torch.manual_seed(seed)
    z = reparameterize(mu.expand(draws, *mu.shape), logvar.expand(draws, *mu.shape))  # (K, 8, D)
    x_hat = shipped.decode(z.flatten(0, 1))  # (K * 8, 1, 28, 28)
    told = reconstruction_loss(x.repeat(draws, 1, 1, 1), x_hat).view(draws, -1).mean(dim=0)  # (8,)
    return told + kl_divergence(mu, logvar)  # (8,)


mu_0, logvar_0 = shipped.encode(x)  # (8, D)
mu, logvar = mu_0.clone().requires_grad_(), logvar_0.clone().requires_grad_()
search = torch.optim.Adam([mu, logvar], lr=0.02)
for number in range(SEARCH_STEPS):
    search.zero_grad()
    price(mu, logvar, draws=16, seed=number).sum().backward()
    search.step()
with torch.no_grad():
    before, after = price(mu_0, logvar_0, 256, seed=999), price(mu, logvar, 256, seed=999)
    glanced, optimised = shipped.decode(mu_0), shipped.decode(mu)
lost = before - after  # (8,)
say(
    es=f"Precio medio de las siete: {before[:7].mean():.1f} nats; la mirada única perdió {lost[:7].mean():.2f}. "
    f"Cabeza abajo: {lost[7]:.1f}.",
    en=f"Mean price of the seven: {before[:7].mean():.1f} nats; the single glance lost {lost[:7].mean():.2f}. "
    f"Upside down: {lost[7]:.1f}.",
)
reveal("glance", lost[:7].mean())
reveal("upside-down", lost[7])
draw.glance(x, glanced, optimised, lost)

# %% [markdown] lang="es"
# El encoder mira una vez y casi acierta: en promedio pierde menos de un nat entre doscientos, y responde en un
# instante lo que a la búsqueda le toma doscientos pasos. Ante algo que no se parece a lo que vio, falla más: con las
# fotos, buscar ahorra unos diez nats en la imagen cabeza abajo, aunque el decoder no sepa dibujarla. (Con imágenes
# decodificadas puede no notarse.) Y lo borroso no es culpa de la *mirada*: la fila optimizada lo es tanto como la
# otra.

# %% [markdown] lang="en"
# The encoder glances once and is nearly right: on average it loses less than one nat in two hundred, and it answers
# at once what takes the search two hundred steps. Faced with something unlike what it has seen, it does worse: with
# the photographs, searching saves some ten nats on the picture that is upside down, although the decoder can't draw
# it. (With decoded pictures it may not show.) And the blur is not the *glance*'s fault: the optimised row is just as
# blurred.

# %% [markdown] lang="es"
# ## Pausa: fin de la primera parte
#
# *70 min hasta aquí; quedan 90*
#
# Buen momento para guardar y seguir otro día. Al volver: seleccionar esta celda y elegir *Run → Run All Above Selected
# Cell* (en Colab, *Entorno de ejecución → Ejecutar anteriores*); en medio minuto está todo como quedó. En la segunda
# parte se escribe lo que rodea al paso (una época, parar, guardar), se entrena un VAE completo y se diagnostican
# entrenamientos que salieron mal.

# %% [markdown] lang="en"
# ## Break: end of part one
#
# *70 min so far; 90 to go*
#
# A good moment to save and go on another day. On coming back, select this cell and choose *Run → Run All Above Selected
# Cell* (on Colab, *Runtime → Run before*); in half a minute everything is as it was. The second part writes what
# surrounds the step (an epoch, stopping, saving), trains a whole VAE and diagnoses training runs that went badly.

# %% [markdown] lang="es"
# ## Ejercicio: una época
#
# *10 min · dificultad 1 de 3*
#
# Un paso mira un batch. Una **época** es una pasada por todas las imágenes, y al final queda una línea para el
# registro.
#
# Escribir `train_epoch(model, batches, optimizer, beta)`: un `train_step` por batch, en el orden en que llegan.
# Devuelve el mismo dict, promediado sobre todas las **imágenes** de la época: lo que dijo cada paso, sin volver a
# medir. `batches` es cualquier iterable de tensores `(N, C, H, W)`, quizá uno que solo se puede recorrer **una vez**.
#
# <details><summary>Pista</summary>
#
# Es el bucle de `evaluate` con `train_step(model, x, optimizer, beta)` en el lugar de la pérdida: también aquí llega la
# media de un batch, que multiplicada por `len(x)` es una suma. Sobran el modo eval y `no_grad`.
#
# </details>
#
# **Error frecuente:** un `return` con una sangría de más. La época termina en el primer batch, la pérdida baja despacio
# y nada avisa.

# %% [markdown] lang="en"
# ## Exercise: an epoch
#
# *10 min · difficulty 1 of 3*
#
# A step looks at one batch. An **epoch** is one pass over all the pictures, with a line for the log at its end.
#
# Write `train_epoch(model, batches, optimizer, beta)`: one `train_step` for each batch, in the order in which they
# come. It returns the same dict, averaged over all **images** of the epoch: what each step said, without measuring
# again. `batches` is any iterable of tensors `(N, C, H, W)`, perhaps one that can be gone through only **once**.
#
# <details><summary>Hint</summary>
#
# It is the loop of `evaluate` with `train_step(model, x, optimizer, beta)` in place of the loss: here too a batch's
# mean comes, and times `len(x)` it is a sum. Eval mode and `no_grad` have no place in it.
#
# </details>
#
# **Common mistake:** a `return` indented one level too deep. The epoch ends at the first batch, the loss falls slowly,
# and nothing gives warning.


# %% tags=["answer"] exercise="train_epoch"
def train_epoch(model, batches, optimizer, beta=1.0):
    """sum_n loss(x_n) / N, each measured before its batch's step

    batches: iterable of (N, C, H, W) -> {"loss": float, "reconstruction": float, "kl": float}
    """
    ### BEGIN SOLUTION
    sums, count = {"loss": 0.0, "reconstruction": 0.0, "kl": 0.0}, 0
    for x in batches:
        found = train_step(model, x, optimizer, beta)
        for name in sums:
            sums[name] += found[name] * len(x)
        count += len(x)
    return {name: total / count for name, total in sums.items()}
    ### END SOLUTION


# %% [markdown] lang="es"
# Tres épocas con un modelo nuevo. De cada una, tres pérdidas: la que devolvió `train_epoch`, la de **esas mismas
# imágenes** medida al terminar, y la de validación. Abajo, muestras de los mismos diez $z$, una fila por época.
#
# **Predicción.** Tras la primera época, ¿cuál de las tres será la más alta: **a)** la de `train_epoch`, **b)** la de
# las mismas imágenes al terminar o **c)** la de validación? ¿Y cuántos nats habrá entre la más alta y la más baja?

# %% [markdown] lang="en"
# Three epochs with a new model. Of each, three losses: the one that `train_epoch` returned, that of **those very
# pictures** measured at the end, and that of validation. Below, samples of the same ten $z$, a row for each epoch.
#
# **Prediction.** After the first epoch, which of the three will be the highest: **a)** that of `train_epoch`, **b)**
# that of the same pictures at the end, or **c)** that of validation? And how many nats will lie between the highest and
# the lowest?

# %% tags=["predict"]
predict("highest-loss", ...)
predict("first-epoch", ...)

# %% tags=["reward"]
LEARNING_RATE = 2e-3

one_epoch, measure = mine("train_epoch"), mine("evaluate")
model = new_vae()
optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
strips, names, epochs, generator = [], [], [], torch.Generator().manual_seed(0)
for epoch in range(1, 4):
    told = one_epoch(model, minibatches(x_train, 64, generator), optimizer)["loss"]
    again, val = (measure(model, images.split(500))["loss"] for images in (x_train, x_val))
    with torch.no_grad():
        strips.append(model.decode(z_fixed))  # (10, 1, 28, 28)
    names.append(Both(es=f"época {epoch}", en=f"epoch {epoch}"))
    epochs.append((told, again, val))
    say(
        es=f"Época {epoch}: promedio {told:.0f}, las mismas al terminar {again:.0f}, validación {val:.0f} nats.",
        en=f"Epoch {epoch}: average {told:.0f}, the same ones at the end {again:.0f}, validation {val:.0f} nats.",
    )
highest, lowest = max(epochs[0]), min(epochs[0])
reveal("highest-loss", "abc"[epochs[0].index(highest)])
reveal("first-epoch", highest - lowest)
figures.rows(torch.stack(strips), names)

# %% [markdown] lang="es"
# El promedio de la primera época queda muy por encima de los otros dos: lleva dentro los primeros pasos, los de un
# modelo que no sabía nada. Medidas con los pesos del final, las mismas imágenes cuestan casi lo mismo que las de
# validación. Después la distancia se achica: en la tercera época es de unos pocos nats. Para comparar de verdad hay que
# medir a ambas con los mismos pesos; el promedio de la época sale gratis, y para seguir la marcha alcanza.

# %% [markdown] lang="en"
# The first epoch's average stands far above the other two: it holds the first steps, those of a model that knew
# nothing. Measured with the weights of the end, the same pictures cost about as much as those of validation. Then the
# distance shrinks: in the third epoch it is a few nats. To compare in earnest, both must be measured with the same
# weights; the epoch's average comes for free, and is enough to watch the progress.

# %% [markdown] lang="es"
# ## Ejercicio: saber parar
#
# *10 min · dificultad 2 de 3*
#
# Con pocas imágenes y muchas épocas, el modelo aprende a contar *esas* imágenes, y la pérdida de validación deja de
# bajar mientras la de entrenamiento sigue. Ese es el momento de parar: **early stopping**.
#
# Escribir la clase `EarlyStopping(patience, min_delta=0.0)`. Su método `update(value)` recibe la pérdida de validación
# (menos es mejor) y devuelve `True` cuando `patience` valores **seguidos** no mejoraron `best` en más de `min_delta`.
# El atributo `best` empieza en infinito y solo cambia con una mejora así.
#
# <details><summary>Pista</summary>
#
# Una mejora: `value < self.best - self.min_delta`. Si la hay, se anota y la cuenta vuelve a 0; si no, la cuenta sube.
#
# </details>
#
# **Error frecuente:** comparar con el valor *anterior* en vez del *mejor*. Una pérdida que oscila «mejora» cada dos
# épocas y no se detiene jamás.

# %% [markdown] lang="en"
# ## Exercise: knowing when to stop
#
# *10 min · difficulty 2 of 3*
#
# With few pictures and many epochs the model learns to tell *those* pictures, and the validation loss stops falling
# while the training loss goes on. That is the time to stop: **early stopping**.
#
# Write the class `EarlyStopping(patience, min_delta=0.0)`. Its method `update(value)` takes the validation loss (lower
# is better) and returns `True` once `patience` values **in a row** did not improve `best` by more than `min_delta`. The
# attribute `best` starts at infinity and changes only on such an improvement.
#
# <details><summary>Hint</summary>
#
# An improvement: `value < self.best - self.min_delta`. If there is one, note it and set the count to 0; if not, count
# up.
#
# </details>
#
# **Common mistake:** comparing with the value *before* instead of the *best*. A loss that swings "improves" every other
# epoch and never stops.


# %% tags=["answer"] exercise="EarlyStopping"
class EarlyStopping:
    """update(value) -> True once value >= best - min_delta, `patience` times in a row"""

    def __init__(self, patience, min_delta=0.0):
        ### BEGIN SOLUTION
        self.patience, self.min_delta = patience, min_delta
        self.best, self.waited = math.inf, 0
        ### END SOLUTION

    def update(self, value):
        """value: float -> bool"""
        ### BEGIN SOLUTION
        if value < self.best - self.min_delta:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        return self.waited >= self.patience
        ### END SOLUTION


# %% [markdown] lang="es"
# ## Antes de parar, frenar
#
# Un entrenamiento que se estanca no siempre terminó: a veces los pasos son tan largos que pasan por encima del mínimo.
# El remedio habitual es **reducir la tasa de aprendizaje** cuando la validación no mejora. En PyTorch:
#
# ```python
# schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=4)
# schedule.step(val_loss)
# ```
#
# Su paciencia ha de ser menor que la de `EarlyStopping`, o nunca llega a actuar. La celda entrena con solo 200
# imágenes.
#
# **Predicción.** ¿A cuántos nats quedarán una de otra las dos curvas, entrenamiento y validación?

# %% [markdown] lang="en"
# ## Before stopping, slow down
#
# A run that stalls is not always done: sometimes the steps are so long that they overshoot the minimum. The usual
# remedy is to **reduce the learning rate** when validation does not improve. In PyTorch:
#
# ```python
# schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=4)
# schedule.step(val_loss)
# ```
#
# Its patience has to be smaller than that of `EarlyStopping`, or it never gets to act. The cell trains on only 200
# pictures.
#
# **Prediction.** How many nats apart will the two curves, training and validation, end?

# %% tags=["predict"]
predict("overfit", ...)

# %% tags=["reward"]
PICTURES = 200
EPOCHS = 110
LEARNING_RATE = 1e-2

one_epoch, measure, stopping = mine("train_epoch"), mine("evaluate"), mine("EarlyStopping")(patience=10)
model = new_vae()
optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=4)
few, history, generator = x_train[:PICTURES], [], torch.Generator().manual_seed(0)
for epoch in range(1, EPOCHS + 1):
    one_epoch(model, minibatches(few, 50, generator), optimizer)
    train, val = measure(model, [few]), measure(model, [x_val[:300]])
    history.append({"epoch": epoch} | training.prefixed("train", train) | training.prefixed("val", val))
    rate = optimizer.param_groups[0]["lr"]
    schedule.step(val["loss"])
    if optimizer.param_groups[0]["lr"] < rate:
        say(
            es=f"Época {epoch}: la tasa baja de {rate:.5f} a {rate / 2:.5f}.",
            en=f"Epoch {epoch}: the rate drops from {rate:.5f} to {rate / 2:.5f}.",
        )
    if stopping.update(val["loss"]):
        break
say(
    es=f"Fin en la época {epoch}; mejor validación: {stopping.best:.1f}.",
    en=f"Finished at epoch {epoch}; best validation: {stopping.best:.1f}.",
)
reveal("overfit", val["loss"] - train["loss"])
figures.loss_curves(history, references=[references[1]])

# %% [markdown] lang="es"
# La distancia entre las curvas es lo que el modelo sabe de *esas* imágenes y de ninguna otra. Dos avisos para leer la
# curva:
#
# - Las curvas **oscilan**: los pasos son largos, y cada medición sortea un $\varepsilon$ nuevo. Al bajar la tasa queda
#   solo lo segundo. De ahí `patience` y `min_delta`: una sola época mala no prueba nada.
# - Al parar, el modelo *actual* no es el *mejor*. El mejor hay que haberlo guardado. Es el ejercicio que sigue.

# %% [markdown] lang="en"
# The distance between the curves is what the model knows of *those* pictures and of no others. Two warnings for reading
# such curves:
#
# - The curves **oscillate**: steps are long, and each measurement draws a fresh $\varepsilon$. Once the rate drops,
#   only the latter is left. Hence `patience` and `min_delta`: one bad epoch proves nothing.
# - On stopping, the *current* model is not the *best* one: that one must have been saved. That is the next exercise.

# %% [markdown] lang="es"
# ## Ejercicio: guardar y seguir como si nada
#
# *10 min · dificultad 1 de 3*
#
# Un entrenamiento largo se corta: se acaba la batería, Colab desconecta. Un buen **checkpoint** permite seguir
# *exactamente* igual que sin el corte.
#
# Escribir las dos funciones de la celda:
#
# - `save_checkpoint(path, model, optimizer, epoch)` escribe todo en un archivo.
# - `load_checkpoint(path, model, optimizer)` lo repone en su lugar, **dentro** del modelo y del optimizador que recibe,
#   y devuelve la época.
#
# Los nombres de las partes ya están puestos. Falta de dónde salen y a dónde vuelven.
#
# <details><summary>Pista</summary>
#
# `state_dict()` existe en el modelo (pesos y buffers) y en el optimizador (las medias $m$ y $v$ de Adam, sus pasos y
# la tasa). `load_state_dict(...)` hace el camino inverso.
#
# </details>
#
# **Error frecuente:** guardar solo el modelo. Adam vuelve con $m$ y $v$ en 0, y su primer paso mueve **cada peso** en
# $\eta$, lo necesite o no.

# %% [markdown] lang="en"
# ## Exercise: save, and go on as if nothing had happened
#
# *10 min · difficulty 1 of 3*
#
# A long run gets cut: the battery dies, Colab disconnects. A good **checkpoint** lets it go on *exactly* as it would
# have without the cut.
#
# Write the two functions of the cell:
#
# - `save_checkpoint(path, model, optimizer, epoch)` writes everything to one file.
# - `load_checkpoint(path, model, optimizer)` puts it back in its place, **inside** the model and the optimiser that it
#   is given, and returns the epoch.
#
# The parts already have their names. Missing: where they come from and where they go back to.
#
# <details><summary>Hint</summary>
#
# `state_dict()` exists on the model (weights and buffers) and on the optimiser (Adam's means $m$ and $v$, its steps and
# the rate). `load_state_dict(...)` goes the other way.
#
# </details>
#
# **Common mistake:** saving only the model. Adam comes back with $m$ and $v$ at 0, and its first step moves **each
# weight** by $\eta$, needed or not.


# %% tags=["answer"] exercise="checkpoint"
def save_checkpoint(path, model, optimizer, epoch):
    """{"model": ..., "optimizer": ..., "epoch": ...} -> path"""
    state = dict.fromkeys(("model", "optimizer", "epoch"))
    ### BEGIN SOLUTION
    state["model"] = model.state_dict()
    state["optimizer"] = optimizer.state_dict()
    state["epoch"] = epoch
    ### END SOLUTION
    torch.save(state, path)


def load_checkpoint(path, model, optimizer):
    """path -> model, optimizer (in place); returns epoch"""
    state = torch.load(path, map_location="cpu", weights_only=True)
    ### BEGIN SOLUTION
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"]
    ### END SOLUTION


# %% [markdown] lang="es"
# La prueba: tres veces el mismo entrenamiento de seis épocas. Una sin corte. Otra, cortada en la época 3 y seguida
# desde el checkpoint, con un modelo y un optimizador recién creados. La tercera igual, pero con Adam **sin memoria**.
#
# Para que la comparación sea exacta, cada época fija su semilla: para el orden de los batches y para $\varepsilon$.
#
# **Predicción.** ¿Cuánto se apartará, como máximo, un peso del tercer entrenamiento del mismo peso del primero? Pista:
# tras el corte quedan 60 pasos, con $\eta = 0.005$.

# %% [markdown] lang="en"
# The test: the same run of six epochs, three times. One without a cut. One cut at epoch 3 and continued from the
# checkpoint, with a model and an optimiser just made. The third likewise, but with an Adam **without memory**.
#
# To make the comparison exact, each epoch sets its own random seed: for the batches' order and for $\varepsilon$.
#
# **Prediction.** How far, at most, will a weight of the third run be from the same weight of the first? Hint: after the
# cut 60 steps remain, at $\eta = 0.005$.

# %% tags=["predict"]
predict("forgetful", ...)

# %% tags=["reward"]
one_epoch, save, load = mine("train_epoch"), mine("save_checkpoint"), mine("load_checkpoint")
runs_folder = Path(tempfile.mkdtemp(prefix="vae-05-"))


def fresh(seed):
    model = new_vae(hidden=(128, 64))
    torch.manual_seed(seed)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    return model, torch.optim.Adam(model.parameters(), lr=5e-3)


def some_epochs(model, optimizer, first, last):
    for epoch in range(first, last + 1):
        torch.manual_seed(epoch)
        one_epoch(model, minibatches(x_train[:1000], 50), optimizer)


def as_row(label, model):
    with torch.no_grad():
        told, sampled = model.decode(model.encode(x_val[:5])[0]), model.decode(z_fixed[:5])
    pairs = zip(model.parameters(), straight.parameters(), strict=True)
    apart = max((one - other).abs().max().item() for one, other in pairs)
    return label, told, sampled, f"{apart:.4f}"


straight, optimizer = fresh(seed=0)
some_epochs(straight, optimizer, 1, 3)
save(runs_folder / "epoch-3.pt", straight, optimizer, 3)
some_epochs(straight, optimizer, 4, 6)

resumed, optimizer = fresh(seed=1)
some_epochs(resumed, optimizer, load(runs_folder / "epoch-3.pt", resumed, optimizer) + 1, 6)

forgetful, optimizer = fresh(seed=1)
epoch = load(runs_folder / "epoch-3.pt", forgetful, optimizer)
some_epochs(forgetful, torch.optim.Adam(forgetful.parameters(), lr=5e-3), epoch + 1, 6)

rows = [
    as_row(Both(es="sin corte", en="no cut"), straight),
    as_row(Both(es="reanudado", en="resumed"), resumed),
    as_row(Both(es="Adam sin memoria", en="forgetful Adam"), forgetful),
]
reveal("forgetful", float(rows[2][3]))
draw.runs([(None, rows)], x_val[:5], noted=Both(es="mayor diferencia", en="largest difference"))

# %% [markdown] lang="es"
# «Reanudado» ha de dar 0.0000: no parecido, sino *igual*. Con Adam sin memoria el modelo no se rompe; solo da otros
# pasos. Por eso el error pasa inadvertido: nada falla, pero el resultado ya no es el que habría sido sin el corte. (En
# 60 pasos un peso recorre a lo sumo unos 0.3; dos entrenamientos pueden ir en sentidos opuestos, y entonces la
# diferencia pasa de ahí.)

# %% [markdown] lang="en"
# "Resumed" has to give 0.0000: not similar but *equal*. With a forgetful Adam the model does not break; it only takes
# other steps. That is why the mistake goes unseen: nothing fails, but the result is no longer that of the run without a
# cut. (In 60 steps a weight goes some 0.3 at most; two runs may go opposite ways, and then the difference exceeds
# that.)

# %% [markdown] lang="es"
# ## TensorBoard: mirar mientras corre
#
# Un entrenamiento de horas no se mira con `print`. `torch.utils.tensorboard` escribe números e imágenes en una carpeta,
# y un programa aparte los dibuja mientras crecen. Tres líneas bastan:
#
# ```python
# writer = SummaryWriter(folder)
# writer.add_scalar("kl/val", val["kl"], epoch)
# writer.add_image("samples", sheet, epoch, dataformats="HWC")
# ```
#
# Para verlo, en una terminal, o en Colab y Jupyter con las dos órdenes mágicas:
#
# ```text
# tensorboard --logdir runs              # http://localhost:6006
#
# %load_ext tensorboard
# %tensorboard --logdir runs
# ```
#
# Tres costumbres útiles: un nombre por término y parte (`kl/train`, `kl/val`: quedan juntos, en una misma sección),
# siempre **los dos términos por separado** además del total, y siempre los mismos $z$ en las muestras.

# %% [markdown] lang="en"
# ## TensorBoard: watching while it runs
#
# A run that takes hours is not watched with `print`. `torch.utils.tensorboard` writes numbers and pictures to a folder,
# and a separate program draws them as they grow. Three lines will do:
#
# ```python
# writer = SummaryWriter(folder)
# writer.add_scalar("kl/val", val["kl"], epoch)
# writer.add_image("samples", sheet, epoch, dataformats="HWC")
# ```
#
# To see it, in a terminal, or in Colab and Jupyter with the two magic commands:
#
# ```text
# tensorboard --logdir runs              # http://localhost:6006
#
# %load_ext tensorboard
# %tensorboard --logdir runs
# ```
#
# Three useful habits: one name per term and part (`kl/train`, `kl/val`: they stand side by side, in one section),
# always **both terms apart** beside the total, and always the same $z$ for the samples.

# %% [markdown] lang="es"
# ## Todo junto
#
# La receta completa, con las piezas recién escritas: Adam con $5 \cdot 10^{-4}$, validación en cada época, reducción de
# la tasa, early stopping, checkpoint del mejor, TensorBoard, y cada 5 épocas una tira de muestras de **los mismos diez
# $z$**. Aquí, diez épocas: tarda menos de diez segundos, y las tiras aparecen a medida que se aprende.

# %% [markdown] lang="en"
# ## All together
#
# The whole recipe, out of the parts just written: Adam at $5 \cdot 10^{-4}$, validation every epoch, learning-rate
# reduction, early stopping, a checkpoint of the best, TensorBoard, and every 5 epochs a strip of samples of **the same
# ten $z$**. Here, ten epochs: it takes less than ten seconds, and the strips appear as the learning goes on.

# %% tags=["reward"]
EPOCHS = 10
BETA = 1.0
LEARNING_RATE = 5e-4
SAMPLE_EVERY = 5

one_epoch, measure = mine("train_epoch"), mine("evaluate")
save, load = mine("save_checkpoint"), mine("load_checkpoint")
model = new_vae()
optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=2)
stopping = mine("EarlyStopping")(patience=6)
history, generator = [], torch.Generator().manual_seed(0)

with SummaryWriter(runs_folder / "mine") as writer:
    for epoch in range(1, EPOCHS + 1):
        train = one_epoch(model, minibatches(x_train, 64, generator), optimizer, BETA)
        val = measure(model, x_val.split(500), BETA)
        history.append({"epoch": epoch} | training.prefixed("train", train) | training.prefixed("val", val))
        for term in val:
            writer.add_scalar(f"{term}/train", train[term], epoch)
            writer.add_scalar(f"{term}/val", val[term], epoch)
        writer.add_scalar("lr", optimizer.param_groups[0]["lr"], epoch)
        if val["loss"] < stopping.best:
            save(runs_folder / "best.pt", model, optimizer, epoch)
        if epoch == 1 or epoch % SAMPLE_EVERY == 0:
            with torch.no_grad():
                strip = model.decode(z_fixed)  # (10, 1, 28, 28)
            writer.add_image("samples", figures.tile(strip, 10), epoch, dataformats="HWC")
            title = Both(es=f"época {epoch}: {val['loss']:.0f} nats", en=f"epoch {epoch}: {val['loss']:.0f} nats")
            show(figures.samples(strip, columns=10, title=title))
        schedule.step(val["loss"])
        if stopping.update(val["loss"]):
            break
best = load(runs_folder / "best.pt", model, optimizer)
say(
    es=f"Mejor época: {best}. Para verlo: tensorboard --logdir {runs_folder}",
    en=f"Best epoch: {best}. To look at it: tensorboard --logdir {runs_folder}",
)
figures.loss_curves(history, references=references[1:])

# %% [markdown] lang="es"
# Ese es un VAE entrenado con las funciones de esta lección. En la figura, la KL al principio **sube**. Que un término
# suba parece mala noticia, y no lo es: el modelo empieza a contar algo por $z$. La mala noticia sería una KL que se
# queda en 0. Y si la validación va por debajo del entrenamiento, no es magia: este último promedia toda la época, con
# los pesos peores del comienzo.

# %% [markdown] lang="en"
# That is a VAE trained with the functions of this lesson. In the figure the KL at first **rises**. A rising term looks
# like bad news, and is not: the model begins to tell something through $z$. Bad news would be a KL that stays at 0. And
# if validation runs below training, it is no magic: the training number averages the whole epoch, with the worse
# weights of its beginning.

# %% [markdown] lang="es"
# ## En una línea
#
# Para entrenamientos largos el curso trae lo mismo en la terminal. Cada experimento es un archivo (*preset*) y cada
# corrida, una carpeta:
#
# ```bash
# python -m vae_course presets                                   # los nombres que hay
# python -m vae_course train fashion --out runs/mine --epochs 20
# python -m vae_course train fashion --out runs/mine --epochs 20 --resume
# python -m vae_course figures runs/mine --lang es
# python -m vae_course evaluate runs/mine
# tensorboard --logdir runs
# ```
#
# La tercera es la segunda con `--resume`, para cuando algo la interrumpió: retoma el último checkpoint, con
# optimizador, calendario de la tasa y estado del azar incluidos, y sigue como si nada. `train drawn` entrena con caras
# dibujadas y no necesita descarga; con `--download`, torchvision trae Fashion-MNIST.

# %% [markdown] lang="en"
# ## In one line
#
# For long runs the course has the same in the terminal. Each experiment is a file (a *preset*) and each run a folder:
#
# ```bash
# python -m vae_course presets                                   # the names there are
# python -m vae_course train fashion --out runs/mine --epochs 20
# python -m vae_course train fashion --out runs/mine --epochs 20 --resume
# python -m vae_course figures runs/mine --lang en
# python -m vae_course evaluate runs/mine
# tensorboard --logdir runs
# ```
#
# The third is the second with `--resume`, for when something cut it short: it takes up the last checkpoint, with
# optimiser, learning-rate schedule and random state, and goes on as if nothing had happened. `train drawn` trains on
# drawn faces and needs no download; with `--download`, torchvision fetches Fashion-MNIST.

# %% [markdown] lang="es"
# ## Cuatro entrenamientos
#
# Lo que más a menudo sale mal: imágenes **ruidosas** o sin forma, imágenes **borrosas**, un entrenamiento que **no
# converge** y, lo que menos se nota, el **colapso del posterior**. La celda entrena cuatro redes diminutas, un segundo
# cada una, con 2000 imágenes. A la derecha, los dos términos medidos en validación. Una de las cuatro es la sana,
# aunque borrosa.
#
# **Predicción.** ¿Qué tienen A, B, C y D, y qué término lo delata? Debajo de la figura se elige cuál colapsó y cuál es
# la sana. (El código dice qué se cambió en cada una: mirar primero la figura.)

# %% [markdown] lang="en"
# ## Four training runs
#
# What most often goes wrong: **noisy** or shapeless pictures, **blurry** pictures, training that does **not converge**
# and, least noticed, **posterior collapse**. The cell trains four tiny VAEs, a second each, on 2,000 pictures. On the
# right, both terms as measured on validation. One of the four is the healthy one, though blurry.
#
# **Prediction.** What is wrong with A, B, C and D, and which term gives it away? Below the figure, choose which one has
# collapsed and which is the healthy one. (The code tells what was changed in each: look at the figure first.)

# %% tags=["experiment"]
TRIAL_EPOCHS = 6
TRIAL_PICTURES = 2000
TRIAL_RATE = 3e-3


def dense(hidden=(128, 64)):
    return new_vae(hidden)


def conv(channels, residual_blocks=0):
    torch.manual_seed(0)
    shape, blocks = (1, 28, channels, 16), {"residual_blocks": residual_blocks}
    return VAE(ConvEncoder(*shape, **blocks), ConvDecoder(*shape, **blocks))


def descend(model, rate, beta, epochs, clip):
    optimizer, steps = torch.optim.Adam(model.parameters(), lr=rate), 0
    torch.manual_seed(1)
    for _ in range(epochs):
        for x in minibatches(x_train[:TRIAL_PICTURES], 64):
            weight = beta(steps) if callable(beta) else beta
            training.train_step(model, x, optimizer, weight, gradient_clip=clip)
            steps += 1


def trial(label, model=None, rate=TRIAL_RATE, beta=1.0, epochs=TRIAL_EPOCHS, clip=None):
    model, note = model or dense(), None
    try:
        descend(model, rate, beta, epochs, clip)
    except training.NonFiniteLoss:
        note = "NaN"
    with training.inference(model):
        told, sampled = model.decode(model.encode(x_val[:5])[0]), model.decode(z_fixed[:5])  # (5, 1, 28, 28)
        found = training.evaluate(model, [x_val[:500]])
    return label, told, sampled, note or f"{found['reconstruction']:.0f} + {found['kl']:.1f}"


trials = [trial("A", beta=0.0), trial("B", beta=784.0), trial("C", rate=0.5), trial("D")]
noted = Both(es="R + KL (nats)", en="R + KL (nats)")
draw.runs([(None, trials)], x_val[:5], noted=noted)

# %% tags=["predict"]
predict("collapsed", ...)
predict("healthy", ...)

# %% tags=["experiment"]
reveal("collapsed")
reveal("healthy")

# %% [markdown] lang="es"
# | | se ve | lo delata |
# |---|---|---|
# | A ruidosa | reconstruye bien; las muestras, manchas oscuras sin forma | KL de **más de cien** nats |
# | B colapsada | todo es la imagen media | KL $\approx 0$, $R$ junto a la línea de la imagen media |
# | C divergente | nada con sentido | NaN, o $R$ muy por encima de 543 |
# | D sana | borrosa | $R$ entre imagen media y piso, KL de unos 10 nats |
#
# **Una KL cercana a 0 no es un éxito: el decoder ignora z.** El total de B se queda quieto en la imagen media, y su
# curva sería la más tranquila de las cuatro. «Borrosa», en cambio, no es un error, es un precio.
#
# Ahora las curas que se suelen proponer: más capas o filtros, `ConvTranspose2d`, bloques residuales, tasa más baja,
# inicialización de He, además de $\beta$. Son **hipótesis**. Cada una se prueba sola, cambiando una cosa; los bloques
# residuales, sobre la fila `ConvTranspose2d`, con los mismos filtros.
#
# **Predicción.** ¿Qué cura servirá? (La celda tarda unos 15 segundos.)
#
# - La ruidosa: **a)** más ancha, **b)** init de He, **c)** beta 0.25.
# - La que diverge: **a)** init de He, **b)** recortar gradientes, **c)** tasa / 10, **d)** tasa / 100.
# - La colapsada: **a)** más ancha, **b)** subir beta de a poco, **c)** sumar píxeles.

# %% [markdown] lang="en"
# | | looks | gives it away |
# |---|---|---|
# | A noisy | reconstructs well; samples are dark, shapeless smears | KL of **more than a hundred** nats |
# | B collapsed | all is the mean image | KL $\approx 0$, $R$ beside the line of the mean image |
# | C diverging | nothing that makes sense | NaN, or $R$ far above 543 |
# | D healthy | blurry | $R$ between mean image and floor, KL of about 10 nats |
#
# **A KL near 0 is no success: the decoder ignores z.** B's total sits still at the mean image, and its curve would be
# the calmest of the four. "Blurry", in contrast, is no bug, it is a price.
#
# Now the cures that are usually proposed: more layers or filters, `ConvTranspose2d`, residual blocks, a lower rate, He
# initialisation, and $\beta$ besides. They are **hypotheses**. Each is tried alone, changing one thing; residual
# blocks, on top of the `ConvTranspose2d` row, with the same filters.
#
# **Prediction.** Which cure will work? (The cell takes some 15 seconds.)
#
# - The noisy one: **a)** wider, **b)** He init, **c)** beta 0.25.
# - The diverging one: **a)** He init, **b)** clip gradients, **c)** rate / 10, **d)** rate / 100.
# - The collapsed one: **a)** wider, **b)** raise beta little by little, **c)** sum the pixels.

# %% tags=["predict"]
predict("cure-noisy", ...)
predict("cure-diverging", ...)
predict("cure-collapsed", ...)

# %% tags=["experiment"]
WIDE, DEEP = (256, 128), (128, 128, 64)
noisy, collapsed, diverged, healthy = trials
as_is = Both(es="sin tratar", en="untreated")
he, wider = Both(es="init de He", en="He init"), Both(es="más ancha", en="wider")


def warmed(step):
    return 784 * min(1.0, step / 100)


groups = [
    (
        Both(es="Ruidosa (beta 0)", en="Noisy (beta 0)"),
        [
            (as_is, *noisy[1:]),
            trial(wider, dense(WIDE), beta=0.0),
            trial(he, kaiming_(dense()), beta=0.0),
            trial("beta 0.25", beta=0.25),
        ],
    ),
    (
        Both(es="Borrosa (la sana)", en="Blurry (the healthy one)"),
        [
            (as_is, *healthy[1:]),
            trial(wider, dense(WIDE)),
            trial(Both(es="una capa más", en="one more layer"), dense(DEEP)),
            trial(he, kaiming_(dense())),
            trial("ConvTranspose2d", conv((8, 16))),
            trial("+ residual", conv((8, 16), residual_blocks=1)),
            trial(Both(es="el triple de épocas", en="3 times the epochs"), epochs=3 * TRIAL_EPOCHS),
        ],
    ),
    (
        Both(es="Diverge (tasa 0.5)", en="Diverging (rate 0.5)"),
        [
            (as_is, *diverged[1:]),
            trial(he, kaiming_(dense()), rate=0.5),
            trial(Both(es="recortar gradientes", en="clip gradients"), rate=0.5, clip=1.0),
            trial(Both(es="tasa / 10", en="rate / 10"), rate=0.05),
            trial(Both(es="tasa / 100", en="rate / 100"), rate=0.005),
        ],
    ),
    (
        Both(es="Colapsada (beta 784)", en="Collapsed (beta 784)"),
        [
            (as_is, *collapsed[1:]),
            trial(wider, dense(WIDE), beta=784.0),
            trial(Both(es="beta de 0 a 784", en="beta from 0 to 784"), beta=warmed),
            (Both(es="sumar píxeles", en="sum the pixels"), *healthy[1:]),
        ],
    ),
]
for name in ("cure-noisy", "cure-diverging", "cure-collapsed"):
    reveal(name)
draw.runs(groups, x_val[:5], noted=noted)

# %% [markdown] lang="es"
# Qué dice la figura, con las fotos de Fashion-MNIST:
#
# - **Ruidosa.** Con $\beta = 0$ nada acerca los códigos al prior, y $\mathcal{N}(0, I)$ cae donde el decoder nunca
#   estuvo. Ni una red más ancha ni la init de He llevan la KL por debajo de cien nats, y las muestras siguen sin forma;
#   con la init de He se vuelven puro ruido. Solo $\beta > 0$ la cura: con 0.25 la KL baja de treinta nats y asoman
#   prendas.
# - **Borrosa.** Más épocas y las convoluciones bajan $R$ en más de quince nats (las convoluciones, pagando más KL); los
#   bloques residuales dejan casi igual el total de la convolución y cuestan el doble de cómputo; la init de He gana
#   poco y ensucia las muestras; una red más ancha, nada; una capa más, en tan pocos pasos, empeora. Pero el borde sigue
#   suave en **todas** las filas, y entrenar más no lo quita del todo: el detalle que no vale sus nats de KL se
#   promedia, y la media de muchas imágenes nítidas es una borrosa. Lección 07.
# - **Diverge.** Con tasa 0.5 cada peso se mueve cerca de 0.5 por paso. La init de He cambia el punto de partida, no ese
#   tamaño. Recortar gradientes tampoco sirve: Adam divide por el tamaño del gradiente, así que un gradiente recortado
#   da casi el mismo paso. Una décima de la tasa evita el NaN y no alcanza; una centésima, sí.
# - **Colapsada.** $\beta = 784$ sobre la suma es lo mismo que *promediar* la BCE sobre los 784 píxeles. No sirve
#   ensanchar la red, ni subir $\beta$ de a poco *hasta el mismo valor*: mientras un nat de KL cueste 784, un código
#   vacío es lo más barato. Se cura en la escala, sumando los píxeles.
#
# En resumen: la cura sale del **término** que delata la falla, no de una lista de consejos.

# %% [markdown] lang="en"
# What the figure says, with the photographs of Fashion-MNIST:
#
# - **Noisy.** With $\beta = 0$ nothing draws the codes to the prior, and $\mathcal{N}(0, I)$ lands where the decoder
#   has never been. Neither a wider network nor He init brings the KL below a hundred nats, and the samples stay
#   shapeless; with He init they turn into mere noise. Only $\beta > 0$ cures it: at 0.25 the KL drops below thirty nats
#   and garments begin to show.
# - **Blurry.** More epochs and convolutions lower $R$ by over fifteen nats (convolutions by paying more KL); residual
#   blocks leave the convolution's total about the same, at twice the computing; He init gains a little and makes the
#   samples noisier; wider, nothing; one more layer, in so few steps, makes it worse. But the edges stay soft in **all**
#   rows, and longer training does not quite cure that: detail that is not worth its nats of KL is averaged, and the
#   mean of many sharp pictures is a blurred one. Lesson 07.
# - **Diverging.** At rate 0.5 each weight moves by some 0.5 a step. He init changes the starting point, not that size.
#   Clipping gradients doesn't help either: Adam divides by the gradient's size, so a clipped gradient makes nearly the
#   same step. A tenth of the rate avoids the NaN and is not enough; a hundredth is.
# - **Collapsed.** $\beta = 784$ on the sum is the same as *averaging* the BCE over the 784 pixels. Neither a wider
#   network helps, nor raising $\beta$ little by little *up to the same value*: as long as a nat of KL costs 784, an
#   empty code is cheapest. It is cured in the scale, by summing the pixels.
#
# In short: the cure comes from the **term** that gives the fault away, not from a list of tips.

# %% [markdown] lang="es"
# ## Probar una cura propia (opcional)
#
# Cambiar los valores, ejecutar, comparar con la sana. Por ejemplo: ¿a partir de qué tasa se rompe? ¿Qué $\beta$ da
# muestras con forma sin arruinar la reconstrucción?

# %% [markdown] lang="en"
# ## Try a cure of your own (optional)
#
# Change the values, run, compare with the healthy one. For instance: from which rate on does it break? Which $\beta$
# gives samples with a shape without spoiling the reconstruction?

# %% tags=["experiment"]
RATE = 0.03
BETA = 0.5
HIDDEN = (128, 64)
EPOCHS = TRIAL_EPOCHS
CLIP = None
HE = False

network = kaiming_(dense(HIDDEN)) if HE else dense(HIDDEN)
tried = trial(Both(es="intento", en="attempt"), network, rate=RATE, beta=BETA, epochs=EPOCHS, clip=CLIP)
draw.runs([(None, [(Both(es="sana", en="healthy"), *healthy[1:]), tried])], x_val[:5], noted=noted)

# %% [markdown] question="diagnosis" points=3 lang="es"
# ## Pregunta: un diagnóstico
#
# *10 min · dificultad 2 de 3*
#
# Elegir **una** de las redes A, B o C. ¿Qué tiene, qué término de la pérdida lo demuestra y contra qué se compara: una
# línea de referencia o la red sana? Contar una cura que funcionó **y una que no**, con sus números.
#
# ### BEGIN SOLUTION
# **Respuesta modelo** (B). Está colapsada: la KL es casi 0 y la reconstrucción es la de la imagen media, así que $z$ no
# lleva información y el decoder dibuja siempre lo mismo. La causa es la escala: con los píxeles promediados, un nat de
# KL cuesta 784 veces más que uno de reconstrucción. Sumar los píxeles (beta 1) lo cura: la KL despierta a unos 10 nats
# y $R$ baja más de cien. Una red más ancha o subir beta de a poco no cambian nada: la KL sigue en 0, porque no faltaba
# capacidad ni paciencia, sino que contar algo por $z$ costaba más de lo que ahorraba. Para A: KL de más de cien nats
# (la sana, unos 10), la cura es beta > 0, ni el ancho ni la init de He ayudan. Para C: NaN, o $R$ por encima de 543; la
# cura es una tasa menor; ni la init de He ni recortar gradientes evitan el NaN.
#
# **Pauta**: 0 en blanco, o contradice la figura propia. 1 nombra la falla. 2 cita el término que lo demuestra y aquello
# con que se compara. 3 además prueba una cura y cuenta también, con números, una que no sirvió.
# ### END SOLUTION

# %% [markdown] question="diagnosis" points=3 lang="en"
# ## Question: a diagnosis
#
# *10 min · difficulty 2 of 3*
#
# Choose **one** of the runs A, B or C. What is wrong with it, which term of the loss proves it, and what is it compared
# with: a reference line or the healthy run? Report one cure that worked **and one that did not**, with their numbers.
#
# ### BEGIN SOLUTION
# **Model answer** (B). It has collapsed: the KL is almost 0 and the reconstruction is the mean image's, so $z$ carries
# no information and the decoder always draws the same. The cause is scale: with averaged pixels, a nat of KL costs 784
# times as much as one of reconstruction. Summing the pixels (beta 1) cures it: the KL wakes up to some 10 nats and $R$
# falls by more than a hundred. A wider network or raising beta little by little change nothing: the KL stays at 0, for
# it was neither capacity nor patience that was lacking; telling anything through $z$ cost more than it saved. For A: a
# KL above a hundred nats (the healthy one: some 10); the cure is beta > 0, neither width nor He init helps. For C: NaN,
# or $R$ above 543; the cure is a lower rate; neither He init nor clipping prevents the NaN.
#
# **Rubric**: 0 blank, or contradicts one's own figure. 1 names the fault. 2 cites the term that proves it and what it
# is compared with. 3 also tries a cure and reports, with numbers, one that did not help.
# ### END SOLUTION

# %% [markdown] lang="es"
# ## Para seguir (sin nota)
#
# - **Sin Adam.** Repetir los 511 pasos con `torch.optim.SGD`. ¿Qué tasa hace falta? ¿En qué paso se cruza ahora la
#   imagen media?
# - **La brecha de un encoder propio.** Medir la brecha de amortización del modelo de 200 imágenes, en las que vio y en
#   otras. ¿Cuál es mayor, y por qué?
# - **Menos el piso.** Restar a cada precio el piso de su imagen y volver a ordenar las prendas. ¿Cuáles pasan a
#   ser las más caras?

# %% [markdown] lang="en"
# ## Going further (not graded)
#
# - **Without Adam.** Repeat the 511 steps with `torch.optim.SGD`. What rate does it take? At which step is the mean
#   image crossed now?
# - **Your own encoder's gap.** Measure the amortisation gap of the model of 200 pictures, on those it saw and on
#   others. Which is larger, and why?
# - **Minus the floor.** Take each picture's own floor off its price and sort the clothes again. Which are the most
#   expensive now?

# %% [markdown] lang="es"
# ## En la demo
#
# Pestaña **Entrenar**: una corrida grabada con las tres líneas de esta lección. Primero, predecir dónde empieza la
# curva. Después, detener la reproducción cuando cruza la imagen media y mirar las muestras. *Entrenar en vivo* entrena
# otra.
#
# <details><summary>En Keras</summary>
#
# | aquí, PyTorch | en Keras |
# |---|---|
# | `train_step` | `Model.train_step` con `tf.GradientTape` |
# | `optimizer.zero_grad()` | no hace falta: la cinta nace vacía en cada paso |
# | `model.train()`, `model.eval()` | `model(x, training=True)`, `training=False` |
# | `torch.no_grad()` | fuera de la cinta no se registra nada |
# | `torch.optim.Adam(lr=5e-4)` | `keras.optimizers.Adam(learning_rate=5e-4)` |
# | `train_epoch` | `model.fit(epochs=1)` |
# | `evaluate` | `model.evaluate`, `test_step` |
# | `EarlyStopping(patience)` | `keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)` |
# | `ReduceLROnPlateau(factor=0.5)` | `keras.callbacks.ReduceLROnPlateau(factor=0.5)` |
# | `save_checkpoint` | `keras.callbacks.ModelCheckpoint`, `BackupAndRestore` para reanudar |
# | `SummaryWriter` | `keras.callbacks.TensorBoard` |
# | `kaiming_` | `kernel_initializer="he_normal"` |
# | `clip_grad_norm_` | `Adam(clipnorm=1.0)`, por variable; `global_clipnorm`, de todas |
#
# </details>

# %% [markdown] lang="en"
# ## In the demo
#
# Tab **Train**: a recorded run with this lesson's three lines. First, predict where the curve begins. Then stop the
# replay as it crosses the mean image, and look at the samples. *Train live* trains another.
#
# <details><summary>In Keras</summary>
#
# | here, PyTorch | in Keras |
# |---|---|
# | `train_step` | `Model.train_step` with `tf.GradientTape` |
# | `optimizer.zero_grad()` | not needed: the tape is born empty at each step |
# | `model.train()`, `model.eval()` | `model(x, training=True)`, `training=False` |
# | `torch.no_grad()` | outside the tape nothing is recorded |
# | `torch.optim.Adam(lr=5e-4)` | `keras.optimizers.Adam(learning_rate=5e-4)` |
# | `train_epoch` | `model.fit(epochs=1)` |
# | `evaluate` | `model.evaluate`, `test_step` |
# | `EarlyStopping(patience)` | `keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)` |
# | `ReduceLROnPlateau(factor=0.5)` | `keras.callbacks.ReduceLROnPlateau(factor=0.5)` |
# | `save_checkpoint` | `keras.callbacks.ModelCheckpoint`, `BackupAndRestore` to resume |
# | `SummaryWriter` | `keras.callbacks.TensorBoard` |
# | `kaiming_` | `kernel_initializer="he_normal"` |
# | `clip_grad_norm_` | `Adam(clipnorm=1.0)`, per variable; `global_clipnorm`, over all |
#
# </details>

# %% [markdown] lang="es"
# ## Referencias
#
# - D. P. Kingma, J. Ba (2015), [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980).
# - C. Cremer, X. Li, D. Duvenaud (2018), [Inference Suboptimality in Variational
#   Autoencoders](https://arxiv.org/abs/1801.03558): la brecha de amortización.
# - K. He, X. Zhang, S. Ren, J. Sun (2015), [Delving Deep into Rectifiers](https://arxiv.org/abs/1502.01852).
# - S. R. Bowman y otros (2016), [Generating Sentences from a Continuous Space](https://arxiv.org/abs/1511.06349): el
#   colapso, y subir beta de a poco.

# %% [markdown] lang="en"
# ## References
#
# - D. P. Kingma, J. Ba (2015), [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980).
# - C. Cremer, X. Li, D. Duvenaud (2018), [Inference Suboptimality in Variational
#   Autoencoders](https://arxiv.org/abs/1801.03558): the amortisation gap.
# - K. He, X. Zhang, S. Ren, J. Sun (2015), [Delving Deep into Rectifiers](https://arxiv.org/abs/1502.01852).
# - S. R. Bowman et al. (2016), [Generating Sentences from a Continuous Space](https://arxiv.org/abs/1511.06349):
#   collapse, and raising beta little by little.

"""A small lesson that has all that lessons have, for tests of the builder and of nbgrader's commands."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "tests" / "hidden"
NAME = "07-beta"
SOURCE = '''\
# %% [markdown] lang="es"
# # ¿Cuánta información conviene comprar?

# %% [markdown] lang="en"
# # How much information is worth buying?

# %% tags=["setup"]
import torch

# %% tags=["answer"] exercise="beta_schedule"
def beta_schedule(step, warmup_steps, beta_max):
    """min(1, step / warmup_steps) * beta_max"""
    ### BEGIN SOLUTION
    return beta_max if step >= warmup_steps else beta_max * step / warmup_steps
    ### END SOLUTION

# %% tags=["answer"] exercise="kl_per_dimension"
def kl_per_dimension(mu, logvar):
    """(N, D), (N, D) -> (D,)"""
    ### BEGIN SOLUTION
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(dim=0)
    ### END SOLUTION

# %% tags=["answer"] exercise="active_units"
def active_units(mu, threshold=0.01):
    """(N, D) -> int"""
    ### BEGIN SOLUTION
    return int((mu.var(dim=0) > threshold).sum())
    ### END SOLUTION

# %% tags=["answer"] exercise="ConditionalVAE"
def ConditionalVAE(encoder, decoder, classes):
    """x, y -> x_hat"""
    ### BEGIN SOLUTION
    return classes
    ### END SOLUTION

# %% tags=["reward"]
say(es=f"beta: {mine('beta_schedule')(1, 4, 2.0)}", en=f"beta: {mine('beta_schedule')(1, 4, 2.0)}")

# %% [markdown] question="price" points=3 lang="es"
# ¿Qué pasa cuando crece beta?
#
# ### BEGIN SOLUTION
# **Pauta**: 0 en blanco.
# ### END SOLUTION

# %% [markdown] question="price" points=3 lang="en"
# What happens when beta grows?
#
# ### BEGIN SOLUTION
# **Rubric**: 0 is blank.
# ### END SOLUTION
'''


def make_course(root: Path) -> Path:
    """A folder that looks like the repository to the builder and to notebooks, its one lesson this one."""
    (root / "solutions").mkdir(parents=True)
    (root / "solutions" / f"{NAME}.py").write_text(SOURCE, encoding="utf-8")
    (root / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("vae_course", "tests"):
        (root / name).symlink_to(ROOT / name)
    config = ROOT / "nbgrader_config.py"
    if config.is_file():
        (root / "nbgrader_config.py").write_text(config.read_text(encoding="utf-8"), encoding="utf-8")
    return root

"""Branches."""

def beta_schedule(step, warmup_steps, beta_max):
    if step >= warmup_steps:
        return float(beta_max)
    return beta_max / warmup_steps * step

"""Falls instead of growing."""

def beta_schedule(step, warmup_steps, beta_max):
    return beta_max * (1 - min(1.0, step / warmup_steps)) if warmup_steps else beta_max

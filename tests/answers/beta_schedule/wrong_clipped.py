"""Grows by 1 / warmup_steps and is cut at beta_max."""

def beta_schedule(step, warmup_steps, beta_max):
    return min(beta_max, step / warmup_steps) if warmup_steps else beta_max

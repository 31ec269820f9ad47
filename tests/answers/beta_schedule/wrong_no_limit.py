"""Grows for ever."""

def beta_schedule(step, warmup_steps, beta_max):
    return beta_max * step / warmup_steps if warmup_steps else beta_max

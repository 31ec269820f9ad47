"""Ends at 1."""

def beta_schedule(step, warmup_steps, beta_max):
    return min(1.0, step / warmup_steps) if warmup_steps else 1.0

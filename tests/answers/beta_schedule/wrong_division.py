"""Divides by 0 without warm-up."""

def beta_schedule(step, warmup_steps, beta_max):
    return beta_max * min(1.0, step / warmup_steps)

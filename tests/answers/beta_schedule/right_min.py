"""min."""

def beta_schedule(step, warmup_steps, beta_max):
    if warmup_steps == 0:
        return beta_max
    return beta_max * min(1.0, step / warmup_steps)

"""One step ahead."""

def beta_schedule(step, warmup_steps, beta_max):
    return beta_max * min(1.0, (step + 1) / max(1, warmup_steps))

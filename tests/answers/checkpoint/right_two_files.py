"""Two files and a JSON."""

import json
from pathlib import Path

import torch


def save_checkpoint(path, model, optimizer, epoch):
    path = Path(path)
    torch.save(model.state_dict(), path.with_suffix(".model"))
    torch.save(optimizer.state_dict(), path.with_suffix(".optimizer"))
    path.write_text(json.dumps({"epoch": epoch}))


def load_checkpoint(path, model, optimizer):
    path = Path(path)
    model.load_state_dict(torch.load(path.with_suffix(".model")))
    optimizer.load_state_dict(torch.load(path.with_suffix(".optimizer")))
    return json.loads(path.read_text())["epoch"]

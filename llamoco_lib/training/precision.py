"""On what device and in what number format a model works, and AdamW or SGD that do not lose small steps in bfloat16.

This module knows nothing of what is trained.
"""

from collections.abc import Callable, Iterable

import torch

PRECISIONS = ("auto", "bf16", "fp32")


def device() -> torch.device:
    """The accelerator torch sees, or the CPU."""
    return torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu")


def dtype(precision: str) -> torch.dtype:
    """The format of weights and activations: ``bf16``, ``fp32``, or ``auto``: bfloat16 where products in it are fast.

    Raises ValueError for another name.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision is {precision!r}; valid: {', '.join(PRECISIONS)}")
    if precision != "auto":
        return torch.bfloat16 if precision == "bf16" else torch.float32
    if device().type == "cpu":
        able = torch.cpu.get_capabilities()
        fast = able.get("avx512_bf16", False) or able.get("amx_bf16", False)
    else:
        fast = device().type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if fast else torch.float32


def cast(model: torch.nn.Module, number_format: torch.dtype) -> None:
    """Give the weights of ``model`` a format, in place; buffers such as rotary frequencies keep their own."""
    for parameter in model.parameters():
        parameter.data = parameter.data.to(number_format)


class MasterWeights(torch.optim.Optimizer):
    """An optimizer that works on float32 copies of the parameters and rounds them into the model after each step.

    A bfloat16 weight has 8 significant bits: a step below a 256th of the weight would vanish. ``inner`` makes the
    real optimizer from parameter groups; the groups given here carry the learning rate, so that schedulers work as
    ever.
    """

    def __init__(self, groups: Iterable[dict], inner: Callable[[list[dict]], torch.optim.Optimizer], lr: float):
        super().__init__(groups, {"lr": lr})
        self.masters = [[p.detach().float().clone() for p in group["params"]] for group in self.param_groups]
        own = [{**group, "params": masters} for group, masters in zip(self.param_groups, self.masters, strict=True)]
        self.inner = inner(own)

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """One step of the inner optimizer with the model's gradients, then round the copies into the model."""
        for group, inner, masters in zip(self.param_groups, self.inner.param_groups, self.masters, strict=True):
            inner["lr"] = group["lr"]
            for parameter, master in zip(group["params"], masters, strict=True):
                master.grad = None if parameter.grad is None else parameter.grad.float()
        self.inner.step()
        self.inner.zero_grad(set_to_none=True)
        for group, masters in zip(self.param_groups, self.masters, strict=True):
            for parameter, master in zip(group["params"], masters, strict=True):
                parameter.copy_(master)

    def state_dict(self) -> dict:
        """The learning rates, the float32 copies and the inner optimizer's state."""
        return {"outer": super().state_dict(), "masters": self.masters, "inner": self.inner.state_dict()}

    @torch.no_grad()
    def load_state_dict(self, state_dict: dict) -> None:
        """Take over what ``state_dict`` gave."""
        super().load_state_dict(state_dict["outer"])
        self.inner.load_state_dict(state_dict["inner"])
        for own, saved in zip(self.masters, state_dict["masters"], strict=True):
            for master, value in zip(own, saved, strict=True):
                master.copy_(value)

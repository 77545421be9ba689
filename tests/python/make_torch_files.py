"""Writes the small PyTorch checkpoints that TorchFileTest reads, and the same tensors as safetensors.

Run with a folder as the only argument; needs torch. Values are written out, nothing is random.
"""

import argparse
import os
import subprocess
import sys
from collections import OrderedDict

import torch

from tiny_safetensors import save


class Attack:
    def __reduce__(self):
        return (os.system, ("echo attacked",))


class Call:
    def __reduce__(self):
        return (subprocess.Popen, (["true"],))


def tensors():
    ramp = torch.arange(24, dtype=torch.float32)
    block = ramp.reshape(4, 6)
    shared = torch.arange(10, dtype=torch.float64) / 4
    return OrderedDict(
        f32=block,
        transposed=block.t(),
        columns=block[:, 1:5:2],
        rows=block[1:3],
        last=ramp[23],
        permuted=ramp.reshape(2, 3, 4).permute(2, 0, 1),
        parameter=torch.nn.Parameter(torch.tensor([[1.5, -2.5]])),
        empty=torch.zeros(0, 3),
        f64=shared,
        shared=shared[5:],
        f16=torch.tensor([1.0, -0.5, 65504.0], dtype=torch.float16),
        bf16=torch.tensor([1.0, -3.140625], dtype=torch.bfloat16),
        i64=torch.tensor([-(2**63), 2**63 - 1]),
        i32=torch.tensor([-7, 2**31 - 1], dtype=torch.int32),
        i16=torch.tensor([-32768, 32767], dtype=torch.int16),
        i8=torch.tensor([-128, 127], dtype=torch.int8),
        u8=torch.tensor([0, 255], dtype=torch.uint8),
        bool=torch.tensor([True, False, True]),
    )


def main(folder):
    state = tensors()
    save(state, f"{folder}/expected.safetensors")
    torch.save(state, f"{folder}/bare.pt")
    torch.save(state, f"{folder}/legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(dict(state_dict=state), f"{folder}/protocol4.ckpt", pickle_protocol=4)
    whole = {
        "optimizer": {"state": {0: {"step": 3, "exp_avg": torch.ones(2)}}, "param_groups": [{"lr": 1e-4, "betas": (0.9, 0.95)}]},
        "args": argparse.Namespace(name="GPT-B", epochs=300, big=2**80, tags={"a", "b"}, none=None),
        "steps": 12,
        "ema": {"f32": torch.zeros(1)},
        "model": state,
    }
    torch.save(whole, f"{folder}/training.pt")
    torch.save({"model": state, "hook": Attack()}, f"{folder}/attack.pt")
    torch.save({"model": state, "hook": Call()}, f"{folder}/attack-legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(2, 2), f"{folder}/module.pt")
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), f"{folder}/script.pt")
    torch.save({"steps": 3, "names": ["a"]}, f"{folder}/no-tensors.pt")


main(sys.argv[1])

#!/usr/bin/env python3
"""PyTorch with CUDA as a peer: Inception V3 up to mixed5, eager, frozen, batch 1.

Prints `ready {"torch": ..., "device": ...}`, then answers each line of JSON on stdin,
`{"side": 512, "warmUps": 5, "runs": 20, "tf32": false, "half": false}`, with
`{"milliseconds": [...]}` on stdout: the score's gradient with respect to the picture, from the
picture's upload to the gradient's download. The score is mean(square(mixed5)), summed in float32;
the weights are random, from a fixed seed.
"""

import json
import sys
import time

import torch
from torchvision.models import inception_v3

LAST = "Mixed_6c"


def build():
    torch.manual_seed(1)
    whole = inception_v3(weights=None, transform_input=False, aux_logits=False, init_weights=False)
    network = torch.nn.Sequential()
    for name, layer in whole.named_children():
        network.add_module(name, layer)
        if name == LAST:
            break
    return network.eval().requires_grad_(False).cuda()


def gradient(network, picture, half):
    x = picture.cuda().requires_grad_(True)
    y = network(x.half() if half else x)
    return torch.autograd.grad(y.float().square().mean(), x)[0].cpu()


def measure(network, side, warm_ups, runs, half):
    picture = torch.rand((1, 3, side, side)) * 2 - 1
    milliseconds = []
    for run in range(-warm_ups, runs):
        torch.cuda.synchronize()
        start = time.perf_counter()
        gradient(network, picture, half)
        torch.cuda.synchronize()
        if run >= 0:
            milliseconds.append((time.perf_counter() - start) * 1000)
    return milliseconds


def main():
    if not torch.cuda.is_available():
        sys.exit("no CUDA")
    network = build()
    about = {"torch": torch.__version__, "device": torch.cuda.get_device_name()}
    print("ready", json.dumps(about), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        torch.backends.cuda.matmul.allow_tf32 = request["tf32"]
        torch.backends.cudnn.allow_tf32 = request["tf32"]
        half = request["half"]
        network = network.half() if half else network.float()
        try:
            times = measure(network, request["side"], request["warmUps"], request["runs"], half)
            answer = {"milliseconds": times}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

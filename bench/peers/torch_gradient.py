#!/usr/bin/python3
"""PyTorch as a named peer of the benchmark: Inception V3 up to mixed5 on the CPU.

The score is mean(square(mixed5)) of one picture, float32, batch 1; the gradient is the score's
with respect to the picture. Keras names: mixed0, 1, 2 are torchvision's Mixed_5b, 5c, 5d; mixed3
is Mixed_6a; mixed4 is Mixed_6b; mixed5 is Mixed_6c. The weights are random, from a fixed seed.

Three forms of the same network:

  eager      torchvision's modules as they come, NCHW, the allocator as it comes.
  strongest  BatchNorm fused into the convolutions; channels last; freed memory kept in the heap
             (mallopt). The gradient is PyTorch's own.
  rotated    strongest, and convolutions always by oneDNN, the gradient of those of stride 1 as a
             forward convolution with the weights turned round, which oneDNN does faster.

mallopt changes a whole process and cannot be undone, so each form has a process of its own,
which this program starts and passes requests to. One request is in flight at a time.

It prints `ready {"torch": ..., "threads": ...}`, then answers each line of JSON on stdin with one
line of JSON on stdout, until the end of stdin:

  {"form": "eager|strongest|rotated", "mode": "forward|gradient", "side": 299, "repeats": 5}
      {"milliseconds": [...]}: each repeat's wall time, after 2 unmeasured runs the first time
      that a form, mode and side come. PyTorch on the CPU returns when the work is done, so there
      is nothing to wait for before reading the clock.
  {"form": "eager|strongest|rotated", "mode": "check", "side": 75}
      {"score": ..., "maximumRelativeDifference": ..., "maximumRelativeDifferenceFloat64": ...}:
      that form's score, and the largest difference between its gradient and eager's over the
      largest gradient, in float32 and with both in float64. Float64 tells whether the forms
      compute the same thing (about 1e-15). In float32 a ReLU whose input is nearly 0, or a max
      pool with two nearly equal inputs, may go one way in one form and the other way in the other,
      and a single one can move the gradient by some 1e-3; without any it is about 1e-6.

A request that fails is answered {"error": ...}.

Usage: /usr/bin/python3 bench/peers/torch_gradient.py [--threads 2]
"""

import argparse
import ctypes
import json
import subprocess
import sys
import time

FORMS = ("eager", "strongest", "rotated")
SEED = 1
WARM_UP_RUNS = 2


def keep_freed_memory():
    """Have glibc take large tensors from the heap, and never give the heap's memory back."""
    M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
    libc = ctypes.CDLL("libc.so.6")
    for parameter, value in ((M_MMAP_THRESHOLD, 1 << 30), (M_TRIM_THRESHOLD, (1 << 31) - 1)):
        if libc.mallopt(parameter, value) != 1:
            raise RuntimeError(f"mallopt({parameter}, {value}) was refused")


def serve_form(form, threads):
    """Answer the requests for one form; this is the whole work of that form's process."""
    if form != "eager":
        keep_freed_memory()

    import torch
    from torch.nn import functional
    from torch.nn.utils.fusion import fuse_conv_bn_eval
    from torchvision.models import inception_v3
    from torchvision.models.inception import BasicConv2d

    torch.set_num_threads(threads)

    def convolve(inputs, weight, bias, padding, stride=(1, 1)):
        """A convolution by oneDNN, which conv2d would not use for a small input.

        (In PyTorch 1.13: batch 1 and at most 20480 numbers.) oneDNN has no float64.
        """
        if inputs.dtype == torch.float32:
            return torch.mkldnn_convolution(inputs, weight, bias, padding, stride, (1, 1), 1)
        return functional.conv2d(inputs, weight, bias, stride, padding)

    class TurnedConvolutionRelu(torch.autograd.Function):
        """relu(convolution) of stride 1, differentiable in its input only."""

        @staticmethod
        def forward(context, inputs, weight, bias, turned_weight, padding):
            outputs = convolve(inputs, weight, bias, padding).relu_()
            context.save_for_backward(outputs, turned_weight)
            context.padding = padding
            return outputs

        @staticmethod
        def backward(context, gradient):
            outputs, turned_weight = context.saved_tensors
            height, width = turned_weight.shape[2:]
            padding = (height - 1 - context.padding[0], width - 1 - context.padding[1])
            gradient = torch.ops.aten.threshold_backward(gradient, outputs, 0)
            gradient = convolve(gradient, turned_weight, None, padding)
            return gradient, None, None, None, None

    class FusedConvolution(torch.nn.Module):
        """What torchvision's BasicConv2d does, with its BatchNorm in the convolution's weights."""

        def __init__(self, basic):
            super().__init__()
            fused = fuse_conv_bn_eval(basic.conv, basic.bn)
            weight = fused.weight.detach()
            self.weight = weight.contiguous(memory_format=torch.channels_last)
            self.bias = fused.bias.detach()
            self.stride = fused.stride
            self.padding = fused.padding

        def forward(self, inputs):
            outputs = functional.conv2d(inputs, self.weight, self.bias, self.stride, self.padding)
            return outputs.relu_()

    class RotatedConvolution(FusedConvolution):
        """The same, its gradient at stride 1 as a forward convolution."""

        def __init__(self, basic):
            super().__init__(basic)
            turned_weight = self.weight.flip(2, 3).transpose(0, 1)
            self.turned_weight = turned_weight.contiguous(memory_format=torch.channels_last)

        def forward(self, inputs):
            if self.stride == (1, 1):
                return TurnedConvolutionRelu.apply(
                    inputs, self.weight, self.bias, self.turned_weight, self.padding
                )
            return convolve(
                inputs, self.weight, self.bias, self.padding, self.stride
            ).relu_()

    def build_eager(number_type=torch.float32):
        """The network up to mixed5, with weights that keep the size of the values in bounds."""
        torch.manual_seed(SEED)
        whole = inception_v3(
            weights=None, transform_input=False, aux_logits=False, init_weights=False
        )
        network = torch.nn.Sequential()
        for name, layer in whole.named_children():
            network.add_module(name, layer)
            if name == "Mixed_6c":
                break
        for module in network.modules():
            if isinstance(module, BasicConv2d):
                torch.nn.init.kaiming_normal_(module.conv.weight)
                torch.nn.init.normal_(module.bn.bias, std=0.1)
                torch.nn.init.normal_(module.bn.running_mean, std=0.1)
                torch.nn.init.uniform_(module.bn.running_var, 0.5, 1.5)
        return network.to(number_type).eval().requires_grad_(False)

    def build(form, number_type=torch.float32):
        network = build_eager(number_type)
        if form == "eager":
            return network
        convolution = FusedConvolution if form == "strongest" else RotatedConvolution
        for parent in list(network.modules()):
            for name, child in list(parent.named_children()):
                if isinstance(child, BasicConv2d):
                    setattr(parent, name, convolution(child))
        return network

    def make_picture(form, side):
        random = torch.Generator().manual_seed(SEED)
        picture = torch.rand((1, 3, side, side), generator=random) * 2 - 1
        if form != "eager":
            picture = picture.contiguous(memory_format=torch.channels_last)
        return picture

    def run_forward(network, picture):
        with torch.no_grad():
            return network(picture).square().mean()

    def run_gradient(network, picture):
        picture = picture.detach().requires_grad_(True)
        score = network(picture).square().mean()
        return torch.autograd.grad(score, picture)[0]

    runs = {"forward": run_forward, "gradient": run_gradient}
    network = build(form)
    warm = set()

    def measure(mode, side, repeats):
        run = runs[mode]
        picture = make_picture(form, side)
        if (mode, side) not in warm:
            for _ in range(WARM_UP_RUNS):
                run(network, picture)
            warm.add((mode, side))
        milliseconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            run(network, picture)
            milliseconds.append((time.perf_counter() - start) * 1000)
        return {"milliseconds": milliseconds}

    def compare_gradients(side, number_type):
        eager, other = [
            run_gradient(build(each, number_type), make_picture(each, side).to(number_type))
            for each in ("eager", form)
        ]
        return ((eager - other).abs().max() / eager.abs().max()).item()

    def check(side):
        return {
            "score": run_forward(network, make_picture(form, side)).item(),
            "maximumRelativeDifference": compare_gradients(side, torch.float32),
            "maximumRelativeDifferenceFloat64": compare_gradients(side, torch.float64),
        }

    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request["mode"] == "check":
                answer = check(request["side"])
            else:
                answer = measure(request["mode"], request["side"], request["repeats"])
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def serve(threads):
    """Start a process for each form, and pass each request to its form's process."""
    processes = {}
    for form in FORMS:
        command = [sys.executable, __file__, "--threads", str(threads), "--form", form]
        processes[form] = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
    greetings = [process.stdout.readline().strip() for process in processes.values()]
    if not all(greetings):
        sys.exit("a form's process did not start")
    print("ready", greetings[0], flush=True)

    for line in sys.stdin:
        try:
            request = json.loads(line)
            process = processes[request["form"]]
            process.stdin.write(json.dumps(request) + "\n")
            answer = process.stdout.readline().strip()
            if not answer:
                answer = json.dumps({"error": f"the process of {request['form']} ended"})
        except Exception as error:
            answer = json.dumps({"error": f"{type(error).__name__}: {error}"})
        print(answer, flush=True)

    for process in processes.values():
        process.stdin.close()
        process.wait()


def main():
    parser = argparse.ArgumentParser(description="PyTorch as a peer of the benchmark")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--form", choices=FORMS, help="serve this form only (internal)")
    options = parser.parse_args()
    if options.form:
        serve_form(options.form, options.threads)
    else:
        serve(options.threads)


if __name__ == "__main__":
    main()

"""PyTorch as a contender: the same lines on standard input and output as io.chagres.bench.contender.Host."""

import math
import mmap
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

INPUTS, LABELS = 8, 7
SHAPES = {"W1": (784,), "W2": (1, 28, 28), "W3": (3, 32, 32), "W4": (128,), "W5": (1024,), "W6": (64, 64)}
CLASSES = {"W1": 10, "W2": 10, "W3": 10, "W4": 96, "W5": 1000, "W6": 10}


class NotYet(Exception):
    pass


class Block(nn.Module):
    """A basic block of a residual network."""

    def __init__(self, before, after, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.shortcut = nn.Sequential()
        if stride != 1 or before != after:
            self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x), inplace=True)


def resnet18():
    layers = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    before = 64
    for width, stride in (64, 1), (128, 2), (256, 2), (512, 2):
        layers += [Block(before, width, stride), Block(width, width, 1)]
        before = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


class Decoder(nn.Module):
    """A pre-norm block of a decoder: causal attention, then an MLP."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        n, length, width = x.shape
        q, k, v = (part.view(n, length, self.heads, -1).transpose(1, 2)
                   for part in self.qkv(self.norm1(x)).split(width, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(n, length, width))
        return x + self.mlp(self.norm2(x))


class Gpt(nn.Module):
    def __init__(self, vocabulary=96, context=128, width=256, heads=4, depth=4):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(Decoder(width, heads) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, x):
        positions = torch.arange(x.shape[1])
        x = self.tokens(x) + self.positions(positions)
        return self.head(self.norm(self.blocks(x)))


class LastOfLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(64, 256, batch_first=True)
        self.linear = nn.Linear(256, 10)

    def forward(self, x):
        return self.linear(self.lstm(x)[0][:, -1])


def mlp(*sizes):
    layers = []
    for before, after in zip(sizes, sizes[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def network(workload):
    if workload == "W1":
        return mlp(784, 128, 64, 10)
    if workload == "W2":
        return lenet5()
    if workload == "W3":
        return resnet18()
    if workload == "W4":
        return Gpt()
    if workload == "W5":
        return mlp(1024, 4096, 4096, 1000)
    if workload == "W6":
        return LastOfLstm()
    raise NotYet("no " + workload)


def optimizer(workload, parameters):
    if workload == "W3":
        return torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=5e-4, fused=True)
    if workload == "W4":
        return torch.optim.AdamW(parameters, lr=0.0003, weight_decay=0.01, fused=True)
    if workload == "W5":
        return torch.optim.SGD(parameters, lr=0.01, fused=True)
    return torch.optim.Adam(parameters, lr=0.001, fused=True)


class Data:
    """The batches, as views of the mapped file."""

    def __init__(self, path, workload, batch):
        with open(path, "rb") as file:
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        tokens = workload == "W4"
        shape = (batch,) + SHAPES[workload]
        labels = (batch, 128) if tokens else (batch,)
        n, m = math.prod(shape), math.prod(labels)
        size = 8 if tokens else 4
        dtype = torch.int64 if tokens else torch.float32
        if len(memory) != INPUTS * n * size + LABELS * m * 8:
            raise ValueError(f"{path} has {len(memory)} bytes, not those of {workload} at batch {batch}")
        self.inputs = [torch.frombuffer(memory, dtype=dtype, count=n, offset=i * n * size).view(shape)
                       for i in range(INPUTS)]
        self.labels = [torch.frombuffer(memory, dtype=torch.int64, count=m, offset=INPUTS * n * size + i * m * 8)
                       .view(labels) for i in range(LABELS)]
        if workload == "W3":
            self.inputs = [x.contiguous(memory_format=torch.channels_last) for x in self.inputs]


class Session:
    def __init__(self, workload, training, data):
        torch.manual_seed(1)
        self.data = data
        self.training = training
        self.net = network(workload)
        if workload == "W3":
            self.net = self.net.to(memory_format=torch.channels_last)
        self.net.train(training)
        self.optimizer = optimizer(workload, self.net.parameters()) if training else None
        self.classes = CLASSES[workload]

    def step(self, i, j):
        x = self.data.inputs[i % INPUTS]
        if not self.training:
            with torch.inference_mode():
                return self.net(x).view(-1)[0].item()
        self.optimizer.zero_grad()
        logits = self.net(x)
        loss = F.cross_entropy(logits.view(-1, self.classes), self.data.labels[j % LABELS].view(-1))
        loss.backward()
        self.optimizer.step()
        return loss.item()


def serve(workload, mode, batch, threads, path):
    torch.set_num_threads(int(threads))
    data = Data(path, workload, int(batch))
    session = Session(workload, mode == "train", data)
    print("@first", session.step(0, 0))
    turn = 1
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            break
        if words[0] == "describe":
            layout = ", channels_last" if workload == "W3" else ""
            print(f"@is PyTorch {torch.__version__}, eager, fused optimizer{layout}")
        elif words[0] == "run":
            most = int(words[1]) * 1_000_000
            start = time.perf_counter_ns()
            steps = 0
            while True:
                loss = session.step(turn, turn)
                turn = (turn + 1) % (INPUTS * LABELS)
                steps += 1
                nanos = time.perf_counter_ns() - start
                if nanos >= most:
                    break
            print("@ran", steps, nanos, -1) if math.isfinite(loss) else print("@error the loss is", loss)
        elif words[0] == "learn":
            fresh = Session(workload, mode == "train", data)
            losses = [fresh.step(0, 0) for _ in range(int(words[1]))]
            print("@learned", losses[0], losses[-1])
        else:
            print("@error what is:", line.strip())


def main():
    try:
        serve(*sys.argv[1:])
    except NotYet as e:
        print("@notyet", e)
    except Exception as e:
        message = str(e).splitlines()
        print("@error", type(e).__name__ + ":", message[0] if message else "")
        raise


main()

"""A peer of bench/neural/steps.mjs: python steps_peer.py CASE THREADS keras|torch. Each line of input is how many seconds to train for."""

import json
import os
import sys
import time

name, threads, peer = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_NUM_INTRAOP_THREADS=str(threads), TF_NUM_INTEROP_THREADS=str(threads), OMP_NUM_THREADS=str(threads))
BATCHES = 16
CASES = {"mlp-8192": (8192, [128, 64]), "mlp-1024": (1024, [128, 64]), "wide-8192": (8192, [512, 512]), "lstm": (1024, 12), "transformer": (64, 96)}
batch, form = CASES[name]
shape = [35] if name[0] in "mw" else [form, 8]


def keras_step():
    import tensorflow as tf

    layers = tf.keras.layers
    x = tf.random.uniform([batch * BATCHES, *shape], -1, 1)
    y = tf.reshape(x, [batch * BATCHES, -1])[:, :1]
    given = tf.keras.Input(shape)
    if name == "lstm":
        made = layers.LSTM(64)(given)
    elif name == "transformer":

        class Positions(layers.Layer):
            def build(self, _):
                self.values = self.add_weight(shape=(form, 64), initializer="uniform")

            def call(self, x):
                return x + self.values

        made = Positions()(layers.Dense(64)(given))
        for _ in range(2):
            normal = layers.LayerNormalization()(made)
            made = made + layers.MultiHeadAttention(4, 16)(normal, normal)
            normal = layers.LayerNormalization()(made)
            made = made + layers.Dense(64)(layers.Dense(256, "relu")(normal))
        made = layers.GlobalAveragePooling1D()(made)
    else:
        made = given
        for units in form:
            made = layers.Dense(units, "relu")(made)
    model = tf.keras.Model(given, layers.Dense(1)(made))
    optimiser = tf.keras.optimizers.Adam()
    optimiser.build(model.trainable_variables)

    @tf.function
    def step(start):
        rows = tf.slice(x, [start] + [0] * len(shape), [batch, *shape])
        truth = tf.slice(y, [start, 0], [batch, 1])
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(rows, training=True) - truth))
        optimiser.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        return loss

    return lambda i: float(step(tf.constant(i % BATCHES * batch)))


def torch_step():
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    x = torch.rand(batch * BATCHES, *shape) * 2 - 1
    y = x.reshape(batch * BATCHES, -1)[:, :1].contiguous()

    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.output = nn.LSTM(8, 64, batch_first=True), nn.Linear(64, 1)

        def forward(self, x):
            return self.output(self.lstm(x)[0][:, -1])

    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.input, self.output = nn.Linear(8, 64), nn.Linear(64, 1)
            self.positions = nn.Parameter(torch.rand(form, 64) * 0.1)
            block = lambda: nn.TransformerEncoderLayer(64, 4, 256, 0.0, batch_first=True, norm_first=True)
            self.blocks = nn.Sequential(block(), block())

        def forward(self, x):
            return self.output(self.blocks(self.input(x) + self.positions).mean(1))

    if name == "lstm":
        model = Recurrent()
    elif name == "transformer":
        model = Transformer()
    else:
        a, b = form
        model = nn.Sequential(nn.Linear(35, a), nn.ReLU(), nn.Linear(a, b), nn.ReLU(), nn.Linear(b, 1))
    optimiser = torch.optim.Adam(model.parameters())

    def step(i):
        start = i % BATCHES * batch
        optimiser.zero_grad()
        loss = torch.mean((model(x[start : start + batch]) - y[start : start + batch]) ** 2)
        loss.backward()
        optimiser.step()
        return float(loss)

    return step


step = keras_step() if peer == "keras" else torch_step()
at = 0
while at < 20:
    step(at)
    at += 1
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    cpu, begin, done = time.process_time(), time.perf_counter(), 0
    while time.perf_counter() - begin < float(line):
        loss = step(at)
        at += 1
        done += 1
    wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
    print(json.dumps({"perSecond": done * batch / wall, "perCpuSecond": done * batch / cpu, "loss": loss, "steps": done}), flush=True)

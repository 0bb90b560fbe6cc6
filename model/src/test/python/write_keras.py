"""Writes models of Keras in all its formats, with inputs and what Keras makes of them: write_keras.py DIRECTORY

Needs keras and a backend. No test runs it: what it wrote is src/test/resources/keras-<version>.zip.
"""

import json
import os
import sys

import keras
import numpy as np
from keras import layers

random = np.random.default_rng(1)
directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)


def values(weight):
    sign = random.choice([-1, 1], weight.shape)
    return random.uniform(0.05, 0.8, weight.shape) * sign


def write(name, model, inputs):
    for layer in model.layers:
        if not isinstance(layer, layers.Normalization) and layer.get_weights():
            layer.set_weights([values(weight) for weight in layer.get_weights()])
    outputs = np.asarray(model(inputs))
    path = os.path.join(directory, name)
    model.save(path + ".keras")
    model.save(path + ".h5")
    model.save_weights(path + ".weights.h5")
    with open(path + ".json", "w") as file:
        json.dump({"inputs": inputs.reshape(-1).tolist(), "outputs": outputs.reshape(-1).tolist()}, file)


def numbers(*shape):
    return random.uniform(-1, 1, (5,) + shape).astype("float32")


write(
    "image",
    keras.Sequential(
        [
            layers.Input((7, 6, 2)),
            layers.Conv2D(3, 3, activation="tanh"),
            layers.MaxPooling2D(),
            layers.DepthwiseConv2D(2, depth_multiplier=2, padding="same"),
            layers.LayerNormalization(),
            layers.Flatten(),
            layers.Dropout(0.2, seed=1),
            layers.Dense(4, activation="relu"),
            layers.Dense(3, activation="softmax"),
        ]
    ),
    numbers(7, 6, 2),
)

write(
    "ids",
    keras.Sequential(
        [
            layers.Input((5,)),
            layers.Embedding(9, 4),
            layers.LSTM(3, return_sequences=True),
            layers.LSTM(2),
            layers.Dense(1, activation="sigmoid"),
        ]
    ),
    random.integers(0, 9, (5, 5)).astype("float32"),
)

steps = layers.Input((6, 3))
attention = layers.MultiHeadAttention(2, 4)(steps, steps)
pooled = layers.GlobalAveragePooling1D()(attention)
write("attention", keras.Model(steps, layers.Dense(3, activation="softmax")(pooled)), numbers(6, 3))

normalization = layers.Normalization()
normalization.adapt(random.uniform(-1, 3, (2000, 4)).astype("float32"))
write("normalized", keras.Sequential([layers.Input((4,)), normalization, layers.Dense(2)]), numbers(4))

flat = layers.Input((4,))
left = layers.Dense(3, activation="relu", name="left")(flat)
right = layers.Dense(3, name="right")(flat)
top = layers.Dense(1, name="top")(layers.Add()([left, right]))
write("branches", keras.Model(flat, top), numbers(4))

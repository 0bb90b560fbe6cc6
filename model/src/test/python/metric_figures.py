#!/usr/bin/python3
"""Prints the figures that MetricFiguresTest expects, by scikit-learn 1.2.1 and NumPy 1.24.2.

    /usr/bin/python3 model/src/test/python/metric_figures.py

The samples stand here and in the test. Weights are not all 1, so that a weight that is forgotten is seen.
"""
import numpy
from sklearn import metrics

WEIGHTS = numpy.array([1, 2, 1, 0.5, 1, 4, 1, 1])

CLASSES = numpy.array([0, 1, 2, 2, 1, 0, 2, 1])
SOFTMAX = numpy.array([
    [0.71, 0.19, 0.10], [0.25, 0.55, 0.20], [0.15, 0.05, 0.80], [0.45, 0.14, 0.41],
    [0.52, 0.30, 0.18], [0.91, 0.05, 0.04], [0.31, 0.35, 0.34], [0.11, 0.84, 0.05]], dtype=numpy.float32)

BINARY = numpy.array([1, 0, 1, 0, 1, 0, 0, 1])
SIGMOID = numpy.array([0.82, 0.11, 0.43, 0.61, 0.97, 0.28, 0.05, 0.74], dtype=numpy.float32)

LABELS = numpy.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 1], [0, 0, 0], [1, 1, 1]])
SIGMOIDS = numpy.array([
    [0.91, 0.22, 0.64], [0.31, 0.72, 0.12], [0.77, 0.44, 0.58], [0.08, 0.17, 0.85],
    [0.63, 0.52, 0.28], [0.24, 0.88, 0.48], [0.13, 0.07, 0.56], [0.69, 0.94, 0.75]], dtype=numpy.float32)

NUMBERS = numpy.array([[3, -0.5], [2, 7], [-1, 1], [4, 0], [1.5, 2], [0, 3], [2.5, -2], [5, 6]])
PREDICTED = numpy.array([[2.5, 0], [2.5, 5], [-2, 1.5], [3, 0.5], [1, 2], [0.5, 2], [3, -1], [5.5, 6.5]])


def calibration(probabilities, happened, weights, bins=15):
    """Naeini, Cooper and Hauskrecht 2015."""
    which = numpy.minimum((probabilities * bins).astype(int), bins - 1)
    error = 0
    for b in range(bins):
        members = which == b
        if weights[members].sum() == 0:
            continue
        claimed = numpy.average(probabilities[members], weights=weights[members])
        came_true = numpy.average(happened[members], weights=weights[members])
        error += weights[members].sum() / weights.sum() * abs(claimed - came_true)
    return error


def per_class(name, truth, predicted):
    kinds = metrics.precision_recall_fscore_support(truth, predicted, sample_weight=WEIGHTS, zero_division=0)
    for k, row in enumerate(zip(*kinds)):
        print(f"{name} {k}:", ", ".join(f"{value:.10f}" for value in row))
    macro = metrics.precision_recall_fscore_support(
        truth, predicted, sample_weight=WEIGHTS, zero_division=0, average="macro")
    print(f"{name} macro:", ", ".join(f"{value:.10f}" for value in macro[:3]))


def show(name, value):
    print(f"{name}: {value:.10f}")


most = SOFTMAX.argmax(axis=1)
per_class("classes", CLASSES, most)
show("classes accuracy", metrics.accuracy_score(CLASSES, most, sample_weight=WEIGHTS))
show("classes calibration", calibration(SOFTMAX.max(axis=1), most == CLASSES, WEIGHTS))
show("classes brier", numpy.average(((SOFTMAX - numpy.eye(3)[CLASSES]) ** 2).sum(axis=1), weights=WEIGHTS))

per_class("binary", BINARY, SIGMOID > 0.5)
show("binary calibration", calibration(SIGMOID, BINARY, WEIGHTS))
show("binary brier", metrics.brier_score_loss(BINARY, SIGMOID, sample_weight=WEIGHTS))

per_class("labels", LABELS, SIGMOIDS > 0.5)
show("labels accuracy", metrics.accuracy_score(LABELS, SIGMOIDS > 0.5, sample_weight=WEIGHTS))
show("labels hamming", metrics.hamming_loss(LABELS, SIGMOIDS > 0.5, sample_weight=WEIGHTS))
show("labels calibration", calibration(SIGMOIDS.ravel(), LABELS.ravel(), WEIGHTS.repeat(3)))
show("labels brier", numpy.average((SIGMOIDS - LABELS) ** 2, weights=numpy.tile(WEIGHTS, (3, 1)).T))

show("numbers rmse", metrics.mean_squared_error(NUMBERS, PREDICTED, sample_weight=WEIGHTS) ** 0.5)
show("numbers mae", metrics.mean_absolute_error(NUMBERS, PREDICTED, sample_weight=WEIGHTS))
show("numbers r2", metrics.r2_score(
    NUMBERS, PREDICTED, sample_weight=WEIGHTS, multioutput="variance_weighted"))

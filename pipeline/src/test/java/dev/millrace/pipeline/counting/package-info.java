/**
 * The counting model: one parameter per sample id, gradient -one-hot(id), sum reduction, SGD with learning rate 1. So
 * parameter id counts how often sample id was applied, and after any fault every parameter must be exactly 1.
 */
@NullMarked
package dev.millrace.pipeline.counting;

import org.jspecify.annotations.NullMarked;

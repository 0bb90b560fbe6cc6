package dev.millrace.model.layer;

import dev.millrace.model.memory.OffHeap;

/**
 * What the layers of one engine share.
 *
 * @param parameters of the whole model
 * @param gradients of the same layout
 * @param chunk most rows at once
 */
record Tensors(OffHeap parameters, OffHeap gradients, int chunk) {}

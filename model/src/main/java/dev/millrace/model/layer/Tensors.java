package dev.millrace.model.layer;

import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.table.TouchedRows;

/**
 * What the layers of one engine share.
 *
 * @param parameters of the whole model
 * @param gradients of all parameters before the tables, in the same layout
 * @param rows gradient of each table, of the rows touched
 * @param chunk most rows at once
 */
record Tensors(OffHeap parameters, OffHeap gradients, TouchedRows[] rows, int chunk) {}

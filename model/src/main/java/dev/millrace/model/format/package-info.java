/** Parameters and models in the formats of others: Keras' HDF5 and .keras, ONNX, JSON. */
@NullMarked
package dev.millrace.model.format;

import org.jspecify.annotations.NullMarked;

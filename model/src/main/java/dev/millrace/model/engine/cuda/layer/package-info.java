/** The layers and losses of a model on a CUDA device. */
@NullMarked
package dev.millrace.model.engine.cuda.layer;

import org.jspecify.annotations.NullMarked;

/** One CUDA device as the engine sees it: its memory, streams, kernels, products and graphs. */
@NullMarked
package dev.millrace.model.engine.cuda.device;

import org.jspecify.annotations.NullMarked;

/** Station 3: a worker computes the gradient of a mini-batch at the broadcast parameters. */
@NullMarked
package dev.millrace.pipeline.gradient;

import org.jspecify.annotations.NullMarked;

/** Station 2: samples become mini-batches in windows closed by count or age. */
@NullMarked
package dev.millrace.pipeline.minibatch;

import org.jspecify.annotations.NullMarked;

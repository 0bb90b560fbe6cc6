/** What the batch size does to a model and its data, measured, and which size to choose. */
@NullMarked
package dev.millrace.pipeline.advise;

import org.jspecify.annotations.NullMarked;

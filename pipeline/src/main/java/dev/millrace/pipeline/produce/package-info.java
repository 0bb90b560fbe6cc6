/** Files and generators to sample topics. */
@NullMarked
package dev.millrace.pipeline.produce;

import org.jspecify.annotations.NullMarked;

/** Engines for tests. */
@NullMarked
package dev.millrace.pipeline.engine;

import org.jspecify.annotations.NullMarked;

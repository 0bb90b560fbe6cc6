/** Whole runs, measured: see deploy/benchmark.sh. None of them is part of the tests. */
@NullMarked
package dev.millrace.pipeline.benchmark;

import org.jspecify.annotations.NullMarked;

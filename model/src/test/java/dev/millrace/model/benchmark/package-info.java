/** Benchmarks, run by hand: {@code model/src/test/sh/step-benchmark.sh}. */
@NullMarked
package dev.millrace.model.benchmark;

import org.jspecify.annotations.NullMarked;

/** Checks the engine for GPUs on a machine that has one: {@code deploy/gpu/check.sh}. Parity with the CPU, memory, speed. */
@NullMarked
package dev.millrace.model.engine.cuda.check;

import org.jspecify.annotations.NullMarked;

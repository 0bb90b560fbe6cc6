/** Optimizers as pure functions of gradient, state and parameters. */
@NullMarked
package dev.millrace.model.optimizer;

import org.jspecify.annotations.NullMarked;

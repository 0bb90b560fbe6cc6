/** Losses from logits, with their gradients. */
@NullMarked
package dev.millrace.model.loss;

import org.jspecify.annotations.NullMarked;

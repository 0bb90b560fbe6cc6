/** What computes the loss and gradient of a model on a device. */
@NullMarked
package dev.millrace.model.engine;

import org.jspecify.annotations.NullMarked;

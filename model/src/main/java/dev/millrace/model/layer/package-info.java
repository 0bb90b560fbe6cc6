/** What each kind of layer computes, forward and backward. */
@NullMarked
package dev.millrace.model.layer;

import org.jspecify.annotations.NullMarked;

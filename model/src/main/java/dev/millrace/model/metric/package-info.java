/** Prequential metrics: each sample is scored before it is learnt from. */
@NullMarked
package dev.millrace.model.metric;

import org.jspecify.annotations.NullMarked;

/** Looks writer schemas up in a schema registry that speaks Confluent's REST protocol. */
@NullMarked
package dev.millrace.pipeline.registry;

import org.jspecify.annotations.NullMarked;

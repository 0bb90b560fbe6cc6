/** The declarative model: inputs, layers, loss, and the layout of its parameters. */
@NullMarked
package dev.millrace.model.spec;

import org.jspecify.annotations.NullMarked;

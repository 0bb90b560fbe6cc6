/** The gate before the champion: whether a published version may be served, by what was measured of it. */
@NullMarked
package dev.millrace.model.gate;

import org.jspecify.annotations.NullMarked;

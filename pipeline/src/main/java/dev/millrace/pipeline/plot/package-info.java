/** Line charts as SVG and PNG files, without a display. */
@NullMarked
package dev.millrace.pipeline.plot;

import org.jspecify.annotations.NullMarked;

/** The command line. */
@NullMarked
package dev.millrace.pipeline.cli;

import org.jspecify.annotations.NullMarked;

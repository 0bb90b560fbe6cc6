/** The experiment that compares batch-size policies in the running pipeline, with the real clock. */
@NullMarked
package dev.millrace.pipeline.experiment;

import org.jspecify.annotations.NullMarked;

/** Tests of reading published files. */
@NullMarked
package dev.millrace.pipeline.files;

import org.jspecify.annotations.NullMarked;

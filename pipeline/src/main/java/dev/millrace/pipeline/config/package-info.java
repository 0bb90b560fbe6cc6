/** Every option: typed, documented, defaulted in one place. */
@NullMarked
package dev.millrace.pipeline.config;

import org.jspecify.annotations.NullMarked;

/** Station 4: the parameter server closes steps and sends the parameters back. */
@NullMarked
package dev.millrace.pipeline.server;

import org.jspecify.annotations.NullMarked;

/** How a contract travels as bytes: framing, strict decoding, limits. */
@NullMarked
package dev.millrace.schemas.wire;

import org.jspecify.annotations.NullMarked;

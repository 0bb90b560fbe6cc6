package dev.millrace.model.engine.cuda.device;

import org.bytedeco.javacpp.Pointer;

/** A pointer that is set to an address rather than made anew for each; owns nothing. */
final class Address extends Pointer {
    Address at(long address) {
        this.address = address;
        return this;
    }
}

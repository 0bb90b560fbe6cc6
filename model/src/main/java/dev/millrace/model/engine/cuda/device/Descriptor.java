package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_BACKEND_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_FLOAT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_HANDLE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_INT64;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_VOID_PTR;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendCreateDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendDestroyDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendFinalize;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendGetAttribute;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendSetAttribute;

import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** One of the descriptions that cuDNN's graphs are put together of: its attributes are set, then it is finalized. */
final class Descriptor implements AutoCloseable {
    final cudnnBackendDescriptor_t handle = new cudnnBackendDescriptor_t();

    Descriptor(int type) {
        Check.dnn(cudnnBackendCreateDescriptor(type, handle), "cudnnBackendCreateDescriptor " + type);
    }

    /** 64-bit integers. */
    Descriptor integers(int attribute, long... values) {
        return words(attribute, CUDNN_TYPE_INT64, values);
    }

    /** Addresses on the device. */
    Descriptor addresses(int attribute, long... values) {
        return words(attribute, CUDNN_TYPE_VOID_PTR, values);
    }

    /** Another one, which is finalized and stays. */
    Descriptor descriptor(int attribute, Descriptor value) {
        return words(attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, value.handle.address());
    }

    /** The library's handle. */
    Descriptor context(int attribute, cudnnContext value) {
        return words(attribute, CUDNN_TYPE_HANDLE, value.address());
    }

    private Descriptor words(int attribute, int type, long... values) {
        try (LongPointer pointer = new LongPointer(values)) {
            set(attribute, type, values.length, pointer);
        }
        return this;
    }

    /** A value of an enumeration of that type. */
    Descriptor choice(int attribute, int type, int value) {
        try (IntPointer pointer = new IntPointer(1).put(value)) {
            set(attribute, type, 1, pointer);
        }
        return this;
    }

    /** A float. */
    Descriptor real(int attribute, float value) {
        try (FloatPointer pointer = new FloatPointer(1).put(value)) {
            set(attribute, CUDNN_TYPE_FLOAT, 1, pointer);
        }
        return this;
    }

    private void set(int attribute, int type, long count, Pointer values) {
        int result = cudnnBackendSetAttribute(handle, attribute, type, count, values);
        Check.dnn(result, "cudnnBackendSetAttribute " + attribute);
    }

    /** Ends it. */
    Descriptor whole() {
        Check.dnn(cudnnBackendFinalize(handle), "cudnnBackendFinalize");
        return this;
    }

    /** Ends it if cuDNN can; else says why not. */
    @Nullable
    String tryWhole() {
        return Check.refused(cudnnBackendFinalize(handle), "cudnnBackendFinalize");
    }

    /**
     * Values of an attribute.
     *
     * @param into room for {@code most} of them; descriptors must stand there already
     * @return how many it has, which may be more than there is room for
     */
    int get(int attribute, int type, int most, Pointer into) {
        try (LongPointer count = new LongPointer(1).put(0)) {
            int result = cudnnBackendGetAttribute(handle, attribute, type, most, count, into);
            Check.dnn(result, "cudnnBackendGetAttribute " + attribute);
            return (int) count.get();
        }
    }

    @Override
    public void close() {
        Check.dnn(cudnnBackendDestroyDescriptor(handle), "cudnnBackendDestroyDescriptor");
    }
}

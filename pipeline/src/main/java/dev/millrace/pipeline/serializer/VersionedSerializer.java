package dev.millrace.pipeline.serializer;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Base of our serializers: each value begins with its format version, so that state written by an older release stays
 * readable. Elements are mutable; copies go through bytes.
 */
public abstract class VersionedSerializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1L;

    private final int version;

    /** @param version of the format that {@link #write} writes, 1..127 */
    protected VersionedSerializer(int version) {
        if (version < 1 || version > Byte.MAX_VALUE) {
            throw new IllegalArgumentException("format version must be in 1..127. Received: " + version);
        }
        this.version = version;
    }

    /** Writes the value in the newest format. */
    protected abstract void write(T value, DataOutputView out) throws IOException;

    /** Reads a value written in format {@code written}, which is at most the newest. */
    protected abstract T read(int written, DataInputView in) throws IOException;

    @Override
    public final void serialize(T value, DataOutputView out) throws IOException {
        out.writeByte(version);
        write(value, out);
    }

    @Override
    public final T deserialize(DataInputView in) throws IOException {
        int written = in.readByte();
        if (written < 1 || written > version) {
            throw new IOException(getClass().getSimpleName() + ": unknown format version " + written
                    + "; this release reads versions 1 to " + version
                    + ". A newer release wrote it, or it is damaged.");
        }
        return read(written, in);
    }

    @Override
    public final T deserialize(T reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public T copy(T from) {
        try {
            Pages pages = new Pages(); // state may be larger than an array
            serialize(from, new DataOutputViewStreamWrapper(pages));
            return deserialize(new DataInputViewStreamWrapper(pages.read()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public final T copy(T from, T reuse) {
        return copy(from);
    }

    @Override
    public final void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public TypeSerializer<T> duplicate() {
        return this;
    }

    @Override
    public final int getLength() {
        return -1;
    }

    @Override
    @SuppressWarnings("EqualsGetClass") // serializers of different classes differ, and have no other state
    public boolean equals(@Nullable Object other) {
        return other != null && other.getClass() == getClass();
    }

    @Override
    public int hashCode() {
        return getClass().hashCode();
    }
}

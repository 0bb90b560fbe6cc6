package dev.millrace.pipeline.gradient;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What a worker computes with, for logs, metrics and provenance.
 *
 * @param engine its name, with the device's if it has one: {@code nd4j}, {@code cuda (NVIDIA H200)}; empty if a release wrote
 *     it that did not tell
 * @param fallback why it is not a faster one; empty if it is what was asked for
 */
public record EngineUsed(String engine, String fallback) {
    static final EngineUsed UNKNOWN = new EngineUsed("", "");

    /** It travels with every gradient. */
    private static final int MAX_LENGTH = 400;

    /** Both as one short line each. */
    static EngineUsed of(String engine, String fallback) {
        return new EngineUsed(shorten(engine), shorten(fallback));
    }

    private static String shorten(String text) {
        String line = text.replaceAll("\\s+", " ").trim();
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH - 3) + "...";
    }

    public boolean isFallback() {
        return !fallback.isEmpty();
    }

    /** Both texts. */
    public void write(DataOutputView out) throws IOException {
        out.writeUTF(engine);
        out.writeUTF(fallback);
    }

    /** What {@link #write} wrote. */
    public static EngineUsed read(DataInputView in) throws IOException {
        return new EngineUsed(in.readUTF(), in.readUTF());
    }

    @Override
    public String toString() {
        return isFallback() ? engine + ": " + fallback : engine;
    }
}

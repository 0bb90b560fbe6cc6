package dev.millrace.pipeline.produce;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** A data file, opened as often as there are epochs. Mistakes in it are told with its name. */
final class Epochs<R extends Closeable> implements Closeable {

    /** What is done with an open file. */
    @FunctionalInterface
    interface Step<F, T> {
        /** @throws IllegalArgumentException naming the place in the file */
        T of(F from) throws IOException;
    }

    private final Path path;
    private final Step<Path, R> opener;
    private int left;
    private R open;

    /**
     * Opens the file, so that nothing else is begun for one that cannot be read.
     *
     * @param epochs how often the file is read, >= 1
     */
    Epochs(Path path, int epochs, Step<Path, R> opener) throws IOException {
        if (epochs < 1) throw new IllegalArgumentException("--epochs must be >= 1. Received: " + epochs);
        this.path = path;
        this.opener = opener;
        this.left = epochs - 1;
        this.open = told(opener, path);
    }

    <T> T read(Step<R, T> step) throws IOException {
        return told(step, open);
    }

    /** Begins the file anew; whether it was to be read again. */
    boolean again() throws IOException {
        if (left == 0) return false;
        left--;
        open.close();
        open = told(opener, path);
        return true;
    }

    private <F, T> T told(Step<F, T> step, F from) throws IOException {
        try {
            return step.of(from);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}

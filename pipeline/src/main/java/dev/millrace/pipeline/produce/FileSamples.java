package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.dataset.Examples;
import java.io.IOException;

/** A data file, read as often as there are epochs. */
final class FileSamples implements SampleStream {
    private final DataFile file;
    private int epochsLeft;
    private Examples examples;

    /**
     * Opens the file, so that nothing else is begun for one that cannot be read.
     *
     * @param epochs how often the file is read, >= 1
     */
    FileSamples(DataFile file, int epochs) throws IOException {
        if (epochs < 1) throw new IllegalArgumentException("--epochs must be >= 1. Received: " + epochs);
        this.file = file;
        this.epochsLeft = epochs - 1;
        this.examples = open(file);
    }

    private static Examples open(DataFile file) throws IOException {
        try {
            return file.open();
        } catch (IllegalArgumentException e) {
            throw named(file, e);
        }
    }

    /** @throws IllegalArgumentException naming the file, the place in it, what was expected and what was received */
    @Override
    public boolean next(Example into) throws IOException {
        while (!read(into)) {
            if (epochsLeft == 0) return false;
            epochsLeft--;
            examples.close();
            examples = open(file);
        }
        return true;
    }

    private boolean read(Example into) throws IOException {
        try {
            return examples.read(into);
        } catch (IllegalArgumentException e) {
            throw named(file, e);
        }
    }

    private static IllegalArgumentException named(DataFile file, IllegalArgumentException e) {
        return new IllegalArgumentException(file.path() + ": " + e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        examples.close();
    }
}

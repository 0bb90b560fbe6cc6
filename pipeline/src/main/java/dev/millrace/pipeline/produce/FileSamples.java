package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.dataset.Examples;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A data file, read as often as there are epochs. */
final class FileSamples implements SampleStream {
    private final Path file;
    private final @Nullable String label;
    private final @Nullable Path labels;
    private int epochsLeft;
    private @Nullable Examples examples;

    /** @param epochs how often the file is read, >= 1 */
    FileSamples(Path file, @Nullable String label, @Nullable Path labels, int epochs) {
        if (epochs < 1) throw new IllegalArgumentException("--epochs must be >= 1. Received: " + epochs);
        this.file = file;
        this.label = label;
        this.labels = labels;
        this.epochsLeft = epochs;
    }

    /** @throws IllegalArgumentException naming the file, the place in it, what was expected and what was received */
    @Override
    public boolean next(Example into) throws IOException {
        try {
            return read(into);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private boolean read(Example into) throws IOException {
        while (true) {
            Examples open = examples;
            if (open == null) {
                if (epochsLeft == 0) return false;
                epochsLeft--;
                open = DataFile.open(file, label, labels);
                examples = open;
            }
            if (open.read(into)) return true;
            close();
        }
    }

    @Override
    public void close() throws IOException {
        if (examples != null) examples.close();
        examples = null;
    }
}

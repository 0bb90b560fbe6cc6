package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.dataset.Examples;
import java.io.IOException;

/** The examples of a data file, read as often as there are epochs. */
final class FileSamples implements SampleStream {
    private final Epochs<Examples> epochs;

    /** @param epochs how often the file is read, >= 1 */
    FileSamples(DataFile file, int epochs) throws IOException {
        this.epochs = new Epochs<>(file.path(), epochs, path -> file.open());
    }

    /** @throws IllegalArgumentException naming the file, the place in it, what was expected and what was received */
    @Override
    public boolean next(Example into) throws IOException {
        do {
            if (epochs.read(examples -> examples.read(into))) return true;
        } while (epochs.again());
        return false;
    }

    @Override
    public void close() throws IOException {
        epochs.close();
    }
}

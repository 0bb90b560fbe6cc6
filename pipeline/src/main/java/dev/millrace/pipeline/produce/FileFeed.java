package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.local.LocalFeed;
import dev.millrace.schemas.wire.WireFormat;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A data file as what {@code millrace local} trains on. */
public final class FileFeed implements LocalFeed {
    private final Path file;
    private final @Nullable String label;
    private final int epochs;

    /**
     * @param label CSV: name of the label's column
     * @param epochs how often the file is sent
     */
    public FileFeed(Path file, @Nullable String label, int epochs) {
        this.file = file;
        this.label = label;
        this.epochs = epochs;
    }

    @Override
    public void run(Properties kafka, String topic, double samplesPerSecond, long seed, BooleanSupplier running)
            throws Exception {
        try (SampleProducer producer = SampleProducer.open(kafka, topic, WireFormat.RAW, 0);
                FileSamples samples = new FileSamples(file, label, null, epochs)) {
            producer.send(samples, samplesPerSecond, Long.MAX_VALUE, running, sent -> {});
        }
    }

    @Override
    public String configuration() {
        throw new IllegalArgumentException("--data needs --config with a model that fits " + file.getFileName());
    }
}

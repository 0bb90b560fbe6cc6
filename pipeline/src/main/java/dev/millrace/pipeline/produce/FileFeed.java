package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.local.LocalFeed;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.util.Properties;
import java.util.function.BooleanSupplier;

/** A data file as what {@code millrace local} trains on. */
public final class FileFeed implements LocalFeed {
    private final DataFile file;
    private final int epochs;

    /** @param epochs how often the file is sent */
    public FileFeed(DataFile file, int epochs) {
        this.file = file;
        this.epochs = epochs;
    }

    @Override
    public void run(Properties kafka, String topic, double samplesPerSecond, long seed, BooleanSupplier running)
            throws Exception {
        try (SampleProducer producer = SampleProducer.open(kafka, topic);
                FileSamples samples = new FileSamples(file, epochs)) {
            producer.send(
                    samples.encoded(new SampleEncoder(WireFormat.RAW, 0)),
                    samplesPerSecond,
                    Long.MAX_VALUE,
                    running,
                    sent -> {});
        }
    }

    @Override
    public String configuration() {
        throw new IllegalArgumentException(
                "--data needs --config with a model that fits " + file.path().getFileName());
    }
}

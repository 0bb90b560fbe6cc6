package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.dataset.RecordFile;
import dev.millrace.pipeline.local.LocalFeed;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.BooleanSupplier;

/** A data file as what {@code millrace local} trains on. */
public final class FileFeed implements LocalFeed {

    @FunctionalInterface
    private interface Opener {
        Messages open() throws IOException;
    }

    private final Path path;
    private final Opener opener;

    private FileFeed(Path path, Opener opener) {
        this.path = path;
        this.opener = opener;
    }

    /** @param epochs how often the file is sent */
    public static FileFeed samples(DataFile file, int epochs) {
        return new FileFeed(file.path(), () -> new FileSamples(file, epochs).encoded(WireFormat.RAW, 0));
    }

    /** @param epochs how often the file is sent */
    public static FileFeed records(RecordFile file, int epochs) {
        return new FileFeed(file.path(), () -> new FileRecords(file, epochs).encoded(WireFormat.RAW, 0));
    }

    @Override
    public void run(Properties kafka, String topic, double samplesPerSecond, long seed, BooleanSupplier running)
            throws Exception {
        try (SampleProducer producer = SampleProducer.open(kafka, topic);
                Messages messages = opener.open()) {
            producer.send(messages, samplesPerSecond, Long.MAX_VALUE, running, sent -> {});
        }
    }

    @Override
    public String configuration() {
        throw new IllegalArgumentException("--data needs --config with a model that fits " + path.getFileName());
    }
}

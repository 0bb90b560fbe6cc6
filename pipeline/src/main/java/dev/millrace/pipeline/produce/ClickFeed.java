package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.local.LocalFeed;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.function.BooleanSupplier;

/** What {@code millrace local} trains on: clicks whose taste changes every {@value #DRIFT_EVERY} samples. */
public final class ClickFeed implements LocalFeed {
    private static final long DRIFT_EVERY = 1_000_000;

    @Override
    public void run(Properties kafka, String topic, double samplesPerSecond, long seed, BooleanSupplier running)
            throws Exception {
        try (SampleProducer producer = SampleProducer.open(kafka, topic);
                ClickStream clicks = new ClickStream(seed, DRIFT_EVERY)) {
            producer.send(clicks.encoded(WireFormat.RAW, 0), samplesPerSecond, Long.MAX_VALUE, running, sent -> {});
        }
    }

    @Override
    public String configuration() {
        try (InputStream in = ClickFeed.class.getResourceAsStream("local.yaml")) {
            if (in == null) throw new IllegalStateException("local.yaml is missing beside " + ClickFeed.class);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

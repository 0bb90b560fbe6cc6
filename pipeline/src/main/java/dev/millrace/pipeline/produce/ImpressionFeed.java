package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.local.LocalFeed;
import dev.millrace.schemas.wire.WireFormat;
import java.util.Properties;
import java.util.function.BooleanSupplier;

/** Impressions as what {@code millrace local} trains on. */
public final class ImpressionFeed implements LocalFeed {
    @Override
    public void run(Properties kafka, String topic, double samplesPerSecond, long seed, BooleanSupplier running)
            throws Exception {
        try (SampleProducer producer = SampleProducer.open(kafka, topic)) {
            producer.send(
                    new ImpressionStream(seed, WireFormat.RAW, 0),
                    samplesPerSecond,
                    Long.MAX_VALUE,
                    running,
                    sent -> {});
        }
    }

    @Override
    public String configuration() {
        throw new IllegalArgumentException("--generator impressions needs --config with features of impressions");
    }
}

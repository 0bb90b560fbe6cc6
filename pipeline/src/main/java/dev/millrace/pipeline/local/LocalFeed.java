package dev.millrace.pipeline.local;

import java.util.Properties;
import java.util.function.BooleanSupplier;

/** Produces samples while the job trains. */
public interface LocalFeed {

    /**
     * Produces until told to stop; runs in a thread of its own.
     *
     * @param kafka producer settings with {@code bootstrap.servers}
     * @param samplesPerSecond 0 for as fast as it goes
     * @param running turns false when it should return
     */
    void run(Properties kafka, String topic, double samplesPerSecond, long seed, BooleanSupplier running)
            throws Exception;

    /** A training configuration, as YAML, whose model fits the samples; for who brings none. */
    String configuration();
}

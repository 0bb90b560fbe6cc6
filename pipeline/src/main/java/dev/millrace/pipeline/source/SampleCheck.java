package dev.millrace.pipeline.source;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.Rejection;
import org.jspecify.annotations.Nullable;

/** Judges records as the job would, outside of a job. */
public final class SampleCheck {
    private final RecordDecoder decoder;
    private final SampleFit fit;
    private final DecodedSample decoded = new DecodedSample();
    private final Sample sample = new Sample();

    public SampleCheck(SampleReading reading) {
        decoder = reading.decoder();
        fit = reading.fit();
    }

    /** @throws IllegalArgumentException if the schema directory cannot be read */
    public static SampleCheck of(TrainingConfig config) {
        return new SampleCheck(SampleReading.of(config, ModelSpec.of(config.model())));
    }

    /**
     * Why a record could not become a sample; null if it could.
     *
     * @param time of the record, milliseconds since the epoch
     */
    public @Nullable Rejection check(byte @Nullable [] value, long time) {
        Rejection rejection = decoder.decode(value, time, decoded);
        return rejection == null ? fit.fill(sample, decoded, time) : rejection;
    }

    /** Of the record that was accepted last, until the next is checked. */
    public Sample sample() {
        return sample;
    }
}

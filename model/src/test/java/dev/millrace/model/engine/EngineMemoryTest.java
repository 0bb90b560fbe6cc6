package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.millrace.model.spec.ModelSpec;
import java.lang.management.ManagementFactory;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory at the sizes that matter, beside the small models of {@link Nd4jEngineTest}. */
class EngineMemoryTest {
    private static final long MEBIBYTE = 1 << 20;

    @ParameterizedTest
    @CsvSource({
        "784, 128, 1, 2000",
        "784, 128, 32, 1000",
        "784, 128, 1024, 100",
        "784, 512, 1024, 20",
        "32, 64, 1, 20000",
        "32, 64, 32, 5000",
        "32, 64, 1024, 1000"
    })
    void stepOfARealModelAllocatesAtMost512Bytes(int inputs, int hidden, int rows, int steps) {
        ModelSpec spec = Networks.digits(inputs, hidden);
        float[] parameters = spec.initialParameters(1);
        SampleBatch batch = Networks.samples(spec, rows, 1);
        GradientSum sum = new GradientSum(parameters.length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long allocated;
        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            for (int i = 0; i < steps; i++) step(engine, parameters, batch, sum);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < steps; i++) step(engine, parameters, batch, sum);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(allocated / steps).isLessThanOrEqualTo(512);
    }

    private static void step(GradientEngine engine, float[] parameters, SampleBatch batch, GradientSum sum) {
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(batch, Integer.MAX_VALUE, sum);
    }

    /** JavaCPP's own count misses what ND4J allocates; the process does not. An engine is 5 MB, a thousand are 5 GB. */
    @Test
    void thousandEnginesLeaveTheProcessAsLargeAsItWas() {
        ModelSpec spec = Networks.digits(784, 512);
        for (int i = 0; i < 50; i++) openUseAndClose(spec);
        long before = Pointer.physicalBytes();

        for (int i = 0; i < 1000; i++) openUseAndClose(spec);

        // Malloc's own reserves and the growth of the heap are in this.
        assertThat(Pointer.physicalBytes() - before).isLessThan(400 * MEBIBYTE);
    }

    private static void openUseAndClose(ModelSpec spec) {
        try (GradientEngine engine =
                Networks.engine(spec, new float[spec.layout().size()])) {
            engine.lossAndGradient(
                    Networks.samples(spec, 2, 1),
                    2,
                    new GradientSum(spec.layout().size()));
        }
    }
}

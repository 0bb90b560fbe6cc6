package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.millrace.model.spec.ModelSpec;
import java.lang.management.ManagementFactory;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineMemoryTest {
    private static final long MEBIBYTE = 1 << 20;

    @ParameterizedTest
    @ValueSource(ints = {1, 32, 600})
    void stepAllocatesAtMost512Bytes(int rows) {
        ModelSpec spec = Models.digits(30, 24);
        float[] parameters = spec.initialParameters(1);
        SampleBatch batch = Models.samples(spec, rows, 1);
        GradientSum sum = new GradientSum(parameters.length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        try (GradientEngine engine = Models.engine(spec, parameters)) {
            for (int i = 0; i < 20_000; i++) step(engine, parameters, batch, sum);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) step(engine, parameters, batch, sum);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            assertThat(allocated / 1000).isLessThanOrEqualTo(512);
        }
    }

    private static void step(GradientEngine engine, float[] parameters, SampleBatch batch, GradientSum sum) {
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(batch, 256, sum);
    }

    /** Each engine holds some 5 MB outside the heap; a thousand that leaked would hold 5 GB. */
    @Test
    void thousandEnginesLeaveNothingBehind() {
        ModelSpec spec = Models.digits(784, 512);
        for (int i = 0; i < 50; i++) openUseAndClose(spec);
        long physical = Pointer.physicalBytes();
        long tracked = Pointer.totalBytes();

        for (int i = 0; i < 1000; i++) openUseAndClose(spec);

        assertThat(Pointer.totalBytes() - tracked).isLessThan(16 * MEBIBYTE);
        // Malloc's own reserves and the heap's growth are in this one.
        assertThat(Pointer.physicalBytes() - physical).isLessThan(400 * MEBIBYTE);
    }

    private static void openUseAndClose(ModelSpec spec) {
        try (GradientEngine engine = Engines.factory("nd4j").create(spec)) {
            engine.upload(0, new float[] {1}, 1);
        }
    }
}

package dev.millrace.schemas.wire;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What decoding a dense sample costs one thread; as a program, prints it for 32 and 784 features. */
final class DecodeCost {
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final byte[] value;
    private final SampleDecoder decoder =
            new SampleDecoder(WireFormat.RAW, SchemaCatalog.builtIn(), new SampleLimits(1 << 20));
    private final DecodedSample sample = new DecodedSample();

    DecodeCost(int features) {
        float[] dense = new float[features];
        for (int i = 0; i < features; i++) dense[i] = i * 0.25f;
        value = new SampleEncoder(WireFormat.RAW, 0)
                .encode("sample-1", 1_700_000_000_000L, 1, dense, features, new float[] {3}, 1);
    }

    /** Bytes allocated and nanoseconds of CPU time, per sample. */
    double[] of(int samples) {
        long allocated = THREAD.getCurrentThreadAllocatedBytes();
        long nanos = THREAD.getCurrentThreadCpuTime();
        for (int i = 0; i < samples; i++) {
            if (decoder.decode(value, sample) != null) throw new IllegalStateException("refused");
        }
        nanos = THREAD.getCurrentThreadCpuTime() - nanos;
        allocated = THREAD.getCurrentThreadAllocatedBytes() - allocated;
        return new double[] {(double) allocated / samples, (double) nanos / samples};
    }

    public static void main(String[] args) {
        for (int features : new int[] {32, 784}) {
            DecodeCost cost = new DecodeCost(features);
            double best = Double.MAX_VALUE;
            double[] last = {0, 0};
            for (int round = 0; round < 8; round++) {
                last = cost.of(1_000_000);
                best = Math.min(best, last[1]);
            }
            System.out.printf(
                    "%d features: %.0f samples per CPU-second, %.3f bytes allocated per sample%n",
                    features, 1e9 / best, last[0]);
        }
    }
}

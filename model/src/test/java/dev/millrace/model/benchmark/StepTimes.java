package dev.millrace.model.benchmark;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * The loop of {@code torch_step_benchmark.py} around {@link StepBenchmark#step}: of the best tenth of a second, the
 * processor time of a step (of its thread: that of the process comes in ticks of 10 ms), its wall time, and the bytes it
 * allocated.
 */
public final class StepTimes {
    private static final long SLICE_NANOS = 100_000_000;

    private StepTimes() {}

    /** Arguments: model, batch, seconds. */
    public static void main(String[] args) {
        StepBenchmark benchmark = new StepBenchmark();
        benchmark.model = args[0];
        benchmark.batch = Integer.parseInt(args[1]);
        long nanos = (long) (Double.parseDouble(args[2]) * 1e9);
        benchmark.setUp();
        long warmUntil = System.nanoTime() + Math.min(1_500_000_000L, nanos / 2);
        while (System.nanoTime() < warmUntil) benchmark.step();
        measure(benchmark, nanos);
        benchmark.tearDown();
    }

    private static void measure(StepBenchmark benchmark, long nanos) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double bestCpu = Double.POSITIVE_INFINITY;
        double bestWall = Double.POSITIVE_INFINITY;
        long bytes = Long.MAX_VALUE;
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long cpu = threads.getCurrentThreadCpuTime();
            long wall = System.nanoTime();
            long steps = 0;
            while (System.nanoTime() - wall < SLICE_NANOS) {
                benchmark.step();
                steps++;
            }
            bestCpu = Math.min(bestCpu, (threads.getCurrentThreadCpuTime() - cpu) / 1e3 / steps);
            bestWall = Math.min(bestWall, (System.nanoTime() - wall) / 1e3 / steps);
            bytes = Math.min(bytes, (threads.getCurrentThreadAllocatedBytes() - allocated) / steps);
        }
        System.out.printf(Locale.ROOT, "%f %f %d%n", bestCpu, bestWall, bytes);
    }
}

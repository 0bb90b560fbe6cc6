package dev.millrace.model.benchmark;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * The loop of {@code torch_step_benchmark.py} around {@link StepBenchmark#step}: of the best tenth of a second, the
 * processor time of a step (of its thread: that of the process comes in ticks of 10 ms), its wall time, that of a guarded step, and
 * the bytes that a step allocated.
 */
public final class StepTimes {
    private static final long SLICE_NANOS = 100_000_000;

    private record Times(double cpu, double wall, long bytes) {}

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
        Times bare = measure(benchmark::step, nanos);
        long guardedUntil = System.nanoTime() + SLICE_NANOS * 5;
        while (System.nanoTime() < guardedUntil) benchmark.guardedStep();
        Times guarded = measure(benchmark::guardedStep, nanos / 2);
        benchmark.tearDown();
        System.out.printf(Locale.ROOT, "%f %f %f %d%n", bare.cpu, bare.wall, guarded.cpu, bare.bytes);
    }

    private static Times measure(Runnable step, long nanos) {
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
                step.run();
                steps++;
            }
            bestCpu = Math.min(bestCpu, (threads.getCurrentThreadCpuTime() - cpu) / 1e3 / steps);
            bestWall = Math.min(bestWall, (System.nanoTime() - wall) / 1e3 / steps);
            bytes = Math.min(bytes, (threads.getCurrentThreadAllocatedBytes() - allocated) / steps);
        }
        return new Times(bestCpu, bestWall, bytes);
    }
}

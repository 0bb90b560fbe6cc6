package dev.millrace.pipeline.control;

import org.jspecify.annotations.Nullable;

/**
 * A record of the control topic.
 *
 * @param id names the command in its acknowledgement
 * @param time when it was sent, milliseconds since the epoch
 * @param action null for a record that is no command
 * @param size to pin, samples
 * @param min smallest batch, samples; with {@code max} null: as configured
 * @param max largest batch, samples
 * @param policy as {@code batch.policy}; null: as configured
 * @param learningRate instead of the schedule
 * @param problem why the record is no command; empty for a command
 */
public record Command(
        String id,
        String model,
        long time,
        @Nullable Action action,
        @Nullable Integer size,
        @Nullable Integer min,
        @Nullable Integer max,
        @Nullable String policy,
        @Nullable Double learningRate,
        String problem) {

    /** A command without arguments. */
    public static Command of(String id, String model, Action action) {
        return new Command(id, model, System.currentTimeMillis(), action, null, null, null, null, null, "");
    }

    /** What stands for a record that is no command. */
    public static Command malformed(String model, long time, String problem) {
        return new Command("", model, time, null, null, null, null, null, null, problem);
    }

    public Command withSize(int samples) {
        return new Command(id, model, time, action, samples, min, max, policy, learningRate, problem);
    }

    public Command withBounds(@Nullable Integer smallest, @Nullable Integer largest) {
        return new Command(id, model, time, action, size, smallest, largest, policy, learningRate, problem);
    }

    public Command withPolicy(@Nullable String name) {
        return new Command(id, model, time, action, size, min, max, name, learningRate, problem);
    }

    public Command withLearningRate(double rate) {
        return new Command(id, model, time, action, size, min, max, policy, rate, problem);
    }
}

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
 * @param version to promote
 * @param pin whether the champion, once moved, is to stay
 * @param user who sent it, as the sender says; empty if it does not
 * @param reason in the sender's words; may be empty
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
        @Nullable Long version,
        boolean pin,
        String user,
        String reason,
        String problem) {

    /** A command without arguments. */
    public static Command of(String id, String model, Action action) {
        return new Command(
                id, model, System.currentTimeMillis(), action, null, null, null, null, null, null, false, "", "", "");
    }

    /** What stands for a record that is no command. */
    public static Command malformed(String model, long time, String problem) {
        return new Command("", model, time, null, null, null, null, null, null, null, false, "", "", problem);
    }

    public Command withSize(int samples) {
        return new Command(
                id, model, time, action, samples, min, max, policy, learningRate, version, pin, user, reason, problem);
    }

    public Command withBounds(@Nullable Integer smallest, @Nullable Integer largest) {
        return new Command(
                id,
                model,
                time,
                action,
                size,
                smallest,
                largest,
                policy,
                learningRate,
                version,
                pin,
                user,
                reason,
                problem);
    }

    public Command withPolicy(@Nullable String name) {
        return new Command(
                id, model, time, action, size, min, max, name, learningRate, version, pin, user, reason, problem);
    }

    public Command withLearningRate(double rate) {
        return new Command(id, model, time, action, size, min, max, policy, rate, version, pin, user, reason, problem);
    }

    public Command withVersion(long promoted) {
        return new Command(
                id, model, time, action, size, min, max, policy, learningRate, promoted, pin, user, reason, problem);
    }

    public Command withPin(boolean stay) {
        return new Command(
                id, model, time, action, size, min, max, policy, learningRate, version, stay, user, reason, problem);
    }

    /** @param why may be empty */
    public Command from(String sender, String why) {
        return new Command(
                id, model, time, action, size, min, max, policy, learningRate, version, pin, sender, why, problem);
    }
}

package dev.millrace.model.schedule;

/** The learning rate of each step. */
public interface LearningRateSchedule {

    /** @param step number of the step, from 1 */
    double rate(long step);
}

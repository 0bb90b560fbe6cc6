package dev.millrace.pipeline.gradient;

import java.util.List;
import java.util.function.Function;

/**
 * What a worker finds where it runs.
 *
 * @param worker which it is, from 0
 * @param workers of the job
 * @param slots of the TaskManager, hence workers of any job that its process may have at once
 * @param devices gives the indices of the devices that Flink says the TaskManager has, by the name of the resource; all of
 *     them, whatever slots there are
 */
public record WorkerPlace(int worker, int workers, int slots, Function<String, List<String>> devices) {}

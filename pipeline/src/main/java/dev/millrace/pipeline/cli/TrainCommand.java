package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.TrainingJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace train}: the job against given brokers. */
@Command(
        name = "train",
        header = "Train from Kafka topics until stopped.",
        description = {
            "Runs the job in this process, with Flink's own defaults for a local cluster. On a Flink cluster submit the"
                    + " same job with Flink's client; its life cycle is Flink's: list, stop with savepoint, restore."
        },
        footer = {
            "Examples:",
            "  millrace validate --config training.yaml && millrace train --config training.yaml",
            "  flink run --detached millrace-job.jar --config training.yaml --set training.workers=4",
            "  flink stop --savepointPath DIR JOB          then: flink run --fromSavepoint DIR/savepoint-... ...",
        })
final class TrainCommand implements Callable<Integer> {

    @Mixin
    private ConfigurationOptions configuration;

    @Override
    public Integer call() throws Exception {
        TrainingJob.run(configuration.load());
        return ExitCode.OK;
    }
}

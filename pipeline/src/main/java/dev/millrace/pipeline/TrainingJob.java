package dev.millrace.pipeline;

import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.publish.Publication;
import dev.millrace.pipeline.source.Sample;
import dev.millrace.pipeline.source.SampleSource;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job, in the order of the data: samples from Kafka, the training loop, and what leaves it.
 *
 * <pre>
 *   Kafka - samples - stamp - window | gradients - server | snapshots, reports, dead letters - Kafka, files
 *                                    |  ^            |
 *                                    |  '--feedback--'
 * </pre>
 */
public final class TrainingJob {
    private TrainingJob() {}

    /** Adds the whole job to {@code env}. */
    public static void define(StreamExecutionEnvironment env, TrainingConfig config) {
        Plan plan = Plan.of(config);

        SingleOutputStreamOperator<Sample> samples = SampleSource.of(env, config, plan.spec());

        TrainingLoop.Outputs outputs = TrainingLoop.build(
                samples,
                plan.spec(),
                plan.engines(),
                config.batch().size(),
                config.batch().maxAge().toMillis(),
                plan.worker(),
                plan.server());

        Publication.attach(outputs.snapshots(), outputs.reports(), outputs.deadLetters(), config);
    }
}

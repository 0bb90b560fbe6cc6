package dev.millrace.pipeline;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.spec.ModelSpec;
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
        ModelSpec spec = ModelSpec.of(config.model());
        Plan plan = new Plan(config, spec);

        SingleOutputStreamOperator<Sample> samples = SampleSource.of(env, config, spec);
        TrainingLoop.Outputs outputs = TrainingLoop.build(
                samples,
                spec,
                Engines.factory(config.training().engine().name()),
                config.batch().size(),
                config.batch().maxAge().toMillis(),
                plan.worker(),
                plan.server());
        Publication.attach(outputs, config, spec);
    }
}

package dev.millrace.pipeline;

import dev.millrace.model.engine.EngineFactory;
import dev.millrace.pipeline.cli.ConfigurationOptions;
import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.control.ControlSource;
import dev.millrace.pipeline.gradient.EngineAssignment;
import dev.millrace.pipeline.preflight.SavepointCheck;
import dev.millrace.pipeline.publish.Publication;
import dev.millrace.pipeline.source.Sample;
import dev.millrace.pipeline.source.SampleSource;
import java.util.Objects;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;

/**
 * The job, in the order of the data: samples from Kafka, the training loop, and what leaves it.
 *
 * <pre>
 *   Kafka - samples - stamp - window | gradients - server | snapshots, reports, dead letters - Kafka, files
 *                                    |  ^            |
 *                                    |  '--feedback--'
 *   Kafka - commands ----------------------------- server
 * </pre>
 */
public final class TrainingJob {
    private TrainingJob() {}

    /** Entry for {@code flink run}: {@code --config FILE --set key=value}. */
    public static void main(String[] args) throws Exception {
        ConfigurationOptions options = new ConfigurationOptions();
        new CommandLine(options).parseArgs(args);
        run(options.load());
    }

    /** Runs the job where the environment says: in this process, or on the cluster it is submitted to. */
    public static void run(TrainingConfig config) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
        SavepointCheck.check(env.getConfiguration());
        define(env, config);
        env.execute("millrace " + config.model().get("name"));
    }

    /** Adds the whole job to {@code env}. */
    public static void define(StreamExecutionEnvironment env, TrainingConfig config) {
        define(env, config, Plan.of(config).engines());
    }

    /** Adds the whole job to {@code env}, with engines of the caller's. */
    public static void define(StreamExecutionEnvironment env, TrainingConfig config, EngineFactory engines) {
        define(env, config, EngineAssignment.everywhere(engines));
    }

    private static void define(StreamExecutionEnvironment env, TrainingConfig config, EngineAssignment engines) {
        Plan plan = Plan.of(config);

        SingleOutputStreamOperator<Sample> samples = SampleSource.of(env, config, plan.spec());

        TrainingLoop.Outputs outputs = TrainingLoop.build(
                samples,
                plan.spec(),
                engines,
                config.batch().size(),
                config.batch().maxAge().toMillis(),
                plan.worker(),
                plan.server(),
                plan.controlled() ? commands(env, config) : null);

        Publication.attach(outputs.snapshots(), outputs.reports(), outputs.deadLetters(), config);
    }

    private static DataStream<Command> commands(StreamExecutionEnvironment env, TrainingConfig config) {
        return ControlSource.of(
                env,
                config.kafka(),
                Objects.requireNonNull(config.control().topic()),
                String.valueOf(config.model().get("name")),
                config.source().partitionDiscoveryInterval());
    }
}

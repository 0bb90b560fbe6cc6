package dev.millrace.pipeline.cli;

import dev.millrace.model.feature.Feature;
import dev.millrace.model.feature.FeatureSpec;
import dev.millrace.model.feature.LabelSpec;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.pipeline.config.BatchConfig;
import dev.millrace.pipeline.config.ChallengerConfig;
import dev.millrace.pipeline.config.RecordMapping;
import dev.millrace.pipeline.config.TrainingConfig;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace describe}: what a configuration's model looks like and what it takes. */
@Command(
        name = "describe",
        header = "Show a model: layers, shapes, parameters, memory.",
        description = "Needs no broker: a file with nothing but a model section will do.",
        footer = {
            "Examples:",
            "  millrace describe --config training.yaml",
            "  millrace describe --config training.yaml --set batch.size=1024 --set training.workers=4",
        })
final class DescribeCommand implements Callable<Integer> {
    private static final String ROW = "  %-25s %-31s %14s%n";

    @Mixin
    private ConfigurationOptions configuration;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        TrainingConfig config = configuration
                .loader()
                .fallback("kafka.bootstrap.servers", "localhost:9092")
                .fallback("source.topics", "samples")
                .load();
        ModelSpec spec = ModelSpec.of(config.model());
        PrintWriter out = command.commandLine().getOut();
        RecordMapping features = config.features();
        if (features != null) describeFeatures(out, features.mapping().spec());
        describeLayers(out, spec);
        describeMemory(out, spec, config);
        out.printf("Engine %s%n", EngineText.of(config, spec));
        ChallengerConfig challenger = config.challenger();
        if (challenger != null) describeChallenger(out, challenger, spec, config);
        out.flush();
        return ExitCode.OK;
    }

    private static void describeFeatures(PrintWriter out, FeatureSpec features) {
        String row = "  %-13s %-28s %s%n";
        out.printf("Features: %,d inputs%n", features.width());
        out.printf(row, "inputs", "fields", "transform");
        int from = 0;
        for (Feature feature : features.inputs()) {
            int to = from + feature.width() - 1;
            out.printf(
                    row,
                    from == to ? "" + from : from + ".." + to,
                    String.join(", ", feature.fields()),
                    feature.transform());
            from = to + 1;
        }
        LabelSpec label = features.label();
        if (label != null) {
            String classes = label.classes().isEmpty() ? "as it is" : "classes " + String.join(", ", label.classes());
            out.printf(row, "label", label.field(), classes);
        }
        out.println();
    }

    private static void describeLayers(PrintWriter out, ModelSpec spec) {
        out.printf(
                "Model %s: %s inputs, %,d outputs, %d label(s), loss %s%n%n",
                spec.name(),
                extents(spec.inputShape().extents()),
                spec.outputs(),
                spec.labelWidth(),
                spec.loss().word());
        out.printf(ROW, "tensor", "shape", "parameters");
        for (PlacedLayer placed : spec.placedLayers()) {
            LayerSpec layer = placed.layer();
            out.printf(
                    "%s: %s -> %s%s%n",
                    layer.name(),
                    extents(placed.input().extents()),
                    extents(placed.output().extents()),
                    layer.traits().isEmpty() ? "" : ", " + layer.traits());
            for (ParameterBlock block : placed.parameters()) describe(out, block);
            for (ParameterBlock table : placed.tables()) describe(out, table);
        }
        out.printf(ROW, "total", "", count(spec.layout().size()));
    }

    private static void describe(PrintWriter out, ParameterBlock block) {
        out.printf(ROW, block.name(), extents(block.shape()), count(block.size()));
    }

    private static void describeMemory(PrintWriter out, ModelSpec spec, TrainingConfig config) {
        BatchConfig batch = config.batch();
        long parameterBytes = 4L * spec.layout().size();
        int workers = config.training().workers();
        int share = (batch.size() + workers - 1) / workers;
        int micro = batch.microBatch(spec);
        long perSample = BatchConfig.bytesPerSample(spec);
        out.printf("%nOne step: %,d samples over %d worker(s), %,d for each%n", batch.size(), workers, share);
        out.printf("%nMemory of one worker%n");
        out.printf(ROW, "parameters", "", bytes(parameterBytes));
        boolean tables = !spec.layout().tables().isEmpty();
        out.printf(
                ROW,
                "gradient",
                tables ? "and the rows touched" : "",
                bytes(4L * spec.layout().denseSize()));
        out.printf(
                ROW, "samples at once", "up to " + count(micro) + " of " + bytes(perSample), bytes(micro * perSample));
        out.printf(
                "%nMicro-batches: %s (batch.memory-budget %s)%n",
                share <= micro ? "one holds a whole mini-batch" : ((share + micro - 1) / micro) + " per mini-batch",
                bytes(batch.memoryBudget()));
        int parts = (int) ((parameterBytes + config.publish().maxPartBytes() - 1)
                / config.publish().maxPartBytes());
        out.printf("Published version: %s in %d part(s)%n", bytes(parameterBytes), parts);
    }

    private static void describeChallenger(
            PrintWriter out, ChallengerConfig challenger, ModelSpec model, TrainingConfig config) {
        ModelSpec spec = ModelSpec.of(challenger.model());
        out.printf("%nChallenger, on the same samples%n%n");
        describeLayers(out, spec);
        BatchConfig batch = config.batch();
        out.printf(
                "%nWith it: %s more of parameters, their gradient beside them; up to %s samples at once%n",
                bytes(4L * spec.layout().size()), count(batch.microBatch(List.of(model, spec))));
    }

    private static String extents(List<Integer> extents) {
        return extents.stream().map(DescribeCommand::count).collect(Collectors.joining(" x "));
    }

    private static String count(int value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String bytes(long value) {
        if (value < 1 << 10) return value + " B";
        if (value < 1 << 20) return String.format(Locale.ROOT, "%.1f KiB", value / 1024.0);
        if (value < 1 << 30) return String.format(Locale.ROOT, "%.1f MiB", value / 1024.0 / 1024.0);
        return String.format(Locale.ROOT, "%.1f GiB", value / 1024.0 / 1024.0 / 1024.0);
    }
}

package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.TrainingConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a verb is told its configuration: {@code --config FILE --set key=value}. A picocli mixin. */
public final class ConfigurationOptions {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "YAML file; see deploy/CONFIGURATION.md for its keys.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set a key over the file; may be repeated. Example: --set batch.size=64")
    private List<String> overrides = new ArrayList<>();

    /** Whether a file was named. */
    public boolean hasFile() {
        return file != null;
    }

    /** File and overrides, for a verb that adds its own. */
    public ConfigLoader loader() {
        ConfigLoader loader = file == null ? ConfigLoader.withoutFile() : ConfigLoader.of(file);
        return loader.overrides(overrides);
    }

    /** @throws dev.millrace.pipeline.config.ConfigException naming every mistake */
    public TrainingConfig load() {
        return loader().load();
    }
}

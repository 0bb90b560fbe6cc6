package dev.millrace.pipeline.config;

import java.util.Map;

/** The reference of every option as Markdown, made from {@link TrainingOptions} and {@link FlinkDefaults}. */
final class ConfigurationReference {
    private static final String INTRODUCTION = """
            # Configuration

            A training job is configured by one YAML file. Keys may be nested or written with dots: `batch: {size: 64}` and
            `batch.size: 64` are the same. `--set key=value` on the command line wins over the file, the file over the
            defaults. The whole configuration is checked before anything starts and every mistake is named at once.

            Secrets (passwords, `sasl.jaas.config`, tokens, keys) are never written into the file: `${env:NAME}` stands for
            an environment variable, `${file:PATH}` for the content of a file, relative to the configuration file.
            `millrace validate --config FILE --effective` prints the configuration in effect, without secrets, and its hash.

            Relative paths: `model.file` starts from the configuration file, the others from the working directory.

            This file is made from the code. After a change there:
            `mvn -q -pl pipeline -am test -Dtest=ConfigurationReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dmillrace.write-reference=true`

            ## Options

            | key | value | default | what it does |
            | --- | --- | --- | --- |
            """;

    private ConfigurationReference() {}

    static String markdown() {
        StringBuilder text = new StringBuilder(INTRODUCTION);
        for (Setting<?> setting : TrainingOptions.all()) {
            row(text, code(setting.key()), setting.expected(), defaultOf(setting), setting.description());
        }
        text.append("\n## Families of keys\n\n| keys | what they are |\n| --- | --- |\n");
        for (Subtree tree : TrainingOptions.subtrees()) row(text, code(tree.prefix() + "*"), tree.description());
        text.append("\n## Flink\n\n")
                .append("Options of Flink itself go under `flink.`, for example ")
                .append("`flink.execution.checkpointing.timeout: 1 min`.\n")
                .append("A *default* may be replaced so. What is *fixed* the training loop is built on. ")
                .append("*cluster* options belong into the\nconfiguration of the Flink cluster; ")
                .append("`millrace local` sets them for its own.\n\n")
                .append("| key | value | |\n| --- | --- | --- |\n");
        FlinkDefaults.all().forEach((kind, options) -> rows(text, kind, options));
        return text.toString();
    }

    private static void rows(StringBuilder text, String kind, Map<String, String> options) {
        options.forEach((key, value) -> row(text, code(key), code(value), kind));
    }

    private static String defaultOf(Setting<?> setting) {
        if (setting.required()) return "**required**";
        return setting.option().hasDefaultValue() ? code(setting.defaultText()) : "";
    }

    private static void row(StringBuilder text, String... cells) {
        text.append("|");
        for (String cell : cells)
            text.append(' ').append(cell.replace("|", "\\|")).append(" |");
        text.append('\n');
    }

    private static String code(String text) {
        return "`" + text + "`";
    }
}

package dev.millrace.pipeline.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a configuration from its sources, the later over the earlier: fallbacks, file, overrides. Everything is read
 * before anything fails, so that every mistake is named at once.
 */
public final class ConfigLoader {
    private final String origin;
    private final @Nullable Path file;
    private final Map<String, @Nullable Object> fallbacks = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> overrides = new LinkedHashMap<>();
    private final List<ConfigProblem> problems = new ArrayList<>();
    private Function<String, @Nullable String> environment = System::getenv;

    private ConfigLoader(String origin, @Nullable Path file) {
        this.origin = origin;
        this.file = file;
    }

    /** From a YAML file, nested or flat. */
    public static ConfigLoader of(Path file) {
        return new ConfigLoader(String.valueOf(file.getFileName()), file);
    }

    /** From overrides and fallbacks alone. */
    public static ConfigLoader withoutFile() {
        return new ConfigLoader("the configuration", null);
    }

    /** A value for a key that file and overrides leave out. */
    public ConfigLoader fallback(String key, Object value) {
        fallbacks.put(key, value);
        return this;
    }

    /** A value over that of the file. */
    public ConfigLoader override(String key, Object value) {
        FlatKeys.override(overrides, key, value);
        return this;
    }

    /** Each {@code key=value} with a YAML value, as after {@code --set}. */
    public ConfigLoader overrides(List<String> keyValues) {
        keyValues.forEach(this::override);
        return this;
    }

    /** What {@code ${env:NAME}} looks names up in; the process environment unless told otherwise. */
    ConfigLoader environment(Function<String, @Nullable String> lookup) {
        environment = lookup;
        return this;
    }

    private void override(String keyValue) {
        int equals = keyValue.indexOf('=');
        if (equals < 1) {
            // The text may hold a secret in the wrong place: only its beginning is said.
            problems.add(new ConfigProblem("--set", "must be key=value. Received: " + keyValue.split("[ :]", 2)[0]));
            return;
        }
        String key = keyValue.substring(0, equals).trim();
        try {
            FlatKeys.override(overrides, key, YamlReader.read(keyValue.substring(equals + 1)));
        } catch (IllegalArgumentException e) {
            problems.add(new ConfigProblem(key, "must be a YAML value; quote it"));
        }
    }

    /** @throws ConfigException naming every mistake */
    public TrainingConfig load() {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>(fallbacks);
        overlay(keys, FlatKeys.flatten(fileContent(), problems));
        overlay(keys, FlatKeys.flatten(overrides, problems));
        insertModelFile(keys);
        return new ConfigCheck(origin, directory(), new References(environment, directory()), problems).check(keys);
    }

    private static void overlay(Map<String, @Nullable Object> keys, Map<String, @Nullable Object> over) {
        over.forEach((key, value) -> {
            if (!keys.containsKey(key)) FlatKeys.override(keys, key, value);
            else keys.put(key, value);
        });
    }

    private Map<String, @Nullable Object> fileContent() {
        if (file == null) return Map.of();
        try {
            return YamlReader.readMap(text(file));
        } catch (IllegalArgumentException e) {
            problems.add(new ConfigProblem("(file)", String.valueOf(e.getMessage())));
            throw new ConfigException(origin, problems);
        }
    }

    /** A model in a file of its own becomes the model section. */
    private void insertModelFile(Map<String, @Nullable Object> keys) {
        String key = TrainingOptions.MODEL_FILE.key();
        if (!(keys.get(key) instanceof String name)) return;
        if (keys.keySet().stream().anyMatch(k -> TrainingOptions.MODEL.covers(k) && !k.equals(key))) {
            problems.add(new ConfigProblem(key, "must not stand beside other model keys; keep one"));
            return;
        }
        try {
            Map<String, @Nullable Object> model =
                    YamlReader.readMap(text(directory().resolve(name)));
            FlatKeys.flatten(model, problems).forEach((k, v) -> keys.put(TrainingOptions.MODEL.prefix() + k, v));
        } catch (IllegalArgumentException e) {
            problems.add(new ConfigProblem(key, String.valueOf(e.getMessage())));
        }
    }

    private Path directory() {
        Path parent = file == null ? null : file.toAbsolutePath().getParent();
        return parent == null ? Path.of("").toAbsolutePath() : parent;
    }

    private static String text(Path path) {
        try {
            if (Files.size(path) > YamlReader.MAX_CHARACTERS) {
                throw new IllegalArgumentException("must have at most " + YamlReader.MAX_CHARACTERS
                        + " bytes. Received: " + Files.size(path) + " in " + path);
            }
            return Files.readString(path);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read: " + path, e);
        }
    }
}

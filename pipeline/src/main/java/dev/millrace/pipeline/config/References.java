package dev.millrace.pipeline.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces <code>${env:NAME}</code> by an environment variable and <code>${file:PATH}</code> by the content of a file
 * without its last line end, so that secrets stay out of the configuration.
 *
 * @param environment value of a variable, null if unset
 * @param directory what relative paths start from: that of the configuration file
 */
public record References(Function<String, @Nullable String> environment, Path directory) {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([a-z]+):([^}]*)}");
    private static final int MAX_BYTES = 64 << 10;

    static boolean isPresentIn(String text) {
        return REFERENCE.matcher(text).find();
    }

    /** Whether the text is one reference and nothing else, and so says no secret itself. */
    public static boolean isAll(String text) {
        return REFERENCE.matcher(text).matches();
    }

    /** @throws IllegalArgumentException naming a reference that leads nowhere; never its content */
    public String resolve(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(target(matcher.group(1), matcher.group(2))));
        }
        return matcher.appendTail(resolved).toString();
    }

    private String target(String scheme, String name) {
        return switch (scheme) {
            case "env" -> variable(name);
            case "file" -> content(name);
            default ->
                throw new IllegalArgumentException(
                        "must refer to ${env:NAME} or ${file:PATH}. Received: ${" + scheme + ":...}");
        };
    }

    private String variable(String name) {
        String value = environment.apply(name);
        if (value == null) throw new IllegalArgumentException("refers to the unset environment variable " + name);
        return value;
    }

    private String content(String name) {
        Path path = directory.resolve(name);
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "refers to a file of " + Files.size(path) + " bytes; at most " + MAX_BYTES + ": " + path);
            }
            return Files.readString(path).stripTrailing();
        } catch (IOException e) {
            throw new IllegalArgumentException("refers to a file that cannot be read: " + path, e);
        }
    }
}

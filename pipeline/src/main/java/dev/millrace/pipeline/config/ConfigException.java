package dev.millrace.pipeline.config;

import java.util.List;

/** A configuration was refused. The message lists every mistake in it, one per line. */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigProblem> problems;

    /** @param origin the file's name, as the user gave it */
    public ConfigException(String origin, List<ConfigProblem> problems) {
        super(describe(origin, problems));
        this.problems = List.copyOf(problems);
    }

    public List<ConfigProblem> problems() {
        return problems;
    }

    private static String describe(String origin, List<ConfigProblem> problems) {
        int width = problems.stream().mapToInt(p -> p.key().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        text.append(problems.size())
                .append(problems.size() == 1 ? " error in " : " errors in ")
                .append(origin);
        for (ConfigProblem problem : problems) {
            text.append("\n  ").append(problem.key());
            text.append(" ".repeat(width - problem.key().length() + 3)).append(problem.message());
        }
        return text.toString();
    }
}

package dev.millrace.pipeline.local;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Where the live view is drawn: in place on a terminal, one line after the other elsewhere. */
final class LiveScreen {

    private static final String CLEAR_TO_END_OF_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final PrintStream out;
    private final boolean inPlace;
    private final boolean color;
    private final int width;
    private int drawn;

    LiveScreen(PrintStream out, boolean inPlace, boolean color, int width) {
        this.out = out;
        this.inPlace = inPlace;
        this.color = color;
        this.width = width;
    }

    /**
     * What fits the environment: in place only if there is a terminal that can; bold and dim only without
     * {@code NO_COLOR}.
     *
     * @param terminal whether standard output is a terminal
     */
    static LiveScreen of(PrintStream out, boolean terminal, Map<String, String> environment) {
        boolean capable = terminal && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        boolean color = capable && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new LiveScreen(out, capable, color, TerminalWidth.of(environment));
    }

    /** Draws over what was drawn before. */
    void draw(LiveStatus status) {
        if (!inPlace) {
            out.println(LiveView.line(status));
            out.flush();
            return;
        }
        List<String> lines = LiveView.screen(status, width, color);
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append('A');
        }
        for (String line : lines) {
            text.append('\r').append(line).append(CLEAR_TO_END_OF_LINE).append('\n');
        }
        // One write, or the terminal shows half a screen.
        out.print(text.append(CLEAR_BELOW));
        out.flush();
        drawn = lines.size();
    }

    /** Prints a line that stays; what is drawn later comes below it. */
    void say(String line) {
        // A terminal shows ^C where it was pressed: it goes.
        out.println(inPlace ? "\r" + CLEAR_TO_END_OF_LINE + line : line);
        out.flush();
        drawn = 0;
    }
}

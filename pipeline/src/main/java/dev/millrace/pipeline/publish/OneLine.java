package dev.millrace.pipeline.publish;

/** Text from outside made safe for logs, headers and terminals. */
public final class OneLine {

    private OneLine() {}

    /** The text with every control character replaced by a blank, cut to {@code max} characters. */
    public static String of(String text, int max) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), max));
        for (int i = 0; i < text.length() && line.length() < max; i++) {
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) ? ' ' : c);
        }
        return line.toString();
    }
}

package dev.millrace.pipeline.server;

/** What others wrote, fit for logs and reports. */
final class Echo {
    private Echo() {}

    /** Control characters become question marks; what is longer is cut. */
    static String of(String received, int length) {
        return shorten(received.replaceAll("\\p{Cntrl}", "?"), length);
    }

    static String shorten(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "...";
    }
}

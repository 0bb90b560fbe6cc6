package dev.millrace.pipeline.advise;

import java.util.Locale;

/** Numbers as they are read in a sentence or a table. */
final class Words {
    private Words() {}

    static String count(double value) {
        if (Double.isNaN(value)) return "-";
        if (Double.isInfinite(value)) return "inf";
        return String.format(Locale.ROOT, value < 10 && value != Math.rint(value) ? "%.1f" : "%,.0f", value);
    }

    /** Per second, in at most 7 characters: 9,152, 164,656, 4.47 M. */
    static String perSecond(double value) {
        return value < 999_999.5 ? count(value) : String.format(Locale.ROOT, "%.2f M", value / 1e6);
    }

    static String loss(double value) {
        if (!Double.isFinite(value)) return "-";
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.4f" : "%.4g", value);
    }

    /** A learning rate: up to three digits, no trailing zeros. */
    static String rate(double value) {
        String text = String.format(Locale.ROOT, "%.3g", value);
        if (text.contains("e") || !text.contains(".")) return text;
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    /** How many times as much: 1.3 times, 12 times. */
    static String times(double factor) {
        return String.format(Locale.ROOT, factor < 10 ? "%.1f times" : "%,.0f times", factor);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, share < 0.1 ? "%.1f %%" : "%.0f %%", 100 * share);
    }

    /** In at most 9 characters. */
    static String bytes(double value) {
        if (value < 1000) return String.format(Locale.ROOT, "%.0f B", value);
        double kibibytes = value / 1024;
        if (kibibytes < 999.95) return String.format(Locale.ROOT, "%.1f KiB", kibibytes);
        double mebibytes = kibibytes / 1024;
        if (mebibytes < 999.95) return String.format(Locale.ROOT, "%.1f MiB", mebibytes);
        return String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024);
    }

    static String seconds(double value) {
        if (value < 0.1) return String.format(Locale.ROOT, "%.2g s", value);
        return String.format(Locale.ROOT, value < 10 ? "%.2f s" : "%.0f s", value);
    }
}

package dev.millrace.pipeline.dataset;

/** Decimal numbers from characters. */
final class Numbers {
    private static final int MAX_EXACT = 1 << 24; // a float holds every whole number up to here
    private static final float[] TENS = {1, 10, 100, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f}; // exact, too

    private Numbers() {}

    /**
     * The float nearest to a decimal number; infinite if it is too large, NaN if it is none. Equal to what {@link
     * Float#parseFloat} gives, but {@code NaN}, {@code Infinity}, hexadecimal and type suffixes are no numbers.
     *
     * <p>Few digits, the usual case, need no object: two floats that are exact have a quotient that is rounded once.
     */
    static float parse(char[] text, int begin, int end) {
        boolean negative = begin < end && text[begin] == '-';
        int at = negative ? begin + 1 : begin;
        int digits = 0;
        int point = -1;
        int firstDigit = at;
        for (; at < end; at++) {
            char c = text[at];
            if (c == '.' && point < 0) {
                point = at;
            } else if (c >= '0' && c <= '9' && digits <= MAX_EXACT) {
                digits = 10 * digits + (c - '0');
            } else {
                return parseAny(text, begin, end);
            }
        }
        int decimals = point < 0 ? 0 : end - point - 1;
        boolean anyDigit = end - firstDigit > (point < 0 ? 0 : 1);
        if (!anyDigit || digits > MAX_EXACT || decimals >= TENS.length) return parseAny(text, begin, end);
        float value = digits / TENS[decimals];
        return negative ? -value : value;
    }

    private static float parseAny(char[] text, int begin, int end) {
        for (int i = begin; i < end; i++) {
            char c = text[i];
            boolean decimal = (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
            if (!decimal) return Float.NaN;
        }
        try {
            return Float.parseFloat(new String(text, begin, end - begin));
        } catch (NumberFormatException e) {
            return Float.NaN;
        }
    }
}

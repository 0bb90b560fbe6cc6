package dev.millrace.model.batchsize;

/** Constants as numbers of a checkpoint. A constant keeps its number for ever. */
final class Codes {
    private Codes() {}

    /** A constant that has a number. */
    interface Coded {
        int code();
    }

    static <E extends Enum<E> & Coded> E read(E[] values, double code) {
        for (E value : values) if (value.code() == code) return value;
        throw new IllegalArgumentException(values[0].getDeclaringClass().getSimpleName() + " must have a code in 0.."
                + (values.length - 1) + ". Received: " + code + ". A newer release wrote it, or it is damaged.");
    }
}

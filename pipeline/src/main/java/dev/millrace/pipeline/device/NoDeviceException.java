package dev.millrace.pipeline.device;

/** A worker that cannot compute on a device. */
final class NoDeviceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String remedy;
    private final boolean lasting;

    /**
     * @param reason reads after "cannot compute on a device:"
     * @param remedy what to do about it, a sentence
     * @param lasting whether another attempt would find the same
     */
    NoDeviceException(String reason, String remedy, boolean lasting) {
        super(reason);
        this.remedy = remedy;
        this.lasting = lasting;
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    String remedy() {
        return remedy;
    }

    boolean isLasting() {
        return lasting;
    }
}

package dev.millrace.pipeline.control;

/** What a command asks for. The names are those on the wire. */
public enum Action {
    PIN_BATCH_SIZE("pin the batch size"),
    RELEASE_BATCH_SIZE("release the batch size"),
    SET_BATCH_BOUNDS("set the bounds of the batch size"),
    SET_BATCH_POLICY("set the policy of the batch size"),
    SET_LEARNING_RATE("set the learning rate"),
    RELEASE_LEARNING_RATE("release the learning rate"),
    PAUSE("pause"),
    RESUME("resume"),
    PUBLISH("publish"),
    PROMOTE("promote a version"),
    ROLLBACK("roll the champion back"),
    PIN_CHAMPION("pin the champion"),
    UNPIN_CHAMPION("unpin the champion"),
    PROMOTE_CHALLENGER("promote the challenger");

    private final String text;

    Action(String text) {
        this.text = text;
    }

    /** As in "asked to ...". */
    public String text() {
        return text;
    }
}

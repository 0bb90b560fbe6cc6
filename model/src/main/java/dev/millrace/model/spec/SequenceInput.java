package dev.millrace.model.spec;

/** What layers over sequences have in common. */
final class SequenceInput {
    private SequenceInput() {}

    /** @throws IllegalArgumentException naming the layer and both shapes if the input is no sequence */
    static void require(String layer, Shape input) {
        if (input.isSequence()) return;
        throw new IllegalArgumentException(layer + " takes a sequence, [steps, features]. Received: " + input
                + "; an embedding gives one, and model.inputs may be such a list");
    }
}

package dev.millrace.pipeline.experiment;

import dev.millrace.model.spec.ModelSpec;

/**
 * A model and the teacher it learns from.
 *
 * @param hidden units of the teacher, 0 for a linear one
 */
record Learner(String name, ModelSpec spec, int hidden) {

    /** Softmax regression on a linear teacher: 385 parameters. */
    static final Learner LINEAR = new Learner("linear 54-7", spec(""), 0);

    /** A perceptron with a hidden layer on a teacher with 16 units: 3,975 parameters. */
    static final Learner PERCEPTRON =
            new Learner("MLP 54-64-7", spec("  - dense: {units: 64, activation: relu}\n"), 16);

    private static ModelSpec spec(String hiddenLayers) {
        return ModelSpec.fromYaml("name: learner\ninputs: " + DriftingStream.FEATURES
                + "\nloss: categorical_crossentropy\nlayers:\n" + hiddenLayers + "  - dense: {units: "
                + Teacher.CLASSES + ", activation: softmax}\n");
    }
}

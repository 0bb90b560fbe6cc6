package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.PlacedLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The model in TensorFlow, with TensorFlow's gradient. Parameters are fed, not kept in variables: an update of a variable
 * may run before another operation of the same step has read it.
 */
final class TensorFlowModel implements AutoCloseable {
    private final Graph graph = new Graph();
    private final Session session;
    private final ModelSpec spec;
    private final List<Placeholder<TFloat32>> parameters = new ArrayList<>();
    private final List<Operand<TFloat32>> gradients = new ArrayList<>();
    private final Operand<TFloat32> logits;
    private final float learningRate;
    private final Placeholder<TFloat32> features;
    private final Placeholder<TFloat32> labels; // [rows, outputs]; classes as one-hot rows
    private final Placeholder<TFloat32> weights;
    private final Operand<TFloat32> loss;
    private final float[] current; // parameters

    TensorFlowModel(ModelSpec spec, float[] initial, float learningRate) {
        this.spec = spec;
        this.learningRate = learningRate;
        Ops tf = Ops.create(graph);
        this.features = tf.placeholder(TFloat32.class);
        this.labels = tf.placeholder(TFloat32.class);
        this.weights = tf.placeholder(TFloat32.class);
        this.current = initial.clone();
        for (int i = 0; i < spec.layout().blocks().size(); i++) parameters.add(tf.placeholder(TFloat32.class));
        this.logits = logits(tf);
        Operand<TFloat32> perSample = perSample(tf, logits);
        this.loss =
                tf.math.div(tf.sum(tf.math.mul(perSample, weights), tf.constant(0)), tf.sum(weights, tf.constant(0)));
        Gradients of = tf.gradients(loss, parameters);
        for (int i = 0; i < parameters.size(); i++) gradients.add(of.<TFloat32>dy(i));
        this.session = new Session(graph);
    }

    private Operand<TFloat32> logits(Ops tf) {
        TensorFlowLayers layers = new TensorFlowLayers(tf);
        Operand<TFloat32> x = features;
        if (!spec.inputShape().isFlat()) x = layers.reshape(x, spec.inputShape());
        List<PlacedLayer> placed = spec.placedLayers();
        int parameter = 0;
        for (int i = 0; i < placed.size(); i++) {
            int next = parameter + placed.get(i).parameters().size();
            List<Placeholder<TFloat32>> own = new ArrayList<>(parameters.subList(parameter, next));
            for (int t = 0; t < placed.get(i).tables().size(); t++) {
                own.add(parameters.get(
                        spec.layout().dense().size() + placed.get(i).firstTable() + t));
            }
            x = layers.forward(placed.get(i), x, own, i == placed.size() - 1);
            parameter = next;
        }
        return x;
    }

    private Operand<TFloat32> perSample(Ops tf, Operand<TFloat32> logits) {
        if (spec.loss() == Loss.CATEGORICAL_CROSSENTROPY) {
            return tf.nn.softmaxCrossEntropyWithLogits(logits, labels).loss();
        }
        return tf.math.mean(tf.math.sub(tf.math.softplus(logits), tf.math.mul(logits, labels)), tf.constant(1));
    }

    /** The weighted mean loss of a batch and its gradient; logits of all rows, row-major. */
    record Evaluation(float loss, float[] logits, float[] gradient) {}

    Evaluation evaluate(SampleBatch batch) {
        int rows = batch.rows();
        int outputs = spec.outputs();
        float[] targets = new float[rows * outputs];
        for (int i = 0; i < rows; i++) {
            if (spec.loss() == Loss.CATEGORICAL_CROSSENTROPY) targets[i * outputs + (int) batch.labels()[i]] = 1;
            else System.arraycopy(batch.labels(), i * outputs, targets, i * outputs, outputs);
        }
        List<TFloat32> fed = new ArrayList<>();
        Session.Runner runner = session.runner();
        feed(runner, fed, features, Arrays.copyOf(batch.features(), rows * spec.inputs()), rows, spec.inputs());
        feed(runner, fed, labels, targets, rows, outputs);
        feed(runner, fed, weights, Arrays.copyOf(batch.weights(), rows), rows);
        List<ParameterBlock> blocks = spec.layout().blocks();
        for (int i = 0; i < blocks.size(); i++) {
            long[] shape =
                    blocks.get(i).shape().stream().mapToLong(Integer::longValue).toArray();
            float[] values = Arrays.copyOfRange(
                    current,
                    blocks.get(i).offset(),
                    blocks.get(i).offset() + blocks.get(i).size());
            feed(runner, fed, parameters.get(i), values, shape);
        }
        runner.fetch(loss);
        runner.fetch(logits);
        gradients.forEach(runner::fetch);
        try (Result result = runner.run()) {
            float[] gradient = new float[current.length];
            for (int i = 0; i < blocks.size(); i++) {
                float[] values = read(result, i + 2, blocks.get(i).size());
                System.arraycopy(values, 0, gradient, blocks.get(i).offset(), values.length);
            }
            return new Evaluation(((TFloat32) result.get(0)).getFloat(), read(result, 1, rows * outputs), gradient);
        } finally {
            fed.forEach(TFloat32::close);
        }
    }

    /** Compares loss, predictions and gradient of a batch, each within 1e-5: some hundred float32 sums in another order. */
    static void requireParity(ModelSpec spec, float[] parameters, SampleBatch batch) {
        GradientSum ours = Networks.gradient(spec, parameters, batch, 64);
        Evaluation theirs;
        try (TensorFlowModel tensorFlow = new TensorFlowModel(spec, parameters, 0)) {
            theirs = tensorFlow.evaluate(batch);
        }

        assertThat(ours.lossSum / ours.weight).isCloseTo(theirs.loss(), within(1e-5));
        assertThat(ours.predictions).containsExactly(softmax(theirs.logits(), spec.outputs()), within(1e-5f));
        float[] mean = Networks.flat(spec.layout(), ours);
        for (int i = 0; i < mean.length; i++) mean[i] = (float) (mean[i] / ours.weight);
        assertThat(mean).containsExactly(theirs.gradient(), within(1e-5f));
    }

    private static float[] softmax(float[] logits, int classes) {
        float[] probabilities = new float[logits.length];
        for (int row = 0; row < logits.length; row += classes) {
            double total = 0;
            for (int k = row; k < row + classes; k++) total += Math.exp(logits[k]);
            for (int k = row; k < row + classes; k++) probabilities[k] = (float) (Math.exp(logits[k]) / total);
        }
        return probabilities;
    }

    /** One step of gradient descent; returns the weighted mean loss before it. */
    float step(SampleBatch batch) {
        Evaluation evaluation = evaluate(batch);
        for (int i = 0; i < current.length; i++)
            current[i] -= learningRate * evaluation.gradient()[i];
        return evaluation.loss();
    }

    private static float[] read(Result result, int index, int length) {
        float[] values = new float[length];
        ((TFloat32) result.get(index)).copyTo(DataBuffers.of(values, false, false));
        return values;
    }

    private static void feed(
            Session.Runner runner, List<TFloat32> fed, Operand<TFloat32> where, float[] values, long... shape) {
        TFloat32 tensor = TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values, true, false));
        fed.add(tensor);
        runner.feed(where, tensor);
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}

package dev.millrace.model.engine;

import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterBlock;
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
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * The model in TensorFlow, gradient and update by TensorFlow too. Parameters are fed and fetched, not kept in variables:
 * an update of a variable may run before another operation of the same step has read it.
 */
final class TensorFlowModel implements AutoCloseable {
    private final Graph graph = new Graph();
    private final Session session;
    private final ModelSpec spec;
    private final List<Placeholder<TFloat32>> parameters = new ArrayList<>();
    private final List<Operand<TFloat32>> updated = new ArrayList<>();
    private final Placeholder<TFloat32> features;
    private final Placeholder<TFloat32> labels; // [rows, outputs]; classes as one-hot rows
    private final Placeholder<TFloat32> weights;
    private final Operand<TFloat32> loss;
    private final List<float[]> values = new ArrayList<>();

    TensorFlowModel(ModelSpec spec, float[] initial, float learningRate) {
        this.spec = spec;
        Ops tf = Ops.create(graph);
        this.features = tf.placeholder(TFloat32.class);
        this.labels = tf.placeholder(TFloat32.class);
        this.weights = tf.placeholder(TFloat32.class);
        for (ParameterBlock block : spec.layout().blocks()) {
            parameters.add(tf.placeholder(TFloat32.class));
            values.add(Arrays.copyOfRange(initial, block.offset(), block.offset() + block.size()));
        }
        Operand<TFloat32> perSample = perSample(tf, logits(tf));
        this.loss =
                tf.math.div(tf.sum(tf.math.mul(perSample, weights), tf.constant(0)), tf.sum(weights, tf.constant(0)));
        Gradients gradients = tf.gradients(loss, parameters);
        for (int i = 0; i < parameters.size(); i++) {
            Operand<TFloat32> gradient = gradients.<TFloat32>dy(i);
            updated.add(tf.math.sub(parameters.get(i), tf.math.mul(tf.constant(learningRate), gradient)));
        }
        this.session = new Session(graph);
    }

    private Operand<TFloat32> logits(Ops tf) {
        Operand<TFloat32> x = features;
        List<LayerSpec> layers = spec.layers();
        for (int i = 0; i < layers.size(); i++) {
            x = tf.linalg.matMul(x, parameters.get(2 * i), MatMul.transposeB(true));
            x = tf.math.add(x, parameters.get(2 * i + 1));
            if (i < layers.size() - 1) x = activate(tf, layers.get(i).activation(), x);
        }
        return x;
    }

    private static Operand<TFloat32> activate(Ops tf, Activation activation, Operand<TFloat32> x) {
        return switch (activation) {
            case RELU -> tf.nn.relu(x);
            case TANH -> tf.math.tanh(x);
            case SIGMOID -> tf.math.sigmoid(x);
            case LINEAR, SOFTMAX -> x;
        };
    }

    private Operand<TFloat32> perSample(Ops tf, Operand<TFloat32> logits) {
        if (spec.loss() == Loss.CATEGORICAL_CROSSENTROPY) {
            return tf.nn.softmaxCrossEntropyWithLogits(logits, labels).loss();
        }
        return tf.math.mean(tf.math.sub(tf.math.softplus(logits), tf.math.mul(logits, labels)), tf.constant(1));
    }

    /** One step of gradient descent; returns the weighted mean loss before it. */
    float step(SampleBatch batch) {
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
            feed(runner, fed, parameters.get(i), values.get(i), shape);
        }
        runner.fetch(loss);
        updated.forEach(runner::fetch);
        try (Result result = runner.run()) {
            for (int i = 0; i < values.size(); i++) {
                ((TFloat32) result.get(i + 1)).copyTo(DataBuffers.of(values.get(i), false, false));
            }
            return ((TFloat32) result.get(0)).getFloat();
        } finally {
            fed.forEach(TFloat32::close);
        }
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

package dev.millrace.model.parity;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterBlock;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * The same model in TensorFlow: loss and gradients come from its graph and its automatic differentiation. Parameters are
 * fed and updates made outside, as TensorFlow's variables may be read while they are written.
 */
final class TensorFlowOracle implements AutoCloseable {
    private final ModelSpec spec;
    private final Graph graph = new Graph();
    private final Session session;
    private final Placeholder<TFloat32> features;
    private final Placeholder<TFloat32> targets;
    private final List<Placeholder<TFloat32>> parameters = new ArrayList<>();
    private final Operand<TFloat32> loss;
    private final Output<?>[] gradients;

    TensorFlowOracle(ModelSpec spec) {
        this.spec = spec;
        Ops tf = Ops.create(graph);
        features = tf.placeholder(TFloat32.class);
        targets = tf.placeholder(TFloat32.class);
        Operand<TFloat32> logits = features;
        for (LayerSpec layer : spec.layers()) {
            Placeholder<TFloat32> kernel = tf.placeholder(TFloat32.class);
            Placeholder<TFloat32> bias = tf.placeholder(TFloat32.class);
            parameters.add(kernel);
            parameters.add(bias);
            logits = tf.math.add(tf.linalg.matMul(logits, kernel, MatMul.transposeB(true)), bias);
            switch (layer.activation()) {
                case RELU -> logits = tf.nn.relu(logits);
                case TANH -> logits = tf.math.tanh(logits);
                default -> {} // softmax and sigmoid of the last layer are part of the loss
            }
        }
        Operand<TFloat32> each = spec.loss() == Loss.CATEGORICAL_CROSSENTROPY
                ? tf.math.neg(tf.sum(tf.math.mul(targets, tf.nn.logSoftmax(logits)), tf.constant(1)))
                : tf.math.sub(tf.math.softplus(logits), tf.math.mul(logits, targets)); // log(1 + e^z) - z y
        loss = tf.math.mean(
                each, spec.loss() == Loss.CATEGORICAL_CROSSENTROPY ? tf.constant(0) : tf.constant(new int[] {0, 1}));
        gradients = graph.addGradients(
                loss.asOutput(), parameters.stream().map(Placeholder::output).toArray(Output<?>[]::new));
        session = new Session(graph);
    }

    /** One step of SGD in place; returns the loss before it. */
    double step(float[] values, SampleBatch batch, float learningRate) {
        List<TFloat32> fed = new ArrayList<>();
        Session.Runner runner = session.runner();
        runner.feed(features, keep(fed, batch.features(), batch.rows(), spec.inputs()));
        runner.feed(targets, keep(fed, targets(batch), batch.rows(), spec.outputs()));
        List<ParameterBlock> blocks = spec.layout().blocks();
        for (int i = 0; i < blocks.size(); i++) {
            ParameterBlock block = blocks.get(i);
            long[] shape = block.shape().stream().mapToLong(Integer::longValue).toArray();
            float[] part = new float[block.size()];
            System.arraycopy(values, block.offset(), part, 0, part.length);
            TFloat32 tensor = TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(part));
            fed.add(tensor);
            runner.feed(parameters.get(i), tensor);
        }
        runner.fetch(loss);
        for (Output<?> gradient : gradients) runner.fetch(gradient);
        try (Result result = runner.run()) {
            for (int i = 0; i < blocks.size(); i++) {
                float[] gradient = new float[blocks.get(i).size()];
                ((TFloat32) result.get(i + 1)).asRawTensor().data().asFloats().read(gradient);
                int offset = blocks.get(i).offset();
                for (int k = 0; k < gradient.length; k++) values[offset + k] -= learningRate * gradient[k];
            }
            return ((TFloat32) result.get(0)).getFloat();
        } finally {
            fed.forEach(TFloat32::close);
        }
    }

    private float[] targets(SampleBatch batch) {
        if (spec.loss() != Loss.CATEGORICAL_CROSSENTROPY) return batch.labels();
        float[] oneHot = new float[batch.rows() * spec.outputs()];
        for (int i = 0; i < batch.rows(); i++) oneHot[i * spec.outputs() + (int) batch.labels()[i]] = 1;
        return oneHot;
    }

    private static TFloat32 keep(List<TFloat32> fed, float[] values, int rows, int columns) {
        TFloat32 tensor = TFloat32.tensorOf(Shape.of(rows, columns), DataBuffers.of(values));
        fed.add(tensor);
        return tensor;
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}

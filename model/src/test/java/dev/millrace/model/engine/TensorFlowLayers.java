package dev.millrace.model.engine;

import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.Conv2dSpec;
import dev.millrace.model.spec.DenseSpec;
import dev.millrace.model.spec.DepthwiseConv2dSpec;
import dev.millrace.model.spec.EmbeddingBagSpec;
import dev.millrace.model.spec.EmbeddingSpec;
import dev.millrace.model.spec.FactorizationMachineSpec;
import dev.millrace.model.spec.FlattenSpec;
import dev.millrace.model.spec.GlobalPooling1dSpec;
import dev.millrace.model.spec.GlobalPooling2dSpec;
import dev.millrace.model.spec.LayerNormalizationSpec;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.LstmSpec;
import dev.millrace.model.spec.Padding;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.Pooling;
import dev.millrace.model.spec.Pooling2dSpec;
import dev.millrace.model.spec.SelfAttentionSpec;
import dev.millrace.model.spec.Shape;
import dev.millrace.model.spec.SparseLinearSpec;
import dev.millrace.model.spec.Window;
import java.util.List;
import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/** Each kind of layer by TensorFlow's own operations. */
final class TensorFlowLayers {
    private final Ops tf;
    private final TensorFlowSequences sequences;

    TensorFlowLayers(Ops tf) {
        this.tf = tf;
        this.sequences = new TensorFlowSequences(tf);
    }

    /**
     * Its output.
     *
     * @param parameters the layer's, its tables last
     * @param last whether the activation is left to the loss
     */
    Operand<TFloat32> forward(
            PlacedLayer placed, Operand<TFloat32> x, List<Placeholder<TFloat32>> parameters, boolean last) {
        LayerSpec layer = placed.layer();
        if (layer instanceof DenseSpec dense) {
            Operand<TFloat32> z = tf.linalg.matMul(x, parameters.get(0), MatMul.transposeB(true));
            return activate(last ? Activation.LINEAR : dense.activation(), tf.math.add(z, parameters.get(1)));
        }
        if (layer instanceof Conv2dSpec conv) {
            Window window = conv.window();
            Operand<TFloat32> z = tf.nn.conv2d(
                    x,
                    parameters.get(0),
                    List.of(1L, (long) window.rowStride(), (long) window.columnStride(), 1L),
                    window.padding().word().toUpperCase(Locale.ROOT));
            return activate(conv.activation(), tf.math.add(z, parameters.get(1)));
        }
        if (layer instanceof DepthwiseConv2dSpec conv) {
            Window window = conv.window();
            Operand<TFloat32> z = tf.nn.depthwiseConv2dNative(
                    x,
                    parameters.get(0),
                    List.of(1L, (long) window.rowStride(), (long) window.columnStride(), 1L),
                    window.padding().word().toUpperCase(Locale.ROOT));
            return activate(conv.activation(), tf.math.add(z, parameters.get(1)));
        }
        if (layer instanceof Pooling2dSpec pool) return pool(pool.pooling(), pool.window(), x);
        if (layer instanceof GlobalPooling2dSpec pool) {
            Shape in = placed.input();
            Window all = new Window(in.height(), in.width(), 1, 1, Padding.VALID);
            return reshape(pool(pool.pooling(), all, x), placed.output());
        }
        if (layer instanceof FlattenSpec) return reshape(x, placed.output());
        if (layer instanceof LayerNormalizationSpec norm) return normalize(norm, x, parameters);
        if (layer instanceof LstmSpec lstm) return sequences.lstm(lstm, placed.input(), x, parameters);
        if (layer instanceof SelfAttentionSpec attention) {
            return sequences.attention(attention, placed.input(), x, parameters);
        }
        if (layer instanceof GlobalPooling1dSpec pool) return sequences.pool(pool.pooling(), x);
        if (!placed.tables().isEmpty()) return ofIds(placed, x, parameters, last);
        throw new IllegalArgumentException("no operations for " + layer);
    }

    private Operand<TFloat32> ofIds(
            PlacedLayer placed, Operand<TFloat32> ids, List<Placeholder<TFloat32>> parameters, boolean last) {
        int count = placed.input().size();
        List<Integer> table = placed.tables().get(0).shape();
        Operand<TFloat32> rows =
                sequences.rows(ids, count, table.get(0), table.get(1), parameters.get(parameters.size() - 1));
        LayerSpec layer = placed.layer();
        if (layer instanceof EmbeddingSpec) return rows;
        if (layer instanceof EmbeddingBagSpec bag) return sequences.bag(bag, rows);
        if (layer instanceof SparseLinearSpec linear) {
            Operand<TFloat32> z = tf.math.add(tf.sum(rows, tf.constant(1)), parameters.get(0));
            return activate(last ? Activation.LINEAR : linear.activation(), z);
        }
        if (layer instanceof FactorizationMachineSpec machine) {
            Operand<TFloat32> z = sequences.pairs(machine, count, rows, parameters.get(0));
            return activate(last ? Activation.LINEAR : machine.activation(), z);
        }
        throw new IllegalArgumentException("no operations for " + layer);
    }

    /** Rows of the given shape. */
    Operand<TFloat32> reshape(Operand<TFloat32> x, Shape shape) {
        int[] extents = new int[shape.extents().size() + 1];
        extents[0] = -1;
        for (int i = 1; i < extents.length; i++) extents[i] = shape.extents().get(i - 1);
        return tf.reshape(x, tf.constant(extents));
    }

    private Operand<TFloat32> pool(Pooling pooling, Window window, Operand<TFloat32> x) {
        int[] size = {1, window.height(), window.width(), 1};
        int[] strides = {1, window.rowStride(), window.columnStride(), 1};
        if (pooling == Pooling.MAX) return tf.nn.maxPool(x, tf.constant(size), tf.constant(strides), "VALID");
        return tf.nn.avgPool(x, longs(size), longs(strides), "VALID");
    }

    private static List<Long> longs(int[] values) {
        return List.of((long) values[0], (long) values[1], (long) values[2], (long) values[3]);
    }

    private Operand<TFloat32> normalize(
            LayerNormalizationSpec norm, Operand<TFloat32> x, List<Placeholder<TFloat32>> parameters) {
        Operand<TFloat32> distance = tf.math.sub(x, tf.math.mean(x, tf.constant(-1), Mean.keepDims(true)));
        Operand<TFloat32> variance = tf.math.mean(tf.math.square(distance), tf.constant(-1), Mean.keepDims(true));
        Operand<TFloat32> scale = tf.math.rsqrt(tf.math.add(variance, tf.constant((float) norm.epsilon())));
        Operand<TFloat32> normal = tf.math.mul(distance, scale);
        return tf.math.add(tf.math.mul(normal, parameters.get(0)), parameters.get(1));
    }

    private Operand<TFloat32> activate(Activation activation, Operand<TFloat32> x) {
        return switch (activation) {
            case RELU -> tf.nn.relu(x);
            case TANH -> tf.math.tanh(x);
            case SIGMOID -> tf.math.sigmoid(x);
            case LINEAR, SOFTMAX -> x;
        };
    }
}

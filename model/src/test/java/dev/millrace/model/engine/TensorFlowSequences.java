package dev.millrace.model.engine;

import dev.millrace.model.spec.EmbeddingBagSpec;
import dev.millrace.model.spec.FactorizationMachineSpec;
import dev.millrace.model.spec.LstmSpec;
import dev.millrace.model.spec.Pooling;
import dev.millrace.model.spec.SelfAttentionSpec;
import dev.millrace.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Layers over steps and over ids by TensorFlow's own operations; no step is absent. */
final class TensorFlowSequences {
    private final Ops tf;

    TensorFlowSequences(Ops tf) {
        this.tf = tf;
    }

    /** Step after step, the gates split as Keras' LSTM has them: input, forget, cell, output. */
    Operand<TFloat32> lstm(LstmSpec lstm, Shape input, Operand<TFloat32> x, List<Placeholder<TFloat32>> parameters) {
        int units = lstm.units();
        Operand<TFloat32> h = null;
        Operand<TFloat32> c = null;
        List<Operand<TFloat32>> all = new ArrayList<>();
        for (Operand<TFloat32> step : tf.unstack(x, (long) input.height(), Unstack.axis(1L))) {
            Operand<TFloat32> z = tf.math.add(transposed(step, parameters.get(0)), parameters.get(2));
            if (h != null) z = tf.math.add(z, transposed(h, parameters.get(1)));
            List<Output<TFloat32>> gates = tf.split(tf.constant(1), z, 4L).output();
            Operand<TFloat32> added = tf.math.mul(tf.math.sigmoid(gates.get(0)), tf.math.tanh(gates.get(2)));
            c = c == null ? added : tf.math.add(tf.math.mul(tf.math.sigmoid(gates.get(1)), c), added);
            h = tf.math.mul(tf.math.sigmoid(gates.get(3)), tf.math.tanh(c));
            all.add(h);
        }
        if (h == null) throw new IllegalArgumentException("no steps");
        if (!lstm.returnSequences()) return h;
        return tf.reshape(tf.concat(all, tf.constant(1)), tf.constant(new int[] {-1, input.height(), units}));
    }

    Operand<TFloat32> attention(
            SelfAttentionSpec attention, Shape input, Operand<TFloat32> x, List<Placeholder<TFloat32>> parameters) {
        int steps = input.height();
        int features = input.channels();
        int heads = attention.numHeads();
        int size = attention.keyDim();
        Operand<TFloat32> rows = tf.reshape(x, tf.constant(new int[] {-1, features}));
        Operand<TFloat32> projected = tf.math.add(transposed(rows, parameters.get(0)), parameters.get(1));
        List<Output<TFloat32>> parts = tf.split(tf.constant(1), projected, 3L).output();
        int[] byStep = {-1, steps, heads, size};
        Operand<TFloat32> queries = heads(parts.get(0), byStep);
        Operand<TFloat32> keys = heads(parts.get(1), byStep);
        Operand<TFloat32> values = heads(parts.get(2), byStep);
        Operand<TFloat32> scores = tf.train.batchMatMul(queries, keys, TFloat32.class, BatchMatMul.adjY(true));
        Operand<TFloat32> looks = tf.nn.softmax(tf.math.div(scores, tf.constant((float) Math.sqrt(size))));
        Operand<TFloat32> gathered = tf.linalg.transpose(
                tf.train.batchMatMul(looks, values, TFloat32.class), tf.constant(new int[] {0, 2, 1, 3}));
        Operand<TFloat32> y =
                transposed(tf.reshape(gathered, tf.constant(new int[] {-1, heads * size})), parameters.get(2));
        return tf.reshape(tf.math.add(y, parameters.get(3)), tf.constant(new int[] {-1, steps, features}));
    }

    /** [rows, heads, steps, size]. */
    private Operand<TFloat32> heads(Operand<TFloat32> projected, int[] byStep) {
        return tf.linalg.transpose(tf.reshape(projected, tf.constant(byStep)), tf.constant(new int[] {0, 2, 1, 3}));
    }

    Operand<TFloat32> pool(Pooling pooling, Operand<TFloat32> x) {
        return pooling == Pooling.MAX ? tf.max(x, tf.constant(1)) : tf.math.mean(x, tf.constant(1));
    }

    /** The rows of a table, [rows, ids, width]: one-hot vectors times the table, so that its gradient is dense. */
    Operand<TFloat32> rows(Operand<TFloat32> ids, int count, int rows, int width, Placeholder<TFloat32> table) {
        Operand<TInt32> numbers = tf.dtypes.cast(tf.reshape(ids, tf.constant(new int[] {-1})), TInt32.class);
        Operand<TFloat32> hot = tf.oneHot(numbers, tf.constant(rows), tf.constant(1f), tf.constant(0f));
        return tf.reshape(tf.linalg.matMul(hot, table), tf.constant(new int[] {-1, count, width}));
    }

    Operand<TFloat32> bag(EmbeddingBagSpec bag, Operand<TFloat32> rows) {
        return bag.mode() == EmbeddingBagSpec.Mode.MEAN
                ? tf.math.mean(rows, tf.constant(1))
                : tf.sum(rows, tf.constant(1));
    }

    /** {@code sum_i w_i + sum_{i<j} <v_i, v_j> + b}, every pair by itself. */
    Operand<TFloat32> pairs(
            FactorizationMachineSpec machine, int ids, Operand<TFloat32> rows, Placeholder<TFloat32> bias) {
        int width = 1 + machine.factors();
        List<Operand<TFloat32>> each = new ArrayList<>();
        for (Operand<TFloat32> row : tf.unstack(rows, (long) ids, Unstack.axis(1L))) {
            each.add(row);
        }
        Operand<TFloat32> sum = tf.math.add(tf.zeros(tf.constant(new int[] {1}), TFloat32.class), bias);
        for (int i = 0; i < ids; i++) {
            sum = tf.math.add(
                    sum, tf.slice(each.get(i), tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 1})));
            for (int j = i + 1; j < ids; j++) {
                Operand<TFloat32> products = tf.slice(
                        tf.math.mul(each.get(i), each.get(j)),
                        tf.constant(new int[] {0, 1}),
                        tf.constant(new int[] {-1, width - 1}));
                sum = tf.math.add(sum, tf.sum(products, tf.constant(1), Sum.keepDims(true)));
            }
        }
        return sum;
    }

    private Operand<TFloat32> transposed(Operand<TFloat32> x, Operand<TFloat32> kernel) {
        return tf.linalg.matMul(x, kernel, MatMul.transposeB(true));
    }
}

package dev.millrace.model.engine;

import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.Conv2dSpec;
import dev.millrace.model.spec.DenseSpec;
import dev.millrace.model.spec.DepthwiseConv2dSpec;
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
import dev.millrace.model.spec.Window;
import java.util.Arrays;

/** The layers of {@link ReferenceModel}: float64, one sample, one output at a time. */
final class ReferenceLayers {
    private ReferenceLayers() {}

    static double[] forward(PlacedLayer placed, double[] parameters, double[] x) {
        LayerSpec layer = placed.layer();
        int offset = placed.offset();
        if (layer instanceof DenseSpec dense) return activate(dense.activation(), dense(dense, parameters, offset, x));
        if (layer instanceof Conv2dSpec conv) {
            return activate(conv.activation(), conv2d(conv, placed.input(), placed.output(), parameters, offset, x));
        }
        if (layer instanceof DepthwiseConv2dSpec conv) {
            return activate(conv.activation(), depthwise(conv, placed.input(), placed.output(), parameters, offset, x));
        }
        if (layer instanceof Pooling2dSpec pool) {
            return pool(pool.pooling(), pool.window(), placed.input(), placed.output(), x);
        }
        if (layer instanceof GlobalPooling2dSpec pool) {
            Shape in = placed.input();
            Window all = new Window(in.height(), in.width(), 1, 1, Padding.VALID);
            return pool(pool.pooling(), all, in, Shape.image(1, 1, in.channels()), x);
        }
        if (layer instanceof LayerNormalizationSpec norm) {
            return normalize(norm, placed.input().channels(), parameters, offset, x);
        }
        if (layer instanceof GlobalPooling1dSpec pool) return pool1d(pool, placed.input(), x);
        if (layer instanceof LstmSpec lstm) return lstm(lstm, placed.input(), parameters, offset, x);
        if (layer instanceof SelfAttentionSpec attention) {
            return attention(attention, placed.input(), parameters, offset, x);
        }
        if (layer instanceof FlattenSpec) return x;
        throw new IllegalArgumentException("no reference for " + layer);
    }

    private static boolean isAbsent(boolean maskZero, double[] x, int step, int features) {
        return maskZero
                && Arrays.stream(x, step * features, (step + 1) * features).allMatch(value -> value == 0);
    }

    private static double[] pool1d(GlobalPooling1dSpec pool, Shape in, double[] x) {
        int features = in.channels();
        double[] pooled = new double[features];
        for (int k = 0; k < features; k++) {
            double largest = Double.NEGATIVE_INFINITY;
            double sum = 0;
            int present = 0;
            for (int t = 0; t < in.height(); t++) {
                if (isAbsent(pool.maskZero(), x, t, features)) continue;
                largest = Math.max(largest, x[t * features + k]);
                sum += x[t * features + k];
                present++;
            }
            if (present > 0) pooled[k] = pool.pooling() == Pooling.MAX ? largest : sum / present;
        }
        return pooled;
    }

    /** {@code w[row][...] . x[from...] + b}, with the matrix at an offset. */
    private static double weighted(double[] parameters, int matrix, int row, double[] x, int from, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) sum += parameters[matrix + row * length + i] * x[from + i];
        return sum;
    }

    private static double[] lstm(LstmSpec lstm, Shape in, double[] parameters, int offset, double[] x) {
        int n = in.channels();
        int units = lstm.units();
        int recurrent = offset + 4 * units * n;
        int bias = recurrent + 4 * units * units;
        double[] h = new double[units];
        double[] c = new double[units];
        double[] all = new double[in.height() * units];
        for (int t = 0; t < in.height(); t++) {
            if (isAbsent(lstm.maskZero(), x, t, n)) continue;
            double[] z = new double[4 * units];
            for (int g = 0; g < z.length; g++) {
                z[g] = parameters[bias + g]
                        + weighted(parameters, offset, g, x, t * n, n)
                        + weighted(parameters, recurrent, g, h, 0, units);
            }
            for (int k = 0; k < units; k++) {
                c[k] = sigmoid(z[units + k]) * c[k] + sigmoid(z[k]) * Math.tanh(z[2 * units + k]);
                h[k] = sigmoid(z[3 * units + k]) * Math.tanh(c[k]);
                all[t * units + k] = h[k];
            }
        }
        return lstm.returnSequences() ? all : h;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    private static double[] attention(
            SelfAttentionSpec attention, Shape in, double[] parameters, int offset, double[] x) {
        int n = in.channels();
        int steps = in.height();
        int width = attention.width();
        int bias = offset + 3 * width * n;
        int output = bias + 3 * width;
        double[] projected = new double[steps * 3 * width];
        for (int t = 0; t < steps; t++) {
            for (int j = 0; j < 3 * width; j++) {
                projected[t * 3 * width + j] = parameters[bias + j] + weighted(parameters, offset, j, x, t * n, n);
            }
        }
        double[] y = new double[steps * n];
        for (int t = 0; t < steps; t++) {
            if (isAbsent(attention.maskZero(), x, t, n)) continue;
            double[] gathered = new double[width];
            for (int head = 0; head < attention.numHeads(); head++) {
                double sum = 0;
                for (int s = 0; s < steps; s++) {
                    if (isAbsent(attention.maskZero(), x, s, n)) continue;
                    double score = 0;
                    for (int d = head * attention.keyDim(); d < (head + 1) * attention.keyDim(); d++) {
                        score += projected[t * 3 * width + d] * projected[s * 3 * width + width + d];
                    }
                    sum += Math.exp(score / Math.sqrt(attention.keyDim()));
                }
                for (int s = 0; s < steps; s++) {
                    if (isAbsent(attention.maskZero(), x, s, n)) continue;
                    double score = 0;
                    for (int d = head * attention.keyDim(); d < (head + 1) * attention.keyDim(); d++) {
                        score += projected[t * 3 * width + d] * projected[s * 3 * width + width + d];
                    }
                    double weight = Math.exp(score / Math.sqrt(attention.keyDim())) / sum;
                    for (int d = head * attention.keyDim(); d < (head + 1) * attention.keyDim(); d++) {
                        gathered[d] += weight * projected[s * 3 * width + 2 * width + d];
                    }
                }
            }
            for (int k = 0; k < n; k++) {
                y[t * n + k] = parameters[output + n * width + k] + weighted(parameters, output, k, gathered, 0, width);
            }
        }
        return y;
    }

    private static double[] dense(DenseSpec dense, double[] parameters, int offset, double[] x) {
        double[] z = new double[dense.units()];
        for (int u = 0; u < z.length; u++) {
            z[u] = parameters[offset + z.length * x.length + u];
            for (int f = 0; f < x.length; f++) z[u] += parameters[offset + u * x.length + f] * x[f];
        }
        return z;
    }

    private static double[] conv2d(
            Conv2dSpec conv, Shape in, Shape out, double[] parameters, int offset, double[] image) {
        Window window = conv.window();
        int top = before(window.padding(), in.height(), window.height(), window.rowStride());
        int left = before(window.padding(), in.width(), window.width(), window.columnStride());
        int channels = in.channels();
        double[] z = new double[out.size()];
        for (int y = 0; y < out.height(); y++) {
            for (int x = 0; x < out.width(); x++) {
                for (int f = 0; f < conv.filters(); f++) {
                    double sum = parameters[offset + window.height() * window.width() * channels * conv.filters() + f];
                    for (int i = 0; i < window.height(); i++) {
                        for (int j = 0; j < window.width(); j++) {
                            int v = y * window.rowStride() + i - top;
                            int u = x * window.columnStride() + j - left;
                            if (v < 0 || v >= in.height() || u < 0 || u >= in.width()) continue;
                            for (int c = 0; c < channels; c++) {
                                int weight = ((i * window.width() + j) * channels + c) * conv.filters() + f;
                                sum += parameters[offset + weight] * image[(v * in.width() + u) * channels + c];
                            }
                        }
                    }
                    z[(y * out.width() + x) * conv.filters() + f] = sum;
                }
            }
        }
        return z;
    }

    private static double[] depthwise(
            DepthwiseConv2dSpec conv, Shape in, Shape out, double[] parameters, int offset, double[] image) {
        Window window = conv.window();
        int top = before(window.padding(), in.height(), window.height(), window.rowStride());
        int left = before(window.padding(), in.width(), window.width(), window.columnStride());
        int made = out.channels();
        double[] z = new double[out.size()];
        for (int at = 0; at < z.length; at++) {
            int f = at % made;
            int c = f / conv.multiplier();
            int k = f % conv.multiplier();
            int x = at / made % out.width();
            int y = at / made / out.width();
            z[at] = parameters[offset + window.height() * window.width() * made + f];
            for (int i = 0; i < window.height(); i++) {
                for (int j = 0; j < window.width(); j++) {
                    int v = y * window.rowStride() + i - top;
                    int u = x * window.columnStride() + j - left;
                    if (v < 0 || v >= in.height() || u < 0 || u >= in.width()) continue;
                    int weight = ((i * window.width() + j) * in.channels() + c) * conv.multiplier() + k;
                    z[at] += parameters[offset + weight] * image[(v * in.width() + u) * in.channels() + c];
                }
            }
        }
        return z;
    }

    /** As TensorFlow's documentation has it, in its own words. */
    private static int before(Padding padding, int in, int filter, int stride) {
        if (padding == Padding.VALID) return 0;
        int along = in % stride == 0 ? Math.max(filter - stride, 0) : Math.max(filter - in % stride, 0);
        return along / 2;
    }

    private static double[] pool(Pooling pooling, Window window, Shape in, Shape out, double[] image) {
        int channels = in.channels();
        double[] pooled = new double[out.size()];
        for (int y = 0; y < out.height(); y++) {
            for (int x = 0; x < out.width(); x++) {
                for (int c = 0; c < channels; c++) {
                    double largest = Double.NEGATIVE_INFINITY;
                    double sum = 0;
                    for (int i = 0; i < window.height(); i++) {
                        for (int j = 0; j < window.width(); j++) {
                            int pixel = (y * window.rowStride() + i) * in.width() + x * window.columnStride() + j;
                            largest = Math.max(largest, image[pixel * channels + c]);
                            sum += image[pixel * channels + c];
                        }
                    }
                    double mean = sum / (window.height() * window.width());
                    pooled[(y * out.width() + x) * channels + c] = pooling == Pooling.MAX ? largest : mean;
                }
            }
        }
        return pooled;
    }

    private static double[] normalize(
            LayerNormalizationSpec norm, int channels, double[] parameters, int offset, double[] x) {
        double[] y = new double[x.length];
        for (int g = 0; g < x.length; g += channels) {
            double mean = 0;
            double variance = 0;
            for (int c = 0; c < channels; c++) mean += x[g + c] / channels;
            for (int c = 0; c < channels; c++) variance += Math.pow(x[g + c] - mean, 2) / channels;
            for (int c = 0; c < channels; c++) {
                double normal = (x[g + c] - mean) / Math.sqrt(variance + norm.epsilon());
                y[g + c] = parameters[offset + c] * normal + parameters[offset + channels + c];
            }
        }
        return y;
    }

    private static double[] activate(Activation activation, double[] z) {
        double[] a = new double[z.length];
        double total = 0;
        for (double value : z) total += Math.exp(value);
        for (int k = 0; k < z.length; k++) {
            a[k] = switch (activation) {
                case LINEAR -> z[k];
                case RELU -> Math.max(z[k], 0);
                case TANH -> Math.tanh(z[k]);
                case SIGMOID -> 1 / (1 + Math.exp(-z[k]));
                case SOFTMAX -> Math.exp(z[k]) / total;
            };
        }
        return a;
    }
}

package dev.millrace.model.engine.cuda;

import static dev.millrace.model.engine.cuda.DeviceCalls.check;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMemcpy;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;

import dev.millrace.model.engine.cuda.device.ConvolutionShape;
import dev.millrace.model.engine.cuda.device.Convolutions;
import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Tensor;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What cuDNN is asked for, and which of its engines is taken, on an emulation whose engines each have something wrong. */
@OnEmulatedCuda
class ConvolutionsOnEmulatedCudaTest {
    private static final int IMAGES = 5;
    private static final ConvolutionShape VALID = new ConvolutionShape(9, 8, 2, 3, 3, 1, 1, 0, 0, 7, 6, 5);
    private static final ConvolutionShape SAME = new ConvolutionShape(6, 7, 4, 3, 5, 1, 1, 1, 2, 6, 7, 3);
    private static final ConvolutionShape STRIDED = new ConvolutionShape(10, 7, 2, 3, 2, 2, 3, 0, 0, 4, 2, 4);
    private static final ConvolutionShape POINTS = new ConvolutionShape(4, 3, 2, 1, 1, 1, 1, 0, 0, 4, 3, 7);
    private static final ConvolutionShape TOO_LARGE = new ConvolutionShape(9, 9, 1, 8, 8, 1, 1, 0, 0, 2, 2, 1);

    private float[] images = {};
    private float[] filters = {};
    private float[] positions = {};

    static Stream<ConvolutionShape> shapes() {
        return Stream.of(VALID, SAME, STRIDED, POINTS);
    }

    @BeforeEach
    @AfterEach
    void asItBegan() {
        DeviceCalls.reset();
        EmulatedCuda.memory(512L << 20);
    }

    private static Device device(Precision precision, boolean deterministic) {
        return new Device(new CudaSettings(0, precision, deterministic, 0));
    }

    private static Convolutions cudnn(Device device) {
        return Objects.requireNonNull(device.convolutions().cudnn());
    }

    private void draw(ConvolutionShape shape, boolean wide) {
        SplittableRandom random = new SplittableRandom(7);
        images = drawn(IMAGES * shape.height() * shape.width() * shape.channels(), wide, random);
        filters = drawn(shape.filters() * shape.field(), wide, random);
        positions = drawn(IMAGES * shape.down() * shape.across() * shape.filters(), wide, random);
    }

    /** In -1..1, of what bfloat16 has if they are to be held in it. */
    private static float[] drawn(int count, boolean wide, SplittableRandom random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            float value = (float) (2 * random.nextDouble() - 1);
            values[i] = wide ? value : Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xFFFF0000);
        }
        return values;
    }

    private static Tensor onDevice(float[] values, boolean wide) {
        if (wide) return Tensor.wide(DeviceCalls.onDevice(values).address());
        short[] halves = new short[values.length];
        for (int i = 0; i < values.length; i++) halves[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
        ShortPointer pointer = new ShortPointer();
        check(cudaMalloc(pointer, 2L * values.length));
        check(cudaMemcpy(pointer, new ShortPointer(halves), 2L * values.length, cudaMemcpyHostToDevice));
        return new Tensor(pointer.address(), false);
    }

    private static float[] read(Tensor tensor, int count) {
        Pointer at = new FloatPointer() {
            {
                address = tensor.address();
            }
        };
        if (tensor.wide()) return DeviceCalls.read(at, count);
        short[] halves = new short[count];
        ShortPointer host = new ShortPointer(count);
        check(cudaMemcpy(host, at, 2L * count, cudaMemcpyDeviceToHost));
        host.get(halves);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) values[i] = Float.intBitsToFloat(halves[i] << 16);
        return values;
    }

    private interface Term {
        void add(int pixel, int weight, int position);
    }

    /** Every product that belongs to the convolution, by the places of its factors. */
    private static void eachTerm(ConvolutionShape s, Term term) {
        for (int i = 0; i < IMAGES; i++) {
            for (int py = 0; py < s.down(); py++) {
                for (int px = 0; px < s.across(); px++) {
                    for (int a = 0; a < s.windowHeight(); a++) {
                        for (int b = 0; b < s.windowWidth(); b++) {
                            int y = py * s.rowStride() - s.top() + a;
                            int x = px * s.columnStride() - s.left() + b;
                            if (y < 0 || y >= s.height() || x < 0 || x >= s.width()) continue;
                            for (int f = 0; f < s.filters(); f++) {
                                for (int c = 0; c < s.channels(); c++) {
                                    term.add(
                                            ((i * s.height() + y) * s.width() + x) * s.channels() + c,
                                            ((f * s.windowHeight() + a) * s.windowWidth() + b) * s.channels() + c,
                                            ((i * s.down() + py) * s.across() + px) * s.filters() + f);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private double apart(float[] found, double[] expected) {
        double apart = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            apart += Math.pow(found[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(apart / norm);
    }

    /** How far the values, the images' gradient and the filters' are from sums in float64. */
    private double[] errors(Device device, ConvolutionShape shape, boolean wideFilterGradient) {
        boolean wide = device.wide();
        draw(shape, wide);
        double[] values = new double[positions.length];
        double[] imageGradient = new double[images.length];
        double[] filterGradient = new double[filters.length];
        eachTerm(shape, (pixel, weight, position) -> {
            values[position] += (double) images[pixel] * filters[weight];
            imageGradient[pixel] += (double) positions[position] * filters[weight];
            filterGradient[weight] += (double) positions[position] * images[pixel];
        });
        Tensor x = onDevice(images, wide);
        Tensor w = onDevice(filters, wide);
        Tensor dz = onDevice(positions, wide);
        Tensor z = onDevice(new float[positions.length], wide);
        Tensor dx = onDevice(new float[images.length], wide);
        Tensor dw = onDevice(new float[filters.length], wideFilterGradient);
        Convolutions cudnn = cudnn(device);

        assertThat(cudnn.forward(shape, IMAGES, x, w, z)).isTrue();
        assertThat(cudnn.imageGradient(shape, IMAGES, dx, w, dz)).isTrue();
        assertThat(cudnn.filterGradient(shape, IMAGES, x, dw, dz)).isTrue();
        device.compute().synchronize();

        return new double[] {
            apart(read(z, positions.length), values),
            apart(read(dx, images.length), imageGradient),
            apart(read(dw, filters.length), filterGradient)
        };
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void float32IsNotRoundedOnTheWay(ConvolutionShape shape) {
        try (Device device = device(Precision.FLOAT32, true)) {
            // Some hundred products in float32; an engine with tensor cores would be 1e-4 away.
            for (double error : errors(device, shape, true)) assertThat(error).isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void tf32RoundsFactorsToElevenBits(ConvolutionShape shape) {
        try (Device device = device(Precision.TF32, true)) {
            // Half of 2^-11 at most for each factor; the faster engine that keeps 8 bits would be some 2e-3 away.
            for (double error : errors(device, shape, true)) assertThat(error).isBetween(1e-5, 5e-4);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void bfloat16SumsInFloat32(ConvolutionShape shape) {
        try (Device device = device(Precision.BFLOAT16, true)) {
            double[] errors = errors(device, shape, shape.channels() % 2 == 0);

            // Rounded once to 8 bits, when they are written; the filters' gradient is not.
            assertThat(errors[0]).isBetween(1e-5, 4e-3);
            assertThat(errors[1]).isBetween(1e-5, 4e-3);
            assertThat(errors[2]).isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEngineThatIsNotDeterministicIsTakenWhereThatIsAllowedAlone(Precision precision) {
        assertThat(gradient(precision, true, 1)).isEqualTo(gradient(precision, true, 0));
        assertThat(gradient(precision, false, 1)).isNotEqualTo(gradient(precision, false, 0));
    }

    private float[] gradient(Precision precision, boolean deterministic, long seed) {
        EmulatedCuda.seed(seed);
        try (Device device = device(precision, deterministic)) {
            draw(SAME, device.wide());
            Tensor dw = onDevice(new float[filters.length], true);
            Tensor x = onDevice(images, device.wide());
            Tensor dz = onDevice(positions, device.wide());
            assertThat(cudnn(device).filterGradient(SAME, IMAGES, x, dw, dz)).isTrue();
            device.compute().synchronize();
            return read(dw, filters.length);
        }
    }

    @Test
    void whatCudnnDoesNotKnowIsLeftUndone() {
        try (Device device = device(Precision.FLOAT32, true)) {
            draw(TOO_LARGE, true);
            Tensor z = onDevice(positions, true);

            boolean done = cudnn(device).forward(TOO_LARGE, IMAGES, onDevice(images, true), onDevice(filters, true), z);

            assertThat(done).isFalse();
            device.compute().synchronize();
            assertThat(read(z, positions.length)).isEqualTo(positions);
        }
    }

    @Test
    void workspaceKeepsToTheBudget() {
        long budget = (32L << 20) + 8 * 1024; // cuBLASLt takes 32 MiB, cuDNN gets an eighth of the rest
        try (Device device = new Device(new CudaSettings(0, Precision.FLOAT32, true, budget))) {
            long before = device.held();
            draw(VALID, true);
            Tensor x = onDevice(images, true);
            Tensor w = onDevice(filters, true);
            Tensor z = onDevice(positions, true);
            Convolutions cudnn = cudnn(device);

            assertThat(device.held()).isEqualTo(before + 1024);
            assertThat(cudnn.forward(VALID, 2, x, w, z)).isTrue(); // 512 bytes an image
            assertThat(cudnn.forward(VALID, 3, x, w, z)).isFalse();
        }
    }

    @Test
    void itWaitsInItsStream() {
        try (Device device = device(Precision.FLOAT32, true)) {
            draw(VALID, true);
            Tensor z = onDevice(new float[positions.length], true);

            assertThat(cudnn(device).forward(VALID, IMAGES, onDevice(images, true), onDevice(filters, true), z))
                    .isTrue();

            assertThat(read(z, positions.length)).containsOnly(0f);
            device.compute().synchronize();
            assertThat(read(z, positions.length)).doesNotContain(0f);
        }
    }

    @Test
    void whatIsNotOnTheDeviceIsRefused() {
        try (Device device = device(Precision.FLOAT32, true)) {
            draw(VALID, true);
            Tensor x = onDevice(images, true);
            Tensor w = onDevice(filters, true);
            Convolutions cudnn = cudnn(device);

            assertThat(message(() -> cudnn.forward(VALID, IMAGES, x, w, onDevice(new float[3], true))))
                    .contains("cudnnBackendExecute", "tensor 3", "is not inside one live allocation");
            assertThat(message(() -> cudnn.forward(VALID, IMAGES, x, w.from(1), onDevice(positions, true))))
                    .contains("tensor 2", "is not aligned to 16", "set cuda.cudnn to false");
        }
    }

    private static String message(Runnable call) {
        try {
            call.run();
            return "";
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
    }
}

package dev.millrace.model.format;

/** The gates of an LSTM: i f g o here and in Keras, i o f g in ONNX; one behind the other, each of equal length. */
final class LstmGates {
    /** Which of i f g o stands at each place of ONNX. */
    private static final int[] ONNX = {0, 3, 1, 2};

    private LstmGates() {}

    static float[] toOnnx(float[] gates) {
        float[] moved = new float[gates.length];
        int one = gates.length / 4;
        for (int i = 0; i < 4; i++) System.arraycopy(gates, ONNX[i] * one, moved, i * one, one);
        return moved;
    }

    static float[] fromOnnx(float[] gates) {
        float[] moved = new float[gates.length];
        int one = gates.length / 4;
        for (int i = 0; i < 4; i++) System.arraycopy(gates, i * one, moved, ONNX[i] * one, one);
        return moved;
    }
}

package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Tensor;

/**
 * Rows on their way through the layers, and where on the device stands what comes with them.
 *
 * @param rows how many
 * @param training whether backward follows; what belongs to training alone is left out of a prediction
 * @param first whether gradients are overwritten instead of added to
 * @param silenced whether some rows of weight zero may hold what must not be felt
 * @param features [rows, inputs], float32
 * @param labels [rows, labels]; 0 for a prediction
 * @param weights [rows]
 * @param rowsBefore rows that training brought before, one 64-bit integer
 * @param predictions receives [rows, outputs]
 * @param losses receives [rows]
 * @param norms each row's squared norm of its own gradient is added to, [rows]; 0 if nobody wants it
 */
record Pass(
        int rows,
        boolean training,
        boolean first,
        boolean silenced,
        long features,
        long labels,
        long weights,
        long rowsBefore,
        long predictions,
        long losses,
        long norms) {

    boolean withNorms() {
        return norms != 0;
    }

    /** Zeros in the rows of weight zero. */
    void silence(Device device, Tensor values, long width) {
        device.kernel("silence")
                .address(values.address())
                .address(weights)
                .integer(rows)
                .count(width)
                .flag(values.wide())
                .rows(rows);
    }
}

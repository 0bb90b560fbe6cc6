package dev.millrace.model.optimizer;

import dev.millrace.model.table.TouchedRows;

/**
 * What a step brings to a model's tables.
 *
 * @param sums gradient sum of each table, of the rows touched; overwritten
 * @param before mean gradients of the step before, replaced by this one's; of length 0 if nobody wants their product
 */
public record TableGradients(TouchedRows[] sums, TouchedRows[] before) {
    /** Of a model without tables. */
    public static final TableGradients NONE = new TableGradients(new TouchedRows[0], new TouchedRows[0]);

    /** {@code g /= divisor}. */
    void divide(double divisor) {
        for (TouchedRows rows : sums) {
            float[] values = rows.values();
            for (int i = 0; i < rows.size(); i++) values[i] = (float) (values[i] / divisor);
        }
    }

    /** Of all tables' gradients; NaN or infinite if a value is. */
    double norm(FiniteCheck check) {
        double norm = 0;
        for (TouchedRows rows : sums) norm = Math.hypot(norm, check.norm(rows.values(), rows.size()));
        return norm;
    }

    /** Their product with those of the step before, which they replace. */
    double productWithBefore() {
        double product = 0;
        for (int t = 0; t < before.length; t++) {
            TouchedRows now = sums[t];
            TouchedRows then = before[t];
            for (int i = 0; i < now.count(); i++) {
                int place = then.find(now.ids()[i]);
                if (place < 0) continue;
                for (int k = 0; k < now.width(); k++) {
                    product += (double) now.values()[i * now.width() + k] * then.values()[place * now.width() + k];
                }
            }
            then.clear();
            then.add(now);
        }
        return product;
    }

    void clip(Clip clip, double norm) {
        for (TouchedRows rows : sums) clip.apply(rows.values(), rows.size(), norm);
    }
}

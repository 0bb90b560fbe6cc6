package dev.millrace.model.engine.cuda.device;

import dev.millrace.model.engine.cuda.Cudnn;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a device computes convolutions with.
 *
 * @param cudnn null if they are products of patches
 * @param reason why they are, to be read after a colon; empty with cuDNN
 */
public record InstalledConvolutions(@Nullable Convolutions cudnn, String reason) {

    /** cuDNN if it is wanted, there, and starts on the device. */
    static InstalledConvolutions find(boolean wanted, Supplier<Convolutions> start) {
        if (!wanted) return new InstalledConvolutions(null, "cuda.cudnn is false");
        String missing = Cudnn.missing();
        if (missing != null) return new InstalledConvolutions(null, missing);
        try {
            return new InstalledConvolutions(start.get(), "");
        } catch (IllegalStateException e) { // such as a cuDNN that is too new for the driver
            return new InstalledConvolutions(null, String.valueOf(e.getMessage()));
        }
    }

    /** In a few words: {@code cuDNN 9.19.0}, or {@code no cuDNN}; and what of them cuDNN left to patches so far. */
    public String brief() {
        if (cudnn == null) return "no cuDNN";
        String left = cudnn.left() == 0 ? "" : " but for " + cudnn.left() + " left to patches";
        return "cuDNN " + Cudnn.version() + left;
    }

    /** With the reason. */
    @Override
    public String toString() {
        return cudnn == null ? brief() + ": " + reason + " (convolutions are products of patches)" : brief();
    }
}

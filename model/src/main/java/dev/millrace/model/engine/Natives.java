package dev.millrace.model.engine;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.openblas.global.openblas;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Loads the native libraries, once per process, and holds them to one thread for the calling thread. */
final class Natives {
    private static final @Nullable String MISSING = probe();

    private static final ThreadLocal<Boolean> HELD = ThreadLocal.withInitial(() -> {
        load();
        return true;
    });

    private Natives() {}

    private static @Nullable String probe() {
        try {
            // ND4J first: asking for its native operations before it is initialized fails.
            Nd4j.create(DataType.FLOAT, 1).close();
            openblas.blas_set_num_threads(1); // of the whole process
            dnnl.dnnl_version();
            return null;
        } catch (LinkageError | RuntimeException e) {
            return e.toString();
        }
    }

    /** @throws IllegalStateException naming what is missing */
    static void load() {
        String missing = MISSING;
        if (missing != null) {
            throw new IllegalStateException(
                    "Engine nd4j cannot load its native libraries (nd4j-native, openblas, dnnl with their "
                            + "linux-x86_64 jars, and JavaCPP's): " + missing
                            + ". In a Flink cluster they belong into the lib folder of every task manager.");
        }
        // OpenMP's number of threads belongs to each calling thread; workers must not fight over the cores.
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    /** The same, once for each thread: for those who may come with another one each time. */
    static void holdThisThread() {
        boolean unused = HELD.get();
    }
}

package dev.millrace.model.engine.cuda;

import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/** Whether this process can use cuDNN 9 on its CUDA devices; asked once, and apart from CUDA: an engine can do without it. */
public final class Cudnn {
    private static final String REASON = "millrace.cudnn.missing";
    private static final Answer ANSWER = probe();

    private Cudnn() {}

    private record Answer(String version, @Nullable String missing) {}

    /** Why this process cannot use it; null if it can. */
    public static @Nullable String missing() {
        return ANSWER.missing();
    }

    /** As in {@code 9.19.0}; empty if it is missing. */
    public static String version() {
        return ANSWER.version();
    }

    private static Answer probe() {
        String missing = Cuda.missing();
        if (missing != null) return new Answer("", missing);
        try {
            Loader.load(cudnn.class);
            long version = cudnn.cudnnGetVersion(); // 9 19 00
            return new Answer(version / 10_000 + "." + version / 100 % 100 + "." + version % 100, null);
        } catch (LinkageError e) {
            return new Answer("", Missing.once(REASON, Missing.library(e)));
        }
    }
}

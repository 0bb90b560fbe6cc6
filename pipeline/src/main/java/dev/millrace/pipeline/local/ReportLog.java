package dev.millrace.pipeline.local;

import dev.millrace.pipeline.server.StepReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Every report as a line of a CSV file, for plots. A run that continues appends; a file with other columns, which another
 * release began, is set aside under the time of its last line.
 */
final class ReportLog implements AutoCloseable {
    private static final String HEADER =
            "time_ms,version,steps,total_samples,samples,loss,window_loss,accuracy,auc,batch_size,learning_rate,"
                    + "statistical_batch_size,noise_scale,curvature,regime,bound,drifts,arrival_rate,lag,"
                    + "macro_precision,macro_recall,macro_f1,calibration_error,brier_score,hamming_loss,rmse,mae,r2";

    private final PrintWriter out;

    ReportLog(Path file) {
        try {
            if (Files.exists(file) && !hasTheseColumns(file)) setAside(file);
            boolean fresh = !Files.exists(file);
            out = new PrintWriter(Files.newBufferedWriter(
                    file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
            if (fresh) out.println(HEADER);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    private static boolean hasTheseColumns(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return HEADER.equals(reader.readLine());
        }
    }

    private static void setAside(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        long millis = Files.getLastModifiedTime(file).toMillis();
        Files.move(file, file.resolveSibling(name.replace(".csv", "-" + millis + ".csv")));
    }

    void add(StepReport report) {
        out.printf(
                Locale.ROOT,
                "%d,%d,%d,%d,%d,%.6f,%.6f,%.6f,%.6f,%d,%.6g,%.6g,%.6g,%.6g,%s,%s,%d,%.6g,%.6g,"
                        + "%.6f,%.6f,%.6f,%.6f,%.6f,%.6f,%.6g,%.6g,%.6f%n",
                report.time(),
                report.version(),
                report.steps(),
                report.totalSamples(),
                report.samples(),
                report.loss(),
                report.windowLoss(),
                report.accuracy(),
                report.auc(),
                report.batchSize(),
                report.learningRate(),
                report.batch().statisticalSize(),
                report.batch().noiseScale(),
                report.batch().curvature(),
                report.batch().regime(),
                report.batch().bound(),
                report.batch().drifts(),
                report.batch().arrivalRate(),
                report.batch().lag(),
                report.scores().macroPrecision(),
                report.scores().macroRecall(),
                report.scores().macroF1(),
                report.scores().calibrationError(),
                report.scores().brierScore(),
                report.scores().hammingLoss(),
                report.scores().rmse(),
                report.scores().mae(),
                report.scores().r2());
        out.flush();
    }

    @Override
    public void close() {
        out.close();
    }
}

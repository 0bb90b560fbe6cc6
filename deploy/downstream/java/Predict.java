import dev.millrace.model.client.DirectorySource;
import dev.millrace.model.client.HttpSource;
import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.client.SnapshotSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Scanner;

/**
 * Predicts each line of its input, numbers separated by blanks, with the version that serves at that moment:
 *
 *     java -cp 'lib/*' Predict.java snapshots                          < rows.txt
 *     java -cp 'lib/*' Predict.java http://127.0.0.1:8090 ctr champion < rows.txt
 */
public final class Predict {
    public static void main(String[] args) throws InterruptedException {
        boolean http = args[0].startsWith("http");
        SnapshotSource source = http
                ? HttpSource.at(URI.create(args[0]), args[1]).build()
                : new DirectorySource(Path.of(args[0]));
        String version = http && args.length > 2 ? args[2] : "newest";
        try (SnapshotClient client = SnapshotClient.of(source).following(version).start();
                Scanner lines = new Scanner(System.in)) {
            if (client.await(Duration.ofSeconds(30)) == null) {
                System.err.println("No version of " + source.place() + " is " + version + ", or none that may serve.");
                System.exit(1);
            }
            while (lines.hasNextLine()) {
                String[] words = lines.nextLine().trim().split(" +");
                float[] row = new float[words.length];
                for (int i = 0; i < row.length; i++) row[i] = Float.parseFloat(words[i]);
                ServedModel model = client.current(); // once for each request: weights and version belong together
                float[] outputs = new float[model.spec().outputs()];
                model.predict(row, 1, outputs);
                System.out.println(model.version() + " " + Arrays.toString(outputs));
            }
        }
    }
}

package dev.millrace.pipeline.cli;

import dev.millrace.model.format.ExportFormat;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.snapshots.PublishedSnapshots;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace snapshot}: the published versions of a model, and which of them is its champion. */
@Command(
        name = "snapshot",
        header = "List, fetch, export, verify and compare published versions; promote one, roll back, pin.",
        description = {
            "list, get, export, verify and diff read a directory, or the topics that a configuration publishes to.",
            "promote, rollback, pin and unpin move the champion: the running job is told so on its control topic and its"
                    + " answer is waited for, or, with --offline, a directory is changed that no job publishes to."
        },
        footer = {
            "Examples:",
            "  millrace snapshot list --directory snapshots/mnist",
            "  millrace snapshot verify --config training.yaml",
            "  millrace snapshot get --config training.yaml --version-number 42 --output model-42",
            "  millrace snapshot export --directory snapshots/mnist --format onnx --output mnist.onnx",
            "  millrace snapshot diff 41 42 --config training.yaml",
            "  millrace snapshot rollback --pin --config training.yaml --reason complaints",
        })
final class SnapshotCommand {

    @Spec
    private CommandSpec command;

    @Command(
            name = "list",
            header = "List the versions, the newest last.",
            description = "One line for each: version, time, parameters, steps and samples learnt, SHA-256.",
            footer = {"Examples:", "  millrace snapshot list --directory snapshots/mnist"})
    int list(@Mixin SnapshotOptions options) throws IOException {
        PrintWriter out = command.commandLine().getOut();
        PublishedSnapshots snapshots = options.open();
        List<SnapshotManifest> manifests = snapshots.list();
        out.printf("%-12s %-24s %12s  %s%n", "version", "created", "parameters", "sha256");
        for (SnapshotManifest manifest : manifests) {
            out.printf(
                    "%-12d %-24s %,12d  %s%n",
                    manifest.version(),
                    Instant.ofEpochMilli(manifest.created()),
                    manifest.parameters(),
                    manifest.sha256());
        }
        Aliases aliases = snapshots.aliases();
        if (aliases != null) {
            aliases.versions()
                    .forEach((alias, version) -> out.println(alias + ": version " + version
                            + (alias.equals(Aliases.CHAMPION) && aliases.pinned() ? ", pinned" : "")));
        }
        SnapshotManifest live = options.liveNow();
        if (live != null) {
            out.printf(
                    "live: version %d, made %s, which no checkpoint covers%n",
                    live.version(), Instant.ofEpochMilli(live.created()));
        }
        out.printf("%d version(s) in %s%n", manifests.size(), snapshots.place());
        out.flush();
        return ExitCode.OK;
    }

    @Command(
            name = "verify",
            header = "Check versions against their manifests: every part, every checksum.",
            description = "Checks all versions unless one is named. Fails if one is damaged.",
            footer = {"Examples:", "  millrace snapshot verify --directory snapshots/mnist"})
    int verify(@Mixin SnapshotOptions options) {
        PrintWriter out = command.commandLine().getOut();
        if (options.namesVersion()) {
            out.println("ok       version " + options.load().manifest().version());
            out.flush();
            return ExitCode.OK;
        }
        PublishedSnapshots snapshots = options.open();
        int damaged = 0;
        for (SnapshotManifest manifest : snapshots.list()) {
            try {
                snapshots.load(manifest.version());
                out.println("ok       version " + manifest.version());
            } catch (SnapshotException e) {
                damaged++;
                out.println("DAMAGED  version " + manifest.version() + "  " + e.getMessage());
            }
            out.flush();
        }
        return damaged == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    @Command(
            name = "get",
            header = "Fetch a version, checked, as safetensors and JSON.",
            description = "Writes model.safetensors, which PyTorch, Keras and NumPy tools read, and manifest.json.",
            footer = {"Examples:", "  millrace snapshot get --config training.yaml --output newest"})
    int get(
            @Mixin SnapshotOptions options,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "DIR",
                            required = true,
                            description = "Directory to write to; made if it is not there.")
                    Path output)
            throws IOException {
        Snapshot snapshot = options.load();
        SnapshotManifest manifest = snapshot.manifest();
        Files.createDirectories(output);
        Path file = output.resolve(SnapshotDirectory.PARAMETERS);
        try (OutputStream to = new BufferedOutputStream(Files.newOutputStream(file))) {
            Safetensors.write(manifest.modelSpec().layout(), snapshot.parameters(), manifest.provenance(), to);
        }
        Files.writeString(output.resolve(SnapshotDirectory.MANIFEST), manifest.toJson());
        PrintWriter out = command.commandLine().getOut();
        out.println("version " + manifest.version() + " of " + manifest.model() + " is in " + output);
        out.flush();
        return ExitCode.OK;
    }

    @Command(
            name = "export",
            header = "Write a version, checked, in a format of others.",
            description = {
                "safetensors: the tensors by name. onnx: the whole model as it predicts, from features to predictions.",
                "json: layers, shapes, provenance and features without the parameters."
            },
            footer = {
                "Examples:",
                "  millrace snapshot export --directory snapshots/mnist --format onnx --output mnist.onnx",
                "  millrace snapshot export --config training.yaml --format json --output model.json"
            })
    int export(
            @Mixin SnapshotOptions options,
            @Option(
                            names = {"-f", "--format"},
                            required = true,
                            description = "One of ${COMPLETION-CANDIDATES}.")
                    ExportFormat format,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "FILE",
                            required = true,
                            description = "File to write to; one that is there is replaced.")
                    Path output)
            throws IOException {
        Snapshot snapshot = options.load();
        Path file = output.toAbsolutePath();
        Path parent = Objects.requireNonNull(file.getParent(), "a file lies in a directory");
        Files.createDirectories(parent);
        // Whoever watches the file sees all of it or none.
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (OutputStream to = new BufferedOutputStream(Files.newOutputStream(part))) {
                format.write(snapshot, to);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        SnapshotManifest manifest = snapshot.manifest();
        PrintWriter out = command.commandLine().getOut();
        out.println("version " + manifest.version() + " of " + manifest.model() + " is in " + output);
        out.flush();
        return ExitCode.OK;
    }

    @Command(
            name = "diff",
            header = "Say what two versions have not in common.",
            description = {
                "Model and layers, feature mapping and provenance where they differ; of each tensor its norms, the largest"
                        + " change of a parameter, the change relative to the norm of A, and the cosine between A and B.",
            },
            footer = {
                "Examples:",
                "  millrace snapshot diff 41 42 --directory snapshots/mnist",
                "  millrace snapshot diff 41 newest --config training.yaml --json",
                "  millrace snapshot diff snapshots/before snapshots/after",
            })
    int diff(
            @Parameters(
                            paramLabel = "A",
                            description = "A version, the word newest, or a directory, which stands for its newest.")
                    String a,
            @Parameters(paramLabel = "B", description = "As A.") String b,
            @Mixin SnapshotOptions options,
            @Option(names = "--json", description = "For programs.") boolean json) {
        PrintWriter out = command.commandLine().getOut();
        DifferenceText text = new DifferenceText(options.load(a), options.load(b));
        if (json) out.println(text.json());
        else text.print(out);
        out.flush();
        return ExitCode.OK;
    }

    @Command(
            name = "promote",
            header = "Make a version the champion, whatever the gate says.",
            footer = {"Examples:", "  millrace snapshot promote 41 --config training.yaml --reason \"new labels\""})
    int promote(
            @Parameters(paramLabel = "VERSION", description = "One that is retained.") long version,
            @Mixin PinOption pin,
            @Mixin ChampionOptions options) {
        return options.send(
                command.commandLine().getOut(),
                Action.PROMOTE,
                order -> order.withVersion(version).withPin(pin.isGiven()));
    }

    @Command(
            name = "rollback",
            header = "Make the champion before the champion again.",
            description = "The gate may promote the next version; --pin keeps it from that.",
            footer = {"Examples:", "  millrace snapshot rollback --pin --config training.yaml"})
    int rollback(@Mixin PinOption pin, @Mixin ChampionOptions options) {
        return options.send(command.commandLine().getOut(), Action.ROLLBACK, order -> order.withPin(pin.isGiven()));
    }

    @Command(
            name = "pin",
            header = "Keep the champion where it is: the gate promotes nothing until it is unpinned.",
            footer = {"Examples:", "  millrace snapshot pin --config training.yaml"})
    int pin(@Mixin ChampionOptions options) {
        return options.send(command.commandLine().getOut(), Action.PIN_CHAMPION, UnaryOperator.identity());
    }

    @Command(
            name = "unpin",
            header = "Let the gate move the champion again.",
            footer = {"Examples:", "  millrace snapshot unpin --config training.yaml"})
    int unpin(@Mixin ChampionOptions options) {
        return options.send(command.commandLine().getOut(), Action.UNPIN_CHAMPION, UnaryOperator.identity());
    }
}

package dev.millrace.pipeline.cli;

import picocli.CommandLine.Option;

/** Whether a champion, once moved, is to stay. A picocli mixin. */
final class PinOption {

    @Option(names = "--pin", description = "Also pin it: the gate promotes nothing until it is unpinned.")
    private boolean given;

    boolean isGiven() {
        return given;
    }
}

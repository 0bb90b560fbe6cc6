package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.Build;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"millrace " + Build.version()};
    }
}

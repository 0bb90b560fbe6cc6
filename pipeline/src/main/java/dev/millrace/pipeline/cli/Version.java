package dev.millrace.pipeline.cli;

import picocli.CommandLine.IVersionProvider;

/** The version from the jar's manifest; {@code development} outside of a jar. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"millrace " + (version == null ? "development" : version)};
    }
}

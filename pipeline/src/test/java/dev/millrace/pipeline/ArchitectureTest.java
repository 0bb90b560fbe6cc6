package dev.millrace.pipeline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.ObjectInputStream;
import java.util.Set;

@AnalyzeClasses(packages = "dev.millrace", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String PIPELINE = "dev.millrace.pipeline.";

    @ArchTest
    static final ArchRule modulesBuildOnEachOther = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("schemas")
            .definedBy("dev.millrace.schemas..")
            .layer("model")
            .definedBy("dev.millrace.model..")
            .layer("pipeline")
            .definedBy("dev.millrace.pipeline..")
            .whereLayer("schemas")
            .mayNotAccessAnyLayer()
            .whereLayer("model")
            .mayOnlyAccessLayers("schemas");

    @ArchTest
    static final ArchRule onlyThePipelineKnowsFlinkAndKafka = noClasses()
            .that()
            .resideInAnyPackage("dev.millrace.schemas..", "dev.millrace.model..")
            .and()
            .resideOutsideOfPackage("dev.millrace.model.client.kafka")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "kafka..");

    /** The stations know those before them in the order of the data, never one behind, and nothing around them. */
    @ArchTest
    static final ArchRule stationsFollowTheData = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("ingest")
            .definedBy(PIPELINE + "source", PIPELINE + "minibatch")
            .layer("gradient")
            .definedBy(PIPELINE + "gradient")
            .layer("server")
            .definedBy(PIPELINE + "server")
            .layer("publish")
            .definedBy(PIPELINE + "publish")
            .layer("around")
            .definedBy(
                    "dev.millrace.pipeline",
                    PIPELINE + "advise",
                    PIPELINE + "cli",
                    PIPELINE + "dataset",
                    PIPELINE + "deadletter",
                    PIPELINE + "local",
                    PIPELINE + "plot",
                    PIPELINE + "preflight",
                    PIPELINE + "produce",
                    PIPELINE + "snapshots")
            .whereLayer("ingest")
            .mayNotAccessAnyLayer()
            .whereLayer("gradient")
            .mayOnlyAccessLayers("ingest")
            .whereLayer("server")
            .mayOnlyAccessLayers("ingest", "gradient")
            .whereLayer("publish")
            .mayOnlyAccessLayers("ingest", "server");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().assignedFrom(new Stations()).should().beFreeOfCycles();

    /** Bytes from outside never choose a class. */
    @ArchTest
    static final ArchRule nothingReadsJavaSerialization =
            noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class);

    /** Each package by itself, except those that are one thing in two packages. */
    private static final class Stations implements SliceAssignment {
        /** The gate of the source belongs to the link of the mini-batches. */
        private static final Set<String> INGEST = Set.of("source", "minibatch");

        /** The job's main method takes the command line's options, the verbs run each other's parts. */
        private static final Set<String> COMMANDS = Set.of("", "cli", "local", "produce");

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName() + ".";
            if (!name.startsWith(PIPELINE)) return SliceIdentifier.ignore();
            String station = name.substring(PIPELINE.length());
            if (station.endsWith(".")) station = station.substring(0, station.length() - 1);
            if (INGEST.contains(station)) return SliceIdentifier.of("ingest");
            return SliceIdentifier.of(COMMANDS.contains(station) ? "commands" : station);
        }

        @Override
        public String getDescription() {
            return "packages of the pipeline";
        }
    }
}

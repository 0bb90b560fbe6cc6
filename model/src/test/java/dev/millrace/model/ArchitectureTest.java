package dev.millrace.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.millrace.model", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule doesNotKnowFlink =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.flink..");

    /** Whose library is there only for those who ask for it. */
    @ArchTest
    static final ArchRule onlyTheSourceOnKafkaKnowsKafka = noClasses()
            .that()
            .resideOutsideOfPackage("dev.millrace.model.client.kafka")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "dev.millrace.model.client.kafka");

    @ArchTest
    static final ArchRule numericPackagesBuildOnEachOther = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("spec")
            .definedBy("dev.millrace.model.spec")
            .layer("memory")
            .definedBy("dev.millrace.model.memory")
            .layer("layer")
            .definedBy("dev.millrace.model.layer")
            .layer("loss")
            .definedBy("dev.millrace.model.loss")
            .layer("engine")
            .definedBy("dev.millrace.model.engine")
            .whereLayer("spec")
            .mayNotAccessAnyLayer()
            .whereLayer("memory")
            .mayNotAccessAnyLayer()
            .whereLayer("layer")
            .mayOnlyAccessLayers("spec", "memory")
            .whereLayer("loss")
            .mayOnlyAccessLayers("spec", "memory")
            .whereLayer("engine")
            .mayOnlyAccessLayers("spec", "memory", "layer", "loss");
}

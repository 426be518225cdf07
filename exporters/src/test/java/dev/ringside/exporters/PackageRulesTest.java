package dev.ringside.exporters;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.ringside", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageRulesTest {
    @ArchTest
    static final ArchRule OF_THE_COLLECTOR_ONLY_METRICS_AND_SPANS_ARE_SEEN = classes()
            .that().resideInAPackage("dev.ringside.exporters..")
            .should().onlyDependOnClassesThat().resideInAnyPackage(
                    "dev.ringside.exporters..", "dev.ringside.metric..", "dev.ringside.span..",
                    "java..", "com.sun.management..", "io.prometheus..", "io.micrometer..", "io.opentelemetry..");

    @ArchTest
    static final ArchRule SIMPLECLIENT_STAYS_WITH_ITS_TWO_USERS = noClasses()
            .that().resideOutsideOfPackages("dev.ringside.exporters.prometheus..", "dev.ringside.exporters.micrometer..")
            .should().dependOnClassesThat().resideInAnyPackage("io.prometheus..");

    @ArchTest
    static final ArchRule MICROMETER_STAYS_IN_ITS_PACKAGE = noClasses()
            .that().resideOutsideOfPackage("dev.ringside.exporters.micrometer..")
            .should().dependOnClassesThat().resideInAnyPackage("io.micrometer..");

    @ArchTest
    static final ArchRule PROMETHEUS_KNOWS_NOTHING_OF_MICROMETER = noClasses()
            .that().resideInAPackage("dev.ringside.exporters.prometheus..")
            .should().dependOnClassesThat().resideInAnyPackage("dev.ringside.exporters.micrometer..");

    @ArchTest
    static final ArchRule OPENTELEMETRY_STAYS_IN_ITS_PACKAGE = noClasses().that().resideOutsideOfPackage("dev.ringside.exporters.otlp..")
            .should().dependOnClassesThat().resideInAnyPackage("io.opentelemetry..");
}

package dev.berth.liberty;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.berth.reconciler.ReconcileException;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What may know what, over all modules. Each rule's {@code because} is its documentation. */
final class ArchitectureTest {
    private static final String GENERATED = "dev.berth.webapp.page.generated..";

    private static final JavaClasses BERTH =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("dev.berth");

    private static final String[] PURE = {
        "dev.berth.schemas..",
        "dev.berth.reconciler.plan..",
        "dev.berth.reconciler.build.version..",
        "dev.berth.reconciler.build.blueprint..",
        "dev.berth.reconciler.build.recognise..",
        "dev.berth.reconciler.build.detect..",
        "dev.berth.reconciler.build.dockerfile..",
        "dev.berth.telemetry.analyze.."
    };

    private static final Set<String> DERIVES_STATUS =
            Set.of(
                    "StatusDeriver",
                    "AppStatusDeriver",
                    "JobStatusDeriver",
                    "CronStatusDeriver",
                    "Conditions",
                    "Attempts",
                    "Rollback",
                    "Overdue",
                    "PassView",
                    "Sleepers");

    @Test
    void modules_everyOne_isLookedAt() {
        assertThat(BERTH)
                .extracting(JavaClass::getPackageName)
                .contains(
                        "dev.berth.schemas.config",
                        "dev.berth.reconciler.plan",
                        "dev.berth.telemetry.intake",
                        "dev.berth.proxy",
                        "dev.berth.webapp.api",
                        "dev.berth.liberty");
    }

    @Test
    void modules_dependOnlyDownwards() {
        check(
                layeredArchitecture()
                        .consideringOnlyDependenciesInLayers()
                        .layer("schemas")
                        .definedBy("dev.berth.schemas..")
                        .layer("telemetry")
                        .definedBy("dev.berth.telemetry..")
                        .layer("reconciler")
                        .definedBy("dev.berth.reconciler..")
                        .layer("proxy")
                        .definedBy("dev.berth.proxy..")
                        .layer("webapp")
                        .definedBy("dev.berth.webapp..")
                        .layer("liberty")
                        .definedBy("dev.berth.liberty..")
                        .whereLayer("liberty")
                        .mayNotBeAccessedByAnyLayer()
                        .whereLayer("proxy")
                        .mayNotBeAccessedByAnyLayer()
                        .whereLayer("webapp")
                        .mayOnlyBeAccessedByLayers("liberty")
                        .whereLayer("reconciler")
                        .mayOnlyBeAccessedByLayers("webapp", "liberty")
                        .whereLayer("telemetry")
                        .mayOnlyBeAccessedByLayers("proxy", "webapp", "liberty")
                        .because(
                                "two processes share only shapes: what the edge and control say to"
                                        + " each other is in schemas"));
    }

    @Test
    void packages_haveNoCycles() {
        check(
                slices().matching("dev.berth.(**)")
                        .should()
                        .beFreeOfCycles()
                        // The error family lies at the top of the core, where everyone meets it.
                        .ignoreDependency(
                                DescribedPredicate.alwaysTrue(),
                                JavaClass.Predicates.assignableTo(ReconcileException.class))
                        .because("a package that can't be understood alone has not one job"));
    }

    @Test
    void webapp_seesOnlyTheReadSide() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.berth.webapp..")
                        .should()
                        .dependOnClassesThat(
                                resideInAPackage("dev.berth.reconciler..")
                                        .and(
                                                not(
                                                        resideInAnyPackage(
                                                                "dev.berth.reconciler.status",
                                                                "dev.berth.reconciler.answer",
                                                                "dev.berth.reconciler.build.kept",
                                                                "dev.berth.reconciler.webhook.kept"))))
                        .orShould()
                        .dependOnClassesThat(
                                resideInAPackage("dev.berth.telemetry..")
                                        .and(not(resideInAPackage("dev.berth.telemetry.query.."))))
                        .because("people look at Berth there and can change nothing from it"));
    }

    @Test
    void webapp_hasNoWriteVerb() {
        check(
                noMethods()
                        .that()
                        .areDeclaredInClassesThat()
                        .resideInAPackage("dev.berth.webapp..")
                        .should()
                        .beAnnotatedWith(POST.class)
                        .orShould()
                        .beAnnotatedWith(PUT.class)
                        .orShould()
                        .beAnnotatedWith(PATCH.class)
                        .orShould()
                        .beAnnotatedWith(DELETE.class)
                        .because("the only input of Berth is Git"));
    }

    @Test
    void writeVerbs_areTheEdgesAndTheForges() {
        check(
                noMethods()
                        .that()
                        .areDeclaredInClassesThat(
                                not(
                                        resideInAnyPackage(
                                                "dev.berth.liberty.edge",
                                                "dev.berth.liberty.webhook")))
                        .should()
                        .beAnnotatedWith(POST.class)
                        .orShould()
                        .beAnnotatedWith(PUT.class)
                        .orShould()
                        .beAnnotatedWith(PATCH.class)
                        .orShould()
                        .beAnnotatedWith(DELETE.class)
                        .because(
                                "the edge reports and forges hint; a hint changes when Berth looks,"
                                        + " not what it does"));
    }

    @Test
    void git_hasOneDoor() {
        oneDoor("org.eclipse.jgit..", "dev.berth.reconciler.source..");
    }

    @Test
    void docker_hasOneDoor() {
        oneDoor("com.github.dockerjava..", "dev.berth.reconciler.engine..");
    }

    @Test
    void acme_hasOneDoor() {
        oneDoor("org.shredzone.acme4j..", "dev.berth.reconciler.certificate.acme..");
    }

    @Test
    void dns_hasOneDoorToWriteAndOneToLookUp() {
        oneDoor(
                "org.xbill..",
                "dev.berth.reconciler.certificate.dns..",
                "dev.berth.reconciler.certificate.lookup..");
    }

    @Test
    void yaml_hasOneDoor() {
        check(
                noClasses()
                        .that(not(resideInAPackage("dev.berth.reconciler.desired..")))
                        .should()
                        .dependOnClassesThat(
                                resideInAnyPackage(
                                        "org.snakeyaml..", "tools.jackson.dataformat.yaml.."))
                        .because("config is read and judged in one place"));
    }

    @Test
    void netty_hasOneDoor() {
        check(
                noClasses()
                        .that(
                                not(
                                        resideInAnyPackage(
                                                "dev.berth.proxy..",
                                                "dev.berth.telemetry.intake..",
                                                "dev.berth.reconciler.engine.session..")))
                        .should()
                        .dependOnClassesThat(resideInAPackage("io.netty.."))
                        .because(
                                "only the edge serves traffic; the engine's builder asks over"
                                        + " HTTP/2, and needs its codec alone"));
    }

    @Test
    void jakarta_isOnlyAtTheRim() {
        check(
                noClasses()
                        .that(not(resideInAnyPackage("dev.berth.webapp..", "dev.berth.liberty..")))
                        .and()
                        .resideOutsideOfPackage("dev.berth.reconciler.status")
                        .should()
                        .dependOnClassesThat(resideInAPackage("jakarta.."))
                        .because("the core runs in a unit test without any server"));
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.berth.reconciler.status")
                        .should()
                        .dependOnClassesThat(
                                resideInAPackage("jakarta..")
                                        .and(not(resideInAPackage("jakarta.persistence.."))))
                        .because("status keeps history by JPA and needs nothing else of EE"));
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.berth.reconciler.status")
                        .and()
                        .haveSimpleNameNotEndingWith("Row")
                        .and()
                        .haveSimpleNameNotStartingWith("Jpa")
                        .and()
                        .haveSimpleNameNotEndingWith("AsJson")
                        .should()
                        .dependOnClassesThat(resideInAPackage("jakarta.persistence.."))
                        .because("what others see of the history is a port"));
    }

    @Test
    void jdbc_isOnlyAtTheHistory() {
        check(
                noClasses()
                        .that(
                                not(
                                        resideInAnyPackage(
                                                "dev.berth.liberty..",
                                                "dev.berth.reconciler.status",
                                                "dev.berth.telemetry.store..")))
                        .should()
                        .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql.."))
                        .because("the database is history, never what Berth decides by"));
    }

    @Test
    void purePackages_doNoInputOutputAndReadNoClock() {
        check(
                noClasses()
                        .that(resideInAnyPackage(PURE).or(derivesStatus()))
                        .should()
                        .dependOnClassesThat(impure())
                        .because(
                                "a plan is a function of what it was given: printable, replayable"));
        check(
                noClasses()
                        .that(resideInAnyPackage(PURE).or(derivesStatus()))
                        .should()
                        .callMethod(Instant.class, "now")
                        .orShould()
                        .callMethod(System.class, "getenv")
                        .orShould()
                        .callMethod(System.class, "currentTimeMillis")
                        .orShould()
                        .callMethod(System.class, "nanoTime")
                        .because("time and environment come in by parameters"));
    }

    @Test
    void whatThePlanReads_isMereData() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage(
                                "dev.berth.reconciler.desired", "dev.berth.reconciler.live")
                        .and(areRecords())
                        .should()
                        .dependOnClassesThat(impure())
                        .because("what should be and what is are values, the same each time"));
    }

    @Test
    void engineRim_isNotSeenByThePlan() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.berth.reconciler.plan..")
                        .should()
                        .dependOnClassesThat(
                                resideInAnyPackage(
                                                "dev.berth.reconciler.converge..",
                                                "dev.berth.reconciler.engine..",
                                                "dev.berth.reconciler.traffic..",
                                                "dev.berth.reconciler.source..",
                                                "dev.berth.reconciler.build..")
                                        .and(isNotData()))
                        .because("what decides has no way to act"));
    }

    @Test
    void detection_seesNoCommitAndNoEngine() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage(
                                "dev.berth.reconciler.build.recognise..",
                                "dev.berth.reconciler.build.detect..",
                                "dev.berth.reconciler.build.dockerfile..")
                        .should()
                        .dependOnClassesThat(
                                resideInAnyPackage(
                                        "dev.berth.reconciler.source..",
                                        "dev.berth.reconciler.engine..",
                                        "dev.berth.reconciler.desired.."))
                        .because("what a repo is follows from its files, the same each time"));
    }

    @Test
    void whatAFamilyIsAsked_knowsNoFamily() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("dev.berth.reconciler.build.recognise")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "dev.berth.reconciler.build.recognise.node..",
                                "dev.berth.reconciler.build.recognise.language..")
                        .because("the question is the same for every family"));
    }

    @Test
    void converge_isOnlyForTheReconciler() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage(
                                "dev.berth.reconciler.source..",
                                "dev.berth.reconciler.desired..",
                                "dev.berth.reconciler.live..",
                                "dev.berth.reconciler.plan..",
                                "dev.berth.reconciler.engine..",
                                "dev.berth.reconciler.traffic..",
                                "dev.berth.reconciler.build..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("dev.berth.reconciler.converge..")
                        .because("only the pass carries a plan out; status reads its outcomes"));
    }

    @Test
    void fields_areNeverInjected() {
        check(
                noFields()
                        .should()
                        .beAnnotatedWith(Inject.class)
                        .because(
                                "what a class needs is in its constructor, so a test can give it"));
    }

    @Test
    void beans_areMadeInOnePlace() {
        check(
                methods()
                        .that()
                        .areAnnotatedWith(jakarta.enterprise.inject.Produces.class)
                        .should()
                        .beDeclaredIn(Wiring.class)
                        .because("one file shows how the process is put together"));
    }

    @Test
    void names_areNouns() {
        check(
                noClasses()
                        .that(areOurs())
                        .should()
                        .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)")
                        .orShould()
                        .haveSimpleNameStartingWith("Abstract")
                        .because("a name says what a thing is; these say that nobody knew"));
    }

    @Test
    void topLevelClasses_areNotMadeForExtension() {
        check(
                classes()
                        .that(areOurs())
                        .and()
                        .areTopLevelClasses()
                        .and()
                        .areNotInterfaces()
                        .and()
                        .areNotEnums()
                        .and(needNoProxy())
                        .should(beFinalOrSealed())
                        .because("nothing here is designed to be inherited from"));
    }

    @Test
    void output_goesThroughTheLog() {
        check(
                noClasses()
                        .that(areOurs())
                        .and(areNotCommandLine())
                        .should()
                        .accessField(System.class, "out")
                        .orShould()
                        .accessField(System.class, "err")
                        .orShould()
                        .accessTargetWhere(usesDate())
                        .because("a daemon has a log, and time has java.time"));
    }

    /** All but {@code toInstant()}: the way out of what the JDK's older classes give. */
    private static DescribedPredicate<JavaAccess<?>> usesDate() {
        return DescribedPredicate.describe(
                "uses java.util.Date",
                access ->
                        access.getTargetOwner().isAssignableTo(java.util.Date.class)
                                && !access.getName().equals("toInstant"));
    }

    private static void oneDoor(String technology, String... doors) {
        check(
                noClasses()
                        .that(not(resideInAnyPackage(doors)))
                        .should()
                        .dependOnClassesThat(resideInAPackage(technology))
                        .because(
                                technology
                                        + " has one door, "
                                        + String.join(", ", doors)
                                        + ": it can be replaced"));
    }

    private static void check(ArchRule rule) {
        rule.check(BERTH); // a rule over no class at all fails
    }

    private static DescribedPredicate<JavaClass> areOurs() {
        return DescribedPredicate.describe(
                "are written by hand", type -> !resideInAPackage(GENERATED).test(type));
    }

    private static DescribedPredicate<JavaClass> areNotCommandLine() {
        return DescribedPredicate.describe(
                "are not the command line",
                type ->
                        !type.getPackageName().startsWith("dev.berth.reconciler.cli")
                                && !type.getSimpleName().equals("Main"));
    }

    private static DescribedPredicate<JavaClass> derivesStatus() {
        return DescribedPredicate.describe(
                "derive the status",
                type ->
                        DERIVES_STATUS.contains(type.getSimpleName())
                                && type.getPackageName().equals("dev.berth.reconciler.status"));
    }

    private static DescribedPredicate<JavaClass> areRecords() {
        return DescribedPredicate.describe("are records", JavaClass::isRecord);
    }

    private static DescribedPredicate<JavaClass> isNotData() {
        return DescribedPredicate.describe("is not data", type -> !type.isRecord());
    }

    private static DescribedPredicate<JavaClass> impure() {
        return resideInAnyPackage(
                        "java.io..",
                        "java.net..",
                        "java.nio.file..",
                        "java.sql..",
                        "java.util.concurrent..",
                        "java.util.logging..",
                        "jakarta..",
                        "org.slf4j..",
                        "io.netty..",
                        "org.eclipse.jgit..",
                        "com.github.dockerjava..")
                .and(
                        DescribedPredicate.describe(
                                "not a mere value",
                                type ->
                                        !type.getName().equals("java.io.Serializable")
                                                && !type.getName().equals("java.net.URI")
                                                && !type.getName()
                                                        .equals("java.net.URISyntaxException")
                                                && !type.getName()
                                                        .equals("java.io.UncheckedIOException")));
    }

    /** CDI and JPA make subclasses of these. */
    private static DescribedPredicate<JavaClass> needNoProxy() {
        return DescribedPredicate.describe(
                "need no proxy",
                type ->
                        !type.isAnnotatedWith(jakarta.enterprise.context.Dependent.class)
                                && !type.isAnnotatedWith(jakarta.persistence.Entity.class));
    }

    private static ArchCondition<JavaClass> beFinalOrSealed() {
        return new ArchCondition<>("be final or sealed") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean closed =
                        type.getModifiers().contains(JavaModifier.FINAL)
                                || type.reflect().isSealed();
                events.add(
                        new SimpleConditionEvent(
                                type, closed, type.getName() + " is neither final nor sealed"));
            }
        };
    }
}

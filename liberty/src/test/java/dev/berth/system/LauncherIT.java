package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.berth.reconciler.engine.RealEngine;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The launcher's own tests, which are a script; each of its cases is a test here. Its processes are
 * stand-ins that have to act within seconds, which they can't beside builds.
 */
@Tag("alone")
class LauncherIT {
    private static final Pattern CASE = Pattern.compile("(?m)^(ok|FAILED) +(test_[a-z_]+)");

    @TestFactory
    Stream<DynamicTest> script_eachCase_passes() {
        Shell.Result run =
                Shell.run(
                        RealEngine.root(),
                        Map.of(),
                        Duration.ofMinutes(10),
                        "bash",
                        "liberty/src/test/scripts/launcher-test.sh");
        Stream<DynamicTest> cases =
                CASE.matcher(run.output())
                        .results()
                        .map(
                                found ->
                                        dynamicTest(
                                                found.group(2),
                                                () ->
                                                        assertThat(found.group(1))
                                                                .as(run.output())
                                                                .isEqualTo("ok")));
        return Stream.concat(
                cases,
                Stream.of(
                        dynamicTest(
                                "the whole script",
                                () ->
                                        assertThat(run.exit())
                                                .as("needs root on Debian:%n%s", run.output())
                                                .isZero())));
    }
}

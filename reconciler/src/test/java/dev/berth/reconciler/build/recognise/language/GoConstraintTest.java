package dev.berth.reconciler.build.recognise.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GoConstraintTest {
    @ParameterizedTest
    @CsvSource({
        "//go:build linux && !windows, true",
        "//go:build !linux, false",
        "//go:build !!linux, true",
        "//go:build !!!linux, false",
        "//go:build !(windows || (darwin && !cgo)), true",
        "//go:build ((((((linux)))))) && ignore, false",
        "//go:build   ignore  , false",
        "// +build !windows, true",
        "// +build windows darwin, false",
        "package main, true",
    })
    void isBuilt_constraint_isAsGoTakesIt(String line, boolean built) {
        assertThat(GoConstraint.isBuilt(line + "\n\npackage main\n")).isEqualTo(built);
    }

    @Test
    void isBuilt_constraintMadeToHurt_isAnsweredSoon() {
        int many = 300_000;
        for (String said :
                List.of(
                        "!".repeat(many) + "linux",
                        "(".repeat(many),
                        "!(".repeat(many) + "linux" + ")".repeat(many),
                        " ".repeat(many) + "x" + " ".repeat(many) + "x",
                        "linux||".repeat(many))) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(5),
                    () -> GoConstraint.isBuilt("//go:build " + said + "\npackage main\n"));
        }
    }
}

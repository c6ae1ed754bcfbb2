package dev.berth.reconciler.engine.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SecretMountsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RUN --mount=type=secret,id=npm npm ci | npm",
                "RUN --mount=type=cache,target=/c --mount=type=secret,id=a,required=true x | a",
                "RUN --mount=id=a,type=secret --mount=type=secret,id=b x | a b",
                "RUN --mount=type=secret,target=/root/.npmrc npm ci | .npmrc",
                "RUN --mount=type=secret,dst=token x | token",
                "RUN --mount=type=cache,id=a,target=/c x | ''",
                "RUN echo --mount=type=secret,id=a | ''"
            })
    void of_run_isItsIds(String line, String ids) {
        assertThat(String.join(" ", SecretMounts.of(Dockerfile.read("FROM a\n" + line))))
                .isEqualTo(ids);
    }
}

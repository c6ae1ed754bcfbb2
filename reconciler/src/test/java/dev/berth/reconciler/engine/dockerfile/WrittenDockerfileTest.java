package dev.berth.reconciler.engine.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class WrittenDockerfileTest {
    private static final String CACHE = "--mount=type=cache,id=berth-npm,target=/root/.npm ";

    @Test
    void forAny_mounts_areGone() {
        String text = "FROM a\nRUN " + CACHE + CACHE + "npm ci\nRUN echo --mount=x\n";

        assertThat(new WrittenDockerfile(text).forAny())
                .isEqualTo("FROM a\nRUN npm ci\nRUN echo --mount=x\n");
    }

    @Test
    void pinned_imagesWhoseDigestIsKnown_areTakenByIt() {
        String text =
                """
                FROM node:24 AS build
                COPY --chown=1 --from=r.io/uv:1 /uv /bin/uv
                COPY --from=build node:24 ./
                RUN FROM node:24

                FROM debian:12
                """;

        assertThat(
                        new WrittenDockerfile(text)
                                .pinned(Map.of("node:24", "sha256:1a", "r.io/uv:1", "sha256:2b"))
                                .text())
                .isEqualTo(
                        """
                        FROM node:24@sha256:1a AS build
                        COPY --chown=1 --from=r.io/uv:1@sha256:2b /uv /bin/uv
                        COPY --from=build node:24 ./
                        RUN FROM node:24

                        FROM debian:12
                        """);
    }

    @Test
    void forBuildKit_allFilesCopied_nextStepRemovesIt() {
        String text = "FROM a\nCOPY . ./\nRUN " + CACHE + "make || exit 3\n";

        assertThat(new WrittenDockerfile(text).forBuildKit(".berth.Dockerfile"))
                .isEqualTo(
                        "FROM a\nCOPY . ./\nRUN "
                                + CACHE
                                + "rm -f .berth.Dockerfile && make || exit 3\n");
    }

    @Test
    void forBuildKit_nextIsNoStep_aStepOfItsOwnRemovesIt() {
        String text =
                """
                FROM a AS build
                COPY . ./
                ARG X
                RUN make

                FROM b
                COPY . ./

                FROM c
                """;

        assertThat(new WrittenDockerfile(text).forBuildKit("D"))
                .isEqualTo(
                        """
                        FROM a AS build
                        COPY . ./
                        RUN rm -f D
                        ARG X
                        RUN make

                        FROM b
                        COPY . ./
                        RUN rm -f D

                        FROM c
                        """);
    }

    @Test
    void forBuildKit_manifestsCopied_staysAsItIs() {
        String text = "FROM a\nCOPY package.json ./\nRUN npm ci\nCOPY --from=build /app /app\n";

        assertThat(new WrittenDockerfile(text).forBuildKit("D")).isEqualTo(text);
    }
}

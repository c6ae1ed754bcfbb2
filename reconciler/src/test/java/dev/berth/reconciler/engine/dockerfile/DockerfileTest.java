package dev.berth.reconciler.engine.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.berth.reconciler.engine.dockerfile.BuilderChoice.Plain;
import dev.berth.reconciler.engine.dockerfile.BuilderChoice.Wish;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DockerfileTest {
    @Test
    void read_continuedLinesWithComments_areOneInstruction() {
        Dockerfile read =
                Dockerfile.read("FROM a\n\nRUN one && \\\n  # why\n\n  two \\  \n  three\nCMD x\n");

        assertThat(read.instructions())
                .extracting(Instruction::line, Instruction::keyword, i -> i.words().split("\\s+"))
                .containsExactly(
                        tuple(1, "FROM", new String[] {"a"}),
                        tuple(3, "RUN", new String[] {"one", "&&", "two", "three"}),
                        tuple(8, "CMD", new String[] {"x"}));
    }

    @Test
    void read_escapeDirective_isTheEndOfContinuedLines() {
        Dockerfile read = Dockerfile.read("# escape=`\nFROM a\nCOPY x C:\\\nRUN one `\n two\n");

        assertThat(read.instructions())
                .extracting(Instruction::keyword)
                .containsExactly("FROM", "COPY", "RUN");
    }

    @Test
    void read_directives_endWithTheFirstOtherLine() {
        assertThat(Dockerfile.read("# check=skip=all\n# syntax = a/b:1 \nFROM x").syntax())
                .isEqualTo("a/b:1");
        assertThat(Dockerfile.read("# hello\n# syntax=a/b:1\nFROM x").syntax()).isNull();
        assertThat(Dockerfile.read("FROM x\n# syntax=a/b:1\n").syntax()).isNull();
    }

    @Test
    void read_heredocs_areNoInstructions() {
        Dockerfile read =
                Dockerfile.read(
                        "FROM a\nRUN <<EOF cat && <<-\"B B\"x\nCOPY nothing\nEOF\nCOPY <<a <<-'b' /x/\n1\na\n\t2\n\tb\nCMD x\n");

        assertThat(read.instructions())
                .extracting(Instruction::keyword, Instruction::heredoc)
                .containsExactly(
                        tuple("FROM", false),
                        tuple("RUN", true),
                        tuple("COPY", true),
                        tuple("CMD", false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FROM a",
                "# syntax=docker/dockerfile:1\nFROM a",
                "# syntax=docker.io/docker/dockerfile:1.7\nFROM a",
                "FROM --platform=linux/amd64 a",
                "FROM a\nCOPY --from=b --chown=1 x y",
                "FROM a\nHEALTHCHECK --interval=5s CMD true",
                "FROM a\nRUN echo $((1<<2)) \"<<EOF\" 'x <<EOF y' <<<text",
                "FROM a\nRUN npm ci --mount=no",
                "FROM a\nRUN # --mount\nCMD x",
                "FROM a\nENV X=<<EOF",
                "FROM a\nARG TARGETARCH=amd64",
                "FROM a\nADD https://example.org/a.tar.gz /a",
                "",
                "\\",
                "RUN",
                "ONBUILD"
            })
    void of_whatTheClassicBuilderCan_isNoNeed(String text) {
        assertThat(BuildKitNeed.of(Dockerfile.read(text))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # syntax=acme/front:2~FROM a                       | 1 | # syntax=acme/front:2
                    FROM a~RUN --mount=type=cache,target=/c npm ci     | 2 | RUN --mount
                    FROM a~RUN \\~  --mount=type=bind,target=/c npm ci | 2 | RUN --mount
                    FROM a~run --network=none x                        | 2 | RUN --network
                    FROM a~COPY --link a b                             | 2 | COPY --link
                    FROM a~COPY --chown=1 --chmod=755 a b              | 2 | COPY --chmod
                    FROM a~COPY --parents a b                          | 2 | COPY --parents
                    FROM a~COPY --exclude=*.md a b                     | 2 | COPY --exclude
                    FROM a~ADD --checksum=sha256:0 https://x/y /y      | 2 | ADD --checksum
                    FROM a~ADD https://example.org/a/b.git#v1 /b       | 2 | ADD of a Git repository
                    FROM a~ADD git@example.org:a/b.git /b              | 2 | ADD of a Git repository
                    FROM --platform=$BUILDPLATFORM a                   | 1 | FROM --platform=$BUILDPLATFORM
                    FROM a~ARG TARGETARCH                              | 2 | ARG TARGETARCH
                    FROM a~RUN <<EOF~echo~EOF                          | 2 | RUN <<
                    FROM a~RUN cat <<'E' > /x~RUN --mount~E            | 2 | RUN <<
                    FROM a~ONBUILD RUN --mount=type=cache,target=/c x  | 2 | RUN --mount
                    """)
    void of_whatOnlyBuildKitCan_isNamedWithItsLine(String text, int line, String feature) {
        assertThat(BuildKitNeed.of(Dockerfile.read(text.replace("~", "\n").replace("\\\\", "\\"))))
                .containsExactly(new BuildKitNeed(line, feature));
    }

    @Test
    void images_stagesArgsAndMounts_areTold() {
        Dockerfile read =
                Dockerfile.read(
                        """
                        ARG NODE=22
                        ARG REGISTRY
                        FROM ${REGISTRY}/node:$NODE AS build
                        FROM ${BASE:-alpine:3} as tools
                        FROM --platform=linux/arm64 other:1
                        FROM --platform=$BUILDPLATFORM native:1
                        FROM build
                        FROM scratch
                        FROM $UNKNOWN
                        COPY --from=0 a b
                        COPY --from=Tools a b
                        COPY --from=ghcr.io/x/y:1 a b
                        RUN --mount=type=bind,from=m:1,target=/m true
                        """);

        assertThat(BaseImages.of(read, Map.of("REGISTRY", "r.example.org")))
                .containsExactly(
                        "r.example.org/node:22", "alpine:3", "native:1", "ghcr.io/x/y:1", "m:1");
    }

    private static final List<BuildKitNeed> NEEDS = List.of(new BuildKitNeed(4, "RUN --mount"));

    private static Wish wish(List<BuildKitNeed> needs, boolean better) {
        return new Wish(needs, better, false, false);
    }

    @Test
    void choice_needAndOffer_decide() {
        for (BuilderOffer offer : BuilderOffer.values()) {
            assertThat(BuilderChoice.of(wish(List.of(), false), offer)).isEqualTo(new Plain());
        }
        assertThat(BuilderChoice.of(wish(NEEDS, true), BuilderOffer.BUILDKIT))
                .isEqualTo(new BuilderChoice.BuildKit());
        assertThat(BuilderChoice.of(wish(NEEDS, true), BuilderOffer.OWN)).isEqualTo(new Plain());
        BuilderChoice.Missing missing = new BuilderChoice.Missing(NEEDS);
        assertThat(BuilderChoice.of(wish(NEEDS, true), BuilderOffer.CLASSIC)).isEqualTo(missing);
        assertThat(missing.advice()).contains("line 4: RUN --mount", "BuildKit");
    }

    @Test
    void choice_onlyBetterWithBuildKit_isAnyBuilderWhereThereIsNone() {
        assertThat(BuilderChoice.of(wish(List.of(), true), BuilderOffer.BUILDKIT))
                .isEqualTo(new BuilderChoice.BuildKit());
        assertThat(BuilderChoice.of(wish(List.of(), true), BuilderOffer.CLASSIC))
                .isEqualTo(new Plain());
        assertThat(BuilderChoice.of(wish(List.of(), true), BuilderOffer.OWN))
                .isEqualTo(new Plain());
    }

    @Test
    void choice_limited_isNeverBuildKit() {
        Wish better = new Wish(List.of(), true, false, true);
        Wish needed = new Wish(NEEDS, true, false, true);

        assertThat(BuilderChoice.of(better, BuilderOffer.BUILDKIT)).isEqualTo(new Plain());
        assertThat(better.choosy()).isFalse();
        BuilderChoice.Unlimited refused = new BuilderChoice.Unlimited(NEEDS);
        assertThat(BuilderChoice.of(needed, BuilderOffer.BUILDKIT)).isEqualTo(refused);
        assertThat(refused.advice())
                .contains("line 4: RUN --mount", "spec.build", "unlimited: true");
        assertThat(BuilderChoice.of(needed, BuilderOffer.OWN)).isEqualTo(new Plain());
    }

    @Test
    void choice_secretsForABuilderOfItsOwn_isMissing() {
        assertThat(BuilderChoice.of(new Wish(NEEDS, true, true, false), BuilderOffer.OWN))
                .isEqualTo(new BuilderChoice.Missing(NEEDS));
    }

    @Test
    void needs_secretMount_isNamed() {
        assertThat(needs("FROM a\nRUN --mount=type=cache,target=/c --mount=type=secret,id=T x\n"))
                .containsExactly(new BuildKitNeed(2, "RUN --mount=type=secret"));
    }

    private static List<BuildKitNeed> needs(String text) {
        return BuildKitNeed.of(Dockerfile.read(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FROM node:22 | node:22",
                "FROM a AS build;FROM node:22;COPY --from=build a b | node:22",
                "FROM node:22 AS base;FROM base AS build;FROM base | node:22",
                "FROM node:22 AS Base;FROM BASE | node:22",
                "ARG V=22;FROM node:${V} | node:24",
                "ARG V;FROM node:${V} | node:24",
                "ARG A=1 B=2;FROM node:$A-$B | node:1-2",
                "ARG A=\"x y\" V B='2';FROM node:$V-$B | node:24-2",
                "ARG A=22;ARG B=$A-slim;FROM node:$B | node:22-slim",
                "FROM node@sha256:ab | node@sha256:ab",
                "FROM a;FROM scratch |",
                "FROM a;FROM node:$WHAT |",
                "FROM --platform=linux/arm64 node:22 |"
            })
    void last_stage_isBasedOn(String text, @Nullable String base) {
        assertThat(BaseImages.last(Dockerfile.read(text.replace(';', '\n')), Map.of("V", "24")))
                .isEqualTo(base);
    }

    @Test
    void offer_answersToAPing_areRead() {
        Map<String, String> docker20 =
                Map.of(
                        "Server",
                        "Docker/20.10.24 (linux)",
                        "Ostype",
                        "linux",
                        "Api-Version",
                        "1.41");
        assertThat(BuilderOffer.of(docker20)).isEqualTo(BuilderOffer.BUILDKIT);
        assertThat(BuilderOffer.of(Map.of("builder-version", "2")))
                .isEqualTo(BuilderOffer.BUILDKIT);
        assertThat(BuilderOffer.of(Map.of("Server", "Libpod/4.3.1 (linux)")))
                .isEqualTo(BuilderOffer.OWN);
        assertThat(
                        BuilderOffer.of(
                                Map.of(
                                        "Server", "Docker/26.1 (windows)",
                                        "Ostype", "windows",
                                        "Api-Version", "1.45")))
                .isEqualTo(BuilderOffer.CLASSIC);
        assertThat(BuilderOffer.of(Map.of())).isEqualTo(BuilderOffer.CLASSIC);
    }
}

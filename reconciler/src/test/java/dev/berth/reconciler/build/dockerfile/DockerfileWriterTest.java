package dev.berth.reconciler.build.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.BuildStage;
import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.recognise.BuildVariables;
import dev.berth.schemas.config.Command;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DockerfileWriterTest {
    private static final Step.Cache SHARED = new Step.Cache("npm", "/root/.npm", true);
    private static final Step.Cache OWN = new Step.Cache("target", "/app/target", false);

    @Test
    void write_caches_areMounted() {
        String text = write(new Step.Run("make", SHARED, OWN));
        assertThat(text)
                .contains(
                        "RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared"
                                + " --mount=type=cache,id=berth/shop/target,target=/app/target"
                                + ",sharing=locked ");
    }

    @Test
    void write_arguments_areThereAfterPackages() {
        String text = write(new Step.Run("make"));
        assertThat(text).containsSubsequence("RUN --mount", "install\n", "ARG COMMIT\n", "make\n");
    }

    @Test
    void write_secrets_areMountedInTheInstallAndTheBuildAndAreNoArguments() {
        assertThat(write(new Step.Run("make", SHARED)))
                .containsSubsequence(
                        "RUN --mount=type=secret,id=TOKEN,required=true export"
                                + " TOKEN=\"$(cat /run/secrets/TOKEN)\" && install\n",
                        "RUN --mount=type=cache,id=berth/shop/npm,target=/root/.npm,sharing=shared"
                                + " --mount=type=secret,id=TOKEN,required=true export"
                                + " TOKEN=\"$(cat /run/secrets/TOKEN)\" && make\n",
                        "FROM debian\n")
                .doesNotContain("ARG TOKEN", "ENV TOKEN");
    }

    @Test
    void write_namesWithBlanks_areAList() {
        assertThat(write(new Step.Copy(List.of("my app/a.txt"), "./x/")))
                .contains("COPY [\"my app/a.txt\", \"./x/\"]\n");
    }

    @Test
    void write_valuesWithQuotes_areQuoted() {
        assertThat(write(new Step.Env("A", "say \"hi\" $B")))
                .contains("ENV A=\"say \\\"hi\\\" $B\"\n");
    }

    @Test
    void write_commandWithQuotes_isJson() {
        String text = write(new Step.Run("make"));
        assertThat(text).contains("CMD [\"/bin/sh\", \"-c\", \"exec echo \\\"a\\\\b\\\"\"]\n");
    }

    @Test
    void write_service_runsWithoutPrivilegesOnPort() {
        assertThat(write(new Step.Run("make")))
                .contains("USER 1000:1000\n", "EXPOSE 8080\n", " PORT=8080\n", "ENTRYPOINT []\n");
    }

    @Test
    void write_service_mayWriteWhereItStarts() {
        assertThat(write(new Step.Run("make")))
                .containsSubsequence(
                        "\nFROM debian\n",
                        "WORKDIR /app\n",
                        "RUN chown -R 1000:1000 /app\n",
                        "COPY --from=build",
                        "USER 1000:1000\n");
    }

    private static String write(Step step) {
        Blueprint blueprint =
                new Blueprint(
                        "Test",
                        ".",
                        null,
                        new BuildStage(
                                "debian", "/app", List.of(new Step.Run("install")), List.of(step)),
                        new Output.Service(
                                "debian",
                                List.of(),
                                List.of(new Output.Artifact("/out", "/app", true)),
                                "/app",
                                new TreeMap<>(),
                                new Output.Processes(
                                        8080,
                                        Command.shell("exec echo \"a\\b\""),
                                        null,
                                        new TreeMap<>(Map.of("worker", Command.shell("w"))))));
        return DockerfileWriter.write(
                blueprint,
                new Target(
                        "shop",
                        new BuildVariables(
                                new TreeSet<>(Set.of("COMMIT")), new TreeSet<>(Set.of("TOKEN")))));
    }
}

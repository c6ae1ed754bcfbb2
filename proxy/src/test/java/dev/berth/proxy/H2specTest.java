package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The conformance suite h2spec 2.2.0 against the edge, a test for each of its cases. */
@EnabledOnOs(
        architectures = {"amd64", "x86_64"},
        disabledReason = "h2spec comes as an amd64 binary")
class H2specTest {
    private static final Path ARCHIVE =
            Path.of("target/h2spec/h2spec/2.2.0/h2spec_linux_amd64.tar.gz");
    private static final int CASES = 145;

    @TestFactory
    Stream<DynamicTest> cleartext(@TempDir Path directory) throws Exception {
        try (TestBackend backend = TestBackend.saying("hello");
                TestEdge edge = TestEdge.start()) {
            edge.serve(Routes.proxy("127.0.0.1", backend.address()));
            return report(directory, edge.port());
        }
    }

    @TestFactory
    Stream<DynamicTest> tls(@TempDir Path directory) throws Exception {
        try (TestBackend backend = TestBackend.saying("hello");
                TestEdge edge = TestEdge.start()) {
            edge.serve(Routes.proxy("127.0.0.1", backend.address()));
            return report(directory, edge.httpsPort(), "-t", "-k");
        }
    }

    private static Stream<DynamicTest> report(Path directory, int port, String... options)
            throws Exception {
        assertThat(run(directory, List.of("tar", "xzf", ARCHIVE.toAbsolutePath().toString())))
                .isZero();
        List<String> command =
                new ArrayList<>(
                        List.of(
                                directory.resolve("h2spec").toString(),
                                "-h",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(port),
                                "-o",
                                "5",
                                "-j",
                                directory.resolve("report.xml").toString()));
        command.addAll(List.of(options));
        run(directory, command);
        List<DynamicTest> cases = cases(directory.resolve("report.xml"));
        assertThat(cases).hasSize(CASES);
        return cases.stream();
    }

    private static int run(Path directory, List<String> command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("output").toFile())
                        .start();
        assertThat(process.waitFor(50, TimeUnit.SECONDS)).as("ended in time").isTrue();
        return process.exitValue();
    }

    private static List<DynamicTest> cases(Path report) throws Exception {
        NodeList nodes;
        try (var in = Files.newInputStream(report)) {
            nodes =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(in)
                            .getElementsByTagName("testcase");
        }
        List<DynamicTest> cases = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            Element node = (Element) nodes.item(i);
            String name = node.getAttribute("package") + " " + node.getAttribute("classname");
            String problem = node.getTextContent().strip();
            cases.add(
                    DynamicTest.dynamicTest(
                            name,
                            () -> {
                                if (!problem.isEmpty()) {
                                    fail(problem);
                                }
                            }));
        }
        return cases;
    }
}

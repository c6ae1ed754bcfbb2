package dev.berth.proxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Inputs of a fuzz target, below {@code src/test/resources/fuzz}: what it begins with, and whatever
 * was found. Plain tests give each to the target, and then some that are a little different.
 *
 * @param directory of one target
 */
public record FuzzCorpus(Path directory) {
    private static final int MUTANTS = 1000;
    private static final byte[] TELLING =
            "\r\n\0 \t:;,0\u007f\u0080\u00ff\"{}[]".getBytes(StandardCharsets.ISO_8859_1);

    public static FuzzCorpus of(String target) {
        return new FuzzCorpus(Path.of("src/test/resources/fuzz").resolve(target));
    }

    /** A test for each input, and one for their mutants. */
    public Stream<DynamicTest> replay(Consumer<byte[]> target) {
        List<Path> files = files();
        return Stream.concat(
                files.stream()
                        .map(
                                file ->
                                        DynamicTest.dynamicTest(
                                                file.getFileName().toString(),
                                                () -> target.accept(Files.readAllBytes(file)))),
                Stream.of(DynamicTest.dynamicTest("mutants", () -> mutate(files, target))));
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void mutate(List<Path> files, Consumer<byte[]> target) throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (Path file : files) {
            seeds.add(Files.readAllBytes(file));
        }
        for (int i = 0; i < MUTANTS; i++) {
            Random random = new Random(i);
            byte[] mutant = seeds.get(i % seeds.size());
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                mutant = change(mutant, seeds, random);
            }
            try {
                target.accept(mutant);
            } catch (RuntimeException | AssertionError e) {
                String text = new String(mutant, StandardCharsets.ISO_8859_1);
                throw new AssertionError("mutant %d: %s".formatted(i, text), e);
            }
        }
    }

    private static byte[] change(byte[] from, List<byte[]> seeds, Random random) {
        int at = random.nextInt(from.length + 1);
        byte telling = TELLING[random.nextInt(TELLING.length)];
        return switch (random.nextInt(5)) {
            case 0 -> splice(from, at, 0, telling);
            case 1 -> splice(from, at, 1, telling);
            case 2 -> splice(from, at, 1 + random.nextInt(4));
            case 3 -> splice(from, at, 0, Arrays.copyOfRange(from, at / 2, at));
            default -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                int part = random.nextInt(other.length + 1);
                yield splice(from, at, from.length, Arrays.copyOfRange(other, part, other.length));
            }
        };
    }

    /** The bytes with these in place of so many from there on. */
    private static byte[] splice(byte[] from, int at, int removed, byte... inserted) {
        int rest = Math.min(from.length, at + removed);
        byte[] spliced = Arrays.copyOf(from, at + inserted.length + from.length - rest);
        System.arraycopy(inserted, 0, spliced, at, inserted.length);
        System.arraycopy(from, rest, spliced, at + inserted.length, from.length - rest);
        return spliced;
    }
}

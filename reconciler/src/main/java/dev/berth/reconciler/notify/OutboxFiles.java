package dev.berth.reconciler.notify;

import dev.berth.reconciler.disk.WholeFile;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the outbox in a directory: a file for each message, {@code <id>.json}, and {@code
 * told.json}. Each is written beside, synced and renamed, and then the directory is synced, so that
 * a crash leaves a file whole or not there. No file holds a secret or says where a message goes.
 */
public final class OutboxFiles implements OutboxStore {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxFiles.class);
    private static final String TOLD = "told.json";
    private static final String MESSAGES = "messages";

    private final Path directory;
    private final Path messages;

    /**
     * @param directory made when it is missing
     */
    public OutboxFiles(Path directory) {
        this.directory = directory.toAbsolutePath();
        this.messages = this.directory.resolve(MESSAGES);
    }

    @Override
    public List<Message> messages() throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(messages)) {
            files = listed.filter(f -> f.toString().endsWith(".json")).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
        List<Message> found = new ArrayList<>();
        for (Path file : files) {
            try {
                found.add(Json.read(Files.readString(file), Message.class));
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn("{} is no message and is left where it is: {}", file, e.getMessage());
            }
        }
        found.sort(Comparator.comparing(Message::at).thenComparing(Message::id));
        return found;
    }

    @Override
    public Told told() {
        Path file = directory.resolve(TOLD);
        try {
            return Json.read(Files.readString(file), Told.class);
        } catch (NoSuchFileException e) {
            return Told.NOTHING;
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{} can't be read, what lasts is told anew: {}", file, e.getMessage());
            return Told.NOTHING;
        }
    }

    @Override
    public void keep(Message message) throws IOException {
        WholeFile.write(file(message.id()), Json.write(message));
    }

    @Override
    public void keep(Told told) throws IOException {
        WholeFile.write(directory.resolve(TOLD), Json.write(told));
    }

    @Override
    public void delete(String id) throws IOException {
        Files.deleteIfExists(file(id));
    }

    private Path file(String id) {
        return messages.resolve(id + ".json");
    }
}

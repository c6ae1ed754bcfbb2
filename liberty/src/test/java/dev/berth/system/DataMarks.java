package dev.berth.system;

import com.github.dockerjava.api.command.InspectVolumeResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file in each volume of a Berth's apps, put there when the volume is first seen: a volume that
 * was removed and made again has none. Needs an engine of this machine, and its rights.
 */
final class DataMarks {
    private static final String MARK = "data-of-an-app";

    private final Berth berth;
    private final Promises promises;
    private final Map<String, Path> marks = new TreeMap<>();

    DataMarks(Berth berth, Promises promises) {
        this.berth = berth;
        this.promises = promises;
    }

    /** Marks those that are new. */
    void leave() throws IOException {
        String ours = prefix();
        for (InspectVolumeResponse volume :
                berth.containers.docker().listVolumesCmd().exec().getVolumes()) {
            if (volume.getName().startsWith(ours) && !marks.containsKey(volume.getName())) {
                Path mark = Path.of(volume.getMountpoint(), MARK);
                try {
                    Files.writeString(mark, volume.getName());
                    marks.put(volume.getName(), mark);
                } catch (NoSuchFileException _) { // deleted since it was listed
                }
            }
        }
    }

    private String prefix() {
        return "berth_" + berth.instance + "_";
    }

    /** Names of the volumes that were marked. */
    List<String> all() {
        return List.copyOf(marks.keySet());
    }

    /** Those whose mark is gone, and had no leave to go. */
    List<String> lost() {
        List<String> lost = new ArrayList<>();
        marks.forEach(
                (volume, mark) -> {
                    if (!Files.exists(mark) && !promises.mayLose(app(volume))) {
                        lost.add(volume);
                    }
                });
        return lost;
    }

    private String app(String volume) {
        return volume.substring(prefix().length()).replaceFirst("_data$", "");
    }
}

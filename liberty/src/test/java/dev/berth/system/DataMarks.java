package dev.berth.system;

import com.github.dockerjava.api.command.InspectVolumeResponse;
import java.io.IOException;
import java.nio.file.Files;
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
    private final Map<String, Path> marks = new TreeMap<>();

    DataMarks(Berth berth) {
        this.berth = berth;
    }

    /** Marks those that are new. */
    void leave() throws IOException {
        String ours = "berth_" + berth.instance + "_";
        for (InspectVolumeResponse volume :
                berth.containers.docker().listVolumesCmd().exec().getVolumes()) {
            if (volume.getName().startsWith(ours) && !marks.containsKey(volume.getName())) {
                Path mark = Path.of(volume.getMountpoint(), MARK);
                Files.writeString(mark, volume.getName());
                marks.put(volume.getName(), mark);
            }
        }
    }

    /** Names of the volumes that were marked. */
    List<String> all() {
        return List.copyOf(marks.keySet());
    }

    /** Those whose mark is gone. */
    List<String> lost() {
        List<String> lost = new ArrayList<>();
        marks.forEach(
                (volume, mark) -> {
                    if (!Files.exists(mark)) {
                        lost.add(volume);
                    }
                });
        return lost;
    }
}

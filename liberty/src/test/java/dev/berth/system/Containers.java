package dev.berth.system;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.PruneType;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What the engine really has of one instance, and what people do to it by hand. */
final class Containers {
    private final DockerClient docker;
    private final Map<String, String> label;

    Containers(String host, String instance) {
        docker =
                DockerClientImpl.getInstance(
                        DefaultDockerClientConfig.createDefaultConfigBuilder()
                                .withDockerHost(host)
                                .build(),
                        new ZerodepDockerHttpClient.Builder().dockerHost(URI.create(host)).build());
        label = Map.of("dev.berth.instance", instance);
    }

    DockerClient docker() {
        return docker;
    }

    List<Container> all() {
        return docker.listContainersCmd().withShowAll(true).withLabelFilter(label).exec();
    }

    List<Container> of(String app) {
        return all().stream().filter(c -> app.equals(c.getLabels().get("dev.berth.name"))).toList();
    }

    /** All of anybody's that have a label. */
    List<Container> labelled(String name, String value) {
        return docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(name, value))
                .exec();
    }

    /** Somebody starts a container; gives its id. */
    String run(String name, Map<String, String> labels, String... command) {
        String id =
                docker.createContainerCmd("busybox:1")
                        .withName(name)
                        .withCmd(command)
                        .withLabels(labels)
                        .exec()
                        .getId();
        docker.startContainerCmd(id).exec();
        return id;
    }

    /** Ids of all, to see that nothing was touched. */
    Set<String> ids() {
        return all().stream().map(Container::getId).collect(Collectors.toSet());
    }

    InspectContainerResponse inspect(Container container) {
        return docker.inspectContainerCmd(container.getId()).exec();
    }

    /** What a command in a running container prints. */
    String exec(Container container, String... command) throws InterruptedException {
        String id =
                docker.execCreateCmd(container.getId())
                        .withCmd(command)
                        .withAttachStdout(true)
                        .exec()
                        .getId();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        docker.execStartCmd(id)
                .exec(
                        new ResultCallback.Adapter<Frame>() {
                            @Override
                            public void onNext(Frame frame) {
                                printed.writeBytes(frame.getPayload());
                            }
                        })
                .awaitCompletion();
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** Hears from now on of images that get a name. */
    EngineEvents tagged() {
        return EngineEvents.ofTags(docker);
    }

    /** Listens for containers and networks that are made from now on. */
    EngineEvents created() {
        return EngineEvents.ofCreations(docker);
    }

    /** Images that were built of the files of a commit. */
    List<Image> imagesOf(String commit) {
        return docker.listImagesCmd()
                .withLabelFilter(Map.of("org.opencontainers.image.revision", commit))
                .exec();
    }

    /** Leaves nothing behind of what was built of a commit, but what makes the next build quick. */
    void removeImagesOf(String commit) {
        imagesOf(commit)
                .forEach(image -> docker.removeImageCmd(image.getId()).withForce(true).exec());
        docker.pruneCmd(PruneType.BUILD).withUntilFilter("6h").exec();
    }

    /** Leaves nothing of the instance behind. */
    void removeAll() {
        for (Container container : all()) {
            docker.removeContainerCmd(container.getId())
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        }
        docker.listNetworksCmd().exec().stream()
                .filter(
                        n ->
                                n.getLabels() != null
                                        && n.getLabels().entrySet().containsAll(label.entrySet()))
                .forEach(n -> docker.removeNetworkCmd(n.getId()).exec());
        removeVolumes();
    }

    /** Names of the volumes of the instance. */
    List<String> volumes() {
        return docker.listVolumesCmd().exec().getVolumes().stream()
                .filter(
                        v ->
                                v.getLabels() != null
                                        && v.getLabels().entrySet().containsAll(label.entrySet()))
                .map(v -> v.getName())
                .toList();
    }

    /** No data of apps is there any more. */
    void removeVolumes() {
        docker.listVolumesCmd().exec().getVolumes().stream()
                .filter(
                        v ->
                                v.getLabels() != null
                                        && v.getLabels().entrySet().containsAll(label.entrySet()))
                .forEach(v -> docker.removeVolumeCmd(v.getName()).exec());
    }
}

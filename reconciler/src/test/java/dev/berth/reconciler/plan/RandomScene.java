package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.ContainerView;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * A scene drawn by a seed: apps that are declared, held or nobody's, each with containers of two
 * releases in any state, files, routes and failures. Equal seeds give equal scenes.
 */
final class RandomScene {
    private static final List<String> NAMES = List.of("api", "blog", "docs", "mail", "shop");

    private final RandomGenerator random;
    private final Scene scene = new Scene();

    private RandomScene(long seed) {
        random = new Random(seed);
    }

    static Scene of(long seed) {
        RandomScene drawn = new RandomScene(seed);
        NAMES.forEach(drawn::app);
        if (drawn.chance(5)) {
            drawn.scene.edgeUnknown();
        }
        return drawn.scene.maxDeletes(100);
    }

    private void app(String name) {
        switch (random.nextInt(4)) {
            case 0 -> scene.held(name);
            case 1 -> declare(name);
            case 2 -> site(name);
            default -> {} // nobody's
        }
        List<ContainerView> running = new ArrayList<>();
        for (int slot = 1; slot <= random.nextInt(4); slot++) {
            ContainerView container = scene.live(name, template(), slot, state());
            if (container.running()) {
                running.add(container);
            }
        }
        if (chance(2)) {
            scene.serve(name, running.toArray(ContainerView[]::new));
        }
        if (chance(4)) {
            scene.published(name, directory());
        }
    }

    private void declare(String name) {
        int replicas = random.nextInt(3);
        switch (random.nextInt(4)) {
            case 0 -> scene.app(name, template(), replicas, Scene::suspended);
            case 1 -> scene.app(name, template(), replicas, Scene::recreate);
            default -> scene.app(name, template(), replicas);
        }
        if (chance(4)) {
            scene.stalled(name, "exited with code 1");
        }
    }

    private void site(String name) {
        scene.site(name, directory());
    }

    private ContainerTemplate template() {
        return Scene.template(chance(2) ? "shop:1" : "shop:2");
    }

    private String directory() {
        return (chance(2) ? "ab" : "cd").repeat(20);
    }

    private ContainerView.State state() {
        return switch (random.nextInt(6)) {
            case 0 -> new ContainerView.Created();
            case 1 -> new ContainerView.Exited(random.nextInt(256), chance(3));
            case 2 -> new ContainerView.Restarting(1, random.nextInt(9));
            case 3 -> new ContainerView.Paused();
            default -> Scene.running();
        };
    }

    /** True once in so many times. */
    private boolean chance(int times) {
        return random.nextInt(times) == 0;
    }
}

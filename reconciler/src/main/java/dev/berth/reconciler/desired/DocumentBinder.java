package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Document;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.EnvGroup;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Job;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.Overlay;
import dev.berth.schemas.config.SecretDocument;
import dev.berth.schemas.config.shape.JsonSchemas;
import dev.berth.schemas.config.shape.Shape;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes documents of trees: their form, and the rules within a document. Thread-safe. */
final class DocumentBinder {
    private static final Set<String> HEAD = Set.of("apiVersion", "kind");

    private static final Map<Kind, Shape> SHAPES = shapes();

    private static Map<Kind, Shape> shapes() {
        Map<Kind, Shape> shapes = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            shapes.put(kind, Shape.of(JsonSchemas.recordOf(kind)));
        }
        return Collections.unmodifiableMap(shapes);
    }

    /** The shape of a kind's documents. */
    Shape shape(Kind kind) {
        return Objects.requireNonNull(SHAPES.get(kind));
    }

    /**
     * The document; {@code null} when its form is wrong. Of one with wrong values there may be a
     * document and problems.
     *
     * @param names whether names of variables may still stand in it
     */
    @Nullable ReadDocument bind(
            ReadDocument read, Kind kind, Node.Mapping root, boolean names, Problems problems) {
        Object bound = new Binder(read.file(), names, problems).record(shape(kind), root, "", HEAD);
        if (!(bound instanceof Document document)) {
            return null;
        }
        ReadDocument right =
                new ReadDocument(read.file(), read.place(), document.id(), document, root, true);
        check(document, right, problems);
        return right;
    }

    private static void check(Document document, ReadDocument right, Problems problems) {
        switch (document) {
            case App app -> {
                AppRules.check(app, right, problems);
                AdoptRules.check(app, right, problems);
                TrafficRules.check(app, right, problems);
                TlsRules.check(app.spec().tls(), right, problems);
                SealedText.check(app, right, problems);
                SecretReferences.check(
                        app.spec().secrets(), List.of("spec", "secrets"), right, problems);
                EnvGroupCheck.check(app.spec().envFrom(), right, problems);
            }
            case Domain domain -> DomainRules.check(domain, right, problems);
            case Job job -> {
                JobCheck.check(job, right, problems);
                EnvGroupCheck.check(job.spec().envFrom(), right, problems);
            }
            case Instance instance -> InstanceRules.check(instance, right, problems);
            case SecretDocument _, EnvGroup _ -> {}
            case Overlay overlay -> OverlayRules.check(overlay, right, problems);
            case Alert alert -> AlertRules.check(alert, right, problems);
        }
    }
}

package dev.berth.reconciler.status;

import dev.berth.schemas.Json;
import dev.berth.schemas.status.ResourceStatus.Replicas;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Map;

/** Containers by process in one column, as a JSON object. */
@Converter
public final class ReplicasAsJson implements AttributeConverter<Map<String, Replicas>, String> {
    /** Gives the map its type on reading. */
    record Column(Map<String, Replicas> byProcess) {}

    @Override
    public String convertToDatabaseColumn(Map<String, Replicas> replicas) {
        return Json.write(new Column(replicas));
    }

    @Override
    public Map<String, Replicas> convertToEntityAttribute(String json) {
        return Json.read(json, Column.class).byProcess();
    }
}

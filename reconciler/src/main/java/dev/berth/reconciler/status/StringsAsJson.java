package dev.berth.reconciler.status;

import dev.berth.schemas.Json;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.List;

/** A list of lines in one column, as a JSON array. */
@Converter
public final class StringsAsJson implements AttributeConverter<List<String>, String> {
    @Override
    public String convertToDatabaseColumn(List<String> lines) {
        return Json.write(lines);
    }

    @Override
    public List<String> convertToEntityAttribute(String json) {
        return List.of(Json.read(json, String[].class));
    }
}

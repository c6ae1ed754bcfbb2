package dev.berth.reconciler.status;

import dev.berth.schemas.Json;
import dev.berth.schemas.status.Attempt;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.List;

/** The last tries in one column, as a JSON object. */
@Converter
public final class AttemptsAsJson implements AttributeConverter<List<Attempt>, String> {
    /** Gives the list its type on reading. */
    record Column(List<Attempt> attempts) {}

    @Override
    public String convertToDatabaseColumn(List<Attempt> attempts) {
        return Json.write(new Column(attempts));
    }

    @Override
    public List<Attempt> convertToEntityAttribute(String json) {
        return Json.read(json, Column.class).attempts();
    }
}
